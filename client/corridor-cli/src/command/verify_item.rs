//! `corridor verify-item`, and `corridor verify` of an item's proof.

use super::verify_evidence;
use crate::{
    clearing::{
        csv::hash,
        proof::{Opened, ProofFile},
        standing::Standing,
    },
    context::Context,
    directory::Directory,
    message,
    output::{Answer, Page, Tone},
    view::{hex, BlockView, Moment, MoneyView, Text},
    Exit, Failure,
};
use corridor_client::{
    core::{BatchRecord, Money, ParticipantId, Uetr},
    proof::{Evidence, Finality},
    AddressText,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Check a proof that a payment is one of a clearing batch
///
/// Without any chain: from the payment to the batch's root, and by the evidence in the file from there to the header of a
/// block. A proof without evidence is checked against --root, or else against what the configured settlement contract
/// records; where there is neither, it is not checked, whatever it says of itself. Exit code 11 when the proof does not
/// hold or is not checked, and for a payment that was left out of its batch.
#[derive(Debug, clap::Args)]
pub struct VerifyItem {
    /// The proof that `corridor prove` wrote; `-` is standard input
    #[arg(value_name = "FILE")]
    proof: PathBuf,

    #[command(flatten)]
    against: Against,

    /// Ask the chain what is recorded now, whatever evidence the file has
    #[arg(long, conflicts_with_all = ["root", "authorities"])]
    online: bool,

    /// The authorities that decide finality, to check the evidence's justification against
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
}

/// What the verifier has of its own.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Against {
    /// The root of an item's batch, as `corridor batch show` or an auditor gives it; asks no chain
    #[arg(long, value_name = "HEX", value_parser = root)]
    root: Option<[u8; 32]>,
}

fn root(text: &str) -> Result<[u8; 32], &'static str> {
    hash(text).ok_or("a root is 0x and 64 hexadecimal digits")
}

impl VerifyItem {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let bytes = message::read(&self.proof)?;
        let mut file = read(&self.proof, &bytes)?;
        if self.online {
            file.0.evidence = None;
        }
        answer(
            context,
            &self.proof,
            &file,
            &self.against,
            self.authorities.as_deref(),
        )
        .await
    }
}

/// Checks a proof that has been read.
pub(super) async fn check(
    context: &Context,
    path: &Path,
    bytes: &[u8],
    against: &Against,
    authorities: Option<&Path>,
) -> Result<(), Failure> {
    let file = read(path, bytes)?;
    answer(context, path, &file, against, authorities).await
}

fn read(path: &Path, bytes: &[u8]) -> Result<(ProofFile, Uetr), Failure> {
    ProofFile::from_json(bytes).map_err(|fault| {
        let text = format!("{} is no proof: {fault}", path.display());
        let advice = "Take the file that `corridor prove` wrote, unchanged.";
        Failure::message("cli.proof", text, advice)
    })
}

async fn answer(
    context: &Context,
    path: &Path,
    (file, uetr): &(ProofFile, Uetr),
    against: &Against,
    authorities: Option<&Path>,
) -> Result<(), Failure> {
    let view = match (against.root, &file.evidence, context.settings.settlement) {
        (Some(root), ..) => by_root(file, *uetr, root, "argument")?,
        (None, Some(evidence), _) => by_evidence(context, path, file, evidence, *uetr, authorities)?,
        (None, None, Some(settlement)) => by_chain(context, file, *uetr, settlement).await?,
        (None, None, None) => by_root(file, *uetr, file.root, "proof")?,
    };
    context.output.answer(&view)?;
    view.verdict()
}

fn broken(text: impl std::fmt::Display, advice: &str) -> Failure {
    Failure::new(Exit::Mismatch, "cli.proof", text, advice)
}

const ASK_AGAIN: &str = "Ask for the proof again, made from the batch as it was submitted.";

/// The item that leads to a root, and is about the payment the file says.
fn opened(
    file: &ProofFile,
    uetr: Uetr,
    root: [u8; 32],
    record: Option<&BatchRecord>,
) -> Result<Opened, Failure> {
    match file.open(root, record.map(BatchRecord::limits)) {
        Ok(item) if item.uetr == uetr => Ok(item),
        Ok(item) => {
            let text = format!("the proof is about {}, not about {uetr}", item.uetr);
            Err(broken(text, ASK_AGAIN))
        }
        Err(_) => {
            let text = format!("the proof does not lead to the root {}", hex(&root));
            Err(broken(text, ASK_AGAIN))
        }
    }
}

/// Against a root alone: the verifier's own, or none but the file's.
fn by_root(
    file: &ProofFile,
    uetr: Uetr,
    root: [u8; 32],
    root_from: &'static str,
) -> Result<VerifiedView, Failure> {
    let item = opened(file, uetr, root, None)?;
    let mut view = VerifiedView::new(file, &item, root, root_from);
    view.standing = item
        .fault
        .and_then(|_| Standing::of(&nothing(file), &item, None))
        .unwrap_or(Standing::Unknown);
    Ok(view)
}

/// A record that says nothing, for an item that was left out whatever is recorded.
fn nothing(file: &ProofFile) -> BatchRecord {
    BatchRecord {
        root: file.root,
        debtor_agent: file.header.debtor_agent,
        currency: file.header.currency,
        submitted_at: 0,
        expires_at: file.header.expires_at,
        legs: Vec::new(),
    }
}

/// Against the evidence in the file: no chain is asked.
fn by_evidence(
    context: &Context,
    path: &Path,
    file: &ProofFile,
    evidence: &Evidence,
    uetr: Uetr,
    authorities: Option<&Path>,
) -> Result<VerifiedView, Failure> {
    let verified = verify_evidence::verified(context, path, evidence, authorities)?;
    if AddressText(evidence.settlement.0) != file.settlement {
        let text = "the proof and its evidence are of two settlement contracts";
        return Err(broken(text, ASK_AGAIN));
    }
    let claim = file.claimed(evidence).ok_or_else(|| {
        let text = format!(
            "the evidence does not show batch {} to be recorded",
            file.header.number
        );
        broken(text, ASK_AGAIN)
    })?;
    let record = claim.record();
    let name = |id: ParticipantId| {
        let parties = claim.parts.iter().map(|part| &part.creditor_agent);
        let mut parties = parties.chain([&claim.debtor_agent]);
        let party = parties.find(|party| party.participant == id.0);
        party.map_or_else(|| format!("participant {id}"), ToString::to_string)
    };
    let mut view = recorded(file, uetr, &record, "evidence", name)?;
    let block = &evidence.block;
    view.block = Some(BlockView {
        number: block.number,
        hash: block.hash.to_string(),
        time: Moment(block.time_ms / 1_000),
    });
    view.finality = Some(verified.finality);
    Ok(view)
}

/// Against what the chain records now.
async fn by_chain(
    context: &Context,
    file: &ProofFile,
    uetr: Uetr,
    settlement: AddressText,
) -> Result<VerifiedView, Failure> {
    if file.settlement != settlement {
        let text = format!("the proof is of settlement contract {}", file.settlement);
        let advice = "Name that contract with --settlement, or check without a chain with --root.";
        return Err(Failure::message("cli.proof", text, advice));
    }
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let header = &file.header;
    let record = corridor.batch(header.debtor_agent, header.number).await?;
    let record = record.ok_or_else(|| {
        let (name, number) = (directory.name(header.debtor_agent), header.number);
        let text = format!("no batch {number} of {name} is recorded");
        Failure::not_found("cli.unknown_batch", text, "It may not be finalised yet.")
    })?;
    recorded(file, uetr, &record, "chain", |id| directory.name(id))
}

/// Against a batch's record.
fn recorded(
    file: &ProofFile,
    uetr: Uetr,
    record: &BatchRecord,
    root_from: &'static str,
    name: impl Fn(ParticipantId) -> String,
) -> Result<VerifiedView, Failure> {
    let item = opened(file, uetr, record.root, Some(record))?;
    let standing = Standing::of(record, &item, file.excepted);
    let mut view = VerifiedView::new(file, &item, record.root, root_from);
    view.standing = standing.ok_or_else(|| broken("the record has no part for the item", ASK_AGAIN))?;
    view.debtor_agent = name(record.debtor_agent);
    if let Some(leg) = record.legs.get(usize::from(item.counterparty)) {
        view.creditor_agent = name(leg.creditor_agent);
    }
    Ok(view)
}

#[derive(Debug, Serialize)]
struct VerifiedView {
    /// The payment is in the batch of a root that is somebody else's word than the file's, and was not left out.
    holds: bool,
    uetr: Text<Uetr>,
    amount: MoneyView,
    debtor_agent: String,
    creditor_agent: String,
    batch: u32,
    index: u16,
    message_digest: String,
    root: String,
    /// `evidence`, `chain`, `argument`; `proof` where nothing but the file says so.
    root_from: &'static str,
    #[serde(flatten)]
    standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<BlockView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finality: Option<Finality>,
}

impl VerifiedView {
    fn new(file: &ProofFile, item: &Opened, root: [u8; 32], root_from: &'static str) -> Self {
        let header = &file.header;
        let creditor = header.counterparties.get(usize::from(item.counterparty));
        Self {
            holds: root_from != "proof" && item.fault.is_none(),
            uetr: Text(item.uetr),
            amount: MoneyView(Money::new(header.currency, item.minor_units.into())),
            debtor_agent: format!("participant {}", header.debtor_agent),
            creditor_agent: creditor.map_or_else(|| "nobody".into(), |id| format!("participant {id}")),
            batch: header.number,
            index: file.proof.index,
            message_digest: hex(&item.message_digest),
            root: hex(&root),
            root_from,
            standing: Standing::Unknown,
            block: None,
            finality: None,
        }
    }

    fn verdict(&self) -> Result<(), Failure> {
        if self.holds {
            return Ok(());
        }
        if self.standing.is_left_out() {
            let text = format!(
                "{} was sent with the batch, but is no payment of it: {}",
                self.uetr, self.standing
            );
            return Err(broken(
                text,
                "It moved nothing. Ask the debtor agent to send it again, corrected.",
            ));
        }
        let text =
            "the payment is consistent with the root the file names; that was not checked against a chain";
        let advice = "Ask for a proof with evidence, give the root you know with --root, or name the settlement contract \
                      with --settlement.";
        Err(Failure::new(Exit::Mismatch, "cli.unchecked_proof", text, advice))
    }
}

impl Answer for VerifiedView {
    fn print(&self, page: &mut Page) {
        let Self {
            uetr,
            amount,
            debtor_agent,
            creditor_agent,
            ..
        } = self;
        page.line(format!("{uetr}  {amount}  {debtor_agent} -> {creditor_agent}"));
        page.line(format!("  is item {} of batch {}", self.index, self.batch));
        page.line(format!("  {}", self.standing));
        let from = match self.root_from {
            "evidence" => "as the evidence in the file proves",
            "chain" => "as the contract records it",
            "argument" => "as given with --root",
            _ => "as the proof itself says",
        };
        page.line(format!("  root {}, {from}", self.root));
        if let Some(block) = &self.block {
            page.line(format!("  block {} at {}", block.number, block.time));
            page.line(format!("  block hash {}", block.hash));
        }
        if let Some(finality) = &self.finality {
            page.line(format!("  finality: {finality}"));
        }
        if self.root_from == "proof" {
            page.toned("  not checked against a chain", Tone::Bad);
        }
    }
}

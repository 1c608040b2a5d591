//! `corridor verify-item`.

use super::batch::LegView;
use crate::{
    clearing::{csv::hash, proof::ProofFile},
    context::Context,
    directory::Directory,
    message,
    output::{Answer, Page},
    view::{hex, MoneyView, Text},
    Exit, Failure,
};
use corridor_client::{
    core::{batch::ItemLimits, BatchRecord, Error as Refusal, Item, Money, Uetr},
    AddressText,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Check a proof that a payment is one of a clearing batch
///
/// With a settlement contract configured, against what that records. With --root, or where no contract is
/// configured, without any chain; then the root is worth as much as whoever gave it. Exit code 11 when the proof
/// does not hold.
#[derive(Debug, clap::Args)]
pub struct VerifyItem {
    /// The proof that `corridor prove` wrote; `-` is standard input
    #[arg(value_name = "FILE")]
    proof: PathBuf,

    /// The batch's root, as `corridor batch show` or an auditor gives it; asks no chain
    #[arg(long, value_name = "HEX", value_parser = root)]
    root: Option<[u8; 32]>,
}

fn root(text: &str) -> Result<[u8; 32], &'static str> {
    hash(text).ok_or("a root is 0x and 64 hexadecimal digits")
}

#[derive(Debug, Serialize)]
struct VerifiedView {
    holds: bool,
    uetr: Text<Uetr>,
    amount: MoneyView,
    debtor_agent: String,
    creditor_agent: String,
    batch: u32,
    index: u16,
    message_digest: String,
    root: String,
    /// `chain`, `argument` or `proof`.
    root_from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<LegView>,
}

impl VerifyItem {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        check(context, &self.proof, &message::read(&self.proof)?, self.root).await
    }
}

/// Checks a proof that has been read.
pub(super) async fn check(
    context: &Context,
    path: &Path,
    bytes: &[u8],
    root: Option<[u8; 32]>,
) -> Result<(), Failure> {
    let (file, uetr) = ProofFile::from_json(bytes).map_err(|fault| {
        let text = format!("{} is no proof: {fault}", path.display());
        Failure::message(
            "cli.proof",
            text,
            "Take the file that `corridor prove` wrote, unchanged.",
        )
    })?;
    let view = match (root, context.settings.settlement) {
        (Some(root), _) => offline(&file, uetr, root, "argument")?,
        (None, None) => offline(&file, uetr, file.root, "proof")?,
        (None, Some(settlement)) => on_chain(context, &file, uetr, settlement).await?,
    };
    context.output.answer(&view)
}

/// The item of a proof that holds, and is about the payment it says.
fn checked(
    file: &ProofFile,
    uetr: Uetr,
    root: [u8; 32],
    limits: Option<ItemLimits>,
) -> Result<Item, Failure> {
    let broken = |text: String| {
        let advice = "Ask for the proof again, made from the record of the batch as it was submitted.";
        Failure::new(Exit::Mismatch, "cli.proof", text, advice)
    };
    let root_text = hex(&root);
    match file.verify(root, limits) {
        Ok(item) if item.uetr == uetr => Ok(item),
        Ok(item) => Err(broken(format!(
            "the proof is about {}, not about {uetr}",
            item.uetr
        ))),
        Err(Refusal::InvalidException) => Err(broken(format!(
            "{uetr} was in the batch, but left out of it as invalid"
        ))),
        Err(_) => Err(broken(format!("the proof does not lead to the root {root_text}"))),
    }
}

fn view(file: &ProofFile, item: &Item, root: [u8; 32], root_from: &'static str) -> VerifiedView {
    let header = &file.header;
    let creditor = header.counterparties.get(usize::from(item.counterparty));
    VerifiedView {
        holds: true,
        uetr: Text(item.uetr),
        amount: MoneyView(Money::new(header.currency, item.minor_units.into())),
        debtor_agent: format!("participant {}", header.debtor_agent),
        creditor_agent: creditor.map_or_else(|| "nobody".into(), |id| format!("participant {id}")),
        batch: header.number,
        index: file.proof.index,
        message_digest: hex(&item.message_digest),
        root: hex(&root),
        root_from,
        recorded: None,
    }
}

fn offline(
    file: &ProofFile,
    uetr: Uetr,
    root: [u8; 32],
    root_from: &'static str,
) -> Result<VerifiedView, Failure> {
    let item = checked(file, uetr, root, None)?;
    Ok(view(file, &item, root, root_from))
}

async fn on_chain(
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
    let record: Option<BatchRecord> = corridor.batch(header.debtor_agent, header.number).await?;
    let record = record.ok_or_else(|| {
        let (name, number) = (directory.name(header.debtor_agent), header.number);
        let text = format!("no batch {number} of {name} is recorded");
        Failure::not_found("cli.unknown_batch", text, "It may not be finalised yet.")
    })?;
    let item = checked(file, uetr, record.root, Some(record.limits()))?;
    let mut view = view(file, &item, record.root, "chain");
    view.debtor_agent = directory.name(header.debtor_agent);
    if let Some(leg) = record.legs.get(usize::from(item.counterparty)) {
        view.creditor_agent = directory.name(leg.creditor_agent);
        let name = view.creditor_agent.clone();
        view.recorded = Some(LegView::new(name, record.currency, leg));
    }
    Ok(view)
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
        let from = match self.root_from {
            "chain" => "as the contract records it",
            "argument" => "as given with --root",
            _ => "as the proof itself says: compare it with what the contract records",
        };
        page.line(format!("  root {}, {from}", self.root));
        if let Some(leg) = &self.recorded {
            let window = leg.window.map(|window| format!(" in window {window}"));
            page.line(format!(
                "  the creditor agent's part is {}{}",
                leg.status,
                window.unwrap_or_default()
            ));
            if let Some(count) = leg.excepted_items.filter(|count| *count > 0) {
                page.line(format!(
                    "  {count} of its items were excepted: `corridor watch` shows which by index"
                ));
            }
        }
    }
}

//! `corridor prove`.

use crate::{
    clearing::{
        plan::Batch,
        proof::ProofFile,
        record::BatchFile,
        search::{Found, Search, SearchArguments},
        standing::Standing,
    },
    context::Context,
    directory::Directory,
    message,
    output::{Answer, Page},
    view::{hex, Text},
    Failure,
};
use corridor_client::{
    core::{batch_life::LegStatus, AgentId, BatchRecord, ParticipantId, Uetr},
    proof::Subject,
    AddressText, Corridor, Error,
};
use serde::Serialize;
use std::path::PathBuf;

/// Prove that a payment is one of a clearing batch, and where it stands
///
/// Anybody may, with the node alone: the items are in the extrinsic that submitted them. The index finds it at once;
/// without one, blocks are read, the newest first. The file has the chain's own proof of what is recorded of the batch,
/// so that whoever gets it checks it with `corridor verify FILE`, without any node. It shows up to 15 neighbouring payments
/// besides. A transfer that is in no batch is proven by `corridor evidence transfer`.
#[derive(Debug, clap::Args)]
pub struct Prove {
    /// The payment
    uetr: Uetr,

    /// Where to write the proof [default: UETR.proof.json]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Take the items from the record that `corridor batch submit` wrote
    #[arg(long, value_name = "FILE.batch.json", conflicts_with_all = ["of", "from_block"])]
    batch: Option<PathBuf>,

    /// Without any chain: then the proof leads to a root, and nothing shows whose that is
    #[arg(long, requires = "batch", conflicts_with = "block")]
    offline: bool,

    /// The batch's debtor agent, where it is known: then nothing is searched
    #[arg(long, value_name = "DEBTOR", requires = "number")]
    of: Option<AgentId>,

    /// The batch's number
    #[arg(long, value_name = "NUMBER", requires = "of")]
    number: Option<u32>,

    /// What was recorded at this finalised block [default: the newest]
    #[arg(long, value_name = "NUMBER")]
    block: Option<u64>,

    #[command(flatten)]
    search: SearchArguments,
}

#[derive(Debug, Serialize)]
struct ProvenView {
    uetr: Text<Uetr>,
    batch: u32,
    index: u16,
    root: String,
    #[serde(flatten)]
    standing: Option<Standing>,
    /// The block whose header the evidence begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
    proof: String,
}

impl Prove {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (file, standing) = match self.offline {
            true => (self.recorded()?, None),
            false => self.on_chain(context).await?,
        };
        let json = file.to_json(self.uetr).map_err(Failure::internal)?;
        let default = || PathBuf::from(format!("{}.proof.json", self.uetr));
        let out = self.out.clone().unwrap_or_else(default);
        message::write(&out, &json)?;
        context.output.answer(&ProvenView {
            uetr: Text(self.uetr),
            batch: file.header.number,
            index: file.proof.index,
            root: hex(&file.root),
            standing,
            block: file.evidence.map(|evidence| evidence.block.number),
            proof: out.display().to_string(),
        })
    }

    /// The proof that the record named by `--batch` makes.
    fn recorded(&self) -> Result<ProofFile, Failure> {
        let path = self.batch.clone().unwrap_or_default();
        let file = BatchFile::read(&path)?;
        let mut batches = file.batches.iter();
        let proof = batches.find_map(|batch| ProofFile::new(file.settlement, batch, self.uetr));
        proof.ok_or_else(|| {
            let text = format!("{} has no payment {}", path.display(), self.uetr);
            Failure::not_found("cli.no_item", text, "Check the UETR and the file.")
        })
    }

    async fn on_chain(&self, context: &Context) -> Result<(ProofFile, Option<Standing>), Failure> {
        let recorded = self.batch.as_ref().map(|_| self.recorded()).transpose()?;
        let corridor = context.reader().await?;
        let settlement = AddressText(corridor.settlement().ok_or(Error::NoSettlement)?);
        let (mut file, found) = match recorded {
            Some(file) if file.settlement != settlement => {
                let text = format!("the record is of settlement contract {}", file.settlement);
                let advice = "Name that contract with --settlement, or make the proof --offline.";
                return Err(Failure::message("cli.batch_record", text, advice));
            }
            Some(file) => (file, None),
            None => {
                let found = self.found(context, &corridor).await?;
                let batch = Batch {
                    header: found.contents.header.clone(),
                    items: found.contents.items.clone(),
                };
                let file =
                    ProofFile::new(settlement, &batch, self.uetr).ok_or_else(|| self.absent(&found))?;
                (file, Some(found))
            }
        };
        let subject = Subject::Batch {
            debtor_agent: file.header.debtor_agent,
            number: file.header.number,
        };
        let progress = context.output.progress("proving", 1);
        let evidence = corridor.evidence(&[subject], self.block).await?;
        drop(progress);
        let record = file.claimed(&evidence).map(|claim| claim.record());
        let (record, block) = (record.ok_or_else(|| unrecorded(&file))?, evidence.block.number);
        file.excepted = self.excepted(context, &corridor, &file, found, &record).await?;
        file.evidence = Some(evidence);
        let item = file.open(record.root, Some(record.limits())).map_err(|_| {
            let text = format!("batch {} of block {block} is another one", file.header.number);
            let advice = "Take the record of the batch as it was submitted, or leave --batch out.";
            Failure::message("cli.batch_record", text, advice)
        })?;
        let standing = Standing::of(&record, &item, file.excepted);
        Ok((file, standing))
    }

    /// The batch the payment is in: the one that is named, or else the newest one that is found.
    async fn found(&self, context: &Context, corridor: &Corridor) -> Result<Found, Failure> {
        if let Some((agent, number)) = self.of.as_ref().zip(self.number) {
            let directory = Directory::read(corridor).await?;
            let debtor_agent = directory.find(agent)?;
            let found = Search::named(corridor, debtor_agent, number).await?;
            return found.ok_or_else(|| {
                let text = format!("no batch {number} of {agent} is recorded");
                Failure::not_found("cli.unknown_batch", text, "It may not be finalised yet.")
            });
        }
        if corridor.transfer(self.uetr).await?.is_some() {
            let text = format!(
                "{} is a transfer of its own, and not an item of a batch",
                self.uetr
            );
            let advice = format!(
                "`corridor evidence transfer {} --out FILE` proves what is recorded of it. If it is in a batch besides, \
                 name that with --of and --number.",
                self.uetr
            );
            return Err(Failure::usage("cli.no_item", text, advice));
        }
        let search = Search::open(&self.search, None, context, corridor).await?;
        let found = search.holding(self.uetr).await?;
        found.ok_or_else(|| {
            let text = format!(
                "no batch has {}; looked through {}",
                self.uetr,
                search.described()
            );
            let advice =
                "Check the UETR; it may not be finalised yet. Blocks before --from-block were not read.";
            Failure::not_found("cli.no_item", text, advice)
        })
    }

    /// Whether the item was excepted, where the record leaves that open.
    async fn excepted(
        &self,
        context: &Context,
        corridor: &Corridor,
        file: &ProofFile,
        found: Option<Found>,
        record: &BatchRecord,
    ) -> Result<Option<bool>, Failure> {
        let opened = file.open(record.root, Some(record.limits())).ok();
        let leg = opened.and_then(|item| record.legs.get(usize::from(item.counterparty)));
        let partly = leg.filter(|leg| {
            let LegStatus::Accepted { excepted, .. } = leg.status else {
                return false;
            };
            excepted.items > 0 && excepted.items < leg.total.items
        });
        let Some(leg) = partly else {
            return Ok(None);
        };
        let (debtor, number): (ParticipantId, u32) = (file.header.debtor_agent, file.header.number);
        let found = match found {
            Some(found) => Some(found),
            None => Search::named(corridor, debtor, number).await?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        let search = Search::open(&self.search, Some(0), context, corridor).await?;
        let excepted = search.excepted(&found, leg.creditor_agent).await?;
        Ok(excepted.map(|items| items.contains(&file.proof.index)))
    }

    fn absent(&self, found: &Found) -> Failure {
        let text = format!("batch {} has no payment {}", found.number, self.uetr);
        Failure::not_found(
            "cli.no_item",
            text,
            "Check the UETR, the debtor agent and the number.",
        )
    }
}

fn unrecorded(file: &ProofFile) -> Failure {
    let text = format!("batch {} is not recorded at that block", file.header.number);
    let advice = "It may not be finalised yet; name a later --block, or prove it --offline.";
    Failure::not_found("cli.unknown_batch", text, advice)
}

impl Answer for ProvenView {
    fn print(&self, page: &mut Page) {
        let (uetr, index, batch) = (self.uetr, self.index, self.batch);
        page.line(format!("{uetr} is item {index} of batch {batch}"));
        if let Some(standing) = &self.standing {
            page.line(format!("  {standing}"));
        }
        page.line(format!("  root {}", self.root));
        match self.block {
            Some(block) => page.line(format!("  proven at block {block}")),
            None => page.line("  no evidence: whoever checks it has to have the root from elsewhere"),
        }
        page.line(format!("  proof: {}", self.proof));
    }
}

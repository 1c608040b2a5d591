//! `corridor batch accept`.

use super::{
    accept_many,
    answer::{recorded, told},
    payments::{exceptions, refuse, Part},
    ItemName, Numbers,
};
use crate::{
    clearing::{
        duplicates::{Paid, LOOK_BACK},
        search::{Search, SearchArguments},
    },
    context::Context,
    directory::Directory,
    settings::Duty,
    Failure,
};
use corridor_client::{
    core::{batch_life::LegStatus, AgentId, Money, ParticipantId},
    AcceptBatch, Corridor,
};
use std::path::PathBuf;

/// Accept the items addressed to you, less exceptions: their sum is booked in the open window
///
/// The items are read from the extrinsic that submitted them, and compared with everything else that pays the same
/// UETRs: transfers of their own, items of batches accepted before, and other items of the same batch. Where there is any, nothing is
/// accepted and every one is listed; --except-duplicates accepts the rest. Earlier batches are looked up in the index, or,
/// where there is none, in the last 14,400 blocks (--from-block reads more or fewer).
#[derive(Debug, clap::Args)]
pub struct Accept {
    /// The debtor agent
    #[arg(value_name = "DEBTOR")]
    debtor: AgentId,

    /// The batch's number; several, such as `3 5-9`, are accepted at the same time
    #[arg(value_name = "NUMBER", required = true)]
    numbers: Vec<Numbers>,

    /// Do not accept this item of yours, named by its index or UETR; may be repeated, at most 128 times
    #[arg(long, value_name = "ITEM")]
    except: Vec<ItemName>,

    /// Do not accept items of yours that are paid otherwise
    #[arg(long, conflicts_with = "unchecked")]
    except_duplicates: bool,

    /// Take the items from the debtor agent's record of the batch instead of the chain
    #[arg(id = "record", long = "batch", value_name = "FILE.batch.json")]
    record: Option<PathBuf>,

    /// Do not look for items that are paid otherwise
    #[arg(long)]
    unchecked: bool,

    #[command(flatten)]
    search: SearchArguments,
}

impl Accept {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if let Some(number) = Numbers::only(&self.numbers) {
            return self.one(context, number).await;
        }
        if self.record.is_some() || !self.except.is_empty() || self.except_duplicates {
            let advice = "Accept the batch that has them by itself, and the others together.";
            return Err(Failure::usage(
                "cli.except",
                "exceptions are of one batch",
                advice,
            ));
        }
        let search = (!self.unchecked).then_some(&self.search);
        accept_many::run(context, &self.debtor, &Numbers::all(&self.numbers), search).await
    }

    async fn one(&self, context: &Context, number: u32) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Approver).await?;
        let directory = Directory::read(&corridor).await?;
        let debtor_agent = directory.find(&self.debtor)?;
        let ours = context.participant(&corridor, &directory).await?;
        let record = recorded(&corridor, &directory, debtor_agent, number).await?;
        let blind = self.unchecked && self.except.is_empty() && self.record.is_none();
        let (leg, exceptions, excepted) = if blind {
            (super::answer::part(&record, number, ours, &directory)?, None, 0)
        } else {
            let path = self.record.as_deref();
            let part = Part::read(&corridor, &directory, &record, number, ours, path).await?;
            let except = self.except(context, &corridor, &directory, &part).await?;
            let (exceptions, sum) = exceptions(&part.batch, &except, ours, &record.limits())?;
            (part.leg, exceptions, sum)
        };
        let sum = u128::from(leg.total.minor_units).saturating_sub(excepted);
        let amount = Money::new(record.currency, sum);
        let left_out = exceptions.as_ref().map_or(0, |all| all.items.len());
        let count = usize::from(leg.total.items).saturating_sub(left_out);
        let name = directory.name(debtor_agent);
        let question = format!(
            "Accept {count} items of {amount} from batch {number} of {name}? The sum is booked in the open window."
        );
        context.confirm(&question).await?;
        let progress = context.output.progress("accepting", 1);
        let request = AcceptBatch {
            debtor_agent,
            number,
            exceptions,
        };
        let outcome = corridor.accept_batch(request).await?;
        drop(progress);
        let text = format!("accepted {count} items of {amount} from batch {number} of {name}");
        told(context, &corridor, &directory, number, &outcome, text)
    }

    /// The exceptions that are named, and the items that are paid otherwise; or a refusal for these.
    async fn except(
        &self,
        context: &Context,
        corridor: &Corridor,
        directory: &Directory,
        part: &Part,
    ) -> Result<Vec<ItemName>, Failure> {
        let mut except = self.except.clone();
        // What was accepted has been looked through then; only the same exceptions make the same answer.
        if self.unchecked || (part.is_answered() && !self.except_duplicates) {
            return Ok(except);
        }
        let search = Search::open(&self.search, Some(LOOK_BACK), context, corridor).await?;
        let paid = Paid::find(&search, corridor, &part.uetrs()).await?;
        let duplicates = part.duplicates(&paid, &except, directory);
        if !self.except_duplicates {
            refuse(&duplicates, part.name.1)?;
        }
        for duplicate in &duplicates {
            let text = format!(
                "not accepted: item {}, UETR {}: {}",
                duplicate.index, duplicate.uetr, duplicate.paid
            );
            context.output.note(&text);
            except.push(ItemName::Index(duplicate.index));
        }
        context.output.note(&format!(
            "compared with transfers of their own, and with {}",
            search.described()
        ));
        Ok(except)
    }
}

/// Checks parts that are to be accepted together: none may have an item that is paid otherwise, or by another of them.
pub(super) async fn check_all(
    context: &Context,
    corridor: &Corridor,
    directory: &Directory,
    ours: ParticipantId,
    records: Vec<(u32, corridor_client::core::BatchRecord)>,
    search: &SearchArguments,
) -> Result<(), Failure> {
    let mut parts = Vec::new();
    for (number, record) in records {
        let pending = super::answer::part(&record, number, ours, directory)?.status == LegStatus::Pending;
        if pending {
            parts.push(Part::read(corridor, directory, &record, number, ours, None).await?);
        }
    }
    let uetrs: Vec<_> = parts.iter().flat_map(Part::uetrs).collect();
    if uetrs.is_empty() {
        return Ok(());
    }
    let search = Search::open(search, Some(LOOK_BACK), context, corridor).await?;
    let mut paid = Paid::find(&search, corridor, &uetrs).await?;
    for part in &parts {
        refuse(&part.duplicates(&paid, &[], directory), part.name.1)?;
        paid.accept(part.name, &part.items);
    }
    Ok(())
}

//! `corridor batch accept`, `reject`, `cancel`, `expire` and `show`.

use super::{super::common::Changed, view::RecordView, ItemName};
use crate::{
    clearing::{plan::Batch, record::BatchFile},
    context::Context,
    directory::Directory,
    settings::Duty,
    Failure,
};
use corridor_client::{
    core::{
        batch::{ItemLimits, MAX_COUNTERPARTIES},
        batch_life::{Leg, MAX_EXCEPTIONS},
        AgentId, BatchRecord, Item, Money, ParticipantId, ReasonCode,
    },
    AcceptBatch, BatchReceipt, Corridor, Exceptions, Outcome,
};
use std::{collections::BTreeMap, path::Path};

/// A batch that is recorded.
pub(super) async fn recorded(
    corridor: &Corridor,
    directory: &Directory,
    debtor: ParticipantId,
    number: u32,
) -> Result<BatchRecord, Failure> {
    corridor.batch(debtor, number).await?.ok_or_else(|| {
        let text = format!("no batch {number} of {} is recorded", directory.name(debtor));
        let advice = "Check the debtor agent and the number; it may not be finalised yet.";
        Failure::not_found("cli.unknown_batch", text, advice)
    })
}

/// What of a batch is for us.
pub(super) fn part(
    record: &BatchRecord,
    number: u32,
    ours: ParticipantId,
    directory: &Directory,
) -> Result<Leg, Failure> {
    let leg = record.legs.iter().find(|leg| leg.creditor_agent == ours);
    leg.copied().ok_or_else(|| {
        let (debtor, ours) = (directory.name(record.debtor_agent), directory.name(ours));
        let text = format!("batch {number} of {debtor} has nothing for {ours}");
        Failure::not_found(
            "cli.no_part",
            text,
            "Check the debtor agent, the number and --participant.",
        )
    })
}

pub(super) async fn show(context: &Context, debtor: &AgentId, number: u32) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let debtor = directory.find(debtor)?;
    let record = recorded(&corridor, &directory, debtor, number).await?;
    let view = RecordView::new(debtor, number, &record, &directory);
    context.output.answer(&view)
}

/// Answers with the batch as it is recorded now.
fn told(
    context: &Context,
    corridor: &Corridor,
    directory: &Directory,
    number: u32,
    outcome: &Outcome<BatchReceipt>,
    text: String,
) -> Result<(), Failure> {
    let record = &outcome.receipt.record;
    let what = RecordView::new(record.debtor_agent, number, record, directory);
    context
        .output
        .answer(&Changed::new(what, text, outcome, corridor))
}

pub(super) async fn accept(
    context: &Context,
    debtor: &AgentId,
    number: u32,
    except: &[ItemName],
    path: Option<&Path>,
) -> Result<(), Failure> {
    let file = path.map(BatchFile::read).transpose()?;
    let corridor = context.signer(Duty::Approver).await?;
    let directory = Directory::read(&corridor).await?;
    let debtor_agent = directory.find(debtor)?;
    let ours = context.participant(&corridor, &directory).await?;
    let record = recorded(&corridor, &directory, debtor_agent, number).await?;
    let leg = part(&record, number, ours, &directory)?;
    let (exceptions, excepted) = match &file {
        Some(file) => {
            let batch = file
                .find(debtor_agent, number)
                .filter(|batch| batch.root() == record.root);
            let batch = batch.ok_or_else(|| {
                let text = format!("the file is no record of batch {number} as it was submitted");
                Failure::message("cli.batch_record", text, "Ask the debtor agent for the record.")
            })?;
            exceptions(batch, except, ours, &record.limits())?
        }
        None => (None, 0),
    };
    let sum = u128::from(leg.total.minor_units).saturating_sub(excepted);
    let amount = Money::new(record.currency, sum);
    let count =
        usize::from(leg.total.items).saturating_sub(exceptions.as_ref().map_or(0, |all| all.items.len()));
    let name = directory.name(debtor_agent);
    let question = format!(
        "Accept {count} items of {amount} from batch {number} of {name}? The sum is booked in the open window."
    );
    context.confirm(&question).await?;
    let progress = context.output.progress("accepting", 1);
    let outcome = corridor
        .accept_batch(AcceptBatch {
            debtor_agent,
            number,
            exceptions,
        })
        .await?;
    drop(progress);
    let text = format!("accepted {count} items of {amount} from batch {number} of {name}");
    told(context, &corridor, &directory, number, &outcome, text)
}

/// The exceptions by rising index, each with its chunk, and their sum. Every one must be a valid item of ours.
fn exceptions(
    batch: &Batch,
    except: &[ItemName],
    ours: ParticipantId,
    limits: &ItemLimits,
) -> Result<(Option<Exceptions>, u128), Failure> {
    let refused = |text: String| {
        let advice =
            "An exception is an item addressed to you that counts, by its index or UETR; at most 128.";
        Failure::usage("cli.except", text, advice)
    };
    let (mut items, mut sum) = (BTreeMap::new(), 0u128);
    let counterparties = batch.header.counterparties.len().min(MAX_COUNTERPARTIES);
    let limits = limits.get(..counterparties).unwrap_or_default();
    for name in except {
        let (index, text) = match name {
            ItemName::Index(index) => (Some(*index), index.to_string()),
            ItemName::Uetr(uetr) => (batch.find(*uetr), uetr.to_string()),
        };
        let proof = index.and_then(|index| batch.prove(index));
        let proof = proof.ok_or_else(|| refused(format!("--except {text}: the batch has no such item")))?;
        let (_, bytes) = batch
            .indexed()
            .nth(proof.index.into())
            .ok_or_else(|| refused(format!("--except {text}: the batch has no such item")))?;
        let item = Item::read(bytes, limits).map_err(|_| {
            refused(format!(
                "--except {text}: the item was left out as invalid already"
            ))
        })?;
        if batch.header.counterparties.get(usize::from(item.counterparty)) != Some(&ours) {
            return Err(refused(format!(
                "--except {text}: the item is addressed to somebody else"
            )));
        }
        if items.insert(proof.index, proof.chunk).is_none() {
            sum = sum.saturating_add(item.minor_units.into());
        }
    }
    if items.len() > MAX_EXCEPTIONS {
        return Err(refused(format!("{} exceptions are too many", items.len())));
    }
    let exceptions = Exceptions {
        header: batch.header.clone(),
        chunk_hashes: batch.chunk_hashes(),
        items: items.into_iter().collect(),
    };
    // None at all is the same acceptance as one without a record.
    let any = !exceptions.items.is_empty();
    Ok((any.then_some(exceptions), sum))
}

pub(super) async fn reject(
    context: &Context,
    debtor: &AgentId,
    number: u32,
    reason: ReasonCode,
) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Approver).await?;
    let directory = Directory::read(&corridor).await?;
    let debtor = directory.find(debtor)?;
    let progress = context.output.progress("rejecting", 1);
    let outcome = corridor.reject_batch(debtor, number, reason).await?;
    drop(progress);
    let text = format!(
        "rejected your part of batch {number} of {}: {reason}",
        directory.name(debtor)
    );
    told(context, &corridor, &directory, number, &outcome, text)
}

pub(super) async fn cancel(context: &Context, number: u32, reason: ReasonCode) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Instructor).await?;
    let directory = Directory::read(&corridor).await?;
    let debtor = context.participant(&corridor, &directory).await?;
    let progress = context.output.progress("cancelling", 1);
    let outcome = corridor.cancel_batch(debtor, number, reason).await?;
    drop(progress);
    let text = format!("cancelled what nobody had answered of batch {number}: {reason}");
    told(context, &corridor, &directory, number, &outcome, text)
}

pub(super) async fn expire(context: &Context, debtor: &AgentId, number: u32) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Instructor).await?;
    let directory = Directory::read(&corridor).await?;
    let debtor = directory.find(debtor)?;
    let progress = context.output.progress("expiring", 1);
    let outcome = corridor.expire_batch(debtor, number).await?;
    drop(progress);
    let name = directory.name(debtor);
    let text = format!("expired what nobody had answered of batch {number} of {name}");
    told(context, &corridor, &directory, number, &outcome, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::plan::{split, Common, Payment};
    use corridor_client::core::{Currency, Uetr};

    #[test]
    fn exceptions_are_ours_once_and_rising() {
        let payment = |seed: u8| Payment {
            uetr: Uetr::from_random_bytes([seed; 16]),
            creditor_agent: ParticipantId(1 + u16::from(seed % 2)),
            minor_units: u64::from(seed) + 1,
            message_digest: [0; 32],
        };
        let payments: Vec<Payment> = (0..40).map(payment).collect();
        let common = Common {
            debtor_agent: ParticipantId(0),
            currency: Currency::CNY,
            number: 1,
            all_or_nothing: false,
            expires_at: 1,
        };
        let batch = split(&payments, common).expect("numbers").remove(0);
        let of = |except: &[ItemName], limit| {
            exceptions(&batch, except, ParticipantId(1), &[limit; MAX_COUNTERPARTIES])
        };
        let (index, uetr) = (ItemName::Index(36), ItemName::Uetr(payments[2].uetr));
        let (all, sum) = of(&[index, uetr, ItemName::Index(36)], u64::MAX).expect("ours");
        let items = all.expect("some").items;
        assert_eq!(items.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [2, 36]);
        assert_eq!((items[0].1.len(), items[1].1.len()), (1_024, 512));
        assert_eq!(sum, 3 + 37);
        assert_eq!(of(&[], u64::MAX), Ok((None, 0)));
        for (except, limit) in [
            (ItemName::Index(40), u64::MAX),
            (ItemName::Index(3), u64::MAX),
            (ItemName::Uetr(Uetr([7; 16])), u64::MAX),
            (index, 36),
        ] {
            assert!(of(&[except], limit).is_err(), "{except:?}");
        }
    }
}

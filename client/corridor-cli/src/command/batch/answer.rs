//! `corridor batch reject`, `cancel`, `expire` and `show`, and what all answers to a batch have in common.

use super::{super::common::Changed, view::RecordView};
use crate::{context::Context, directory::Directory, settings::Duty, Failure};
use corridor_client::{
    core::{batch_life::Leg, AgentId, BatchRecord, ParticipantId, ReasonCode},
    BatchReceipt, Corridor, Outcome,
};

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
pub(super) fn told(
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

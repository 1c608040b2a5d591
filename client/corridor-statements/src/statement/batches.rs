//! The items of a clearing batch, in the entry that books it.

use super::entries::Scribe;
use crate::StatementError;
use corridor_client::core::{Money, ParticipantId};
use corridor_indexer::{
    query::{
        batches::{BatchItemRow, BatchPartRow, BatchRow},
        movements::LegRow,
    },
    EventId, Index, PageRequest,
};
use corridor_iso20022::statement::{Entry, EntryBatch, EntryDetails};

/// Items read at a time.
const AT_A_TIME: u32 = 1_000;

/// What a reader is told where the items of a batch are more than are to be listed.
const NOT_LISTED: &str = "items not listed";

/// What a reader is told where they are in no extrinsic, so that nobody but the batch's agents has them.
const NOT_KNOWN: &str = "items not on the chain: a contract submitted the batch";

/// Tells the batch of an entry: its reference, how many items were booked and, as long as `room` lasts, each of them. `leg` is the
/// first of the entry; one that is of no batch leaves the entry as it is.
pub(super) async fn tell_batch(
    index: &Index,
    scribe: &Scribe<'_>,
    leg: &LegRow,
    entry: &mut Entry,
    room: &mut usize,
) -> Result<(), StatementError> {
    let Some(id) = leg.batch else {
        return Ok(());
    };
    let Some(batch) = index.batch_by_id(id).await? else {
        return Ok(());
    };
    // Whoever is not the debtor agent is the creditor agent of its part.
    let creditor_agent = match leg.participant == batch.debtor_agent {
        true => leg.counterparty,
        false => Some(leg.participant),
    };
    let Some(part) = part(index, id, creditor_agent).await? else {
        return Ok(());
    };
    let count = part.items.saturating_sub(part.excepted_items);
    put_whole(scribe, &batch, &part, count, entry);
    let known = batch.header.is_some();
    let listed = known && usize::from(count) <= *room && put_items(index, id, &part, count, entry).await?;
    if listed {
        *room = room.saturating_sub(count.into());
        return Ok(());
    }
    let missing = if known { NOT_LISTED } else { NOT_KNOWN };
    let text = entry.additional.take();
    entry.additional = Some(text.map_or(missing.into(), |text| format!("{text}; {missing}")));
    Ok(())
}

async fn part(
    index: &Index,
    batch: EventId,
    creditor_agent: Option<ParticipantId>,
) -> Result<Option<BatchPartRow>, StatementError> {
    let parts = index.batch_parts(batch).await?;
    let ours = |part: &BatchPartRow| Some(part.creditor_agent) == creditor_agent;
    Ok(parts.into_iter().find(ours))
}

/// The batch as one, with the agents.
fn put_whole(scribe: &Scribe<'_>, batch: &BatchRow, part: &BatchPartRow, count: u16, entry: &mut Entry) {
    entry.batch = Some(EntryBatch {
        message_id: None,
        reference: Some(format!("BATCH-{}-{}", batch.debtor_agent, batch.number)),
        transactions: Some(count.into()),
        total: Some(entry.amount),
        side: Some(entry.side),
    });
    if let Some(details) = entry.details.first_mut() {
        details.debtor_agent = scribe.agent(batch.debtor_agent);
        details.creditor_agent = scribe.agent(part.creditor_agent);
    }
}

/// Lists the items that were booked; `false` where the index does not have all of them, which leaves the entry as it is.
///
/// Agents and block are those of all items, and told with the first: told with each, they would be most of the message.
async fn put_items(
    index: &Index,
    batch: EventId,
    part: &BatchPartRow,
    count: u16,
    entry: &mut Entry,
) -> Result<bool, StatementError> {
    let items = booked_items(index, batch, part.creditor_agent).await?;
    let mut amounts = items.iter().map(|item| item.minor_units);
    let sum = amounts.try_fold(0u128, |sum, minor_units| sum.checked_add(minor_units));
    if items.len() != usize::from(count) || sum != Some(entry.amount.minor_units) {
        return Ok(false);
    }
    let currency = entry.amount.currency;
    let mut origin = entry.details.drain(..).next().unwrap_or_default();
    let details = items.iter().map(|item| EntryDetails {
        uetr: Some(item.uetr),
        amount: Some(Money::new(currency, item.minor_units)),
        ..std::mem::take(&mut origin)
    });
    entry.details = details.collect();
    Ok(true)
}

/// The items of one creditor agent that neither the contract nor the agent left out, in the batch's order.
async fn booked_items(
    index: &Index,
    batch: EventId,
    creditor_agent: ParticipantId,
) -> Result<Vec<BatchItemRow>, StatementError> {
    let mut items = Vec::new();
    let mut page = PageRequest::first(AT_A_TIME);
    loop {
        let read = index.batch_items(batch, page).await?;
        let booked = read.items.into_iter().filter(|item| {
            item.creditor_agent == Some(creditor_agent) && item.fault.is_none() && !item.excepted
        });
        items.extend(booked);
        match read.next {
            Some(next) => page = page.after(next),
            None => return Ok(items),
        }
    }
}

//! Clearing batches: submit, accept, reject, cancel.

use crate::netting::Pair;
use crate::transfers::caller_entry;
use crate::{storage, Root};
use alloc::vec::Vec;
use corridor_api::{BatchReceipt, BatchRecorded, Exceptions};
use corridor_core::batch::{self, BatchHeader, Item, ItemFault};
use corridor_core::batch_life::{self, BatchUpdate};
use corridor_core::{
    batch_proof, BatchChange, BatchRecord, Currency, Error, Limited, Outcome, ParticipantId, ReasonCode,
    Seconds,
};
use ink::env::hash::Keccak256;
use ink::Address;

/// The most one item may be, in minor units: what net settlement can book.
const ITEM_LIMIT: u64 = i64::MAX.unsigned_abs();

#[inline(never)]
fn keccak256(data: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    ink::env::hash_bytes::<Keccak256>(data, &mut hash);
    hash
}

fn recorded(debtor_agent: ParticipantId, number: u32) -> Result<BatchRecord, Error> {
    storage::batch(debtor_agent, number)
        .get()?
        .ok_or(Error::UnknownBatch)
}

fn receipt(record: BatchRecord, rejected: Vec<(u16, ItemFault)>, repeated: bool) -> BatchReceipt {
    BatchReceipt {
        record,
        rejected,
        repeated,
    }
}

/// Stores the batch's new record and emits its event.
fn store(number: u32, record: &BatchRecord, change: BatchChange) {
    storage::batch(record.debtor_agent, number).set(record);
    ink::env::emit_event(BatchRecorded {
        debtor_agent: record.debtor_agent,
        number,
        currency: record.currency,
        change,
    });
}

/// [`corridor_api::Batches::submit_batch`]
#[inline(never)]
pub fn submit(
    root: &Root,
    caller: Address,
    header: &BatchHeader,
    items: &[u8],
    now: Seconds,
) -> Result<BatchReceipt, Error> {
    let caller = caller_entry(caller)?;
    batch_life::admissible(&caller, header)?;
    root.schedule()?;
    let last = storage::last_batch(header.debtor_agent);
    let known = storage::batch(header.debtor_agent, header.number).get()?;
    let limited = limited(root, header.debtor_agent, header.currency)?;
    // A repeat is scanned as it was the first time, whatever the limits are now.
    let limit = known.as_ref().map_or(item_limit(&limited), |record| record.limit);
    let scan = batch::scan(header, items, limit)?;
    let rejected = scan.rejected.clone();
    let root_hash = batch_proof::root(header, items, &mut keccak256);
    let gate = root.gate();
    match batch_life::submit(last.get()?, known, &gate, &caller, header, scan, root_hash, now)? {
        Outcome::Recorded(BatchUpdate { record, event }) => {
            last.set(&header.number);
            if limited.limits.is_some() {
                let (count, minor_units) = record.whole();
                let counted = limited.take_many(count, minor_units, now)?;
                storage::limits(header.debtor_agent, header.currency).set(&counted);
            }
            store(header.number, &record, event);
            Ok(receipt(record, rejected, false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, rejected, true)),
    }
}

/// The debtor agent's limits, which hold for batches too. A corridor's do not: a batch is for several.
fn limited(root: &Root, debtor_agent: ParticipantId, currency: Currency) -> Result<Limited, Error> {
    if !root.controlled {
        return Ok(Limited::default());
    }
    Ok(storage::limits(debtor_agent, currency).get()?.unwrap_or_default())
}

/// The most one item may be.
fn item_limit(limited: &Limited) -> u64 {
    limited.limits.map_or(ITEM_LIMIT, |limits| {
        u64::try_from(limits.per_transfer_minor_units)
            .unwrap_or(ITEM_LIMIT)
            .min(ITEM_LIMIT)
    })
}

/// Gives back to the debtor agent's limits what ended without being booked.
fn give_back(root: &Root, before: (u32, u128), record: &BatchRecord) -> Result<(), Error> {
    let limited = limited(root, record.debtor_agent, record.currency)?;
    let (count, minor_units) = record.ended();
    let (count, minor_units) = (
        count.saturating_sub(before.0),
        minor_units.saturating_sub(before.1),
    );
    if limited.limits.is_some() && count > 0 {
        storage::limits(record.debtor_agent, record.currency).set(&limited.give_back(
            record.submitted_at,
            count,
            minor_units,
        ));
    }
    Ok(())
}

/// The items of proven exceptions, with their indices.
fn proven(record: &BatchRecord, exceptions: &Exceptions) -> Result<Vec<(u16, Item)>, Error> {
    let Exceptions {
        header,
        chunk_hashes,
        items,
    } = exceptions;
    batch_proof::verify_hashes(record.root, header, chunk_hashes, &mut keccak256)?;
    items
        .iter()
        .map(|(index, chunk)| {
            let item =
                batch_proof::verify_chunk(header, record.limit, chunk_hashes, *index, chunk, &mut keccak256)?;
            Ok((*index, item))
        })
        .collect()
}

/// [`corridor_api::Batches::accept_batch`]
#[inline(never)]
pub fn accept(
    root: &Root,
    caller: Address,
    debtor_agent: ParticipantId,
    number: u32,
    exceptions: Option<Exceptions>,
    now: Seconds,
) -> Result<BatchReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = recorded(debtor_agent, number)?;
    let exceptions = match exceptions {
        Some(exceptions) => proven(&record, &exceptions)?,
        None => Vec::new(),
    };
    let window = root.schedule()?.window_of(now);
    let pair = Pair {
        currency: record.currency,
        debtor_agent,
        creditor_agent: caller.participant,
    };
    let ended = record.ended();
    let pages = pair.load(window)?;
    match batch_life::accept_batch(record, &caller, &exceptions, pages, window, now)? {
        Outcome::Recorded(change) => {
            pair.store(&change.pages);
            give_back(root, ended, &change.record)?;
            store(number, &change.record, change.event);
            Ok(receipt(change.record, Vec::new(), false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, Vec::new(), true)),
    }
}

/// [`corridor_api::Batches::reject_batch`]
pub fn reject(
    root: &Root,
    caller: Address,
    debtor_agent: ParticipantId,
    number: u32,
    reason: ReasonCode,
) -> Result<BatchReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = recorded(debtor_agent, number)?;
    let ended = record.ended();
    finish(
        root,
        number,
        ended,
        batch_life::reject_batch(record, &caller, reason)?,
    )
}

/// [`corridor_api::Batches::cancel_batch`]
pub fn cancel(root: &Root, caller: Address, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = recorded(caller.participant, number)?;
    let ended = record.ended();
    finish(
        root,
        number,
        ended,
        batch_life::cancel_batch(record, &caller, reason)?,
    )
}

fn finish(
    root: &Root,
    number: u32,
    ended: (u32, u128),
    outcome: Outcome<BatchUpdate, BatchRecord>,
) -> Result<BatchReceipt, Error> {
    match outcome {
        Outcome::Recorded(BatchUpdate { record, event }) => {
            give_back(root, ended, &record)?;
            store(number, &record, event);
            Ok(receipt(record, Vec::new(), false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, Vec::new(), true)),
    }
}

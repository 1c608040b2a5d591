//! Clearing batches: submit, accept, reject, cancel, expire.

use crate::netting::Pair;
use crate::transfers::caller_entry;
use crate::{storage, Root};
use alloc::vec::Vec;
use corridor_api::{BatchReceipt, BatchRecorded, Exceptions};
use corridor_core::batch::{
    self, BatchHeader, Item, ItemFault, ItemLimits, ItemTotal, MAX_COUNTERPARTIES, MAX_ITEM_MINOR_UNITS,
};
use corridor_core::batch_life::{self, BatchUpdate};
use corridor_core::batch_limits::{self, Count};
use corridor_core::{
    batch_proof, BatchChange, BatchRecord, Error, Outcome, ParticipantId, ReasonCode, Seconds,
};
use ink::env::hash::Keccak256;
use ink::Address;

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
    // A repeat is scanned as it was the first time, whatever the limits are now.
    let limits = match &known {
        Some(record) => record.limits(),
        None => {
            storage::known_currency(header.currency)?;
            item_limits(root, header)?
        }
    };
    let scan = batch::scan(header, items, limits)?;
    let totals = scan.totals;
    let rejected = scan.rejected.clone();
    let root_hash = batch_proof::root(header, items, &mut keccak256);
    let gate = root.gate();
    match batch_life::submit(last.get()?, known, &gate, &caller, header, scan, root_hash, now)? {
        Outcome::Recorded(BatchUpdate { record, event }) => {
            last.set(&header.number);
            count(root, &record, &totals, Count::Take)?;
            store(header.number, &record, event);
            Ok(receipt(record, rejected, false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, rejected, true)),
    }
}

/// The most an item for each counterparty may be.
fn item_limits(root: &Root, header: &BatchHeader) -> Result<ItemLimits, Error> {
    let mut limits = [MAX_ITEM_MINOR_UNITS; MAX_COUNTERPARTIES];
    if !root.controlled {
        return Ok(limits);
    }
    let of_items = |creditor_agent| {
        let stored = storage::limits_of(header.debtor_agent, creditor_agent, header.currency).get()?;
        Ok(stored.map_or(MAX_ITEM_MINOR_UNITS, |stored| {
            batch_limits::of_item(&stored.limited)
        }))
    };
    let participant = of_items(None)?;
    for (limit, creditor_agent) in limits.iter_mut().zip(&header.counterparties) {
        *limit = of_items(Some(*creditor_agent))?.min(participant);
    }
    Ok(limits)
}

/// Counts a batch's sums against the debtor agent's limits, then against those of each corridor.
#[inline(never)]
fn count(
    root: &Root,
    record: &BatchRecord,
    totals: &[ItemTotal; MAX_COUNTERPARTIES],
    way: Count,
) -> Result<(), Error> {
    if !root.controlled {
        return Ok(());
    }
    let of_legs = record.legs.iter().zip(totals);
    let of_legs = of_legs.map(|(leg, total)| (Some(leg.creditor_agent), core::slice::from_ref(total)));
    let scopes = core::iter::once((None, totals.as_slice())).chain(of_legs);
    // What no item concerns is not even read.
    for (creditor_agent, totals) in scopes.filter(|(_, totals)| batch_limits::concerns(totals)) {
        let place = storage::limits_of(record.debtor_agent, creditor_agent, record.currency);
        if let Some(mut stored) = place.get()?.filter(|stored| stored.limited.limits.is_some()) {
            stored.limited = batch_limits::count(stored.limited, totals, record.submitted_at, way)?;
            place.set(&stored);
        }
    }
    Ok(())
}

/// Gives back to the limits what has ended without being booked since `before`.
fn give_back(
    root: &Root,
    before: &[ItemTotal; MAX_COUNTERPARTIES],
    record: &BatchRecord,
) -> Result<(), Error> {
    count(root, record, &record.ended_since(before), Count::GiveBack)
}

/// The items of proven exceptions, with their indices.
fn proven(record: &BatchRecord, exceptions: &Exceptions) -> Result<Vec<(u16, Item)>, Error> {
    let Exceptions {
        header,
        chunk_hashes,
        items,
    } = exceptions;
    batch_proof::verify_hashes(record.root, header, chunk_hashes, &mut keccak256)?;
    let limits = record.limits();
    items
        .iter()
        .map(|(index, chunk)| {
            let item =
                batch_proof::verify_chunk(header, &limits, chunk_hashes, *index, chunk, &mut keccak256)?;
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
    batch_life::may_accept(&record, &caller)?;
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
            give_back(root, &ended, &change.record)?;
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

/// [`corridor_api::Batches::expire_batch`]
pub fn expire(
    root: &Root,
    debtor_agent: ParticipantId,
    number: u32,
    now: Seconds,
) -> Result<BatchReceipt, Error> {
    let record = recorded(debtor_agent, number)?;
    let ended = record.ended();
    finish(root, number, ended, batch_life::expire_batch(record, now)?)
}

fn finish(
    root: &Root,
    number: u32,
    ended: [ItemTotal; MAX_COUNTERPARTIES],
    outcome: Outcome<BatchUpdate, BatchRecord>,
) -> Result<BatchReceipt, Error> {
    match outcome {
        Outcome::Recorded(BatchUpdate { record, event }) => {
            give_back(root, &ended, &record)?;
            store(number, &record, event);
            Ok(receipt(record, Vec::new(), false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, Vec::new(), true)),
    }
}

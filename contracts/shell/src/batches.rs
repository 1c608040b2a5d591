//! Clearing batches: submit, accept, reject, cancel.

use crate::transfers::caller_entry;
use crate::{netting, storage, Root};
use alloc::vec::Vec;
use corridor_api::{BatchReceipt, BatchRecorded, Exceptions};
use corridor_core::batch::{self, BatchHeader, Item, ItemFault};
use corridor_core::batch_life::{self, BatchUpdate};
use corridor_core::{
    batch_proof, BatchChange, BatchRecord, Error, Outcome, ParticipantId, ReasonCode, Seconds,
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
    let scan = batch::scan(header, items, ITEM_LIMIT)?;
    let rejected = scan.rejected.clone();
    let root_hash = batch_proof::root(header, items, &mut keccak256);
    let last = storage::last_batch(header.debtor_agent);
    let known = storage::batch(header.debtor_agent, header.number).get()?;
    let gate = root.gate();
    match batch_life::submit(last.get()?, known, &gate, &caller, header, scan, root_hash, now)? {
        Outcome::Recorded(BatchUpdate { record, event }) => {
            last.set(&header.number);
            store(header.number, &record, event);
            Ok(receipt(record, rejected, false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, rejected, true)),
    }
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
    let (currency, creditor) = (record.currency, caller.participant);
    let pages = netting::pages(currency, debtor_agent, creditor)?;
    match batch_life::accept_batch(record, &caller, &exceptions, pages, window, now)? {
        Outcome::Recorded(change) => {
            netting::store_pages(currency, debtor_agent, creditor, &change.pages);
            store(number, &change.record, change.event);
            Ok(receipt(change.record, Vec::new(), false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, Vec::new(), true)),
    }
}

/// [`corridor_api::Batches::reject_batch`]
pub fn reject(
    caller: Address,
    debtor_agent: ParticipantId,
    number: u32,
    reason: ReasonCode,
) -> Result<BatchReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = recorded(debtor_agent, number)?;
    finish(number, batch_life::reject_batch(record, &caller, reason)?)
}

/// [`corridor_api::Batches::cancel_batch`]
pub fn cancel(caller: Address, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = recorded(caller.participant, number)?;
    finish(number, batch_life::cancel_batch(record, &caller, reason)?)
}

fn finish(number: u32, outcome: Outcome<BatchUpdate, BatchRecord>) -> Result<BatchReceipt, Error> {
    match outcome {
        Outcome::Recorded(BatchUpdate { record, event }) => {
            store(number, &record, event);
            Ok(receipt(record, Vec::new(), false))
        }
        Outcome::Repeated(record) => Ok(receipt(record, Vec::new(), true)),
    }
}

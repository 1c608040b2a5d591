//! The queue of transfers waiting for cover, one for each currency.

use crate::charged::{self, emit_fees, Accepted};
use crate::ledger::Ledger;
use crate::transfers::{caller_entry, emit, Ending};
use crate::{storage, Root};
use alloc::vec::Vec;
use corridor_api::{QueueResolved, TransferReceipt};
use corridor_core::charged::FeeEvent;
use corridor_core::queue::{resolve as settle_against_each_other, Liquidity, MAX_QUEUED, QUEUED_PER_PAGE};
use corridor_core::queued::{self, QueueReport};
use corridor_core::{
    Books, Caller, ChargedTransfer, Currency, Error, Outcome, ParticipantId, Queued, Seconds, TransferChange,
    TransferStatus, Uetr,
};
use ink::Address;

/// All of a currency's queue, oldest first. Only the last page is not full.
pub fn load(currency: Currency) -> Result<Vec<Queued>, Error> {
    let mut queue = Vec::new();
    for number in 0..=u8::MAX {
        let page = storage::queue(currency, number).get()?.unwrap_or_default();
        queue.extend_from_slice(&page);
        if page.len() < QUEUED_PER_PAGE || queue.len() >= MAX_QUEUED {
            break;
        }
    }
    Ok(queue)
}

/// Writes the queue back, of which `before` transfers were stored.
fn store(currency: Currency, queue: &[Queued], before: usize, first_changed: usize) {
    let mut pages = queue.chunks(QUEUED_PER_PAGE);
    let last = before.max(queue.len()).div_ceil(QUEUED_PER_PAGE);
    for number in 0..last {
        let page = pages.next().unwrap_or_default();
        let end = number.saturating_add(1).saturating_mul(QUEUED_PER_PAGE);
        if end > first_changed {
            let number = u8::try_from(number).unwrap_or(u8::MAX);
            storage::queue(currency, number).set(&page.to_vec());
        }
    }
}

/// [`corridor_api::Transfers::accept`] of a transfer that may wait.
#[inline(never)]
pub fn accept(root: &Root, caller: Address, uetr: Uetr, now: Seconds) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = storage::transfer(uetr).get()?.ok_or(Error::UnknownTransfer)?;
    let currency = record.transfer.terms.currency();
    let mut queue = load(currency)?;
    // What has expired makes room, but only where there is none: the next resolution does this work as well.
    if queue.len() >= MAX_QUEUED && record.transfer.status == TransferStatus::Pending {
        queue = expire(root, currency, queue, now)?;
    }
    let (ledger, books) = Ledger::load(&charged::keys(&record.transfer.terms, &record.charges))?;
    let accepted = settle_or_wait(&caller, uetr, record, books, queue, now)?;
    Ok(charged::store_accepted(uetr, accepted, ledger))
}

fn settle_or_wait(
    caller: &Caller,
    uetr: Uetr,
    record: ChargedTransfer,
    books: Books,
    mut queue: Vec<Queued>,
    now: Seconds,
) -> Result<Accepted, Error> {
    let currency = record.transfer.terms.currency();
    let change = match queued::accept_queued(uetr, record, caller, books, &queue, now)? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(transfer) => return Ok(Outcome::Repeated(transfer)),
    };
    let event = match change.waiting {
        Some(waiting) => {
            let before = queue.len();
            queue.push(waiting);
            store(currency, &queue, before, before);
            TransferChange::Queued
        }
        None => TransferChange::Settled,
    };
    Ok(Outcome::Recorded((
        change.record,
        change.books,
        change.fees,
        event,
    )))
}

/// Takes a transfer out of the queue; [`Error::BooksBroken`] if it is not there.
pub fn remove(currency: Currency, uetr: Uetr) -> Result<(), Error> {
    let mut queue = load(currency)?;
    let at = queue.iter().position(|queued| queued.uetr == uetr);
    let at = at.ok_or(Error::BooksBroken)?;
    let before = queue.len();
    queue.remove(at);
    store(currency, &queue, before, at);
    Ok(())
}

/// [`corridor_api::Queueing::resolve_queue`]
#[inline(never)]
pub fn resolve(root: &Root, currency: Currency, now: Seconds) -> Result<QueueReport, Error> {
    storage::known_currency(currency)?;
    let queue = load(currency)?;
    let before = queue.len();
    let waiting = expire(root, currency, queue, now)?;
    let records = records(&waiting)?;
    let (ledger, mut books) = Ledger::load(&keys(&records))?;
    let resolution = settle_against_each_other(&waiting, &liquidity(&books), now)?;
    queued::book(&resolution, currency, &mut books)?;
    for at in &resolution.settled {
        let (queued, record) = waiting.get(*at).zip(records.get(*at)).ok_or(Error::BooksBroken)?;
        settle(queued.uetr, *record, &mut books, now)?;
    }
    ledger.store(&books);
    let left: Vec<Queued> = waiting
        .iter()
        .enumerate()
        .filter(|(at, _)| !resolution.settled.contains(at))
        .map(|(_, queued)| *queued)
        .collect();
    if left.len() != waiting.len() {
        store(currency, &left, waiting.len(), 0);
    }
    let mut report = QueueReport::of(&resolution, waiting.len());
    report.expired = u16::try_from(before.saturating_sub(waiting.len())).unwrap_or(u16::MAX);
    if left.len() != before {
        ink::env::emit_event(QueueResolved { currency, report });
    }
    Ok(report)
}

/// Ends what of the queue has expired, and answers what still waits. Comes before anything else: it changes positions, as
/// fees are released.
#[inline(never)]
fn expire(root: &Root, currency: Currency, queue: Vec<Queued>, now: Seconds) -> Result<Vec<Queued>, Error> {
    let before = queue.len();
    let (waiting, expired): (Vec<Queued>, Vec<Queued>) =
        queue.into_iter().partition(|queued| now < queued.expires_at);
    for queued in &expired {
        charged::end_in_place(root, None, queued.uetr, Ending::Expire, now)?;
    }
    if !expired.is_empty() {
        store(currency, &waiting, before, 0);
    }
    Ok(waiting)
}

fn records(queue: &[Queued]) -> Result<Vec<ChargedTransfer>, Error> {
    queue
        .iter()
        .map(|queued| storage::transfer(queued.uetr).get()?.ok_or(Error::BooksBroken))
        .collect()
}

/// Everybody the queue may pay.
fn keys(records: &[ChargedTransfer]) -> Vec<(ParticipantId, Currency)> {
    let mut keys = Vec::new();
    for record in records {
        keys.extend(charged::keys(&record.transfer.terms, &record.charges));
    }
    keys
}

fn liquidity(books: &Books) -> Vec<Liquidity> {
    books
        .entries()
        .iter()
        .map(|entry| Liquidity {
            participant: entry.participant,
            available: entry.position.available,
        })
        .collect()
}

fn settle(uetr: Uetr, record: ChargedTransfer, books: &mut Books, now: Seconds) -> Result<(), Error> {
    let (record, fees) = queued::settle(record, books, now)?;
    storage::transfer(uetr).set(&record);
    emit(uetr, &record.transfer, TransferChange::Settled);
    emit_fees(uetr, &record.charges, FeeEvent::Paid(fees));
    Ok(())
}

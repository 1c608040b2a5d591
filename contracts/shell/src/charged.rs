//! instruct, accept, reject, cancel, expire of transfers in one currency that tariffs, limits or the queue concern.

use crate::controls::Instruction;
use crate::ledger::Ledger;
use crate::netting::Pair;
use crate::transfers::{acceptable, caller_entry, emit, outcome_of_end, Ending};
use crate::{queue, storage, Root};
use alloc::vec::Vec;
use corridor_api::{FeesRecorded, TransferReceipt};
use corridor_core::charged::FeeEvent;
use corridor_core::transfer::{self, BookChange};
use corridor_core::{
    transfer_net, Books, Caller, ChargedTransfer, Charges, Currency, Error, Leg, Outcome, ParticipantId,
    Seconds, SettlementMethod, Terms, Transfer, TransferChange, TransferStatus, Uetr,
};
use ink::Address;

/// Emits what happened to fees, where there are any.
pub fn emit_fees(uetr: Uetr, charges: &Charges, event: FeeEvent) {
    if !charges.is_empty() {
        ink::env::emit_event(FeesRecorded { uetr, event });
    }
}

/// The positions of everybody a transfer may pay: both agents, and who gets the fees.
pub fn keys(terms: &Terms, charges: &Charges) -> Vec<(ParticipantId, Currency)> {
    let payees = charges.debtor.into_iter().chain(charges.creditor);
    [terms.debtor_agent, terms.creditor_agent]
        .into_iter()
        .chain(payees.map(|fee| fee.to))
        .map(|participant| (participant, terms.currency()))
        .collect()
}

/// Stores the transfer's new record and emits its event.
fn store(uetr: Uetr, record: &ChargedTransfer, change: TransferChange) -> TransferReceipt {
    storage::transfer(uetr).set(record);
    emit(uetr, &record.transfer, change)
}

/// [`corridor_api::Transfers::instruct`] where there are tariffs or limits.
#[inline(never)]
pub fn instruct(
    root: &Root,
    caller: Address,
    uetr: Uetr,
    terms: &Terms,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let recorded = storage::transfer(uetr).get()?.map(|record| record.transfer);
    let (debtor_agent, currency) = (caller.participant, terms.currency());
    let (ledger, mut books) = Ledger::load(&[(debtor_agent, currency)])?;
    let debtor = books.get(debtor_agent, currency)?;
    let change = match transfer::instruct(recorded, &root.gate(), &caller, debtor, uetr, terms, now)? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(transfer) => return Ok(TransferReceipt::of(&transfer, true)),
    };
    acceptable(root, terms)?;
    books.set(debtor_agent, currency, change.debtor)?;
    let controls = Instruction::read(root, terms)?;
    let charges = controls.corridor.charges(terms, now);
    charges.reserve(terms, &mut books)?;
    controls.take(terms, now)?.store(terms);
    ledger.store(&books);
    let record = ChargedTransfer {
        transfer: change.transfer,
        charges,
    };
    let receipt = store(uetr, &record, change.event);
    emit_fees(uetr, &charges, FeeEvent::Fixed(charges));
    Ok(receipt)
}

/// [`corridor_api::Transfers::accept`] of a transfer that bears fees.
#[inline(never)]
pub fn accept(root: &Root, caller: Address, uetr: Uetr, now: Seconds) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = storage::transfer(uetr).get()?.ok_or(Error::UnknownTransfer)?;
    let (ledger, books) = Ledger::load(&keys(&record.transfer.terms, &record.charges))?;
    let accepted = match record.transfer.terms.settlement_method {
        SettlementMethod::Net => accept_net(root, &caller, record, books, now)?,
        _ => accept_gross(&caller, record, books, now)?,
    };
    Ok(store_accepted(uetr, accepted, ledger))
}

/// Writes what an acceptance returned and emits its events.
pub fn store_accepted(uetr: Uetr, accepted: Accepted, ledger: Ledger) -> TransferReceipt {
    let (record, books, fees, change) = match accepted {
        Outcome::Recorded(accepted) => accepted,
        Outcome::Repeated(transfer) => return TransferReceipt::of(&transfer, true),
    };
    ledger.store(&books);
    let receipt = store(uetr, &record, change);
    let event = match record.transfer.status {
        TransferStatus::Queued => FeeEvent::Reserved,
        _ => FeeEvent::Paid(fees),
    };
    emit_fees(uetr, &record.charges, event);
    receipt
}

/// The new record and positions, the legs of the fees, and the transfer's event.
pub type Accepted = Outcome<(ChargedTransfer, Books, Vec<Leg>, TransferChange), Transfer>;

fn accept_gross(
    caller: &Caller,
    record: ChargedTransfer,
    mut books: Books,
    now: Seconds,
) -> Result<Accepted, Error> {
    let terms = record.transfer.terms;
    let (debtor_agent, creditor_agent, currency) =
        (terms.debtor_agent, terms.creditor_agent, terms.currency());
    let debtor = books.get(debtor_agent, currency)?;
    let creditor = books.get(creditor_agent, currency)?;
    let BookChange {
        transfer,
        debtor,
        creditor,
        event,
    } = match transfer::accept(record.transfer, caller, debtor, creditor, now)? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(transfer) => return Ok(Outcome::Repeated(transfer)),
    };
    books.set(debtor_agent, currency, debtor)?;
    books.set(creditor_agent, currency, creditor)?;
    let fees = record.charges.pay(&terms, record.transfer.status, &mut books)?;
    let record = ChargedTransfer { transfer, ..record };
    Ok(Outcome::Recorded((record, books, fees, event)))
}

fn accept_net(
    root: &Root,
    caller: &Caller,
    record: ChargedTransfer,
    mut books: Books,
    now: Seconds,
) -> Result<Accepted, Error> {
    let window = root.schedule()?.window_of(now);
    let terms = record.transfer.terms;
    let pair = Pair::of(&terms);
    let pages = pair.load(window)?;
    let change = match transfer_net::accept_net(record.transfer, caller, pages, window, now)? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(transfer) => return Ok(Outcome::Repeated(transfer)),
    };
    let fees = record.charges.pay(&terms, record.transfer.status, &mut books)?;
    pair.store(&change.pages);
    let record = ChargedTransfer {
        transfer: change.transfer,
        ..record
    };
    Ok(Outcome::Recorded((record, books, fees, change.event)))
}

/// Ends an open transfer without settlement: its fees are released, its limits' counts given back, its place in the queue
/// is free.
#[inline(never)]
pub fn end(
    root: &Root,
    caller: Option<&Caller>,
    uetr: Uetr,
    ending: Ending,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let (waited, receipt) = end_in_place(root, caller, uetr, ending, now)?;
    if let Some(currency) = waited {
        queue::remove(currency, uetr)?;
    }
    Ok(receipt)
}

/// The same, except that what waited still has its place in the queue: that of which currency is part of the answer.
#[inline(never)]
pub fn end_in_place(
    root: &Root,
    caller: Option<&Caller>,
    uetr: Uetr,
    ending: Ending,
    now: Seconds,
) -> Result<(Option<Currency>, TransferReceipt), Error> {
    let record = storage::transfer(uetr).get()?.ok_or(Error::UnknownTransfer)?;
    let ChargedTransfer { transfer, charges } = record;
    let terms = transfer.terms;
    let (ledger, mut books) = Ledger::load(&keys(&terms, &charges))?;
    let debtor = books.get(terms.debtor_agent, terms.currency())?;
    let change = match outcome_of_end(transfer, caller, debtor, ending, now)? {
        Outcome::Recorded(change) => change,
        Outcome::Repeated(transfer) => return Ok((None, TransferReceipt::of(&transfer, true))),
    };
    books.set(terms.debtor_agent, terms.currency(), change.debtor)?;
    charges.release(&terms, transfer.status, &mut books)?;
    Instruction::read(root, &terms)?
        .give_back(&transfer)
        .store(&terms);
    ledger.store(&books);
    let record = ChargedTransfer {
        transfer: change.transfer,
        charges,
    };
    let receipt = store(uetr, &record, change.event);
    emit_fees(uetr, &charges, FeeEvent::Released);
    let waited = (transfer.status == TransferStatus::Queued).then(|| terms.currency());
    Ok((waited, receipt))
}

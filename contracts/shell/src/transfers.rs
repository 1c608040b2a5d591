//! instruct, accept, reject, cancel, expire, return.

use crate::book::Book;
use crate::{netting, storage, Root};
use corridor_api::{TransferReceipt, TransferRecorded};
use corridor_core::transfer::{self, BookChange, DebtorChange};
use corridor_core::{
    transfer_return, Caller, Error, Operation, Outcome, ReasonCode, Reference, Seconds, SettlementMethod,
    Terms, Transfer, TransferChange, TransferReturn, TransferStatus, Uetr,
};
use ink::Address;

/// The account entry of a caller; [`Error::UnknownAccount`].
pub fn caller_entry(caller: Address) -> Result<Caller, Error> {
    storage::account(caller.0).get()?.ok_or(Error::UnknownAccount)
}

fn recorded(uetr: Uetr) -> Result<Transfer, Error> {
    storage::transfer(uetr).get()?.ok_or(Error::UnknownTransfer)
}

/// [`corridor_api::Transfers::instruct`]
#[inline(never)]
pub fn instruct(
    root: &Root,
    caller: Address,
    uetr: Uetr,
    terms: &Terms,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let recorded = storage::transfer(uetr).get()?;
    // A repeat is answered from the record alone, and net settlement reserves nothing.
    let net = terms.settlement_method == SettlementMethod::Net;
    if net {
        root.schedule()?;
    }
    let book = match recorded {
        None if !net => Some(Book::of_one(terms.currency(), caller.participant)?),
        _ => None,
    };
    let debtor = book
        .as_ref()
        .map(|book| book.get(caller.participant))
        .unwrap_or_default();
    match transfer::instruct(recorded, &root.gate(), &caller, debtor, uetr, terms, now)? {
        Outcome::Recorded(change) => Ok(store_debtor(uetr, change, book)),
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

/// [`corridor_api::Transfers::accept`]
#[inline(never)]
pub fn accept(root: &Root, caller: Address, uetr: Uetr, now: Seconds) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let recorded = recorded(uetr)?;
    if recorded.terms.settlement_method == SettlementMethod::Net {
        return netting::accept(root, &caller, uetr, recorded, now);
    }
    let book = both(&recorded)?;
    let (debtor, creditor) = positions(&book, &recorded);
    match transfer::accept(recorded, &caller, debtor, creditor, now)? {
        Outcome::Recorded(change) => Ok(store_both(uetr, change, book)),
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

/// How a pending transfer ends without settlement.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// [`corridor_api::Transfers::reject`]
    Reject(ReasonCode),
    /// [`corridor_api::Transfers::cancel`]
    Cancel(ReasonCode),
    /// [`corridor_api::Transfers::expire`]
    Expire,
}

/// Ends a pending transfer without settlement: the debtor agent's position alone changes.
pub fn end(caller: Address, uetr: Uetr, ending: Ending, now: Seconds) -> Result<TransferReceipt, Error> {
    // Anyone may expire a transfer, an account the contract does not know included.
    let caller = match ending {
        Ending::Expire => None,
        Ending::Reject(_) | Ending::Cancel(_) => Some(caller_entry(caller)?),
    };
    let recorded = recorded(uetr)?;
    let debtor_agent = recorded.terms.debtor_agent;
    let book = match recorded.terms.settlement_method {
        SettlementMethod::Gross => Some(Book::of_one(recorded.terms.currency(), debtor_agent)?),
        SettlementMethod::Net => None,
    };
    let debtor = book
        .as_ref()
        .map(|book| book.get(debtor_agent))
        .unwrap_or_default();
    let outcome = match (ending, caller) {
        (Ending::Reject(reason), Some(caller)) => transfer::reject(recorded, &caller, debtor, reason, now)?,
        (Ending::Cancel(reason), Some(caller)) => transfer::cancel(recorded, &caller, debtor, reason, now)?,
        (Ending::Expire, _) => transfer::expire(recorded, debtor, now)?,
        (_, None) => return Err(Error::UnknownAccount),
    };
    match outcome {
        Outcome::Recorded(change) => Ok(store_debtor(uetr, change, book)),
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

/// [`corridor_api::Transfers::return_transfer`]
#[inline(never)]
pub fn return_transfer(
    caller: Address,
    reference: Reference,
    command: &TransferReturn,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let transfer = recorded(command.uetr)?;
    let operation = storage::operation(caller.participant, reference);
    let known = operation.get()?.map(Operation::transfer_return);
    let book = both(&transfer)?;
    let (debtor, creditor) = positions(&book, &transfer);
    let window = match transfer.status {
        TransferStatus::Netted(window) => netting::settled_in(transfer.terms.currency(), window)?,
        _ => None,
    };
    match transfer_return::return_any(
        known,
        transfer,
        window.as_ref(),
        &caller,
        debtor,
        creditor,
        reference,
        command,
        now,
    )? {
        Outcome::Recorded(change) => {
            operation.set(&Operation::Return(*command));
            Ok(store_both(command.uetr, change, book))
        }
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

fn both(transfer: &Transfer) -> Result<Book, Error> {
    let terms = &transfer.terms;
    Book::of_two(terms.currency(), terms.debtor_agent, terms.creditor_agent)
}

fn positions(book: &Book, transfer: &Transfer) -> (corridor_core::Position, corridor_core::Position) {
    (
        book.get(transfer.terms.debtor_agent),
        book.get(transfer.terms.creditor_agent),
    )
}

fn store_debtor(uetr: Uetr, change: DebtorChange, book: Option<Book>) -> TransferReceipt {
    if let Some(mut book) = book {
        book.set(change.transfer.terms.debtor_agent, change.debtor);
        book.store();
    }
    record(uetr, &change.transfer, change.event)
}

fn store_both(uetr: Uetr, change: BookChange, mut book: Book) -> TransferReceipt {
    book.set(change.transfer.terms.debtor_agent, change.debtor);
    book.set(change.transfer.terms.creditor_agent, change.creditor);
    book.store();
    record(uetr, &change.transfer, change.event)
}

/// Stores the transfer's new record and emits its event.
pub fn record(uetr: Uetr, transfer: &Transfer, change: TransferChange) -> TransferReceipt {
    storage::transfer(uetr).set(transfer);
    ink::env::emit_event(TransferRecorded {
        uetr,
        debtor_agent: transfer.terms.debtor_agent,
        creditor_agent: transfer.terms.creditor_agent,
        status: transfer.status,
        change,
    });
    TransferReceipt::of(transfer, false)
}

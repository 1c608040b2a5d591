//! instruct, accept, reject, cancel, expire, return.
//!
//! Here are transfers in one currency that neither tariffs nor limits nor the queue concern, and the way to the code
//! for the others: [`charged`](crate::charged) and [`exchange`](crate::exchange).

use crate::book::Book;
use crate::exchange::is_fx;
use crate::{delegate, log, netting, storage, Root};
use corridor_api::{TransferReceipt, TransferRecorded};
use corridor_core::transfer::{self, BookChange, DebtorChange};
use corridor_core::{
    transfer_return, Caller, ChargedTransfer, Error, Operation, Outcome, Position, ReasonCode, Reference,
    Seconds, SettlementMethod, Terms, Transfer, TransferChange, TransferReturn, TransferStatus, Uetr,
};
use ink::Address;

/// The account entry of a caller; [`Error::UnknownAccount`].
pub fn caller_entry(caller: Address) -> Result<Caller, Error> {
    storage::account(caller.0).get()?.ok_or(Error::UnknownAccount)
}

fn recorded(uetr: Uetr) -> Result<ChargedTransfer, Error> {
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
    if root.controlled {
        delegate::execute(root.codes.controls);
    }
    let caller = caller_entry(caller)?;
    let recorded = storage::transfer(uetr).get()?.map(|record| record.transfer);
    // A repeat is answered from the record alone, and only gross settlement reserves.
    let gross = terms.settlement_method == SettlementMethod::Gross;
    let book = match recorded {
        None if gross => Some(Book::of_one(terms.currency(), caller.participant)?),
        _ => None,
    };
    let debtor = book
        .as_ref()
        .map(|book| book.get(caller.participant))
        .unwrap_or_default();
    match transfer::instruct(recorded, &root.gate(), &caller, debtor, uetr, terms, now)? {
        Outcome::Recorded(change) => {
            acceptable(root, terms)?;
            Ok(store_debtor(uetr, change, book))
        }
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

/// Whether a new transfer could ever be accepted. Errors, in order: [`Error::UnknownCurrency`] where no position tells,
/// because nothing is reserved, that the currency is one; [`Error::NoSchedule`] for a net one.
#[inline(never)]
pub fn acceptable(root: &Root, terms: &Terms) -> Result<(), Error> {
    if terms.settlement_method != SettlementMethod::Gross {
        storage::known_currency(terms.currency())?;
    }
    match terms.settlement_method {
        SettlementMethod::Net if root.schedule.is_empty() => Err(Error::NoSchedule),
        _ => Ok(()),
    }
}

/// The code for a transfer that is not for this one.
fn elsewhere(root: &Root, record: &ChargedTransfer) -> Option<Address> {
    match record.transfer.terms.settlement_method {
        SettlementMethod::PaymentVersusPayment => Some(root.codes.exchange),
        SettlementMethod::QueuedGross => Some(root.codes.treasury),
        _ if !record.charges.is_empty() => Some(root.codes.controls),
        _ => None,
    }
}

/// [`corridor_api::Transfers::accept`]
#[inline(never)]
pub fn accept(root: &Root, caller: Address, uetr: Uetr, now: Seconds) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let recorded = recorded(uetr)?;
    if let Some(code) = elsewhere(root, &recorded) {
        delegate::execute(code);
    }
    let recorded = &recorded.transfer;
    if recorded.terms.settlement_method == SettlementMethod::Net {
        return netting::accept(root, &caller, uetr, recorded, now);
    }
    let book = both(recorded)?;
    let (debtor, creditor) = positions(&book, recorded);
    match transfer::accept(*recorded, &caller, debtor, creditor, now)? {
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

impl Ending {
    /// The caller's entry. Anyone may expire a transfer, an account the contract does not know included.
    pub fn caller(self, account: Address) -> Result<Option<Caller>, Error> {
        match self {
            Self::Expire => Ok(None),
            Self::Reject(_) | Self::Cancel(_) => caller_entry(account).map(Some),
        }
    }
}

/// What the rule for an ending says of a transfer in one currency.
pub fn outcome_of_end(
    transfer: Transfer,
    caller: Option<&Caller>,
    debtor: Position,
    ending: Ending,
    now: Seconds,
) -> Result<Outcome<DebtorChange, Transfer>, Error> {
    match (ending, caller) {
        (Ending::Reject(reason), Some(caller)) => transfer::reject(transfer, caller, debtor, reason, now),
        (Ending::Cancel(reason), Some(caller)) => transfer::cancel(transfer, caller, debtor, reason, now),
        (Ending::Expire, _) => transfer::expire(transfer, debtor, now),
        (_, None) => Err(Error::UnknownAccount),
    }
}

/// Ends a pending transfer without settlement: the debtor agent's position alone changes.
pub fn end(
    root: &Root,
    caller: Address,
    uetr: Uetr,
    ending: Ending,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = ending.caller(caller)?;
    let recorded = recorded(uetr)?;
    if let Some(code) = elsewhere(root, &recorded) {
        delegate::execute(code);
    }
    if root.controlled {
        delegate::execute(root.codes.controls);
    }
    let recorded = recorded.transfer;
    let debtor_agent = recorded.terms.debtor_agent;
    let book = match recorded.terms.settlement_method {
        SettlementMethod::Gross => Some(Book::of_one(recorded.terms.currency(), debtor_agent)?),
        _ => None,
    };
    let debtor = book
        .as_ref()
        .map(|book| book.get(debtor_agent))
        .unwrap_or_default();
    match outcome_of_end(recorded, caller.as_ref(), debtor, ending, now)? {
        Outcome::Recorded(change) => Ok(store_debtor(uetr, change, book)),
        Outcome::Repeated(transfer) => Ok(TransferReceipt::of(&transfer, true)),
    }
}

/// [`corridor_api::Transfers::return_transfer`]
#[inline(never)]
pub fn return_transfer(
    root: &Root,
    caller: Address,
    reference: Reference,
    command: &TransferReturn,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let record = recorded(command.uetr)?;
    let transfer = record.transfer;
    if is_fx(&transfer.terms) {
        delegate::execute(root.codes.exchange);
    }
    let operation = storage::operation(caller.participant, reference);
    let known = operation.get()?.map(Operation::transfer_return);
    let book = both(&transfer)?;
    let (debtor, creditor) = positions(&book, &transfer);
    let window = match transfer.status {
        TransferStatus::Netted(window) => netting::settled_in(transfer.terms.currency(), window)?,
        _ => None,
    };
    match transfer_return::return_transfer(
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
            store_positions(&change, book);
            storage::transfer(command.uetr).set(&ChargedTransfer {
                transfer: change.transfer,
                ..record
            });
            Ok(emit(command.uetr, &change.transfer, change.event))
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

fn store_both(uetr: Uetr, change: BookChange, book: Book) -> TransferReceipt {
    store_positions(&change, book);
    record(uetr, &change.transfer, change.event)
}

fn store_positions(change: &BookChange, mut book: Book) {
    book.set(change.transfer.terms.debtor_agent, change.debtor);
    book.set(change.transfer.terms.creditor_agent, change.creditor);
    book.store();
}

/// Stores the new record of a transfer without fees and emits its event.
pub fn record(uetr: Uetr, transfer: &Transfer, change: TransferChange) -> TransferReceipt {
    storage::transfer(uetr).set(&ChargedTransfer {
        transfer: *transfer,
        charges: Default::default(),
    });
    emit(uetr, transfer, change)
}

/// Emits what happened to a transfer, and describes it.
pub fn emit(uetr: Uetr, transfer: &Transfer, change: TransferChange) -> TransferReceipt {
    let event = TransferRecorded {
        uetr,
        debtor_agent: transfer.terms.debtor_agent,
        creditor_agent: transfer.terms.creditor_agent,
        status: transfer.status,
        change,
    };
    log::emit(
        &[
            log::signature::<TransferRecorded>(),
            log::topic(&event.uetr),
            log::topic(&event.debtor_agent),
            log::topic(&event.creditor_agent),
        ],
        &event,
    );
    TransferReceipt::of(transfer, false)
}

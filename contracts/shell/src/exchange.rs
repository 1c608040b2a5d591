//! Quotes, and transfers in two currencies.

use crate::controls;
use crate::ledger::Ledger;
use crate::transfers::{caller_entry, Ending};
use crate::{log, storage, Root};
use corridor_api::{ExchangeRecorded, QuoteReceipt, QuoteRecorded, SignedQuote, TransferReceipt};
use corridor_core::batch_limits::Count;
use corridor_core::fx_record::{self, FxChange};
use corridor_core::quote::{self, QuoteChange, QuoteSource};
use corridor_core::{
    fx_return, fx_transfer, quoted_return, Address as RawAddress, Caller, Error, FxTerms, FxTransfer,
    Operation, Outcome, Quote, QuoteId, QuoteState, QuotedReturn, Reference, Seconds, SettlementMethod,
    Terms, TransferReturn, Uetr,
};
use ink::env::hash::Keccak256;
use ink::Address;

fn store_quote(outcome: Outcome<QuoteChange, QuoteState>) -> QuoteReceipt {
    match outcome {
        Outcome::Recorded(QuoteChange { state, event }) => {
            let id = state.quote.id;
            storage::quote(id).set(&state);
            let (provider, reference) = (id.provider, id.reference);
            log::emit(
                &[
                    log::signature::<QuoteRecorded>(),
                    log::topic(&provider),
                    log::topic(&reference),
                ],
                &QuoteRecorded {
                    provider,
                    reference,
                    event,
                },
            );
            QuoteReceipt {
                state,
                repeated: false,
            }
        }
        Outcome::Repeated(state) => QuoteReceipt {
            state,
            repeated: true,
        },
    }
}

/// [`corridor_api::Exchange::publish_quote`]
pub fn publish(root: &Root, caller: Address, quote: &Quote, now: Seconds) -> Result<QuoteReceipt, Error> {
    let caller = caller_entry(caller)?;
    quote::may_publish(&caller, quote)?;
    let recorded = storage::quote(quote.id).get()?;
    storage::known_currency(quote.provider_buys)?;
    storage::known_currency(quote.provider_sells)?;
    quote::publish_quote(recorded, &root.gate(), &caller, quote, now).map(store_quote)
}

/// [`corridor_api::Exchange::withdraw_quote`]
pub fn withdraw(caller: Address, quote: &Quote) -> Result<QuoteReceipt, Error> {
    let caller = caller_entry(caller)?;
    let recorded = storage::quote(quote.id).get()?;
    quote::withdraw_quote(recorded, &caller, quote).map(store_quote)
}

/// The account of a public key: the last 20 bytes of its keccak256, as pallet-revive derives it.
fn account_of(public_key: &[u8; 32]) -> RawAddress {
    let mut hash = [0; 32];
    ink::env::hash_bytes::<Keccak256>(public_key, &mut hash);
    let mut address = [0; 20];
    address.copy_from_slice(&hash[12..]);
    address
}

/// Who signed a quote; `None` where the signature is not good for this contract on this chain, or nobody known has
/// the key.
fn signer(root: &Root, signed: &SignedQuote) -> Result<Option<Caller>, Error> {
    let payload = signed
        .quote
        .signing_payload(&root.genesis_hash, &ink::env::address().0);
    if ink::env::sr25519_verify(&signed.signature, &payload, &signed.public_key).is_err() {
        return Ok(None);
    }
    storage::account(account_of(&signed.public_key)).get()
}

/// Where a command that uses the quote `id` has it from.
fn source<'a>(root: &Root, id: QuoteId, signed: Option<&'a SignedQuote>) -> Result<QuoteSource<'a>, Error> {
    let recorded = storage::quote(id).get()?;
    Ok(match signed {
        None => QuoteSource::Published(recorded),
        Some(signed) => QuoteSource::Signed {
            recorded,
            signer: signer(root, signed)?,
            quote: &signed.quote,
        },
    })
}

/// [`corridor_api::Exchange::instruct_fx`]
#[inline(never)]
pub fn instruct(
    root: &Root,
    caller: Address,
    uetr: Uetr,
    terms: &Terms,
    fx: &FxTerms,
    signed: Option<&SignedQuote>,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let recorded = match recorded(uetr) {
        Ok(record) => Some(Some(record)),
        Err(Error::UnknownTransfer) => None,
        Err(_) => Some(None),
    };
    let source = source(root, fx.quote, signed)?;
    let debtor_side = controls::tariffs(root, terms, terms.currency())?;
    let creditor_side = controls::tariffs(root, terms, fx.credited.currency)?;
    let charges = fx_record::charges(debtor_side.as_ref(), creditor_side.as_ref(), terms, fx, now);
    let (ledger, books) = Ledger::load(&fx_record::keys(terms, fx, &charges))?;
    let gate = root.gate();
    match fx_transfer::instruct_fx(
        recorded, &gate, &caller, books, &source, uetr, terms, fx, charges, now,
    )? {
        Outcome::Recorded(change) => {
            controls::count(root, &fx_record::counted(terms, fx), now, Count::Take)?;
            Ok(store(uetr, change, ledger))
        }
        Outcome::Repeated(record) => Ok(TransferReceipt::of(&record.transfer, true)),
    }
}

/// Whether terms are those of a transfer in two currencies.
#[must_use]
pub fn is_fx(terms: &Terms) -> bool {
    terms.settlement_method == SettlementMethod::PaymentVersusPayment
}

/// The transfer in two currencies recorded under a UETR; [`Error::UnknownTransfer`] or, where one in one currency is,
/// [`Error::WrongMethod`].
#[inline(never)]
fn recorded(uetr: Uetr) -> Result<FxTransfer, Error> {
    match storage::fx_transfer(uetr).get() {
        Ok(Some(record)) => Ok(record),
        Ok(None) => Err(Error::UnknownTransfer),
        Err(_) => Err(Error::WrongMethod),
    }
}

fn load(uetr: Uetr) -> Result<(FxTransfer, Ledger, corridor_core::Books), Error> {
    let record = recorded(uetr)?;
    let (ledger, books) = Ledger::load(&record.keys())?;
    Ok((record, ledger, books))
}

/// [`corridor_api::Exchange::fx_transfer`]
pub fn fx_transfer(uetr: Uetr) -> Option<FxTransfer> {
    recorded(uetr).ok()
}

/// [`corridor_api::Transfers::accept`] of a transfer in two currencies.
#[inline(never)]
pub fn accept(caller: Address, uetr: Uetr, now: Seconds) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let (record, ledger, books) = load(uetr)?;
    settle_with(uetr, fx_transfer::accept_fx(record, &caller, books, now)?, ledger)
}

/// Ends a pending transfer in two currencies without settlement.
#[inline(never)]
pub fn end(
    root: &Root,
    caller: Option<&Caller>,
    uetr: Uetr,
    ending: Ending,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let (record, ledger, books) = load(uetr)?;
    let quote = storage::quote(record.fx.quote).get()?.ok_or(Error::BooksBroken)?;
    let outcome = match (ending, caller) {
        (Ending::Reject(reason), Some(caller)) => {
            fx_transfer::reject_fx(record, caller, books, quote, reason, now)?
        }
        (Ending::Cancel(reason), Some(caller)) => {
            fx_transfer::cancel_fx(record, caller, books, quote, reason, now)?
        }
        (Ending::Expire, _) => fx_transfer::expire_fx(record, books, quote, now)?,
        (_, None) => return Err(Error::UnknownAccount),
    };
    if let Outcome::Recorded(change) = &outcome {
        let FxTransfer { transfer, fx, .. } = &change.record;
        let counted = fx_record::counted(&transfer.terms, fx);
        controls::count(root, &counted, transfer.instructed_at, Count::GiveBack)?;
    }
    settle_with(uetr, outcome, ledger)
}

/// What the caller's reference has to stand for, and whether it does.
struct Referenced {
    entry: storage::Entry<Operation>,
    operation: Operation,
    recorded: Option<bool>,
}

impl Referenced {
    #[inline(never)]
    fn read(caller: &Caller, reference: Reference, operation: Operation) -> Self {
        let entry = storage::operation(caller.participant, reference);
        let recorded = entry.is(&operation);
        Self {
            entry,
            operation,
            recorded,
        }
    }

    /// As a rule asks for it: the command itself where it is the one recorded.
    fn known<Command: Copy>(&self, command: &Command) -> Option<Option<Command>> {
        self.recorded.map(|same| same.then_some(*command))
    }

    #[inline(never)]
    fn store(
        &self,
        uetr: Uetr,
        outcome: Outcome<FxChange, FxTransfer>,
        ledger: Ledger,
    ) -> Result<TransferReceipt, Error> {
        if matches!(outcome, Outcome::Recorded(_)) {
            self.entry.set(&self.operation);
        }
        settle_with(uetr, outcome, ledger)
    }
}

/// [`corridor_api::Transfers::return_transfer`] of a transfer in two currencies.
#[inline(never)]
pub fn return_transfer(
    caller: Address,
    reference: Reference,
    command: &TransferReturn,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let referenced = Referenced::read(&caller, reference, Operation::Return(*command));
    let (record, ledger, books) = load(command.uetr)?;
    let known = referenced.known(command);
    let outcome = fx_return::return_fx(known, record, &caller, books, reference, command, now)?;
    referenced.store(command.uetr, outcome, ledger)
}

/// [`corridor_api::Exchange::return_at_quote`]
#[inline(never)]
pub fn return_at_quote(
    root: &Root,
    caller: Address,
    reference: Reference,
    command: &QuotedReturn,
    signed: Option<&SignedQuote>,
    now: Seconds,
) -> Result<TransferReceipt, Error> {
    let caller = caller_entry(caller)?;
    let referenced = Referenced::read(&caller, reference, Operation::QuotedReturn(*command));
    let uetr = command.transfer_return.uetr;
    let record = recorded(uetr)?;
    let source = source(root, command.quote, signed)?;
    let (ledger, books) = Ledger::load(&command.keys(&record))?;
    let (known, gate) = (referenced.known(command), root.gate());
    let outcome = quoted_return::return_at_quote(
        known, record, &gate, &caller, books, &source, reference, command, now,
    )?;
    if matches!(outcome, Outcome::Recorded(_)) {
        let counted = command.counted(record.transfer.terms.debtor_agent);
        controls::count(root, counted.as_slice(), now, Count::Take)?;
    }
    referenced.store(uetr, outcome, ledger)
}

fn settle_with(
    uetr: Uetr,
    outcome: Outcome<FxChange, FxTransfer>,
    ledger: Ledger,
) -> Result<TransferReceipt, Error> {
    Ok(match outcome {
        Outcome::Recorded(change) => store(uetr, change, ledger),
        Outcome::Repeated(record) => TransferReceipt::of(&record.transfer, true),
    })
}

/// Writes what a rule returned and emits its event.
fn store(uetr: Uetr, change: FxChange, ledger: Ledger) -> TransferReceipt {
    ledger.store(&change.books);
    if let Some(quote) = &change.quote {
        storage::quote(quote.quote.id).set(quote);
    }
    storage::fx_transfer(uetr).set(&change.record);
    let transfer = change.record.transfer;
    let event = ExchangeRecorded {
        uetr,
        debtor_agent: transfer.terms.debtor_agent,
        creditor_agent: transfer.terms.creditor_agent,
        status: transfer.status,
        event: change.event,
    };
    log::emit(
        &[
            log::signature::<ExchangeRecorded>(),
            log::topic(&event.uetr),
            log::topic(&event.debtor_agent),
            log::topic(&event.creditor_agent),
        ],
        &event,
    );
    TransferReceipt::of(&transfer, false)
}

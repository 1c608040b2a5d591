//! Returns of transfers in two currencies at a new quote, where the terms say so.

use crate::fx_record::{FxChange, FxEvent, FxTransfer, Unwind};
use crate::leg::{Books, Leg, Purpose};
use crate::quote::{QuoteId, QuoteSource, QuoteState};
use crate::transfer::creditor_side;
use crate::{
    Caller, Currency, Error, Gate, Money, Outcome, ParticipantId, Reference, Role, Seconds, Transfer,
    TransferReturn,
};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A return at a new quote, as recorded under the creditor agent's reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QuotedReturn {
    /// The transfer, how much of it goes back in minor units of B, and why.
    pub transfer_return: TransferReturn,
    /// The quote it uses: its provider buys B and sells A.
    pub quote: QuoteId,
    /// What the quote gives for the amount, in A. The creditor agent says it, so that both sides' systems are
    /// known to count alike.
    pub given_back: Money,
}

impl QuotedReturn {
    /// The positions it touches, some perhaps twice: what [`Books::load`] takes.
    #[must_use]
    pub fn keys(&self, record: &FxTransfer) -> Vec<(ParticipantId, Currency)> {
        let terms = &record.transfer.terms;
        let (debited, credited) = (terms.currency(), record.fx.credited.currency);
        Vec::from([
            (terms.creditor_agent, credited),
            (self.quote.provider, credited),
            (self.quote.provider, debited),
            (terms.debtor_agent, debited),
        ])
    }

    /// What the creditor agent sends back and what the debtor agent gets back, in the order they are booked.
    fn legs(&self, record: &FxTransfer) -> [Leg; 2] {
        let (terms, provider) = (&record.transfer.terms, self.quote.provider);
        let sent_back = Money::new(record.fx.credited.currency, self.transfer_return.minor_units);
        [
            Leg {
                from: terms.creditor_agent,
                to: provider,
                money: sent_back,
                purpose: Purpose::SentBack,
            },
            Leg {
                from: provider,
                to: terms.debtor_agent,
                money: self.given_back,
                purpose: Purpose::GivenBack,
            },
        ]
    }
}

/// Sends back part or all of a settled transfer in two currencies, at a new quote.
///
/// The amount is in minor units of B, what the creditor agent was credited (before its fee: fees are not
/// returned). The creditor agent pays it to the quote's provider, and the provider pays the debtor agent what
/// the quote gives for it in A, rounded down once; both out of what is available, so it waits until both are
/// covered. All returns together send back at most B. What they give back in A is what the quotes say, more or
/// less than A.
///
/// A return winds down what exists, so it goes on during the pause and for agents that are suspended. A
/// suspended provider stands by no quote. The creditor agent uses the quote, so it is its counterparty. How
/// long the original quote unwinds, and for how long the new one is held, do not matter: nothing waits.
///
/// `recorded` is what the creditor agent's reference is already used for, as in
/// [`movement::book`](crate::movement::book), `books` are those of [`QuotedReturn::keys`]. Errors, in order:
/// [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongUnwind`] unless returns go back at a new
/// quote, [`Error::ZeroAmount`], [`Error::ReferenceConflict`]; then those of [`QuoteSource::state`],
/// [`Error::QuoteMismatch`] (another quote or pair), [`Error::ParticipantSuspended`] (the provider),
/// [`Error::WrongStatus`] unless settled, [`Error::ReturnExceedsOriginal`], those of [`QuoteState::take`],
/// [`Error::AmountOverflow`], [`Error::ReturnTooSmall`] when it is worth nothing in A,
/// [`Error::QuoteMismatch`] (another amount), [`Error::InsufficientFunds`] (creditor agent),
/// [`Error::ProviderNotCovered`], [`Error::AmountOverflow`].
///
/// The same reference with the same command is answered with what was recorded, whatever has become of the
/// quote.
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn return_at_quote(
    recorded: Option<Option<QuotedReturn>>,
    record: FxTransfer,
    gate: &Gate,
    caller: &Caller,
    mut books: Books,
    source: &QuoteSource<'_>,
    reference: Reference,
    command: &QuotedReturn,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    let transfer = record.transfer;
    creditor_side(&transfer, caller, &[Role::Approver])?;
    record.unwinds_by(Unwind::NewQuote)?;
    let TransferReturn {
        minor_units, reason, ..
    } = command.transfer_return;
    if minor_units == 0 {
        return Err(Error::ZeroAmount);
    }
    match recorded {
        Some(Some(known)) if known == *command => return Ok(Outcome::Repeated(record)),
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    let state = offered(source, gate, &record, command)?;
    if !transfer.status.has_settled() {
        return Err(Error::WrongStatus);
    }
    let (sent_back_minor_units, status) = record.with_sent_back(minor_units)?;
    let taken = take(state, &record, command, now)?;
    let legs = command.legs(&record);
    let [back, forth] = &legs;
    books.pay_available(back)?;
    books.pay_available(forth).map_err(|error| match error {
        Error::InsufficientFunds => Error::ProviderNotCovered,
        other => other,
    })?;
    Ok(Outcome::Recorded(FxChange {
        record: FxTransfer {
            transfer: Transfer {
                status,
                updated_at: now,
                returned_minor_units: taken.returned_minor_units,
                reason: Some(reason),
                ..transfer
            },
            sent_back_minor_units,
            ..record
        },
        quote: Some(taken.state),
        books,
        event: FxEvent::ReturnedAtQuote {
            reference,
            quote: command.quote,
            legs: Vec::from(legs),
            remainder: taken.remainder,
            spread_minor_units: taken.spread_minor_units,
            sent_back_minor_units,
            returned_minor_units: taken.returned_minor_units,
            reason,
        },
    }))
}

/// The quote's state, if it is the command's and its provider may trade.
fn offered(
    source: &QuoteSource<'_>,
    gate: &Gate,
    record: &FxTransfer,
    command: &QuotedReturn,
) -> Result<QuoteState, Error> {
    let state = source.state()?;
    let (quote, given_back) = (&state.quote, record.transfer.terms.currency());
    let same = quote.id == command.quote
        && quote.provider_buys == record.fx.credited.currency
        && quote.provider_sells == given_back
        && command.given_back.currency == given_back;
    if !same {
        return Err(Error::QuoteMismatch);
    }
    gate.active(quote.id.provider)?;
    Ok(state)
}

/// What a return takes from its quote.
struct Taken {
    state: QuoteState,
    remainder: u64,
    spread_minor_units: u128,
    /// All returns so far, in minor units of A.
    returned_minor_units: u128,
}

fn take(state: QuoteState, record: &FxTransfer, command: &QuotedReturn, now: Seconds) -> Result<Taken, Error> {
    let minor_units = command.transfer_return.minor_units;
    let state = state.take(record.transfer.terms.creditor_agent, minor_units, now)?;
    let exchange = state.quote.exchange(minor_units)?;
    let given_back = exchange.credited_minor_units;
    if given_back == 0 {
        // One leg without the other is no exchange.
        return Err(Error::ReturnTooSmall);
    }
    if given_back != command.given_back.minor_units {
        return Err(Error::QuoteMismatch);
    }
    let returned_minor_units = record.transfer.returned_minor_units.checked_add(given_back);
    Ok(Taken {
        state,
        remainder: exchange.remainder,
        spread_minor_units: exchange.spread_minor_units,
        returned_minor_units: returned_minor_units.ok_or(Error::AmountOverflow)?,
    })
}

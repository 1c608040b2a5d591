//! Returns of transfers in two currencies at a new quote, where the terms say so.

use crate::fx_record::{FxChange, FxTransfer, Unwind};
use crate::fx_return::{may_return, sent_back, settled, Unwound};
use crate::leg::Books;
use crate::limits::Counted;
use crate::quote::{QuoteId, QuoteSource};
use crate::{
    Caller, Currency, Error, Gate, Money, Outcome, ParticipantId, Reference, Seconds, TransferReturn,
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
    /// What it counts against limits: what the provider pays, unless to itself. What the creditor agent pays counts
    /// nowhere, as with any return: it is at most what it was credited.
    #[must_use]
    pub fn counted(&self, debtor_agent: ParticipantId) -> Option<Counted> {
        Counted::of_provider(self.quote.provider, debtor_agent, self.given_back)
    }

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
}

/// Sends back part or all of a settled transfer in two currencies, at a new quote.
///
/// The amount is in minor units of B, what the creditor agent was credited (before its fee: fees are not
/// returned). The creditor agent pays it to the quote's provider, and the provider pays the debtor agent what
/// the quote gives for it in A, rounded down once; both out of what is available, so it waits until both are
/// covered. All returns together send back at most B. What they give back in A is what the quotes say: less
/// than A, or more.
///
/// A return winds down what exists, so it goes on during the pause and for agents that are suspended; but a
/// suspended provider stands by no quote. The creditor agent uses the quote, so it is its counterparty. How
/// long the first quote unwinds and how long the new one is held do not matter: nothing waits.
///
/// `recorded` is what the creditor agent's reference is already used for, as in
/// [`movement::book`](crate::movement::book); `books` are those of [`QuotedReturn::keys`]. Errors, in order:
/// [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongUnwind`] unless returns go back at a new
/// quote, [`Error::ZeroAmount`], [`Error::ReferenceConflict`]; then [`Error::QuoteMismatch`] for another
/// currency than A, those of [`QuoteSource::offered`], [`Error::WrongStatus`] unless settled,
/// [`Error::ReturnExceedsOriginal`], those of [`QuoteState::use_for`](crate::QuoteState::use_for),
/// [`Error::InsufficientFunds`] (creditor agent), [`Error::ProviderNotCovered`], [`Error::AmountOverflow`].
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
    books: Books,
    source: &QuoteSource<'_>,
    reference: Reference,
    command: &QuotedReturn,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    let transfer_return = &command.transfer_return;
    may_return(&record, caller, Unwind::NewQuote, transfer_return)?;
    match recorded {
        Some(Some(known)) if known == *command => return Ok(Outcome::Repeated(record)),
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    let terms = &record.transfer.terms;
    if command.given_back.currency != terms.currency() {
        return Err(Error::QuoteMismatch);
    }
    let (from, into) = (record.fx.credited.currency, terms.currency());
    let mut quote = source.offered(gate, command.quote, from, into, now)?;
    settled(&record)?;
    let sent_back = sent_back(&record, transfer_return)?;
    let (minor_units, given_back) = (transfer_return.minor_units, command.given_back);
    let used = quote.use_for(terms.creditor_agent, minor_units, given_back, now)?;
    let unwound = Unwound {
        provider: command.quote.provider,
        sent_back,
        given_back,
        quoted: Some((&quote, used)),
    };
    unwound.change(&record, books, reference, transfer_return, now)
}

//! Returns of transfers in two currencies: both legs unwind in one step, at the original rate.
//!
//! Those at a new quote are [`quoted_return`](crate::quoted_return); what both have in common is here.

use crate::fx_record::{FxChange, FxEvent, FxTransfer, Unwind};
use crate::leg::{Books, Leg, Purpose};
use crate::quote::{QuoteState, QuoteUse};
use crate::rate::mul_div_rounding_down;
use crate::transfer::creditor_side;
use crate::{
    Caller, Error, Money, Outcome, ParticipantId, Reference, Role, Seconds, Transfer, TransferReturn,
    TransferStatus,
};
use alloc::vec::Vec;

/// Sends back part or all of a settled transfer in two currencies.
///
/// The command's amount is in minor units of B, what the creditor agent was credited (before its fee: fees
/// are not returned). The creditor agent pays it to the provider, and the provider pays the debtor agent its
/// worth in A. Both come out of what is available, so it waits until both are covered.
///
/// The rate is the settled one: the two amounts of the transfer itself. What all returns together give back
/// in A is `A * sum sent back / B`, rounded down, so it does not depend on how the sum is split, it never
/// exceeds A, and the return that completes B gives exactly the rest of A.
///
/// `recorded` is what the creditor agent's reference is already used for, as in
/// [`movement::book`](crate::movement::book). Errors, in order: [`Error::MissingRole`],
/// [`Error::NotCreditorAgent`], [`Error::WrongUnwind`] where returns go back at a new quote,
/// [`Error::ZeroAmount`], [`Error::ReferenceConflict`], [`Error::WrongStatus`] unless settled,
/// [`Error::UnwindClosed`], [`Error::ReturnExceedsOriginal`], [`Error::ReturnTooSmall`] when it is worth
/// nothing in A, [`Error::InsufficientFunds`] (creditor agent), [`Error::ProviderNotCovered`],
/// [`Error::AmountOverflow`].
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn return_fx(
    recorded: Option<Option<TransferReturn>>,
    record: FxTransfer,
    caller: &Caller,
    books: Books,
    reference: Reference,
    command: &TransferReturn,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    may_return(&record, caller, Unwind::OriginalRate, command)?;
    match recorded {
        Some(Some(known)) if known == *command => return Ok(Outcome::Repeated(record)),
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    settled(&record)?;
    if now >= record.unwind_until {
        return Err(Error::UnwindClosed);
    }
    let sent_back = sent_back(&record, command)?;
    let given_back = worth(&record, sent_back)?
        .checked_sub(record.transfer.returned_minor_units)
        // One leg without the other is no exchange.
        .filter(|minor_units| *minor_units > 0)
        .ok_or(Error::ReturnTooSmall)?;
    let unwound = Unwound {
        provider: record.fx.quote.provider,
        sent_back,
        given_back: Money::new(record.transfer.terms.currency(), given_back),
        quoted: None,
    };
    unwound.change(&record, books, reference, command, now)
}

/// What all returns are worth in A when so much of B has been sent back.
fn worth(record: &FxTransfer, sent_back: u128) -> Result<u128, Error> {
    let (debited, credited) = (
        record.transfer.terms.minor_units(),
        record.fx.credited.minor_units,
    );
    let (worth, _) = mul_div_rounding_down(debited, sent_back, credited).ok_or(Error::AmountOverflow)?;
    Ok(worth)
}

/// Authority and form. Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`],
/// [`Error::WrongUnwind`], [`Error::ZeroAmount`].
#[inline(never)]
pub(crate) fn may_return(
    record: &FxTransfer,
    caller: &Caller,
    unwind: Unwind,
    command: &TransferReturn,
) -> Result<(), Error> {
    creditor_side(&record.transfer, caller, &[Role::Approver])?;
    if record.fx.unwind != unwind {
        return Err(Error::WrongUnwind);
    }
    if command.minor_units == 0 {
        return Err(Error::ZeroAmount);
    }
    Ok(())
}

/// [`Error::WrongStatus`] unless there is something to return.
pub(crate) fn settled(record: &FxTransfer) -> Result<(), Error> {
    if record.transfer.status.has_settled() {
        Ok(())
    } else {
        Err(Error::WrongStatus)
    }
}

/// All returns with this one, in minor units of B; [`Error::ReturnExceedsOriginal`].
#[inline(never)]
pub(crate) fn sent_back(record: &FxTransfer, command: &TransferReturn) -> Result<u128, Error> {
    record
        .sent_back_minor_units
        .checked_add(command.minor_units)
        .filter(|sum| *sum <= record.fx.credited.minor_units)
        .ok_or(Error::ReturnExceedsOriginal)
}

/// What a return comes to, at either rate.
pub(crate) struct Unwound<'a> {
    /// Who buys B and sells A.
    pub provider: ParticipantId,
    /// All returns with this one, in minor units of B.
    pub sent_back: u128,
    /// What this one gives back, in A.
    pub given_back: Money,
    /// The new quote's new record, and what came of its use.
    pub quoted: Option<(&'a QuoteState, QuoteUse)>,
}

impl Unwound<'_> {
    /// Pays both legs out of what is available, and says what to write.
    ///
    /// Errors, in order: [`Error::InsufficientFunds`] (creditor agent), [`Error::ProviderNotCovered`],
    /// [`Error::AmountOverflow`].
    #[inline(never)]
    pub(crate) fn change(
        self,
        record: &FxTransfer,
        mut books: Books,
        reference: Reference,
        command: &TransferReturn,
        now: Seconds,
    ) -> Result<Outcome<FxChange, FxTransfer>, Error> {
        let (transfer, credited) = (record.transfer, record.fx.credited);
        let back = Leg {
            from: transfer.terms.creditor_agent,
            to: self.provider,
            money: Money::new(credited.currency, command.minor_units),
            purpose: Purpose::SentBack,
        };
        let forth = Leg {
            from: self.provider,
            to: transfer.terms.debtor_agent,
            money: self.given_back,
            purpose: Purpose::GivenBack,
        };
        books.pay_available(&back)?;
        books.pay_available(&forth).map_err(|error| match error {
            Error::InsufficientFunds => Error::ProviderNotCovered,
            other => other,
        })?;
        let returned_minor_units = transfer
            .returned_minor_units
            .checked_add(self.given_back.minor_units)
            .ok_or(Error::AmountOverflow)?;
        let status = if self.sent_back == credited.minor_units {
            TransferStatus::Returned
        } else {
            TransferStatus::PartlyReturned
        };
        Ok(Outcome::Recorded(FxChange {
            record: FxTransfer {
                transfer: Transfer {
                    status,
                    updated_at: now,
                    returned_minor_units,
                    reason: Some(command.reason),
                    ..transfer
                },
                sent_back_minor_units: self.sent_back,
                ..*record
            },
            quote: self.quoted.map(|(state, _)| *state),
            books,
            event: FxEvent::Returned {
                reference,
                legs: Vec::from([back, forth]),
                sent_back_minor_units: self.sent_back,
                returned_minor_units,
                reason: command.reason,
                quoted: self.quoted.map(|(_, used)| used),
            },
        }))
    }
}

//! Returns of transfers in two currencies: both legs unwind in one step, at the original rate. Those at a new
//! quote are [`quoted_return`](crate::quoted_return).

use crate::fx_record::{FxChange, FxEvent, FxTransfer, Unwind};
use crate::leg::{Books, Leg, Purpose};
use crate::rate::mul_div_rounding_down;
use crate::transfer::creditor_side;
use crate::{Caller, Error, Money, Outcome, Reference, Role, Seconds, Transfer, TransferReturn};
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
/// [`Error::UnwindClosed`], [`Error::ReturnExceedsOriginal`],
/// [`Error::ReturnTooSmall`] when it is worth nothing in A, [`Error::InsufficientFunds`] (creditor agent),
/// [`Error::ProviderNotCovered`], [`Error::AmountOverflow`].
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn return_fx(
    recorded: Option<Option<TransferReturn>>,
    record: FxTransfer,
    caller: &Caller,
    mut books: Books,
    reference: Reference,
    command: &TransferReturn,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    let transfer = record.transfer;
    creditor_side(&transfer, caller, &[Role::Approver])?;
    record.unwinds_by(Unwind::OriginalRate)?;
    if command.minor_units == 0 {
        return Err(Error::ZeroAmount);
    }
    match recorded {
        Some(Some(known)) if known == *command => return Ok(Outcome::Repeated(record)),
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    if !transfer.status.has_settled() {
        return Err(Error::WrongStatus);
    }
    if now >= record.unwind_until {
        return Err(Error::UnwindClosed);
    }
    let (sent_back, status) = record.with_sent_back(command.minor_units)?;
    let given_back = given_back(&record, sent_back)?;
    let legs = legs(&record, command.minor_units, given_back)?;
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
                returned_minor_units: given_back,
                reason: Some(command.reason),
                ..transfer
            },
            sent_back_minor_units: sent_back,
            ..record
        },
        quote: None,
        books,
        event: FxEvent::Returned {
            reference,
            legs: Vec::from(legs),
            sent_back_minor_units: sent_back,
            returned_minor_units: given_back,
            reason: command.reason,
        },
    }))
}

/// What all returns give back in A when so much of B has been sent back.
fn given_back(record: &FxTransfer, sent_back: u128) -> Result<u128, Error> {
    let credited = record.fx.credited.minor_units;
    let (given_back, _) = mul_div_rounding_down(record.transfer.terms.minor_units(), sent_back, credited)
        .ok_or(Error::AmountOverflow)?;
    if given_back <= record.transfer.returned_minor_units {
        // One leg without the other is no exchange.
        return Err(Error::ReturnTooSmall);
    }
    Ok(given_back)
}

/// The two legs of this return.
fn legs(record: &FxTransfer, minor_units: u128, given_back: u128) -> Result<[Leg; 2], Error> {
    let (terms, provider) = (&record.transfer.terms, record.fx.quote.provider);
    let given_now = given_back
        .checked_sub(record.transfer.returned_minor_units)
        .ok_or(Error::BooksBroken)?;
    Ok([
        Leg {
            from: terms.creditor_agent,
            to: provider,
            money: Money::new(record.fx.credited.currency, minor_units),
            purpose: Purpose::SentBack,
        },
        Leg {
            from: provider,
            to: terms.debtor_agent,
            money: Money::new(terms.currency(), given_now),
            purpose: Purpose::GivenBack,
        },
    ])
}

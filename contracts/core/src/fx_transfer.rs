//! The life of a transfer in two currencies, settled payment versus payment.
//!
//! The debtor agent pays currency A to a quote's provider and the provider pays currency B to the creditor
//! agent, in the same step or not at all. Instruction reserves both, so that acceptance cannot fail for
//! want of funds. The statuses are those of [`transfer`](crate::transfer).

use crate::fx_record::{debited, FxChange, FxEvent, FxTerms, FxTransfer, Unwind};
use crate::leg::{Books, Purpose};
use crate::quote::{QuoteSource, QuoteState};
use crate::tariff::Charges;
use crate::transfer::creditor_side;
use crate::{
    Caller, Error, Gate, Outcome, ReasonCode, Role, Seconds, SettlementMethod, Terms, Transfer,
    TransferStatus, Uetr,
};

/// An instruction by the debtor agent's instructor: reserves the debtor agent's amount and fee, the
/// provider's amount, and takes from the quote.
///
/// `recorded` is what the UETR stands for: `None` when free, `Some(None)` when it is a transfer in one
/// currency. `books` are those of [`keys`](crate::fx_record::keys), `charges` those of
/// [`charges`](crate::fx_record::charges).
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotDebtorAgent`], [`Error::WrongMethod`]
/// unless payment versus payment, those of [`Terms::validate`], [`Error::TermsConflict`]; then, for a new
/// one, [`Error::Paused`], [`Error::UnknownParticipant`], [`Error::ParticipantSuspended`] (an agent), those
/// of [`QuoteSource::offered`], those of [`Terms::validate_expiry`], [`Error::HoldTooLong`], those of
/// [`QuoteState::use_for`], [`Error::FeeExceedsAmount`], [`Error::InsufficientFunds`], [`Error::ProviderNotCovered`].
///
/// The same UETR with the same terms is answered with what was recorded, whatever gate and quote say.
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn instruct_fx(
    recorded: Option<Option<FxTransfer>>,
    gate: &Gate,
    caller: &Caller,
    mut books: Books,
    source: &QuoteSource<'_>,
    uetr: Uetr,
    terms: &Terms,
    fx: &FxTerms,
    charges: Charges,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    caller.require(&[Role::Instructor])?;
    if caller.participant != terms.debtor_agent {
        return Err(Error::NotDebtorAgent);
    }
    if terms.settlement_method != SettlementMethod::PaymentVersusPayment {
        return Err(Error::WrongMethod);
    }
    terms.validate(uetr)?;
    match recorded {
        Some(Some(known)) if known.transfer.terms == *terms && known.fx == *fx => {
            return Ok(Outcome::Repeated(known));
        }
        Some(_) => return Err(Error::TermsConflict),
        None => {}
    }
    gate.open()?;
    gate.admitted(terms.creditor_agent)?;
    gate.active(terms.debtor_agent)?;
    gate.active(terms.creditor_agent)?;
    let mut quote = source.offered(gate, fx.quote, terms.currency(), fx.credited.currency, now)?;
    terms.validate_expiry(now)?;
    if terms.expires_at.saturating_sub(now) > u64::from(quote.quote.hold_seconds) {
        return Err(Error::HoldTooLong);
    }
    let used = quote.use_for(terms.debtor_agent, terms.minor_units(), fx.credited, now)?;
    if charges.creditor_minor_units() >= fx.credited.minor_units {
        return Err(Error::FeeExceedsAmount);
    }
    books.reserve(terms.debtor_agent, debited(terms, &charges)?)?;
    books
        .reserve(fx.quote.provider, fx.credited)
        .map_err(|error| match error {
            Error::InsufficientFunds => Error::ProviderNotCovered,
            other => other,
        })?;
    let record = FxTransfer {
        transfer: Transfer {
            terms: *terms,
            status: TransferStatus::Pending,
            instructed_at: now,
            updated_at: now,
            returned_minor_units: 0,
            reason: None,
        },
        fx: *fx,
        remainder: used.remainder,
        charges,
        sent_back_minor_units: 0,
        unwind_until: match fx.unwind {
            Unwind::OriginalRate => now.saturating_add(u64::from(quote.quote.unwind_seconds)),
            Unwind::NewQuote => now,
        },
    };
    Ok(Outcome::Recorded(FxChange {
        record,
        quote: Some(quote),
        books,
        event: FxEvent::Instructed {
            terms: *terms,
            fx: *fx,
            remainder: used.remainder,
            spread_minor_units: used.spread_minor_units,
            charges,
        },
    }))
}

/// Acceptance by the creditor agent's approver: every leg moves in this step, which is final.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongStatus`] unless
/// pending (already settled is a repeat, returned or not), [`Error::Expired`], [`Error::AmountOverflow`].
#[inline(never)]
pub fn accept_fx(
    record: FxTransfer,
    caller: &Caller,
    mut books: Books,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    let transfer = record.transfer;
    creditor_side(&transfer, caller, &[Role::Approver])?;
    if transfer.status.has_settled() {
        return Ok(Outcome::Repeated(record));
    }
    if transfer.status != TransferStatus::Pending {
        return Err(Error::WrongStatus);
    }
    if now >= transfer.terms.expires_at {
        return Err(Error::Expired);
    }
    let legs = record.legs();
    for leg in &legs {
        // The creditor agent's fee is out of what the leg before it has credited; the others are reserved.
        if leg.purpose == Purpose::CreditorFee {
            books.pay_available(leg)?;
        } else {
            books.pay_reserved(leg)?;
        }
    }
    Ok(Outcome::Recorded(FxChange {
        record: FxTransfer {
            transfer: Transfer {
                status: TransferStatus::Settled,
                updated_at: now,
                ..transfer
            },
            ..record
        },
        quote: None,
        books,
        event: FxEvent::Settled(legs),
    }))
}

/// Rejection by the creditor agent's approver or compliance.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongStatus`] unless
/// pending (already rejected for the same reason is a repeat).
#[inline(never)]
pub fn reject_fx(
    record: FxTransfer,
    caller: &Caller,
    books: Books,
    quote: QuoteState,
    reason: ReasonCode,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    creditor_side(&record.transfer, caller, &[Role::Approver, Role::Compliance])?;
    let event = FxEvent::Rejected(reason);
    release(
        record,
        books,
        quote,
        (TransferStatus::Rejected, reason),
        event,
        now,
    )
}

/// Cancellation by the debtor agent's instructor or compliance, before acceptance.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotDebtorAgent`], [`Error::WrongStatus`] unless
/// pending (already cancelled for the same reason is a repeat).
#[inline(never)]
pub fn cancel_fx(
    record: FxTransfer,
    caller: &Caller,
    books: Books,
    quote: QuoteState,
    reason: ReasonCode,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    caller.require(&[Role::Instructor, Role::Compliance])?;
    if caller.participant != record.transfer.terms.debtor_agent {
        return Err(Error::NotDebtorAgent);
    }
    let event = FxEvent::Cancelled(reason);
    release(
        record,
        books,
        quote,
        (TransferStatus::Cancelled, reason),
        event,
        now,
    )
}

/// Expiry by anyone, once the time for acceptance has passed.
///
/// Errors, in order: [`Error::WrongStatus`] unless pending (already expired is a repeat),
/// [`Error::NotYetExpired`].
#[inline(never)]
pub fn expire_fx(
    record: FxTransfer,
    books: Books,
    quote: QuoteState,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    if record.transfer.status == TransferStatus::Pending && now < record.transfer.terms.expires_at {
        return Err(Error::NotYetExpired);
    }
    let end = (TransferStatus::Expired, ReasonCode::TM01);
    release(record, books, quote, end, FxEvent::Expired, now)
}

/// Ends a pending transfer without settlement: both agents' money and the quote's amount are free again.
fn release(
    record: FxTransfer,
    mut books: Books,
    quote: QuoteState,
    (status, reason): (TransferStatus, ReasonCode),
    event: FxEvent,
    now: Seconds,
) -> Result<Outcome<FxChange, FxTransfer>, Error> {
    let transfer = record.transfer;
    if transfer.status == status && transfer.reason == Some(reason) {
        return Ok(Outcome::Repeated(record));
    }
    if transfer.status != TransferStatus::Pending {
        return Err(Error::WrongStatus);
    }
    if quote.quote.id != record.fx.quote {
        return Err(Error::BooksBroken);
    }
    books.release(transfer.terms.debtor_agent, record.debited()?)?;
    books.release(record.provider(), record.fx.credited)?;
    Ok(Outcome::Recorded(FxChange {
        record: FxTransfer {
            transfer: Transfer {
                status,
                updated_at: now,
                reason: Some(reason),
                ..transfer
            },
            ..record
        },
        quote: Some(quote.give_back(transfer.terms.minor_units())?),
        books,
        event,
    }))
}

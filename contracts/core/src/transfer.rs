//! The life of a transfer.
//!
//! ```text
//! Pending -> Settled | Rejected | Cancelled | Expired        Settled -> PartlyReturned -> Returned
//! Pending -> Netted, which settles with its window           Netted  -> PartlyReturned -> Returned
//! Pending -> Queued -> Settled | Cancelled | Expired
//! ```

use crate::{
    Caller, Error, Gate, Outcome, Position, ReasonCode, Role, Seconds, SettlementMethod, Terms, Uetr,
    WindowId,
};
use core::fmt;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Where a transfer stands. Append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum TransferStatus {
    /// The creditor agent has not answered. The funds of a gross transfer are reserved.
    #[codec(index = 0)]
    Pending,
    /// Final: the creditor agent's escrow has been credited.
    #[codec(index = 1)]
    Settled,
    /// The creditor agent refused.
    #[codec(index = 2)]
    Rejected,
    /// The debtor agent withdrew it before acceptance.
    #[codec(index = 3)]
    Cancelled,
    /// Nobody accepted in time.
    #[codec(index = 4)]
    Expired,
    /// Settled, and a part has been sent back.
    #[codec(index = 5)]
    PartlyReturned,
    /// Settled, and all of it has been sent back.
    #[codec(index = 6)]
    Returned,
    /// Accepted and booked in this window; settled when the window is. The record stays as it is then: the
    /// window's record tells.
    #[codec(index = 7)]
    Netted(WindowId),
    /// Accepted, and waiting for cover.
    #[codec(index = 8)]
    Queued,
}

impl TransferStatus {
    /// The status's name as reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Settled => "settled",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::PartlyReturned => "partly returned",
            Self::Returned => "returned",
            Self::Netted(_) => "netted",
            Self::Queued => "queued",
        }
    }

    /// The ISO 20022 `ExternalPaymentTransactionStatus1Code` a pacs.002 gives for it.
    #[must_use]
    pub fn iso_code(self) -> &'static str {
        match self {
            Self::Pending => "PDNG",
            Self::Settled | Self::PartlyReturned | Self::Returned => "ACSC",
            Self::Rejected | Self::Expired => "RJCT",
            Self::Cancelled => "CANC",
            // Accepted, settlement in process.
            Self::Netted(_) | Self::Queued => "ACSP",
        }
    }

    /// Whether it can still end without settlement.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Queued)
    }

    /// Whether the debtor agent's money has moved. A netted transfer's moves with its window.
    #[must_use]
    pub fn has_settled(self) -> bool {
        matches!(self, Self::Settled | Self::PartlyReturned | Self::Returned)
    }
}

impl fmt::Display for TransferStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the contract records of a transfer, under its UETR, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Transfer {
    /// As instructed.
    pub terms: Terms,
    /// Where it stands.
    pub status: TransferStatus,
    /// When it was instructed.
    pub instructed_at: Seconds,
    /// When `status` last changed.
    pub updated_at: Seconds,
    /// How much has been sent back, in minor units.
    pub returned_minor_units: u128,
    /// Why it was rejected, cancelled, expired or last returned.
    pub reason: Option<ReasonCode>,
}

/// What happened to a transfer: the content of its event.
#[must_use = "every change emits its event"]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum TransferChange {
    /// Instructed with these terms; funds reserved if it is to settle gross.
    #[codec(index = 0)]
    Instructed(Terms),
    /// Accepted; the books moved.
    #[codec(index = 1)]
    Settled,
    /// Rejected by the creditor agent; reserved funds released.
    #[codec(index = 2)]
    Rejected(ReasonCode),
    /// Cancelled by the debtor agent; reserved funds released.
    #[codec(index = 3)]
    Cancelled(ReasonCode),
    /// Expired; reserved funds released.
    #[codec(index = 4)]
    Expired,
    /// A part or the rest was sent back.
    #[codec(index = 5)]
    Returned {
        /// The return's identity.
        reference: crate::Reference,
        /// This return, in minor units.
        minor_units: u128,
        /// All returns so far, in minor units.
        returned_minor_units: u128,
        /// Why.
        reason: ReasonCode,
    },
    /// Accepted and booked in this window.
    #[codec(index = 6)]
    Netted(WindowId),
    /// Accepted; waits for cover.
    #[codec(index = 7)]
    Queued,
}

/// What to write for a change that concerns the debtor agent's position only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DebtorChange {
    /// The transfer's new record.
    pub transfer: Transfer,
    /// The debtor agent's new position.
    pub debtor: Position,
    /// The event.
    pub event: TransferChange,
}

/// What to write when money moves between the two agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookChange {
    /// The transfer's new record.
    pub transfer: Transfer,
    /// The debtor agent's new position.
    pub debtor: Position,
    /// The creditor agent's new position.
    pub creditor: Position,
    /// The event.
    pub event: TransferChange,
}

/// An instruction by the debtor agent's instructor: reserves the amount, if it is to settle gross.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotDebtorAgent`], [`Error::WrongMethod`] for
/// payment versus payment, those of [`Terms::validate`], [`Error::TermsConflict`] when the UETR is recorded
/// with other terms; then, for a new one, [`Error::Paused`], [`Error::UnknownParticipant`],
/// [`Error::ParticipantSuspended`], those of [`Terms::validate_expiry`], [`Error::InsufficientFunds`].
///
/// The same UETR with the same terms is answered with what was recorded, whatever the gate says.
#[inline(never)]
pub fn instruct(
    recorded: Option<Transfer>,
    gate: &Gate,
    caller: &Caller,
    debtor: Position,
    uetr: Uetr,
    terms: &Terms,
    now: Seconds,
) -> Result<Outcome<DebtorChange, Transfer>, Error> {
    caller.require(&[Role::Instructor])?;
    if caller.participant != terms.debtor_agent {
        return Err(Error::NotDebtorAgent);
    }
    terms.settles_in_one_currency()?;
    terms.validate(uetr)?;
    match recorded {
        Some(transfer) if transfer.terms == *terms => return Ok(Outcome::Repeated(transfer)),
        Some(_) => return Err(Error::TermsConflict),
        None => {}
    }
    gate.open()?;
    gate.admitted(terms.creditor_agent)?;
    gate.active(terms.debtor_agent)?;
    gate.active(terms.creditor_agent)?;
    terms.validate_expiry(now)?;
    let transfer = Transfer {
        terms: *terms,
        status: TransferStatus::Pending,
        instructed_at: now,
        updated_at: now,
        returned_minor_units: 0,
        reason: None,
    };
    let debtor = match terms.settlement_method {
        SettlementMethod::Gross => debtor.reserve(terms.minor_units())?,
        SettlementMethod::Net | SettlementMethod::QueuedGross => debtor,
        SettlementMethod::PaymentVersusPayment => return Err(Error::WrongMethod),
    };
    Ok(Outcome::Recorded(DebtorChange {
        transfer,
        debtor,
        event: TransferChange::Instructed(*terms),
    }))
}

/// Acceptance by the creditor agent's approver: the books move, which is final.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongMethod`] unless gross
/// ([`accept_net`](crate::transfer_net::accept_net), [`accept_fx`](crate::fx_transfer::accept_fx) and
/// [`accept_queued`](crate::queued::accept_queued) are for the others), [`Error::WrongStatus`] unless pending (already settled is a repeat, returned or not),
/// [`Error::Expired`], [`Error::AmountOverflow`].
#[inline(never)]
pub fn accept(
    transfer: Transfer,
    caller: &Caller,
    debtor: Position,
    creditor: Position,
    now: Seconds,
) -> Result<Outcome<BookChange, Transfer>, Error> {
    creditor_side(&transfer, caller, &[Role::Approver])?;
    if transfer.terms.settlement_method != SettlementMethod::Gross {
        return Err(Error::WrongMethod);
    }
    if transfer.status.has_settled() {
        return Ok(Outcome::Repeated(transfer));
    }
    pending(&transfer)?;
    if now >= transfer.terms.expires_at {
        return Err(Error::Expired);
    }
    let minor_units = transfer.terms.minor_units();
    Ok(Outcome::Recorded(BookChange {
        transfer: Transfer {
            status: TransferStatus::Settled,
            updated_at: now,
            ..transfer
        },
        debtor: debtor.pay_reserved(minor_units)?,
        creditor: creditor.credit(minor_units)?,
        event: TransferChange::Settled,
    }))
}

/// Rejection by the creditor agent's approver or compliance.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongMethod`],
/// [`Error::WrongStatus`] unless pending (already rejected for the same reason is a repeat).
#[inline(never)]
pub fn reject(
    transfer: Transfer,
    caller: &Caller,
    debtor: Position,
    reason: ReasonCode,
    now: Seconds,
) -> Result<Outcome<DebtorChange, Transfer>, Error> {
    creditor_side(&transfer, caller, &[Role::Approver, Role::Compliance])?;
    if transfer.status == TransferStatus::Queued {
        return Err(Error::WrongStatus);
    }
    let (status, event) = (TransferStatus::Rejected, TransferChange::Rejected(reason));
    release(transfer, debtor, status, Some(reason), event, now)
}

/// Cancellation by the debtor agent's instructor or compliance, before acceptance.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotDebtorAgent`], [`Error::WrongMethod`],
/// [`Error::WrongStatus`] unless pending or queued (already cancelled for the same reason is a repeat).
#[inline(never)]
pub fn cancel(
    transfer: Transfer,
    caller: &Caller,
    debtor: Position,
    reason: ReasonCode,
    now: Seconds,
) -> Result<Outcome<DebtorChange, Transfer>, Error> {
    caller.require(&[Role::Instructor, Role::Compliance])?;
    if caller.participant != transfer.terms.debtor_agent {
        return Err(Error::NotDebtorAgent);
    }
    let (status, event) = (TransferStatus::Cancelled, TransferChange::Cancelled(reason));
    release(transfer, debtor, status, Some(reason), event, now)
}

/// Expiry by anyone, once the time for acceptance has passed.
///
/// Errors, in order: [`Error::WrongMethod`], [`Error::WrongStatus`] unless pending or queued (already
/// expired is a repeat), [`Error::NotYetExpired`].
#[inline(never)]
pub fn expire(
    transfer: Transfer,
    debtor: Position,
    now: Seconds,
) -> Result<Outcome<DebtorChange, Transfer>, Error> {
    transfer.terms.settles_in_one_currency()?;
    if transfer.status.is_open() && now < transfer.terms.expires_at {
        return Err(Error::NotYetExpired);
    }
    let reason = Some(ReasonCode::TM01);
    release(
        transfer,
        debtor,
        TransferStatus::Expired,
        reason,
        TransferChange::Expired,
        now,
    )
}

/// Ends an open transfer of one currency without settlement: what was reserved becomes available again.
fn release(
    transfer: Transfer,
    debtor: Position,
    status: TransferStatus,
    reason: Option<ReasonCode>,
    event: TransferChange,
    now: Seconds,
) -> Result<Outcome<DebtorChange, Transfer>, Error> {
    transfer.terms.settles_in_one_currency()?;
    if transfer.status == status && transfer.reason == reason {
        return Ok(Outcome::Repeated(transfer));
    }
    if !transfer.status.is_open() {
        return Err(Error::WrongStatus);
    }
    let debtor = match transfer.terms.settlement_method {
        SettlementMethod::Gross => debtor.release(transfer.terms.minor_units())?,
        SettlementMethod::Net | SettlementMethod::QueuedGross => debtor,
        SettlementMethod::PaymentVersusPayment => return Err(Error::WrongMethod),
    };
    let transfer = Transfer {
        status,
        updated_at: now,
        reason,
        ..transfer
    };
    Ok(Outcome::Recorded(DebtorChange {
        transfer,
        debtor,
        event,
    }))
}

pub(crate) fn pending(transfer: &Transfer) -> Result<(), Error> {
    if transfer.status == TransferStatus::Pending {
        Ok(())
    } else {
        Err(Error::WrongStatus)
    }
}

/// The caller acts for the creditor agent in one of `roles`.
pub(crate) fn creditor_side(transfer: &Transfer, caller: &Caller, roles: &[Role]) -> Result<(), Error> {
    caller.require(roles)?;
    if caller.participant == transfer.terms.creditor_agent {
        Ok(())
    } else {
        Err(Error::NotCreditorAgent)
    }
}

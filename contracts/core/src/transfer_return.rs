//! Returns: the creditor agent sends back all or part of a settled transfer (ISO 20022 pacs.004).

use crate::transfer::{creditor_side, BookChange};
use crate::{
    Caller, Error, Outcome, Position, ReasonCode, Reference, Role, Seconds, Transfer, TransferChange,
    TransferStatus, Uetr, WindowRecord,
};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A return, as recorded under the creditor agent's reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct TransferReturn {
    /// The transfer it gives back.
    pub uetr: Uetr,
    /// How much, in minor units of the transfer's currency.
    pub minor_units: u128,
    /// Why.
    pub reason: ReasonCode,
}

/// Sends back part or all of a settled transfer, gross or net, at its original terms.
///
/// `recorded` is what the creditor agent's reference is already used for, as in
/// [`movement::book`](crate::movement::book). `window` is the record of the window a netted transfer was
/// booked in or, where that was aborted, of the window its positions were carried over to in the end; `None`
/// for any other transfer.
///
/// Errors, in order: [`Error::MissingRole`], [`Error::NotCreditorAgent`], [`Error::WrongMethod`] for a
/// transfer in two currencies, [`Error::ZeroAmount`], [`Error::ReferenceConflict`],
/// [`Error::WrongStatus`] unless settled, [`Error::WindowNotSettled`] when netted and the window is not,
/// [`Error::ReturnExceedsOriginal`], [`Error::InsufficientFunds`], [`Error::AmountOverflow`].
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn return_transfer(
    recorded: Option<Option<TransferReturn>>,
    transfer: Transfer,
    window: Option<&WindowRecord>,
    caller: &Caller,
    debtor: Position,
    creditor: Position,
    reference: Reference,
    command: &TransferReturn,
    now: Seconds,
) -> Result<Outcome<BookChange, Transfer>, Error> {
    creditor_side(&transfer, caller, &[Role::Approver])?;
    transfer.terms.settles_in_one_currency()?;
    let TransferReturn {
        minor_units, reason, ..
    } = *command;
    if minor_units == 0 {
        return Err(Error::ZeroAmount);
    }
    match recorded {
        Some(Some(known)) if known == *command => return Ok(Outcome::Repeated(transfer)),
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    match transfer.status {
        TransferStatus::Netted(_) if !window.is_some_and(WindowRecord::has_settled) => {
            return Err(Error::WindowNotSettled);
        }
        TransferStatus::Netted(_) => {}
        status if status.has_settled() => {}
        _ => return Err(Error::WrongStatus),
    }
    let original = transfer.terms.minor_units();
    let returned_minor_units = transfer
        .returned_minor_units
        .checked_add(minor_units)
        .filter(|sum| *sum <= original)
        .ok_or(Error::ReturnExceedsOriginal)?;
    let whole = returned_minor_units == original;
    let status = if whole {
        TransferStatus::Returned
    } else {
        TransferStatus::PartlyReturned
    };
    let creditor = creditor.debit(minor_units)?;
    Ok(Outcome::Recorded(BookChange {
        transfer: Transfer {
            status,
            updated_at: now,
            returned_minor_units,
            reason: Some(reason),
            ..transfer
        },
        debtor: debtor.credit(minor_units)?,
        creditor,
        event: TransferChange::Returned {
            reference,
            minor_units,
            returned_minor_units,
            reason,
        },
    }))
}

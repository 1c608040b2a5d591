//! Collateral of net settlement: pledged by the participant's treasurer, capped by the governor.

use crate::net::net_amount;
use crate::{Caller, Error, Gate, Money, NetEntry, Outcome, ParticipantId, Position, Role, Seconds};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Into or out of collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum CollateralKind {
    /// From available to collateral.
    #[codec(index = 0)]
    Pledge,
    /// Back to available.
    #[codec(index = 1)]
    Release,
}

/// A recorded pledge or release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct CollateralMovement {
    /// Which way.
    pub kind: CollateralKind,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Seconds,
}

/// What to write for a pledge or release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollateralChange {
    /// Whose.
    pub participant: ParticipantId,
    /// The record to keep under the reference.
    pub movement: CollateralMovement,
    /// The participant's new position.
    pub position: Position,
    /// The participant's new net settlement.
    pub entry: NetEntry,
}

/// Pledges or releases collateral by a treasurer.
///
/// `recorded` is what the participant's reference is already used for, as in
/// [`movement::book`](crate::movement::book). Errors, in order: [`Error::MissingRole`],
/// [`Error::ZeroAmount`], [`Error::NetAmountTooLarge`], [`Error::ReferenceConflict`]; for a pledge
/// [`Error::Paused`], [`Error::ParticipantSuspended`], [`Error::InsufficientFunds`] and
/// [`Error::NetAmountTooLarge`] when all collateral together is above `i64::MAX`; for a release
/// [`Error::CollateralInUse`]. Releases ignore the gate.
#[allow(clippy::too_many_arguments)] // Everything a pure rule may look at is an argument.
#[inline(never)]
pub fn book(
    recorded: Option<Option<CollateralMovement>>,
    gate: &Gate,
    caller: &Caller,
    position: Position,
    entry: NetEntry,
    kind: CollateralKind,
    amount: Money,
    now: Seconds,
) -> Result<Outcome<CollateralChange, CollateralMovement>, Error> {
    caller.require(&[Role::Treasurer])?;
    if amount.minor_units == 0 {
        return Err(Error::ZeroAmount);
    }
    let minor_units = net_amount(amount.minor_units)?.unsigned_abs();
    match recorded {
        Some(Some(known)) if known.kind == kind && known.amount == amount => {
            return Ok(Outcome::Repeated(known));
        }
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    let (position, entry) = match kind {
        CollateralKind::Pledge => {
            gate.open()?;
            gate.active(caller.participant)?;
            pledge(position, entry, minor_units)?
        }
        CollateralKind::Release => release(position, entry, minor_units)?,
    };
    Ok(Outcome::Recorded(CollateralChange {
        participant: caller.participant,
        movement: CollateralMovement {
            kind,
            amount,
            at: now,
        },
        position,
        entry,
    }))
}

/// Moves from available to collateral; [`Error::InsufficientFunds`] or [`Error::NetAmountTooLarge`].
pub fn pledge(position: Position, entry: NetEntry, minor_units: u64) -> Result<(Position, NetEntry), Error> {
    let position = position.debit(u128::from(minor_units))?;
    let collateral = entry
        .collateral
        .checked_add(minor_units)
        .filter(|sum| i64::try_from(*sum).is_ok())
        .ok_or(Error::NetAmountTooLarge)?;
    Ok((position, NetEntry { collateral, ..entry }))
}

/// Moves from collateral back to available; [`Error::CollateralInUse`] when the rest would not cover the
/// unsettled net debit.
pub fn release(position: Position, entry: NetEntry, minor_units: u64) -> Result<(Position, NetEntry), Error> {
    let collateral = entry
        .collateral
        .checked_sub(minor_units)
        .filter(|rest| *rest >= entry.net_debit())
        .ok_or(Error::CollateralInUse)?;
    // Fits: all collateral is part of what the token holds for the contract.
    let position = position.credit(u128::from(minor_units))?;
    Ok((position, NetEntry { collateral, ..entry }))
}

/// The governor's net debit cap of a participant, in minor units.
///
/// Returns the new entry, or `None` when the cap is already that. A cap below the net debit stops new debits
/// and touches nothing else. [`Error::UnknownParticipant`] unless admitted.
pub fn set_cap(
    gate: &Gate,
    participant: ParticipantId,
    entry: NetEntry,
    cap: u64,
) -> Result<Option<NetEntry>, Error> {
    gate.admitted(participant)?;
    Ok((entry.cap != cap).then_some(NetEntry { cap, ..entry }))
}

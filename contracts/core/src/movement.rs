//! Deposits and withdrawals: money entering and leaving escrow.

use crate::{Caller, Error, Gate, Money, Outcome, ParticipantId, Position, Role, Seconds};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The identity a participant gives a deposit, withdrawal or return, unique among its own.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
pub struct Reference(pub [u8; 16]);

/// Into or out of escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum MovementKind {
    /// Tokens came in.
    #[codec(index = 0)]
    Deposit,
    /// Tokens went out.
    #[codec(index = 1)]
    Withdrawal,
}

/// A recorded deposit or withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Movement {
    /// Which way.
    pub kind: MovementKind,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Seconds,
}

/// What to write for a new movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovementChange {
    /// Whose.
    pub participant: ParticipantId,
    /// The record to keep under the reference.
    pub movement: Movement,
    /// The participant's new position.
    pub position: Position,
}

/// Books a deposit or withdrawal by a treasurer.
///
/// `recorded` is what the participant's reference is already used for: `None` when free, `Some(None)` when
/// used for something else. Errors, in order: [`Error::MissingRole`], [`Error::ZeroAmount`],
/// [`Error::ReferenceConflict`]; for a deposit [`Error::Paused`], [`Error::ParticipantSuspended`] and
/// [`Error::AmountOverflow`]; for a withdrawal [`Error::InsufficientFunds`]. Withdrawals ignore the gate.
pub fn book(
    recorded: Option<Option<Movement>>,
    gate: &Gate,
    caller: &Caller,
    position: Position,
    kind: MovementKind,
    amount: Money,
    now: Seconds,
) -> Result<Outcome<MovementChange, Movement>, Error> {
    caller.require(&[Role::Treasurer])?;
    if amount.minor_units == 0 {
        return Err(Error::ZeroAmount);
    }
    match recorded {
        Some(Some(movement)) if movement.kind == kind && movement.amount == amount => {
            return Ok(Outcome::Repeated(movement));
        }
        Some(_) => return Err(Error::ReferenceConflict),
        None => {}
    }
    let position = match kind {
        MovementKind::Deposit => {
            gate.open()?;
            gate.active(caller.participant)?;
            position.credit(amount.minor_units)?
        }
        MovementKind::Withdrawal => position.debit(amount.minor_units)?,
    };
    let movement = Movement {
        kind,
        amount,
        at: now,
    };
    Ok(Outcome::Recorded(MovementChange {
        participant: caller.participant,
        movement,
        position,
    }))
}

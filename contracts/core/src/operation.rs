//! What a participant's reference stands for.

use crate::{CollateralMovement, Movement, QuotedReturn, TransferReturn};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A recorded operation, kept under (participant, reference) for ever so that a repeat is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Operation {
    /// A deposit or withdrawal.
    #[codec(index = 0)]
    Movement(Movement),
    /// A return.
    #[codec(index = 1)]
    Return(TransferReturn),
    /// A pledge or release of collateral.
    #[codec(index = 2)]
    Collateral(CollateralMovement),
    /// A return at a new quote.
    #[codec(index = 3)]
    QuotedReturn(QuotedReturn),
}

impl Operation {
    /// The movement, if it is one: what [`movement::book`](crate::movement::book) compares with.
    #[must_use]
    pub fn movement(self) -> Option<Movement> {
        match self {
            Self::Movement(movement) => Some(movement),
            _ => None,
        }
    }

    /// The return, if it is one: what
    /// [`return_transfer`](crate::transfer_return::return_transfer) compares with.
    #[must_use]
    pub fn transfer_return(self) -> Option<TransferReturn> {
        match self {
            Self::Return(transfer_return) => Some(transfer_return),
            _ => None,
        }
    }

    /// The return at a new quote, if it is one: what
    /// [`return_at_quote`](crate::quoted_return::return_at_quote) compares with.
    #[must_use]
    pub fn quoted_return(self) -> Option<QuotedReturn> {
        match self {
            Self::QuotedReturn(quoted_return) => Some(quoted_return),
            _ => None,
        }
    }

    /// The pledge or release, if it is one: what [`collateral::book`](crate::collateral::book) compares with.
    #[must_use]
    pub fn collateral(self) -> Option<CollateralMovement> {
        match self {
            Self::Collateral(movement) => Some(movement),
            _ => None,
        }
    }
}

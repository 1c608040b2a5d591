//! Conservation: what the books say equals what the contract holds.

use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The books of one currency against the token's own ledger, all in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Conservation {
    /// Sum over all participants of available, reserved and the collateral of net settlement.
    pub booked: u128,
    /// The token's `balanceOf(settlement)`.
    pub held: u128,
    /// Held but booked to nobody: tokens somebody sent without a deposit. Never credited.
    pub unallocated: u128,
    /// Whether everything booked is held.
    pub holds: bool,
}

impl Conservation {
    /// Compares the books with the token's ledger.
    #[must_use]
    pub fn of(booked: u128, held: u128) -> Self {
        Self {
            booked,
            held,
            unallocated: held.saturating_sub(booked),
            holds: held >= booked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_token_breaks_it_and_a_stray_one_is_reported_apart() {
        assert!(Conservation::of(5, 5).holds);
        assert_eq!(Conservation::of(5, 7).unallocated, 2);
        assert!(Conservation::of(5, 7).holds);
        assert!(!Conservation::of(5, 4).holds);
    }
}

//! Money into and out of escrow.

use crate::MovementReceipt;
use corridor_core::{Error, Money, Reference};

/// Deposits and withdrawals by a participant's treasurer.
///
/// Identified by (participant, reference) for ever: a repeat answers what was recorded. Errors:
/// [`Error::UnknownAccount`], those of `corridor_core::movement::book`, [`Error::UnknownCurrency`], then
/// [`Error::TokenRefused`] or [`Error::TokenMismatch`].
#[ink::trait_definition]
pub trait Escrow {
    /// Pulls tokens from the caller's account (it must have approved this contract) into the escrow of its
    /// participant.
    #[ink(message)]
    fn deposit(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error>;

    /// Pays tokens out of the participant's available escrow to the caller's account.
    #[ink(message)]
    fn withdraw(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error>;
}

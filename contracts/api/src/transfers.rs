//! The life of a transfer.

use crate::TransferReceipt;
use corridor_core::{Error, ReasonCode, Reference, Terms, TransferReturn, Uetr};

/// Transfers between two participants.
///
/// Errors: [`Error::UnknownAccount`], [`Error::UnknownTransfer`], then those of the rule of the same name
/// in `corridor_core::transfer`; of an instruction that reserves nothing, net or queued, also
/// [`Error::UnknownCurrency`], and of a net one [`Error::NoSchedule`].
#[ink::trait_definition]
pub trait Transfers {
    /// Debtor agent's instructor: reserves the amount. The same UETR with the same terms answers what was
    /// recorded, for ever.
    #[ink(message)]
    fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error>;

    /// Creditor agent's approver: settles. Final.
    #[ink(message)]
    fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error>;

    /// Creditor agent's approver or compliance: refuses and releases the amount.
    #[ink(message)]
    fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error>;

    /// Debtor agent's instructor or compliance, before acceptance: releases the amount.
    #[ink(message)]
    fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error>;

    /// Anyone, from `expires_at` on: releases the amount.
    #[ink(message)]
    fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error>;

    /// Creditor agent's approver: sends back part or all of a settled transfer.
    #[ink(message)]
    fn return_transfer(
        &mut self,
        reference: Reference,
        command: TransferReturn,
    ) -> Result<TransferReceipt, Error>;
}

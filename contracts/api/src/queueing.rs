//! The liquidity-saving queue.

use alloc::vec::Vec;
use corridor_core::queued::QueueReport;
use corridor_core::{Currency, Error, Queued};

/// Transfers that were accepted without cover wait in their currency's queue.
#[ink::trait_definition]
pub trait Queueing {
    /// Anyone: settles what of a currency's queue can be settled, and ends what has expired.
    /// [`Error::UnknownCurrency`].
    #[ink(message)]
    fn resolve_queue(&mut self, currency: Currency) -> Result<QueueReport, Error>;

    /// What waits in a currency's queue, oldest first.
    #[ink(message)]
    fn queue(&self, currency: Currency) -> Vec<Queued>;
}

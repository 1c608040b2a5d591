//! The domain API: what a bank system calls.
//!
//! One file for each area; every state-changing call answers an [`Outcome`](outcome::Outcome) read from a
//! finalised block.

mod administration;
mod cash;
pub mod config;
mod deploy;
pub mod error;
mod escrow;
mod governance;
pub mod outcome;
mod queries;
pub mod request;
mod transfers;
pub mod watch;

pub use transfers::ResultStream;

use crate::{AccountId, BlockRef, ChainInfo, Config, Error, Resumed};
use corridor_core::Address;

/// A connection to a settlement contract. Cheap to clone; clones share connection, store and submitter.
#[derive(Clone)]
pub struct Corridor {}

impl Corridor {
    /// Connects to the node, opens the store and loads the key.
    ///
    /// # Errors
    /// Every layer's: no node, no key, a store of another chain.
    pub async fn connect(_config: Config) -> Result<Self, Error> {
        todo!()
    }

    /// The same connection, store and key with another settlement contract: after deploying one.
    #[must_use]
    pub fn with_settlement(&self, _settlement: Address) -> Self {
        todo!()
    }

    /// The settlement contract's address.
    #[must_use]
    pub fn settlement(&self) -> Option<Address> {
        todo!()
    }

    /// The account that signs.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        todo!()
    }

    /// Which chain this is.
    #[must_use]
    pub fn chain_info(&self) -> &ChainInfo {
        todo!()
    }

    /// The newest finalised block.
    ///
    /// # Errors
    /// The chain layer's.
    pub async fn finalised_head(&self) -> Result<BlockRef, Error> {
        todo!()
    }

    /// What an account has of the chain's own token, in its smallest unit: what fees are paid from.
    ///
    /// # Errors
    /// The chain layer's.
    pub async fn native_balance(&self, _account: AccountId) -> Result<u128, Error> {
        todo!()
    }

    /// Sends the chain's own token to another account, so that it can pay fees.
    ///
    /// # Errors
    /// The chain layer's and the submitter's.
    pub async fn fund(&self, _account: AccountId, _amount: u128) -> Result<crate::Outcome<()>, Error> {
        todo!()
    }

    /// Finds out what became of operations that an earlier process left open, and completes them.
    ///
    /// # Errors
    /// The layers'; each operation's own fate is in its [`Resumed`].
    pub async fn resume(&self) -> Result<Vec<Resumed>, Error> {
        todo!()
    }

    /// Stops submitting and waits until the store is written. Open operations stay open, for `resume`.
    pub async fn close(self) {
        todo!()
    }
}

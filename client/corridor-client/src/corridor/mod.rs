//! The domain API: what a bank system calls.
//!
//! One file for each area; every state-changing call answers an [`Outcome`] read from a
//! finalised block.

mod administration;
mod batch_history;
mod batches;
mod call;
mod cash;
pub mod config;
mod controls;
mod deploy;
pub mod error;
mod escrow;
mod evidence;
mod exchange;
mod governance;
mod netting;
pub mod outcome;
mod queries;
pub mod request;
mod storage;
mod transfers;
pub mod watch;

pub use batch_history::{BatchContents, BatchEvent, SubmittedBatch};
pub use batches::BatchStream;
pub use exchange::{exchanged, fx_terms, verify_quote};
pub use storage::StoredContract;
pub use transfers::ResultStream;

use crate::{
    chain::{Call, Chain},
    contract::Answer,
    key::SigningKey,
    store::Store,
    submitter::{Settings, Submitter},
    AccountId, BlockRef, ChainInfo, Config, Error, Outcome, Resumed, StoreLocation,
};
use corridor_core::Address;
use std::sync::Arc;

/// A connection to a settlement contract. Cheap to clone; clones share connection, store and submitter.
#[derive(Clone)]
pub struct Corridor {
    inner: Arc<Inner>,
    settlement: Option<Address>,
}

struct Inner {
    chain: Chain,
    store: Store,
    submitter: Option<Submitter>,
    settings: Settings,
}

impl Corridor {
    /// Loads the key, connects to the node and opens the store.
    ///
    /// # Errors
    /// Every layer's: no node, no key, a store of another chain.
    pub async fn connect(config: Config) -> Result<Self, Error> {
        let key = config.key.as_ref().map(crate::KeySource::load).transpose()?;
        let chain = Chain::connect(&config.url, config.connect_timeout).await?;
        let settings = Settings {
            finality_timeout: config.finality_timeout,
            max_in_flight: config.max_in_flight.max(1),
        };
        Self::on(chain, key, config.store, settings, config.settlement).await
    }

    /// The same connection and settlement contract with another key, and a store of its own: a process that signs with
    /// several keys reads each block once for all of them.
    ///
    /// # Errors
    /// The key's and the store's.
    pub async fn with_key(&self, key: &crate::KeySource, store: StoreLocation) -> Result<Self, Error> {
        let Inner { chain, settings, .. } = &*self.inner;
        Self::on(
            chain.clone(),
            Some(key.load()?),
            store,
            *settings,
            self.settlement,
        )
        .await
    }

    async fn on(
        chain: Chain,
        key: Option<SigningKey>,
        store: StoreLocation,
        settings: Settings,
        settlement: Option<Address>,
    ) -> Result<Self, Error> {
        let store = Store::open(store, chain.genesis()).await?;
        let submitter = key.map(|key| Submitter::new(chain.clone(), store.clone(), key, settings));
        Ok(Self {
            inner: Arc::new(Inner {
                chain,
                store,
                submitter,
                settings,
            }),
            settlement,
        })
    }

    /// The same connection, store and key with another settlement contract: after deploying one.
    #[must_use]
    pub fn with_settlement(&self, settlement: Address) -> Self {
        Self {
            inner: self.inner.clone(),
            settlement: Some(settlement),
        }
    }

    /// The settlement contract's address.
    #[must_use]
    pub fn settlement(&self) -> Option<Address> {
        self.settlement
    }

    /// The account that signs.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.inner.submitter.as_ref().map(Submitter::account)
    }

    /// Which chain this is.
    #[must_use]
    pub fn chain_info(&self) -> &ChainInfo {
        self.inner.chain.info()
    }

    /// The chain itself, for what has nothing to do with the contract: blocks, other contracts' events.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.inner.chain
    }

    /// The newest finalised block.
    ///
    /// # Errors
    /// The chain layer's.
    pub async fn finalised_head(&self) -> Result<BlockRef, Error> {
        Ok(self.inner.chain.finalised_head().await?)
    }

    /// What an account has of the chain's own token, in its smallest unit: what fees are paid from.
    ///
    /// # Errors
    /// The chain layer's.
    pub async fn native_balance(&self, account: AccountId) -> Result<u128, Error> {
        Ok(self.inner.chain.native_balance(account).await?)
    }

    /// Sends the chain's own token to another account, so that it can pay fees. Each call sends again.
    ///
    /// # Errors
    /// The chain layer's and the submitter's.
    pub async fn fund(&self, account: AccountId, amount: u128) -> Result<Outcome<()>, Error> {
        let call = Call::Fund { account, amount };
        let landed = self.submit(call::once("fund"), call, Answer::Native).await?;
        Ok(call::outcome((), false, &landed))
    }

    /// Takes the sole right to submit with this key from this store now, and not only with the first submission, until
    /// [`Corridor::close`]: for a caller that decides by what it reads what is to be submitted.
    ///
    /// # Errors
    /// [`StoreError::KeyInUse`](crate::StoreError::KeyInUse) while another process has it; otherwise the layers'.
    pub async fn hold_key(&self) -> Result<(), Error> {
        Ok(self.submitter()?.hold_key().await?)
    }

    /// Finds out what became of operations that an earlier process left open, and completes them.
    ///
    /// # Errors
    /// The layers'; each operation's own fate is in its [`Resumed`].
    pub async fn resume(&self) -> Result<Vec<Resumed>, Error> {
        let resumed = self.submitter()?.resume().await?;
        let resumed = resumed.into_iter().map(|(operation, result)| Resumed {
            operation,
            result: result.map(|landed| landed.block).map_err(Error::from),
        });
        Ok(resumed.collect())
    }

    /// Gives up what an earlier process left open, so that this one never sends it again; answers how many
    /// operations that were. Only before the first submission, and only for a caller that keeps a record of its
    /// own of what it wants and asks for it again.
    ///
    /// Bytes signed before may still be included until their lifetime ends
    /// ([`LIFETIME_BLOCKS`](crate::chain::LIFETIME_BLOCKS)).
    ///
    /// # Errors
    /// [`Error::NoKey`] and the store's.
    pub async fn give_up_open(&self) -> Result<usize, Error> {
        let account = self.submitter()?.account();
        let open = self.inner.store.open_operations(account).await?;
        for operation in &open {
            let given_up =
                crate::store::Settlement::Failed("given up: another process may ask for it".into());
            self.inner.store.settle(operation.id, given_up).await?;
        }
        Ok(open.len())
    }

    /// Stops submitting and lets go of the key. What is open stays open, for `resume`.
    pub async fn close(self) {
        if let Some(submitter) = &self.inner.submitter {
            submitter.close().await;
        }
    }
}

impl std::fmt::Debug for Corridor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Corridor")
            .field("chain", &self.inner.chain)
            .field("settlement", &self.settlement.map(crate::AddressText))
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

//! The transaction pool, kept in step with block making.
//!
//! A pool checks a transaction against the best block and then files it: ready if it may go into the next block, waiting
//! if its nonce is further ahead. On a chain with seconds between blocks both happen at the same height. Here dozens of
//! blocks can come between the two, so that a transaction is filed as waiting for one that is long included, and waits
//! for ever. [`Pool`] therefore lets transactions in and blocks be made in turns: many transactions at a time, or one
//! block.

use std::{collections::HashMap, pin::Pin, sync::Arc, time::Duration};

use polkadot_sdk::{
    sc_transaction_pool::{BasicPool, FullChainApi},
    sc_transaction_pool_api::{
        ChainEvent, ImportNotificationStream, MaintainedTransactionPool, PoolStatus, ReadyTransactions,
        TransactionFor, TransactionPool, TransactionSource, TransactionStatusStreamFor, TxHash,
        TxInvalidityReportMap,
    },
    sp_blockchain::HeaderBackend,
};
use tokio::sync::{Notify, RwLock, RwLockWriteGuard};

use corridor_devnet_runtime::{Hash, OpaqueBlock};

use crate::node::Client;

/// The pool that does the work.
pub(crate) type Inner = BasicPool<FullChainApi<Client, OpaqueBlock>, OpaqueBlock>;

/// The pool as JSON-RPC sees it.
pub(crate) struct Pool {
    inner: Arc<Inner>,
    client: Arc<Client>,
    /// Shared while a transaction is let in, held alone while a block is made. First come, first served.
    turns: RwLock<()>,
    arrived: Notify,
}

impl Pool {
    pub(crate) fn new(inner: Arc<Inner>, client: Arc<Client>) -> Self {
        Self {
            inner,
            client,
            turns: RwLock::new(()),
            arrived: Notify::new(),
        }
    }

    /// Waits until transactions have come in since this was last asked.
    pub(crate) async fn arrivals(&self) {
        self.arrived.notified().await;
    }

    /// Whether there is something to put in a block.
    pub(crate) fn has_ready(&self) -> bool {
        self.inner.status().ready > 0
    }

    /// Keeps transactions out for as long as the answer lives: a block is made and then [applied](Turn::applied).
    pub(crate) async fn turn(&self) -> Turn<'_> {
        Turn {
            inner: &self.inner,
            _turn: self.turns.write().await,
        }
    }

    /// Lets a transaction in: `submit` is given the best block, which does not change meanwhile.
    async fn let_in<T>(&self, submit: impl AsyncFnOnce(&Inner, Hash) -> T) -> T {
        let _turn = self.turns.read().await;
        let result = submit(&self.inner, self.client.info().best_hash).await;
        self.arrived.notify_one();
        result
    }
}

/// The right to make a block.
pub(crate) struct Turn<'a> {
    inner: &'a Arc<Inner>,
    _turn: RwLockWriteGuard<'a, ()>,
}

impl Turn<'_> {
    /// The pool to take transactions from.
    pub(crate) fn inner(&self) -> Arc<Inner> {
        Arc::clone(self.inner)
    }

    /// Takes the transactions of a new, final block out of the pool and tells who watches them.
    pub(crate) async fn applied(&self, hash: Hash) {
        self.inner
            .maintain(ChainEvent::NewBestBlock {
                hash,
                tree_route: None,
            })
            .await;
        self.inner
            .maintain(ChainEvent::Finalized {
                hash,
                tree_route: Arc::new([]),
            })
            .await;
    }
}

#[async_trait::async_trait]
impl TransactionPool for Pool {
    type Block = OpaqueBlock;
    type Hash = TxHash<Inner>;
    type InPoolTransaction = <Inner as TransactionPool>::InPoolTransaction;
    type Error = <Inner as TransactionPool>::Error;

    async fn submit_at(
        &self,
        _at: Hash,
        source: TransactionSource,
        transactions: Vec<TransactionFor<Self>>,
    ) -> Result<Vec<Result<TxHash<Self>, Self::Error>>, Self::Error> {
        self.let_in(async |inner, best| inner.submit_at(best, source, transactions).await)
            .await
    }

    async fn submit_one(
        &self,
        _at: Hash,
        source: TransactionSource,
        transaction: TransactionFor<Self>,
    ) -> Result<TxHash<Self>, Self::Error> {
        self.let_in(async |inner, best| inner.submit_one(best, source, transaction).await)
            .await
    }

    async fn submit_and_watch(
        &self,
        _at: Hash,
        source: TransactionSource,
        transaction: TransactionFor<Self>,
    ) -> Result<Pin<Box<TransactionStatusStreamFor<Self>>>, Self::Error> {
        self.let_in(async |inner, best| inner.submit_and_watch(best, source, transaction).await)
            .await
    }

    async fn ready_at(
        &self,
        at: Hash,
    ) -> Box<dyn ReadyTransactions<Item = Arc<Self::InPoolTransaction>> + Send> {
        self.inner.ready_at(at).await
    }

    fn ready(&self) -> Box<dyn ReadyTransactions<Item = Arc<Self::InPoolTransaction>> + Send> {
        self.inner.ready()
    }

    async fn report_invalid(
        &self,
        at: Option<Hash>,
        errors: TxInvalidityReportMap<TxHash<Self>>,
    ) -> Vec<Arc<Self::InPoolTransaction>> {
        self.inner.report_invalid(at, errors).await
    }

    fn futures(&self) -> Vec<Self::InPoolTransaction> {
        self.inner.futures()
    }

    fn status(&self) -> PoolStatus {
        self.inner.status()
    }

    fn import_notification_stream(&self) -> ImportNotificationStream<TxHash<Self>> {
        self.inner.import_notification_stream()
    }

    fn on_broadcasted(&self, propagations: HashMap<TxHash<Self>, Vec<String>>) {
        self.inner.on_broadcasted(propagations);
    }

    fn hash_of(&self, transaction: &TransactionFor<Self>) -> TxHash<Self> {
        self.inner.hash_of(transaction)
    }

    fn ready_transaction(&self, hash: &TxHash<Self>) -> Option<Arc<Self::InPoolTransaction>> {
        self.inner.ready_transaction(hash)
    }

    async fn ready_at_with_timeout(
        &self,
        at: Hash,
        timeout: Duration,
    ) -> Box<dyn ReadyTransactions<Item = Arc<Self::InPoolTransaction>> + Send> {
        self.inner.ready_at_with_timeout(at, timeout).await
    }
}

//! Every finalised block once, in order, without gaps.
//!
//! Subscriptions to heads tell only *that* there is something new: they may skip blocks, stall, or end with
//! the connection. What is new is fetched by number, several blocks ahead, and handed out in order; each
//! must name the one before as its parent.

use super::{
    block::FinalisedBlock,
    connection::Chain,
    heads::{Head, PAUSE},
    recent::Fetched,
    ChainError, Hash,
};
use futures::{
    future::BoxFuture,
    stream::{BoxStream, FuturesOrdered},
    FutureExt, StreamExt,
};
use std::sync::Arc;
use tokio::sync::watch;

/// Finalised blocks without gaps or repeats.
pub type BlockStream = BoxStream<'static, Result<FinalisedBlock, ChainError>>;

/// The same, each block shared with everybody else who follows by this connection.
pub type SharedBlockStream = BoxStream<'static, Result<Arc<FinalisedBlock>, ChainError>>;

/// How many blocks are fetched at a time.
const AHEAD: usize = 8;

/// How often a block is looked for that the node ought to have.
const MOST_MISSING: u32 = 8;

impl Chain {
    /// Every finalised block from `number` on, and then as they come, for ever.
    ///
    /// The stream outlives lost connections, and waits for a node that is behind. It yields an error, and ends, only where
    /// going on would leave a gap: the node serves another chain, or does not have the block.
    #[must_use]
    pub fn follow_from(&self, number: u64) -> SharedBlockStream {
        self.follow(number, false)
    }

    /// The same with the calls of contracts in each block, which are read for this stream alone.
    #[must_use]
    pub fn follow_calls_from(&self, number: u64) -> BlockStream {
        self.follow(number, true)
            .map(|block| block.map(Arc::unwrap_or_clone))
            .boxed()
    }

    fn follow(&self, number: u64, calls: bool) -> SharedBlockStream {
        let state = Follower {
            chain: self.clone(),
            heads: None,
            fetches: FuturesOrdered::new(),
            requested: number,
            calls,
            last: None,
            broken: false,
        };
        futures::stream::unfold(state, |mut state| async move {
            let block = state.next().await?;
            Some((block, state))
        })
        .boxed()
    }

    /// Whether the node's finalised head is below a number, as far as it can be asked.
    async fn is_behind(&self, number: u64) -> bool {
        let head = async { self.block_number(self.finalised_hash().await?).await };
        head.await.map_or(true, |head| head < number)
    }
}

struct Follower {
    chain: Chain,
    heads: Option<watch::Receiver<Head>>,
    fetches: FuturesOrdered<BoxFuture<'static, Fetched>>,
    /// The next number to ask for.
    requested: u64,
    /// Whether to read calls, too.
    calls: bool,
    /// The last block handed out.
    last: Option<Hash>,
    broken: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Fetched> {
        if self.broken {
            return None;
        }
        let block = self.fetch_next().await;
        let block = block.and_then(|block| self.connect(block));
        self.broken = block.is_err();
        Some(block)
    }

    async fn fetch_next(&mut self) -> Fetched {
        let mut heads = match &self.heads {
            Some(heads) => heads.clone(),
            None => self.chain.watch_heads_at_last().await?,
        };
        loop {
            let head = heads.borrow_and_update().clone()?;
            self.heads = Some(heads.clone());
            while self.requested <= head && self.fetches.len() < AHEAD {
                self.fetches.push_back(self.request(self.requested));
                self.requested = self.requested.saturating_add(1);
            }
            tokio::select! {
                Some(block) = self.fetches.next(), if !self.fetches.is_empty() => return block,
                changed = heads.changed() => {
                    changed.map_err(|_| ChainError::Disconnected { reason: "the head watcher stopped".into() })?;
                }
            }
        }
    }

    fn request(&self, number: u64) -> BoxFuture<'static, Fetched> {
        match self.calls {
            true => fetch(self.chain.clone(), number, true).boxed(),
            false => self
                .chain
                .shared_block(number, |chain| fetch(chain, number, false)),
        }
    }

    /// Checks that the block follows the last one.
    fn connect(&mut self, block: Arc<FinalisedBlock>) -> Fetched {
        match self.last.replace(block.block.hash) {
            Some(parent) if parent != block.parent => Err(ChainError::other_chain(parent, block.parent)),
            _ => Ok(block),
        }
    }
}

/// Fetches a block that is known to be finalised, for as long as it takes.
async fn fetch(chain: Chain, number: u64, calls: bool) -> Fetched {
    let mut missing = 0;
    loop {
        let block = match calls {
            true => chain.block_with_calls(number).await,
            false => chain.block(number).await,
        };
        match block {
            Ok(block) => return Ok(Arc::new(block)),
            Err(ChainError::BlockUnavailable { .. }) if missing < MOST_MISSING => {
                // A node behind a load balancer may lag behind the one that announced the block: that one is waited for.
                if !chain.is_behind(number).await {
                    missing += 1;
                }
                tracing::debug!(number, "the node does not have a finalised block yet");
            }
            Err(error) if error.is_transient() => {
                tracing::warn!(number, %error, "a finalised block cannot be fetched yet");
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(PAUSE).await;
        chain
            .check_genesis()
            .await
            .or_else(|error| if error.is_transient() { Ok(()) } else { Err(error) })?;
    }
}

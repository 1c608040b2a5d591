//! Every finalised block once, in order, without gaps.
//!
//! Subscriptions to heads tell only *that* there is something new: they may skip blocks, stall, or end with
//! the connection. What is new is fetched by number, several blocks ahead, and handed out in order; each
//! must name the one before as its parent.

use super::{block::FinalisedBlock, connection::Chain, ChainError, Hash};
use futures::{
    stream::{BoxStream, FuturesOrdered},
    FutureExt, StreamExt,
};
use std::time::Duration;
use tokio::sync::watch;

/// Finalised blocks without gaps or repeats.
pub type BlockStream = BoxStream<'static, Result<FinalisedBlock, ChainError>>;

/// How many blocks are fetched at a time.
const AHEAD: usize = 8;

/// A subscription silent for this long is checked against the finalised head.
const SILENCE: Duration = Duration::from_secs(5);

/// Between two attempts when the node does not answer.
const PAUSE: Duration = Duration::from_millis(250);

impl Chain {
    /// Every finalised block from `number` on, and then as they come, for ever.
    ///
    /// The stream outlives lost connections. It yields an error, and ends, only where going on would leave a
    /// gap: the node serves another chain, or does not have the block.
    #[must_use]
    pub fn follow_from(&self, number: u64) -> BlockStream {
        self.follow(number, false)
    }

    /// The same with the calls of contracts in each block.
    #[must_use]
    pub fn follow_calls_from(&self, number: u64) -> BlockStream {
        self.follow(number, true)
    }

    fn follow(&self, number: u64, calls: bool) -> BlockStream {
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

    /// The same, for as long as it takes to reach the node.
    async fn watch_heads_at_last(&self) -> Result<watch::Receiver<u64>, ChainError> {
        loop {
            match self.watch_heads().await {
                Err(error) if error.is_transient() => tokio::time::sleep(PAUSE).await,
                heads => return heads,
            }
        }
    }

    /// The newest finalised block's number, kept up to date by one task for all followers.
    async fn watch_heads(&self) -> Result<watch::Receiver<u64>, ChainError> {
        let start = || async {
            let head = self.block_number(self.finalised_hash().await?).await?;
            let (sender, receiver) = watch::channel(head);
            tokio::spawn(keep_watching(self.clone(), sender));
            Ok(receiver)
        };
        self.heads().get_or_try_init(start).await.cloned()
    }
}

struct Follower {
    chain: Chain,
    heads: Option<watch::Receiver<u64>>,
    fetches: FuturesOrdered<futures::future::BoxFuture<'static, Result<FinalisedBlock, ChainError>>>,
    /// The next number to ask for.
    requested: u64,
    /// Whether to read calls, too.
    calls: bool,
    /// The last block handed out.
    last: Option<Hash>,
    broken: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<Result<FinalisedBlock, ChainError>> {
        if self.broken {
            return None;
        }
        let block = self.fetch_next().await;
        let block = block.and_then(|block| self.connect(block));
        self.broken = block.is_err();
        Some(block)
    }

    async fn fetch_next(&mut self) -> Result<FinalisedBlock, ChainError> {
        let mut heads = match &self.heads {
            Some(heads) => heads.clone(),
            None => self.chain.watch_heads_at_last().await?,
        };
        loop {
            let head = *heads.borrow_and_update();
            self.heads = Some(heads.clone());
            while self.requested <= head && self.fetches.len() < AHEAD {
                self.fetches
                    .push_back(fetch(self.chain.clone(), self.requested, self.calls).boxed());
                self.requested = self.requested.saturating_add(1);
            }
            tokio::select! {
                Some(block) = self.fetches.next(), if !self.fetches.is_empty() => return block,
                changed = heads.changed(), if self.fetches.len() < AHEAD => {
                    changed.map_err(|_| ChainError::Disconnected { reason: "the head watcher stopped".into() })?;
                }
            }
        }
    }

    /// Checks that the block follows the last one.
    fn connect(&mut self, block: FinalisedBlock) -> Result<FinalisedBlock, ChainError> {
        match self.last.replace(block.block.hash) {
            Some(parent) if parent != block.parent => Err(ChainError::OtherChain {
                expected: hex::encode(parent),
                found: hex::encode(block.parent),
            }),
            _ => Ok(block),
        }
    }
}

/// Fetches a block that is known to be finalised, for as long as it takes.
async fn fetch(chain: Chain, number: u64, calls: bool) -> Result<FinalisedBlock, ChainError> {
    let mut missing = 0;
    loop {
        let block = match calls {
            true => chain.block_with_calls(number).await,
            false => chain.block(number).await,
        };
        match block {
            Ok(block) => return Ok(block),
            // A node behind a load balancer may lag behind the one that announced the block.
            Err(ChainError::BlockUnavailable { .. }) if missing < 8 => missing += 1,
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

/// Keeps the newest finalised number up to date for as long as anybody holds the connection.
async fn keep_watching(chain: Chain, heads: watch::Sender<u64>) {
    while !chain.is_last() {
        if let Err(error) = watch_once(&chain, &heads).await {
            tracing::debug!(%error, "subscription to finalised heads ended, starting another");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One subscription's life.
async fn watch_once(chain: &Chain, heads: &watch::Sender<u64>) -> Result<(), ChainError> {
    let rpc = chain.rpc();
    let method = "chain_subscribeFinalizedHeads";
    let mut subscription = chain
        .ask(method, || rpc.chain_subscribe_finalized_heads())
        .await?;
    loop {
        match tokio::time::timeout(SILENCE, subscription.next()).await {
            Ok(Some(Ok(header))) => announce(heads, header.number),
            Ok(Some(Err(error))) => return Err(super::connection::rpc_error(method, error)),
            Ok(None) => return Ok(()),
            Err(_) if chain.is_last() => return Ok(()),
            Err(_) => {
                let head = chain.block_number(chain.finalised_hash().await?).await?;
                if head > *heads.borrow() {
                    tracing::warn!(head, "subscription to finalised heads stalled, starting another");
                    announce(heads, head);
                    return Ok(());
                }
            }
        }
    }
}

/// Heads only ever go up.
fn announce(heads: &watch::Sender<u64>, number: u64) {
    heads.send_if_modified(|head| {
        let newer = number > *head;
        *head = number.max(*head);
        newer
    });
}

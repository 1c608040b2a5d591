use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, SystemTime},
};

use futures::channel::oneshot;
use polkadot_sdk::{
    pallet_timestamp,
    sc_basic_authorship::ProposerFactory,
    sc_client_api::StorageProvider,
    sc_consensus::LongestChain,
    sc_consensus_manual_seal::{seal_block, Error as SealError, SealBlockParams},
    sc_service::SpawnTaskHandle,
    sp_blockchain::{self, HeaderBackend},
    sp_core::storage::StorageKey,
    sp_inherents::CreateInherentDataProviders,
    sp_timestamp,
    substrate_prometheus_endpoint::Registry,
};
use scale_codec::Decode;
use tokio::time::{Instant, MissedTickBehavior};

use corridor_devnet_runtime::{Hash, OpaqueBlock, Runtime};

use crate::{
    node::{Backend, Client},
    pool::{Inner, Pool},
    Seal,
};

/// How often instant sealing looks for transactions that no arrival announced, such as those a full block left over.
const LEFTOVER_INTERVAL: Duration = Duration::from_millis(250);
/// How long instant sealing lets the chain stand still before it makes an empty block. Rules that ask the time ask the last
/// block's, and a dry run makes no block: without this nothing could be seen to expire on an idle chain.
const IDLE_INTERVAL: Duration = Duration::from_secs(6);
/// The proposer's own limit on a block's bytes: that of the runtime, which so decides alone what fits.
const MAX_BLOCK_BYTES: usize = 5 * 1024 * 1024;

/// Makes blocks, each final at once.
pub(crate) struct Sealer {
    client: Arc<Client>,
    pool: Arc<Pool>,
    proposer: ProposerFactory<Inner, Client>,
    longest_chain: LongestChain<Backend, OpaqueBlock>,
    clock: Clock,
}

impl Sealer {
    pub(crate) fn new(
        client: Arc<Client>,
        backend: Arc<Backend>,
        pool: Arc<Pool>,
        inner: Arc<Inner>,
        spawner: SpawnTaskHandle,
        registry: Option<&Registry>,
    ) -> Result<Self, sp_blockchain::Error> {
        let mut proposer = ProposerFactory::new(spawner, client.clone(), inner, registry, None);
        proposer.set_default_block_size_limit(MAX_BLOCK_BYTES);
        let clock = Clock::new(&client)?;
        Ok(Self {
            client,
            pool,
            proposer,
            longest_chain: LongestChain::new(backend),
            clock,
        })
    }

    /// Makes blocks as `seal` says, until it is dropped.
    pub(crate) async fn run(mut self, seal: Seal) {
        match seal {
            Seal::Instant => {
                let mut last_block = Instant::now();
                loop {
                    // A timeout is as good as an arrival: both mean to look.
                    let _ = tokio::time::timeout(LEFTOVER_INTERVAL, self.pool.arrivals()).await;
                    while self.pool.has_ready() && self.seal(false).await {
                        last_block = Instant::now();
                    }
                    if last_block.elapsed() >= IDLE_INTERVAL {
                        self.seal(true).await;
                        last_block = Instant::now();
                    }
                }
            }
            Seal::Every(interval) => {
                let mut ticks = tokio::time::interval_at(Instant::now() + interval, interval);
                // A block that took longer than the interval must not be followed by a burst of late ones.
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    self.seal(true).await;
                }
            }
        }
    }

    /// Makes one block; answers whether there is one.
    async fn seal(&mut self, create_empty: bool) -> bool {
        let (sender, answer) = oneshot::channel();
        let turn = self.pool.turn().await;
        seal_block(SealBlockParams {
            create_empty,
            finalize: true,
            parent_hash: None,
            sender: Some(sender),
            pool: turn.inner(),
            client: self.client.clone(),
            env: &mut self.proposer,
            select_chain: &self.longest_chain,
            consensus_data_provider: None,
            block_import: &mut self.client.clone(),
            create_inherent_data_providers: &self.clock,
        })
        .await;
        match answer.await {
            Ok(Ok(block)) => {
                turn.applied(block.hash).await;
                true
            }
            Ok(Err(SealError::EmptyTransactionPool)) | Err(_) => false,
            Ok(Err(error)) => {
                tracing::error!(%error, "cannot make a block");
                false
            }
        }
    }
}

/// The time of blocks, in milliseconds: this machine's, but later than the last block's.
struct Clock {
    last_ms: AtomicU64,
}

impl Clock {
    /// Goes on from the best block, whose time may lie ahead of the machine's clock.
    fn new(client: &Client) -> Result<Self, sp_blockchain::Error> {
        let key = StorageKey(pallet_timestamp::Now::<Runtime>::hashed_key().to_vec());
        let stored = client.storage(client.info().best_hash, &key)?;
        let last_ms = stored
            .and_then(|data| u64::decode(&mut &data.0[..]).ok())
            .unwrap_or(0);
        Ok(Self {
            last_ms: AtomicU64::new(last_ms),
        })
    }

    fn next_ms(&self) -> u64 {
        let since_1970 = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let now_ms = u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX);
        // Blocks are made one after the other, so nothing comes between reading and writing.
        let next_ms = now_ms.max(self.last_ms.load(Ordering::Relaxed).saturating_add(1));
        self.last_ms.store(next_ms, Ordering::Relaxed);
        next_ms
    }
}

// A closure would do, but the compiler cannot prove the future that comes of it to be `Send`.
#[async_trait::async_trait]
impl CreateInherentDataProviders<OpaqueBlock, ()> for Clock {
    type InherentDataProviders = sp_timestamp::InherentDataProvider;

    async fn create_inherent_data_providers(
        &self,
        _parent: Hash,
        _extra: (),
    ) -> Result<Self::InherentDataProviders, Box<dyn std::error::Error + Send + Sync>> {
        Ok(sp_timestamp::InherentDataProvider::new(self.next_ms().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_time_moves_forward_by_a_millisecond_at_least() {
        let clock = Clock {
            last_ms: AtomicU64::new(0),
        };
        let first = clock.next_ms();
        let mut last = first;
        for _ in 0..1_000 {
            let next = clock.next_ms();
            assert!(next > last);
            last = next;
        }
        assert!(
            last - first < 60_000,
            "time must follow the clock, not the number of blocks"
        );
    }

    #[test]
    fn block_time_goes_on_from_a_chain_that_is_ahead() {
        let ahead_ms = u64::MAX / 2;
        assert_eq!(
            Clock {
                last_ms: AtomicU64::new(ahead_ms)
            }
            .next_ms(),
            ahead_ms + 1
        );
    }
}

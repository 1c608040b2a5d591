//! Following a chain into an index.

use crate::{first_block::first_block, query::blocks::Source, Index, IndexError, IndexLocation, Writer};
use corridor_client::{
    chain::{BlockStream, Chain, FinalisedBlock},
    BlockRef, ChainError, Corridor, Error,
};
use futures::StreamExt;
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, OwnedSemaphorePermit, Semaphore};

/// The most blocks, and the most events but for the last block's, of one transaction.
const MOST_BLOCKS: usize = 256;
const MOST_EVENTS: usize = 10_000;

/// The most bytes of calls and events under way, but for a block that has more by itself: anybody may fill blocks with calls of the
/// contract, and what is under way has to fit into memory and into a statement.
const MOST_BYTES: u32 = 32 << 20;

/// Between two attempts when the database does not answer: at first, and at most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// So many blocks after a failure it is tried again to make what queries go by.
const POSTPONED: u64 = 600;

/// Follows finalised blocks into an index.
#[derive(Debug)]
pub struct Indexer {
    location: IndexLocation,
    chain: Chain,
    writer: Writer,
    /// A new index is filled up to this block without the indexes that only queries need (see `write/fill.rs`).
    filled_at: Option<u64>,
}

impl Indexer {
    /// Opens the index of the connection's settlement contract, or makes it where there is none: from the block the contract was
    /// instantiated in, or from `from` on. `from` is not looked at where there is an index.
    ///
    /// # Errors
    /// [`IndexError::NoContract`], [`IndexError::OtherSource`] where the index belongs to another chain, contract or fork; those of
    /// [`Writer::open`]; the connection's.
    pub async fn open(
        location: &IndexLocation,
        corridor: &Corridor,
        from: Option<u64>,
    ) -> Result<Self, IndexError> {
        let settlement = corridor.settlement().ok_or(Error::NoSettlement)?;
        let chain = corridor.chain().clone();
        let recorded = match Index::open(location).await {
            Ok(index) => index.source().await.ok(),
            Err(IndexError::Empty) => None,
            // Brought up to date, where an earlier version made it.
            Err(IndexError::Schema { .. }) => Index::create(location).await?.source().await.ok(),
            Err(error) => return Err(error),
        };
        let first = match (recorded, from) {
            (Some(recorded), _) => recorded.first_block,
            (None, Some(from)) => from,
            (None, None) => first_block(&chain, settlement).await?,
        };
        let source = Source {
            genesis: chain.genesis(),
            settlement,
            first_block: first,
        };
        let mut writer = Writer::open(location, source).await?;
        writer.index().check_chain(&chain, Some(settlement)).await?;
        if writer.last().is_none() {
            writer.begin_filling().await?;
        }
        let head = chain.finalised_head().await?.number;
        let filled_at = writer.is_filling().await?.then_some(head);
        Ok(Self {
            location: location.clone(),
            chain,
            writer,
            filled_at,
        })
    }

    /// The index, to read.
    #[must_use]
    pub fn index(&self) -> &Index {
        self.writer.index()
    }

    /// What writes it.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Follows for ever. `progress` is told of each block that ends a transaction, once it is written.
    ///
    /// Outlives lost connections, restarts of the node and of the database.
    ///
    /// # Errors
    /// Only where going on would leave a gap or spoil the index: another chain, a block the node no longer has, another writer.
    pub async fn run(&mut self, progress: impl FnMut(&BlockRef)) -> Result<(), IndexError> {
        self.run_to(u64::MAX, progress).await
    }

    /// Follows up to the block that is the newest finalised one when this is called.
    ///
    /// # Errors
    /// As [`Indexer::run`].
    pub async fn catch_up(&mut self, progress: impl FnMut(&BlockRef)) -> Result<(), IndexError> {
        let head = self.chain.finalised_head().await?;
        self.run_to(head.number, progress).await
    }

    /// Follows up to a block, and waits for it where it is not there yet.
    ///
    /// # Errors
    /// As [`Indexer::run`].
    pub async fn run_to(&mut self, last: u64, mut progress: impl FnMut(&BlockRef)) -> Result<(), IndexError> {
        let mut pause = PAUSE;
        loop {
            let before = self.writer.next();
            match self.attempt(last, &mut progress).await {
                Err(error) if error.is_transient() && !matches!(error, IndexError::Busy) => {
                    tracing::warn!(%error, "the index cannot be written, trying again");
                    if self.writer.next() > before {
                        pause = PAUSE;
                    }
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                    self.reopen().await;
                }
                result => return result,
            }
        }
    }

    async fn attempt(&mut self, last: u64, progress: &mut impl FnMut(&BlockRef)) -> Result<(), IndexError> {
        self.complete_where_filled().await;
        if self.writer.next() <= last {
            self.session(last, progress).await?;
        }
        self.complete().await
    }

    /// A failure does not stop the blocks: it is tried again some blocks on.
    async fn complete_where_filled(&mut self) {
        let next = self.writer.next();
        if self.filled_at.is_none_or(|block| next <= block) {
            return;
        }
        if let Err(error) = self.complete().await {
            tracing::error!(%error, "the index is slow to ask: what queries go by could not be made");
            self.filled_at = Some(next.saturating_add(POSTPONED));
        }
    }

    /// Makes the indexes a new index was filled without.
    async fn complete(&mut self) -> Result<(), IndexError> {
        if self.filled_at.is_some() {
            self.writer.end_filling().await?;
            self.filled_at = None;
        }
        Ok(())
    }

    /// One stream of blocks until it ends. Blocks are fetched while others are written.
    async fn session(&mut self, last: u64, progress: &mut impl FnMut(&BlockRef)) -> Result<(), IndexError> {
        self.writer.refresh().await?;
        let blocks = self.chain.follow_calls_from(self.writer.next());
        let (sender, mut receiver) = mpsc::channel(MOST_BLOCKS);
        let fetching = tokio::spawn(forward(blocks, sender, last));
        let result = self.write_from(&mut receiver, last, progress).await;
        fetching.abort();
        result
    }

    async fn write_from(
        &mut self,
        receiver: &mut mpsc::Receiver<Fetched>,
        last: u64,
        progress: &mut impl FnMut(&BlockRef),
    ) -> Result<(), IndexError> {
        let mut bunch = Bunch::default();
        let mut received = Vec::new();
        while receiver.recv_many(&mut received, MOST_BLOCKS).await > 0 {
            for block in received.drain(..) {
                let (block, room) = match block {
                    Ok(fetched) => fetched,
                    Err(error) => {
                        self.flush(&mut bunch, progress).await?;
                        return Err(error.into());
                    }
                };
                let events: usize = bunch.blocks.iter().map(|block| block.events.len()).sum();
                if events >= MOST_EVENTS {
                    self.flush(&mut bunch, progress).await?;
                }
                bunch.blocks.push(block);
                bunch.room.push(room);
            }
            self.flush(&mut bunch, progress).await?;
            if self.writer.next() > last {
                return Ok(());
            }
        }
        Err(ChainError::Disconnected {
            reason: "the stream of blocks ended".into(),
        }
        .into())
    }

    async fn flush(
        &mut self,
        bunch: &mut Bunch,
        progress: &mut impl FnMut(&BlockRef),
    ) -> Result<(), IndexError> {
        let Bunch { blocks, room } = std::mem::take(bunch);
        self.writer.write(&blocks).await?;
        if let Some(newest) = blocks.last() {
            progress(&newest.block);
        }
        self.complete_where_filled().await;
        drop(room);
        Ok(())
    }

    /// After a failure of the database: new connections, a new lease, and the books as they are there. Not succeeding is no error yet.
    async fn reopen(&mut self) {
        match Writer::open(&self.location, self.writer.source()).await {
            Ok(writer) => self.writer = writer,
            // The lease of this very process is in the way where the old connections still live: go on with them.
            Err(error) => tracing::debug!(%error, "the index cannot be opened again yet"),
        }
    }
}

/// A block, and the room it takes of [`MOST_BYTES`] until it is written.
type Fetched = Result<(FinalisedBlock, OwnedSemaphorePermit), ChainError>;

/// The blocks of one transaction.
#[derive(Default)]
struct Bunch {
    blocks: Vec<FinalisedBlock>,
    room: Vec<OwnedSemaphorePermit>,
}

/// Hands blocks on up to the last one wanted, and the error that ends the stream.
async fn forward(mut blocks: BlockStream, sender: mpsc::Sender<Fetched>, last: u64) {
    let room = Arc::new(Semaphore::new(MOST_BYTES as usize));
    while let Some(block) = blocks.next().await {
        let done = block.as_ref().map_or(true, |block| block.block.number >= last);
        let fetched = match block {
            Ok(block) => {
                let taken = Arc::clone(&room).acquire_many_owned(bytes(&block).min(MOST_BYTES));
                let Ok(taken) = taken.await else { return };
                Ok((block, taken))
            }
            Err(error) => Err(error),
        };
        if sender.send(fetched).await.is_err() || done {
            return;
        }
    }
}

/// What contracts emitted in a block and were called with.
fn bytes(block: &FinalisedBlock) -> u32 {
    let events = block.events.iter().map(|event| event.data.len());
    let calls = block.extrinsics.iter().flat_map(|extrinsic| &extrinsic.calls);
    let bytes: usize = events.chain(calls.map(|call| call.data.len())).sum();
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::chain::{ContractCall, ExtrinsicResult};

    fn block(number: u64, bytes: u32) -> FinalisedBlock {
        let call = ContractCall {
            signer: None,
            dest: [1; 20],
            data: vec![0; bytes as usize],
            via: Vec::new(),
        };
        let extrinsic = ExtrinsicResult {
            hash: [0; 32],
            failure: None,
            fee: None,
            weight: Default::default(),
            calls: vec![call],
        };
        FinalisedBlock {
            block: BlockRef {
                number,
                hash: [0; 32],
                time_ms: 0,
            },
            parent: [0; 32],
            extrinsics: vec![extrinsic],
            events: Vec::new(),
            instantiated: Vec::new(),
        }
    }

    #[tokio::test]
    async fn no_more_calls_are_under_way_than_fit_into_memory() {
        // Three blocks of a third of the room, then one that takes more than all of it.
        let sizes = [MOST_BYTES / 3, MOST_BYTES / 3, MOST_BYTES / 3, MOST_BYTES + 1, 1];
        let blocks: Vec<_> = (1..)
            .zip(sizes)
            .map(|(number, bytes)| Ok(block(number, bytes)))
            .collect();
        let (sender, mut receiver) = mpsc::channel(MOST_BLOCKS);
        tokio::spawn(forward(futures::stream::iter(blocks).boxed(), sender, 5));
        let mut under_way = Vec::new();
        for expected in [3, 1, 1] {
            for _ in 0..expected {
                under_way.push(receiver.recv().await.expect("a block").expect("fetched"));
            }
            tokio::task::yield_now().await;
            assert!(receiver.is_empty());
            under_way.clear();
        }
        assert!(receiver.recv().await.is_none());
    }
}

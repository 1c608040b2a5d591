//! Following a chain into an index.

use crate::{first_block::first_block, query::blocks::Source, Index, IndexError, IndexLocation, Writer};
use corridor_client::{
    chain::{BlockStream, Chain, FinalisedBlock},
    BlockRef, Corridor, Error,
};
use futures::StreamExt;
use std::time::Duration;
use tokio::sync::mpsc;

/// The most blocks, and the most events but for the last block's, of one transaction.
const MOST_BLOCKS: usize = 256;
const MOST_EVENTS: usize = 10_000;

/// Between two attempts when the database does not answer: at first, and at most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Follows finalised blocks into an index.
#[derive(Debug)]
pub struct Indexer {
    location: IndexLocation,
    chain: Chain,
    writer: Writer,
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
        let writer = Writer::open(location, source).await?;
        let indexer = Self {
            location: location.clone(),
            chain,
            writer,
        };
        indexer
            .index()
            .check_chain(&indexer.chain, Some(settlement))
            .await?;
        Ok(indexer)
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
        while self.writer.next() <= last {
            let before = self.writer.next();
            match self.session(last, &mut progress).await {
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
        Ok(())
    }

    /// One stream of blocks until it ends. Blocks are fetched while others are written.
    async fn session(&mut self, last: u64, progress: &mut impl FnMut(&BlockRef)) -> Result<(), IndexError> {
        let next = self.writer.next();
        let blocks = self.chain.follow_calls_from(next);
        let (sender, mut receiver) = mpsc::channel(MOST_BLOCKS);
        let fetching = tokio::spawn(forward(blocks, sender, last));
        let result = self.write_from(&mut receiver, last, progress).await;
        fetching.abort();
        result
    }

    async fn write_from(
        &mut self,
        receiver: &mut mpsc::Receiver<Result<FinalisedBlock, corridor_client::ChainError>>,
        last: u64,
        progress: &mut impl FnMut(&BlockRef),
    ) -> Result<(), IndexError> {
        let mut bunch = Vec::new();
        let mut received = Vec::new();
        while receiver.recv_many(&mut received, MOST_BLOCKS).await > 0 {
            for block in received.drain(..) {
                let block = match block {
                    Ok(block) => block,
                    Err(error) => {
                        self.flush(&mut bunch, progress).await?;
                        return Err(error.into());
                    }
                };
                let events: usize = bunch
                    .iter()
                    .map(|block: &FinalisedBlock| block.events.len())
                    .sum();
                if events >= MOST_EVENTS {
                    self.flush(&mut bunch, progress).await?;
                }
                bunch.push(block);
            }
            self.flush(&mut bunch, progress).await?;
            if self.writer.next() > last {
                return Ok(());
            }
        }
        Err(corridor_client::ChainError::Disconnected {
            reason: "the stream of blocks ended".into(),
        }
        .into())
    }

    async fn flush(
        &mut self,
        bunch: &mut Vec<FinalisedBlock>,
        progress: &mut impl FnMut(&BlockRef),
    ) -> Result<(), IndexError> {
        self.writer.write(bunch).await?;
        if let Some(newest) = bunch.last() {
            progress(&newest.block);
        }
        bunch.clear();
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

/// Hands blocks on up to the last one wanted, and the error that ends the stream.
async fn forward(
    mut blocks: BlockStream,
    sender: mpsc::Sender<Result<FinalisedBlock, corridor_client::ChainError>>,
    last: u64,
) {
    while let Some(block) = blocks.next().await {
        let done = block.as_ref().map_or(true, |block| block.block.number >= last);
        if sender.send(block).await.is_err() || done {
            return;
        }
    }
}

//! A bunch of blocks into one transaction.

use super::{
    books::{Books, Changes},
    fill,
    lease::Lease,
    rows::Row,
    store::{Cursor, Part, Store},
    table::Table,
    take::{Decoded, Needed},
};
use crate::{
    query::blocks::Source,
    sql::{hex, Columns, Sql},
    Index, IndexError, IndexLocation,
};
use corridor_client::chain::{FinalisedBlock, Hash};
use sqlx::AnyConnection;
use tokio::sync::mpsc;

/// The one process that writes an index.
///
/// Rows and cursor are written in one transaction, whatever happens: killed at any moment, an index is as after some block.
#[derive(Debug)]
pub struct Writer {
    index: Index,
    _lease: Lease,
    source: Source,
    /// The last block written.
    last: Option<(u64, Hash)>,
    books: Books,
    /// What is in memory may be ahead of what is written.
    stale: bool,
    /// The connection rows are written over; a new one after a failure.
    store: Option<Store>,
}

/// So many tables' rows may wait to be written.
const PARTS_AHEAD: usize = 4;

/// So many blocks are decoded before the first of them is taken: what they speak of is read together.
const DECODED_AHEAD: usize = 16;

impl Writer {
    /// Opens an index to write, or makes one for this source where there is none.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another process writes it; [`IndexError::OtherSource`] for an index of another chain or
    /// contract; those of [`Index::create`].
    pub async fn open(location: &IndexLocation, source: Source) -> Result<Self, IndexError> {
        let index = Index::create(location).await?;
        let lease = Lease::take(&index).await?;
        let source = belongs(&index, source).await?;
        let mut connection = index.connection().await?;
        let last = last_block(&mut connection).await?;
        let books = Books::load(&mut connection).await?;
        drop(connection);
        Ok(Self {
            index,
            _lease: lease,
            source,
            last,
            books,
            stale: false,
            store: None,
        })
    }

    /// The index, to read.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// What it is an index of.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// Number and hash of the last block written.
    #[must_use]
    pub fn last(&self) -> Option<(u64, Hash)> {
        self.last
    }

    /// The number of the next block to write.
    #[must_use]
    pub fn next(&self) -> u64 {
        match self.last {
            Some((number, _)) => number.saturating_add(1),
            None => self.source.first_block,
        }
    }

    /// Goes without the indexes that only queries need until [`Self::end_filling`]: for a new index that is far behind.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_filling(&mut self) -> Result<(), IndexError> {
        fill::begin(&self.index).await
    }

    /// Whether the index goes without them.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_filling(&self) -> Result<bool, IndexError> {
        fill::is_under_way(&self.index).await
    }

    /// Makes what is missing of them. Nothing happens where nothing is.
    ///
    /// # Errors
    /// The database's; once more then goes on from there.
    pub async fn end_filling(&mut self) -> Result<(), IndexError> {
        fill::end(&self.index).await
    }

    /// Writes blocks that follow the last one, all of them or none. They must come with their calls
    /// ([`Chain::follow_calls_from`](corridor_client::chain::Chain::follow_calls_from)).
    ///
    /// # Errors
    /// [`IndexError::OtherSource`] for a block that does not follow; [`IndexError::Busy`] where another process moved the cursor
    /// meanwhile; the database's. After any error the writer goes on from what is in the database: see [`Writer::refresh`].
    pub async fn write(&mut self, blocks: &[FinalisedBlock]) -> Result<(), IndexError> {
        self.refresh().await?;
        let Some(newest) = blocks.last() else {
            return Ok(());
        };
        self.check_order(blocks)?;
        self.stale = true;
        let result = self.write_all(blocks).await;
        match result {
            Ok(()) => {
                self.last = Some((newest.block.number, newest.block.hash));
                self.stale = false;
            }
            // A commit whose answer was lost may have been carried out: the cursor tells. Where the database does not
            // answer, the next call asks it, over a connection of its own.
            Err(_) => {
                self.store = None;
                drop(self.reload().await);
            }
        }
        result
    }

    async fn write_all(&mut self, blocks: &[FinalisedBlock]) -> Result<(), IndexError> {
        let newest = blocks.last().map(|block| block.block).ok_or(IndexError::Empty)?;
        let cursor = Cursor {
            from: self.last.map(|(_, hash)| hash),
            number: newest.number,
            hash: newest.hash,
        };
        let store = match self.store.take() {
            Some(store) => store,
            None => Store::open(self.index.location()).await?,
        };
        // One task makes rows while the other writes them.
        let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
        let storing = tokio::spawn(store.write(cursor, receiver));
        let taken = self.take(blocks, sender).await;
        let store = storing.await.map_err(|_| sqlx::Error::WorkerCrashed)??;
        self.store = Some(store);
        taken
    }

    /// Hands on the rows of blocks as they come. Where nobody takes them any more, the other end tells why.
    async fn take(&mut self, blocks: &[FinalisedBlock], to: mpsc::Sender<Part>) -> Result<(), IndexError> {
        let settlement = self.source.settlement;
        for some in blocks.chunks(DECODED_AHEAD) {
            let decoded: Vec<Decoded> = some.iter().map(|block| Decoded::new(block, settlement)).collect();
            self.fetch_needed(&decoded).await?;
            for block in decoded {
                self.books.take_block(block, settlement)?;
                if !send(&to, self.books.ripe()).await {
                    return Ok(());
                }
            }
        }
        let Changes { rows, excepted } = self.books.changes();
        if send(&to, rows).await {
            drop(to.send(Part::End { excepted }).await);
        }
        Ok(())
    }

    /// Reads what the events of blocks speak of and is not in memory. What the transaction under way has changed is.
    async fn fetch_needed(&mut self, decoded: &[Decoded<'_>]) -> Result<(), IndexError> {
        let mut needed = Needed::default();
        for event in decoded.iter().flat_map(|block| block.events.iter().flatten()) {
            needed.by(&self.books, event);
        }
        if needed.is_empty() {
            return Ok(());
        }
        let mut connection = self.index.connection().await?;
        self.books.fetch(&mut connection, &needed).await
    }

    /// Each block has to name the one before as its parent.
    fn check_order(&self, blocks: &[FinalisedBlock]) -> Result<(), IndexError> {
        let mut last = self.last;
        for block in blocks {
            let number = block.block.number;
            let follows = match last {
                Some((before, hash)) => number == before.saturating_add(1) && block.parent == hash,
                None => number == self.source.first_block,
            };
            if !follows {
                let stored = last.map_or_else(
                    || "none".into(),
                    |(number, hash)| format!("{number}, {}", hex(&hash)),
                );
                return Err(IndexError::OtherSource {
                    what: "a chain whose last block is".into(),
                    stored,
                    found: format!("block {number} with parent {}", hex(&block.parent)),
                });
            }
            last = Some((number, block.block.hash));
        }
        Ok(())
    }

    /// Goes on from what is in the database, after an error. A server that went away may have lost the last transactions.
    ///
    /// # Errors
    /// The database's.
    pub async fn refresh(&mut self) -> Result<(), IndexError> {
        match self.stale {
            true => self.reload().await,
            false => Ok(()),
        }
    }

    async fn reload(&mut self) -> Result<(), IndexError> {
        let mut connection = self.index.connection().await?;
        self.last = last_block(&mut connection).await?;
        self.books = Books::load(&mut connection).await?;
        self.stale = false;
        Ok(())
    }
}

/// Makes the index one of `source` if it is new; otherwise checks that it is. Answers the recorded source.
async fn belongs(index: &Index, source: Source) -> Result<Source, IndexError> {
    let mut connection = index.connection().await?;
    let recorded = match index.source().await {
        Ok(recorded) => recorded,
        Err(IndexError::Empty) => {
            insert_source(&mut connection, source).await?;
            source
        }
        Err(error) => return Err(error),
    };
    recorded.same_as(&source)?;
    Ok(recorded)
}

async fn insert_source(connection: &mut AnyConnection, source: Source) -> Result<(), IndexError> {
    let mut sql = Sql::new("INSERT INTO source (one, genesis, settlement, first_block) VALUES (1");
    sql.bind(", ", hex(&source.genesis));
    sql.bind(", ", hex(&source.settlement));
    sql.bind(", ", i64::try_from(source.first_block).unwrap_or(i64::MAX));
    sql.push(")");
    sql.execute(connection).await?;
    Ok(())
}

/// Whether somebody takes them.
async fn send(to: &mpsc::Sender<Part>, rows: Vec<(&'static Table, Vec<Row>)>) -> bool {
    for (table, rows) in rows {
        if to.send(Part::Rows(table, rows)).await.is_err() {
            return false;
        }
    }
    true
}

async fn last_block(connection: &mut AnyConnection) -> Result<Option<(u64, Hash)>, IndexError> {
    let sql = Sql::new("SELECT block_number, block_hash FROM progress");
    let row = sql.optional(connection).await?;
    row.map(|row| Ok((row.number("block_number")?, row.hex("block_hash")?)))
        .transpose()
}

impl Source {
    /// [`IndexError::OtherSource`] unless chain and contract are the same.
    pub(crate) fn same_as(&self, found: &Self) -> Result<(), IndexError> {
        let differ = |what: &str, stored: String, found: String| {
            Err(IndexError::OtherSource {
                what: what.into(),
                stored,
                found,
            })
        };
        if self.genesis != found.genesis {
            return differ("the chain with genesis", hex(&self.genesis), hex(&found.genesis));
        }
        if self.settlement != found.settlement {
            return differ("the contract", hex(&self.settlement), hex(&found.settlement));
        }
        Ok(())
    }
}

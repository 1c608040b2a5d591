//! A bunch of blocks into one transaction.

use super::{
    books::{Books, Changes},
    lease::Lease,
    rows::{row, Inserter},
    table,
    take::{Decoded, Needed},
};
use crate::{
    query::blocks::Source,
    sql::{hex, Columns, Sql},
    Index, IndexError, IndexLocation,
};
use corridor_client::chain::{FinalisedBlock, Hash};
use sqlx::{AnyConnection, Connection};

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
    inserter: Inserter,
}

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
            inserter: Inserter::new(index.dialect),
            index,
            _lease: lease,
            source,
            last,
            books,
            stale: false,
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

    /// Writes blocks that follow the last one, all of them or none. They must come with their calls
    /// ([`Chain::follow_calls_from`](corridor_client::chain::Chain::follow_calls_from)).
    ///
    /// # Errors
    /// [`IndexError::OtherSource`] for a block that does not follow; [`IndexError::Busy`] where another process moved the cursor
    /// meanwhile; the database's. After any error the writer goes on from what is in the database: see [`Writer::next`].
    pub async fn write(&mut self, blocks: &[FinalisedBlock]) -> Result<(), IndexError> {
        if self.stale {
            self.reload().await?;
        }
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
            // answer, the next call asks it.
            Err(_) => drop(self.reload().await),
        }
        result
    }

    async fn write_all(&mut self, blocks: &[FinalisedBlock]) -> Result<(), IndexError> {
        let settlement = self.source.settlement;
        let decoded: Vec<Decoded> = blocks
            .iter()
            .map(|block| Decoded::new(block, settlement))
            .collect();
        let mut needed = Needed::default();
        for event in decoded.iter().flat_map(|block| block.events.iter().flatten()) {
            needed.by(&self.books, event);
        }
        let mut connection = self.index.connection().await?;
        self.books.fetch(&mut connection, &needed).await?;
        for block in decoded {
            self.books.take_block(block, settlement)?;
        }
        let changes = self.books.changes();
        let mut transaction = connection.begin().await?;
        // First: where another process writes, too, this waits for it and then finds the cursor elsewhere.
        self.move_cursor(&mut transaction, blocks).await?;
        self.write_changes(&mut transaction, changes).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn move_cursor(
        &self,
        connection: &mut AnyConnection,
        blocks: &[FinalisedBlock],
    ) -> Result<(), IndexError> {
        let newest = blocks.last().map(|block| block.block).ok_or(IndexError::Empty)?;
        let number = i64::try_from(newest.number).unwrap_or(i64::MAX);
        let mut sql = Sql::default();
        match self.last {
            Some((_, before)) => {
                sql.bind("UPDATE progress SET block_number = ", number);
                sql.bind(", block_hash = ", hex(&newest.hash));
                sql.bind(" WHERE block_hash = ", hex(&before));
            }
            None => {
                sql.bind(
                    "INSERT INTO progress (one, block_number, block_hash) VALUES (1, ",
                    number,
                );
                sql.bind(", ", hex(&newest.hash));
                sql.push(") ON CONFLICT (one) DO NOTHING");
            }
        }
        match sql.execute(connection).await? {
            1 => Ok(()),
            _ => Err(IndexError::Busy),
        }
    }

    async fn write_changes(
        &mut self,
        connection: &mut AnyConnection,
        changes: Changes,
    ) -> Result<(), IndexError> {
        for (table, rows) in changes.rows {
            self.inserter.insert(connection, table, rows).await?;
        }
        for (batch, index) in changes.excepted {
            let mut sql = Sql::new("UPDATE batch_items SET excepted = 1");
            sql.bind(" WHERE batch_id = ", batch.0);
            sql.bind(" AND item_index = ", i64::from(index));
            sql.execute(connection).await?;
        }
        Ok(())
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
    let first_block = i64::try_from(source.first_block).unwrap_or(i64::MAX);
    let row = row![1i64, &source.genesis, &source.settlement, first_block];
    let recorded = match index.source().await {
        Ok(recorded) => recorded,
        Err(IndexError::Empty) => {
            let mut inserter = Inserter::new(index.dialect);
            inserter
                .insert(&mut connection, &table::SOURCE, vec![row])
                .await?;
            source
        }
        Err(error) => return Err(error),
    };
    recorded.same_as(&source)?;
    Ok(recorded)
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

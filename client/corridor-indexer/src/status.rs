//! How far behind an index is.

use crate::{
    query::blocks::{doubts, BlockRow},
    sql::{Columns, Sql},
    Index, IndexError,
};
use corridor_client::{core::Currency, BlockRef, Corridor};

/// How far an index is, compared with the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The last block of the index; `None` before the first.
    pub indexed: Option<BlockRef>,
    /// The newest finalised block of the chain.
    pub finalised: BlockRef,
    /// How many blocks are finalised and not in the index.
    pub lag_blocks: u64,
    /// Block time between the two, in seconds; `None` before the first block.
    pub lag_seconds: Option<u64>,
    /// Events that could not be taken into the books of the index. With any of these, positions may be wrong.
    pub problems: u64,
    /// Events that were taken in and do not bring every detail. Positions are right.
    pub incomplete: u64,
}

impl Status {
    /// Compares an index with the newest finalised block.
    ///
    /// # Errors
    /// [`IndexError::OtherSource`] where the index is of another chain, or of one that was reset since; the database's and the
    /// connection's.
    pub async fn of(index: &Index, corridor: &Corridor) -> Result<Self, IndexError> {
        index.check_chain(corridor.chain(), corridor.settlement()).await?;
        let finalised = corridor.finalised_head().await?;
        Self::at(index, finalised).await
    }

    /// Compares an index with a block.
    ///
    /// # Errors
    /// [`IndexError::OtherSource`] where the index has another block of that number; the database's.
    pub async fn at(index: &Index, finalised: BlockRef) -> Result<Self, IndexError> {
        let same = index.block(finalised.number).await?;
        if let Some(BlockRow { block, .. }) = same.filter(|row| row.block.hash != finalised.hash) {
            return Err(IndexError::other_block(
                block.number,
                &block.hash,
                &finalised.hash,
            ));
        }
        let indexed = index.head().await?.map(|row| row.block);
        let lag_blocks = match indexed {
            Some(block) => finalised.number.saturating_sub(block.number),
            None => match index.source().await {
                Ok(source) => finalised
                    .number
                    .saturating_add(1)
                    .saturating_sub(source.first_block),
                Err(IndexError::Empty) => finalised.number,
                Err(error) => return Err(error),
            },
        };
        Ok(Self {
            indexed,
            finalised,
            lag_blocks,
            lag_seconds: indexed.map(|block| finalised.time_ms.saturating_sub(block.time_ms) / 1_000),
            problems: index.count_problems().await?,
            incomplete: index.count_incomplete().await?,
        })
    }
}

impl Index {
    /// How many events could not be taken into the books.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_problems(&self) -> Result<u64, IndexError> {
        self.count(Sql::new(
            "SELECT COUNT(*) AS events FROM raw_events WHERE problem IS NOT NULL",
        ))
        .await
    }

    /// How many of them make a currency's books doubtful.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_problems_of(&self, currency: Currency) -> Result<u64, IndexError> {
        let mut sql = Sql::new("SELECT COUNT(*) AS events FROM raw_events WHERE problem IS NOT NULL");
        doubts(&mut sql, currency);
        self.count(sql).await
    }

    /// How many events were taken in without every detail.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_incomplete(&self) -> Result<u64, IndexError> {
        self.count(Sql::new(
            "SELECT COUNT(*) AS events FROM raw_events WHERE note IS NOT NULL",
        ))
        .await
    }

    async fn count(&self, sql: Sql) -> Result<u64, IndexError> {
        self.optional(sql)
            .await?
            .map_or(Ok(0), |row| row.number("events"))
    }
}

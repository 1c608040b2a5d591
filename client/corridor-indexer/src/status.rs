//! How far behind an index is.

use crate::{
    sql::{Columns, Sql},
    Index, IndexError,
};
use corridor_client::{BlockRef, Corridor};

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
}

impl Status {
    /// Compares an index with the newest finalised block.
    ///
    /// # Errors
    /// The database's and the connection's.
    pub async fn of(index: &Index, corridor: &Corridor) -> Result<Self, IndexError> {
        let finalised = corridor.finalised_head().await?;
        Self::at(index, finalised).await
    }

    /// Compares an index with a block.
    ///
    /// # Errors
    /// The database's.
    pub async fn at(index: &Index, finalised: BlockRef) -> Result<Self, IndexError> {
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
        })
    }
}

impl Index {
    /// How many events could not be taken into the books.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_problems(&self) -> Result<u64, IndexError> {
        let sql = Sql::new("SELECT COUNT(*) AS problems FROM raw_events WHERE problem IS NOT NULL");
        self.optional(sql)
            .await?
            .map_or(Ok(0), |row| row.number("problems"))
    }
}

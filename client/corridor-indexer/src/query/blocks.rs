//! Blocks, and what the contracts did in them as it was emitted.

use super::page::{Cursor, Page, PageRequest};
use crate::{
    sql::{hex, Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::{
    chain::Hash,
    core::{Address, Currency},
    BlockRef,
};
use sqlx::any::AnyRow;

/// What an index is an index of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Hash of the chain's block 0.
    pub genesis: Hash,
    /// The settlement contract.
    pub settlement: Address,
    /// The first block that is in the index.
    pub first_block: u64,
}

/// A finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockRow {
    /// Number, hash and time in milliseconds.
    pub block: BlockRef,
    /// The block before it.
    pub parent: Hash,
    /// How many extrinsics it has, whoever they concern.
    pub extrinsics: u32,
    /// How many events of the settlement contract and its tokens it has.
    pub events: u32,
}

/// A call of the settlement contract or a token, by an extrinsic or by the calls it carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtrinsicRow {
    /// Block and place in the block; the ordinal counts the calls of the same extrinsic.
    pub id: EventId,
    /// Its hash.
    pub hash: Hash,
    /// On whose behalf, as SS58: who signed, or whom a proxy acts for. `None` where that is no account the extrinsic tells.
    pub signer: Option<String>,
    /// The signer as contracts see it.
    pub caller: Option<Address>,
    /// The contract called.
    pub contract: Address,
    /// The first four bytes of the call data.
    pub selector: [u8; 4],
    /// The message's name (`instruct`); `None` for one this version does not know.
    pub message: Option<String>,
    /// Bytes of call data.
    pub call_bytes: u32,
    /// The chain's name of its failure; `None` when it succeeded.
    pub failure: Option<String>,
    /// The fee paid, in the smallest unit of the chain's own token. This and the rest are the extrinsic's, told with its first call.
    pub fee: Option<u128>,
    /// Computation, in picoseconds of the reference machine.
    pub ref_time: u64,
    /// Storage proof, in bytes.
    pub proof_size: u64,
    /// The calls that carry it out, the outermost first: `Utility.batch_all`. `None` where it is the extrinsic's own.
    pub via: Option<String>,
    /// The call data; `None` in rows of a version that did not keep it.
    pub data: Option<Vec<u8>>,
    /// The arguments, as a JSON object; `None` as for the data, and for a message this version does not know.
    pub arguments: Option<String>,
}

/// An event as emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Block and place in the block.
    pub id: EventId,
    /// The extrinsic's place in the block; `None` where the block itself called the contract.
    pub extrinsic_index: Option<u32>,
    /// Who emitted it.
    pub contract: Address,
    /// Topics, the first being the event's signature.
    pub topics: Vec<Hash>,
    /// The rest, in the contract's encoding.
    pub data: Vec<u8>,
    /// `transfer`, `escrow`, `registry`, `netting`, `batch`, `token`; `None` for one this version does not know.
    pub kind: Option<String>,
    /// Decoded, as a JSON object.
    pub decoded: Option<String>,
    /// Why it could not be taken into the books of the index, where it could not.
    pub problem: Option<String>,
    /// The currencies whose books are doubtful for that, separated by commas; `None` where it may be any.
    pub doubtful: Option<String>,
    /// Which details it does not bring. The books are right without them.
    pub note: Option<String>,
}

const BLOCK: &str = "SELECT number, hash, parent, time_ms, extrinsics, events FROM blocks WHERE 1 = 1";
const EXTRINSIC: &str = "SELECT id, hash, signer, caller, contract, selector, message, call_bytes, failure, \
                         CAST(fee AS TEXT) AS fee, ref_time, proof_size, via, data, arguments FROM extrinsics WHERE 1 = 1";
const EVENT: &str =
    "SELECT id, extrinsic_index, contract, topics, data, kind, decoded, problem, doubtful, note \
                     FROM raw_events WHERE 1 = 1";

impl Index {
    /// What this is an index of.
    ///
    /// # Errors
    /// [`IndexError::Empty`] before the first block; the database's.
    pub async fn source(&self) -> Result<Source, IndexError> {
        let sql = Sql::new("SELECT genesis, settlement, first_block FROM source");
        let row = self.optional(sql).await?.ok_or(IndexError::Empty)?;
        Ok(Source {
            genesis: row.hex("genesis")?,
            settlement: row.hex("settlement")?,
            first_block: row.number("first_block")?,
        })
    }

    /// The last block that is in the index; `None` before the first.
    ///
    /// # Errors
    /// The database's.
    pub async fn head(&self) -> Result<Option<BlockRow>, IndexError> {
        let mut sql = Sql::new(BLOCK);
        sql.push(" AND number = (SELECT block_number FROM progress)");
        self.optional(sql).await?.map(|row| block(&row)).transpose()
    }

    /// A block by its number.
    ///
    /// # Errors
    /// The database's.
    pub async fn block(&self, number: u64) -> Result<Option<BlockRow>, IndexError> {
        let mut sql = Sql::new(BLOCK);
        sql.bind(" AND number = ", clamped(number));
        self.optional(sql).await?.map(|row| block(&row)).transpose()
    }

    /// A block by its hash.
    ///
    /// # Errors
    /// The database's.
    pub async fn block_by_hash(&self, hash: Hash) -> Result<Option<BlockRow>, IndexError> {
        let mut sql = Sql::new(BLOCK);
        sql.bind(" AND hash = ", hex(&hash));
        self.optional(sql).await?.map(|row| block(&row)).transpose()
    }

    /// The first block at or after a time in milliseconds since 1970; `None` where there is none yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_block_from(&self, time_ms: u64) -> Result<Option<BlockRow>, IndexError> {
        let mut sql = Sql::new(BLOCK);
        sql.bind(" AND time_ms >= ", clamped(time_ms));
        sql.push(" ORDER BY time_ms, number LIMIT 1");
        self.optional(sql).await?.map(|row| block(&row)).transpose()
    }

    /// Blocks by number.
    ///
    /// # Errors
    /// The database's.
    pub async fn blocks(&self, page: PageRequest) -> Result<Page<BlockRow>, IndexError> {
        let mut sql = Sql::new(BLOCK);
        page.apply(&mut sql, "number");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(block).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| Cursor(clamped(row.block.number))))
    }

    /// Calls of the contracts, of one block or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn extrinsics(
        &self,
        in_block: Option<u64>,
        page: PageRequest,
    ) -> Result<Page<ExtrinsicRow>, IndexError> {
        let mut sql = Sql::new(EXTRINSIC);
        within(&mut sql, in_block);
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(extrinsic).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// The first call of the contracts by the extrinsic in a place.
    ///
    /// # Errors
    /// The database's.
    pub async fn extrinsic(&self, id: EventId) -> Result<Option<ExtrinsicRow>, IndexError> {
        let mut sql = Sql::new(EXTRINSIC);
        sql.bind(" AND id = ", id.0);
        self.optional(sql).await?.map(|row| extrinsic(&row)).transpose()
    }

    /// A call of the contracts by its hash: the latest, as a hash does not identify an extrinsic for ever.
    ///
    /// # Errors
    /// The database's.
    pub async fn extrinsic_by_hash(&self, hash: Hash) -> Result<Option<ExtrinsicRow>, IndexError> {
        let mut sql = Sql::new(EXTRINSIC);
        sql.bind(" AND hash = ", hex(&hash));
        // Of its calls, the first.
        sql.push(" AND id % 1024 = 0 ORDER BY id DESC LIMIT 1");
        self.optional(sql).await?.map(|row| extrinsic(&row)).transpose()
    }

    /// Events as emitted, of one block or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn events(
        &self,
        in_block: Option<u64>,
        page: PageRequest,
    ) -> Result<Page<EventRow>, IndexError> {
        let mut sql = Sql::new(EVENT);
        within(&mut sql, in_block);
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(event).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// Events that could not be taken into the books of the index. With any of these, positions may be wrong.
    ///
    /// # Errors
    /// The database's.
    pub async fn problems(&self, page: PageRequest) -> Result<Page<EventRow>, IndexError> {
        self.events_with(" AND problem IS NOT NULL", page).await
    }

    /// Events that were taken in, and do not bring everything there is to know: a batch without its items.
    ///
    /// # Errors
    /// The database's.
    pub async fn incomplete(&self, page: PageRequest) -> Result<Page<EventRow>, IndexError> {
        self.events_with(" AND note IS NOT NULL", page).await
    }

    async fn events_with(&self, which: &str, page: PageRequest) -> Result<Page<EventRow>, IndexError> {
        let mut sql = Sql::new(EVENT);
        sql.push(which);
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(event).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// The first event before a block that makes a currency's books doubtful.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_problem(&self, of: Currency, before: u64) -> Result<Option<EventRow>, IndexError> {
        let mut sql = Sql::new(EVENT);
        sql.push(" AND problem IS NOT NULL");
        doubts(&mut sql, of);
        sql.bind(" AND id < ", EventId::first_of(before).0);
        sql.push(" ORDER BY id LIMIT 1");
        self.optional(sql).await?.map(|row| event(&row)).transpose()
    }
}

/// Restricts events to those that make a currency's books doubtful.
pub(crate) fn doubts(sql: &mut Sql, of: Currency) {
    sql.bind(" AND (doubtful IS NULL OR doubtful LIKE ", format!("%{of}%"));
    sql.push(")");
}

/// Restricts ids to those of a block.
pub(super) fn within(sql: &mut Sql, block: Option<u64>) {
    if let Some(block) = block {
        sql.bind(" AND id >= ", EventId::first_of(block).0);
        sql.bind(" AND id < ", EventId::first_of(block.saturating_add(1)).0);
    }
}

/// A number as the database takes it. One beyond that is in no row.
pub(crate) fn clamped(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn block(row: &AnyRow) -> Result<BlockRow, IndexError> {
    Ok(BlockRow {
        block: BlockRef {
            number: row.number("number")?,
            hash: row.hex("hash")?,
            time_ms: row.number("time_ms")?,
        },
        parent: row.hex("parent")?,
        extrinsics: row.number("extrinsics")?,
        events: row.number("events")?,
    })
}

fn extrinsic(row: &AnyRow) -> Result<ExtrinsicRow, IndexError> {
    Ok(ExtrinsicRow {
        id: EventId(row.int("id")?),
        hash: row.hex("hash")?,
        signer: row.maybe_text("signer")?,
        caller: row.maybe_hex("caller")?,
        contract: row.hex("contract")?,
        selector: row.hex("selector")?,
        message: row.maybe_text("message")?,
        call_bytes: row.number("call_bytes")?,
        failure: row.maybe_text("failure")?,
        fee: row.maybe_parsed("fee")?,
        ref_time: row.number("ref_time")?,
        proof_size: row.number("proof_size")?,
        via: row.maybe_text("via")?,
        data: row.maybe_bytes("data")?,
        arguments: row.maybe_text("arguments")?,
    })
}

fn event(row: &AnyRow) -> Result<EventRow, IndexError> {
    let topics = row.bytes("topics")?;
    let (topics, _) = topics.as_chunks::<32>();
    Ok(EventRow {
        id: EventId(row.int("id")?),
        extrinsic_index: row.maybe_number("extrinsic_index")?,
        contract: row.hex("contract")?,
        topics: topics.to_vec(),
        data: row.bytes("data")?,
        kind: row.maybe_text("kind")?,
        decoded: row.maybe_text("decoded")?,
        problem: row.maybe_text("problem")?,
        doubtful: row.maybe_text("doubtful")?,
        note: row.maybe_text("note")?,
    })
}

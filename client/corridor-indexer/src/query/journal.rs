//! Legs with what they belong to: the block, the call, the transfer.

use super::{
    leg_page::{pick, Book},
    movements::{leg, LegRow},
    page::{Page, PageRequest},
};
use crate::{
    sql::{Columns, Sql},
    Index, IndexError,
};
use corridor_client::{
    chain::Hash,
    core::{Currency, ParticipantId, ReasonCode},
};
use sqlx::any::AnyRow;
use std::ops::Range;

/// A leg, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    /// The movement.
    pub leg: LegRow,
    /// The block's hash.
    pub block_hash: Hash,
    /// The extrinsic's place in the block; `None` where the block itself called the contract.
    pub extrinsic_index: Option<u32>,
    /// The transfer it belongs to, where it belongs to one.
    pub transfer: Option<JournalTransfer>,
    /// Why, where the event gives a reason.
    pub reason: Option<ReasonCode>,
}

/// What a journal says of a leg's transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalTransfer {
    /// Who pays.
    pub debtor_agent: ParticipantId,
    /// Who is paid.
    pub creditor_agent: ParticipantId,
    /// ISO 20022 `IntrBkSttlmDt`, days since 1970-01-01.
    pub interbank_settlement_date: u32,
}

// An event's id is its legs' without their ordinal, which is below 1024.
const JOURNAL: &str = "SELECT l.id, l.at, l.participant, l.currency, l.bucket, l.kind, l.purpose, CAST(l.amount AS TEXT) AS amount, \
    CAST(l.balance AS TEXT) AS balance, l.counterparty, l.uetr, l.reference, l.batch_id, l.window_id, b.hash AS block_hash, \
    e.extrinsic_index, t.debtor_agent, t.creditor_agent, t.settlement_date, c.reason FROM legs l \
    JOIN blocks b ON b.number = l.block_number \
    JOIN raw_events e ON e.id = l.id - l.id % 1024 \
    LEFT JOIN transfers t ON t.uetr = l.uetr \
    LEFT JOIN transfer_events c ON c.id = l.id - l.id % 1024 WHERE 1 = 1";

impl Index {
    /// What moved on a participant's books in a currency in a range of blocks, in order: the same legs as
    /// [`Index::movements`] has.
    ///
    /// # Errors
    /// The database's.
    pub async fn journal(
        &self,
        participant: ParticipantId,
        currency: Currency,
        blocks: Range<u64>,
        page: PageRequest,
    ) -> Result<Page<JournalRow>, IndexError> {
        let books = self.books_of(participant, Some(currency), None).await?;
        let rows = self.all(listing(&books, &blocks, page)).await?;
        let items = rows.iter().map(journal_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.leg.id.into()))
    }
}

pub(super) fn listing(books: &[Book], blocks: &Range<u64>, page: PageRequest) -> Sql {
    let mut sql = Sql::new(JOURNAL);
    pick(&mut sql, "l.id", books, Some(blocks), page);
    sql
}

fn journal_row(row: &AnyRow) -> Result<JournalRow, IndexError> {
    let transfer = match row.maybe_int("debtor_agent")? {
        Some(_) => Some(JournalTransfer {
            debtor_agent: ParticipantId(row.number("debtor_agent")?),
            creditor_agent: ParticipantId(row.number("creditor_agent")?),
            interbank_settlement_date: row.number("settlement_date")?,
        }),
        None => None,
    };
    Ok(JournalRow {
        leg: leg(row)?,
        block_hash: row.hex("block_hash")?,
        extrinsic_index: row.maybe_number("extrinsic_index")?,
        transfer,
        reason: row.maybe_parsed("reason")?,
    })
}

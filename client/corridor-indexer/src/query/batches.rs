//! Clearing batches, their parts and their items.

use super::{
    page::{Cursor, Page, PageRequest},
    transfers::currency,
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Currency, ParticipantId, ReasonCode, Seconds, Uetr, WindowId};
use sqlx::any::AnyRow;

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// The event of its submission: what lists are ordered by.
    pub id: EventId,
    /// The agent whose net position pays.
    pub debtor_agent: ParticipantId,
    /// Its number among the debtor agent's.
    pub number: u32,
    /// The currency of all items.
    pub currency: Currency,
    /// The commitment to header and items.
    pub root: [u8; 32],
    /// When it was submitted.
    pub submitted_at: Seconds,
    /// How many items were left out.
    pub rejected_items: u16,
    /// What else the header says; `None` where a contract made the call, so that no extrinsic shows it.
    pub header: Option<BatchHeaderRow>,
}

/// What a batch's header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchHeaderRow {
    /// The currency of all items.
    pub currency: Currency,
    /// How many items (`NbOfTxs`).
    pub items: u16,
    /// Their sum in minor units, valid or not (`CtrlSum`).
    pub control_sum: u128,
    /// Whether one invalid item refuses all.
    pub all_or_nothing: bool,
    /// From this second on it cannot be accepted.
    pub expires_at: Seconds,
}

/// A batch's part for one creditor agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchPartRow {
    /// Who is paid.
    pub creditor_agent: ParticipantId,
    /// How many valid items it has.
    pub items: u16,
    /// Their sum in minor units.
    pub minor_units: u128,
    /// `pending`, `accepted`, `rejected`, `cancelled` or `expired`.
    pub status: String,
    /// Why it was rejected or cancelled.
    pub reason: Option<ReasonCode>,
    /// The window it was booked in.
    pub window: Option<WindowId>,
    /// What was booked: the sum less what was excepted.
    pub booked_minor_units: Option<u128>,
    /// How many items the creditor agent did not accept.
    pub excepted_items: u16,
    /// The event that brought it there.
    pub updated: EventId,
    /// Block time of that.
    pub updated_at: Seconds,
}

/// An item of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchItemRow {
    /// The batch.
    pub batch: EventId,
    /// Its place in the batch.
    pub index: u16,
    /// Its identity, as the debtor agent wrote it.
    pub uetr: Uetr,
    /// Who is paid; `None` where the item names nobody.
    pub creditor_agent: Option<ParticipantId>,
    /// How much, in minor units.
    pub minor_units: u128,
    /// What the chain knows of its message.
    pub message_digest: [u8; 32],
    /// Why it was left out, where it was: `uetr`, `zero_amount`, `above_limit`, `counterparty`, `reserved`.
    pub fault: Option<String>,
    /// Whether the creditor agent did not accept it.
    pub excepted: bool,
}

const BATCH: &str =
    "SELECT id, debtor_agent, number, root, currency, items, CAST(control_sum AS TEXT) AS control_sum, \
    all_or_nothing, expires_at, submitted_at, rejected_items FROM batches WHERE 1 = 1";
const ITEM: &str =
    "SELECT batch_id, item_index, uetr, creditor_agent, CAST(minor_units AS TEXT) AS minor_units, \
    message_digest, fault, excepted FROM batch_items WHERE 1 = 1";

impl Index {
    /// A batch by its debtor agent and number.
    ///
    /// # Errors
    /// The database's.
    pub async fn batch(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
    ) -> Result<Option<BatchRow>, IndexError> {
        let mut sql = Sql::new(BATCH);
        sql.bind(" AND debtor_agent = ", i64::from(debtor_agent.0));
        sql.bind(" AND number = ", i64::from(number));
        self.optional(sql).await?.map(|row| batch(&row)).transpose()
    }

    /// A batch by its submission.
    ///
    /// # Errors
    /// The database's.
    pub async fn batch_by_id(&self, id: EventId) -> Result<Option<BatchRow>, IndexError> {
        let mut sql = Sql::new(BATCH);
        sql.bind(" AND id = ", id.0);
        self.optional(sql).await?.map(|row| batch(&row)).transpose()
    }

    /// Batches by submission, of one debtor agent or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn batches(
        &self,
        debtor_agent: Option<ParticipantId>,
        page: PageRequest,
    ) -> Result<Page<BatchRow>, IndexError> {
        let mut sql = Sql::new(BATCH);
        if let Some(agent) = debtor_agent {
            sql.bind(" AND debtor_agent = ", i64::from(agent.0));
        }
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(batch).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// A batch's parts, in the order of its header.
    ///
    /// # Errors
    /// The database's.
    pub async fn batch_parts(&self, batch: EventId) -> Result<Vec<BatchPartRow>, IndexError> {
        let mut sql = Sql::new(
            "SELECT creditor_agent, items, CAST(minor_units AS TEXT) AS minor_units, status, reason, window_id, \
             CAST(booked_minor_units AS TEXT) AS booked_minor_units, excepted_items, updated_id, updated_at FROM batch_parts",
        );
        sql.bind(" WHERE batch_id = ", batch.0).push(" ORDER BY place");
        self.all(sql).await?.iter().map(part).collect()
    }

    /// A batch's items by place.
    ///
    /// # Errors
    /// The database's.
    pub async fn batch_items(
        &self,
        batch: EventId,
        page: PageRequest,
    ) -> Result<Page<BatchItemRow>, IndexError> {
        let mut sql = Sql::new(ITEM);
        sql.bind(" AND batch_id = ", batch.0);
        page.apply(&mut sql, "item_index");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(item).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| Cursor(row.index.into())))
    }

    /// The items with a UETR: debtor agents may use one twice, and the chain does not look.
    ///
    /// # Errors
    /// The database's.
    pub async fn items_by_uetr(&self, uetr: Uetr) -> Result<Vec<BatchItemRow>, IndexError> {
        let mut sql = Sql::new(ITEM);
        sql.bind(" AND uetr = ", uetr.to_string());
        sql.push(" ORDER BY batch_id, item_index LIMIT 1000");
        self.all(sql).await?.iter().map(item).collect()
    }
}

fn batch(row: &AnyRow) -> Result<BatchRow, IndexError> {
    let currency = currency(row, "currency")?;
    let header = match row.maybe_number("items")? {
        None => None,
        Some(items) => Some(BatchHeaderRow {
            currency,
            items,
            control_sum: row.parsed("control_sum")?,
            all_or_nothing: row.int("all_or_nothing")? != 0,
            expires_at: row.number("expires_at")?,
        }),
    };
    Ok(BatchRow {
        id: EventId(row.int("id")?),
        debtor_agent: ParticipantId(row.number("debtor_agent")?),
        number: row.number("number")?,
        currency,
        root: row.hex("root")?,
        submitted_at: row.number("submitted_at")?,
        rejected_items: row.number("rejected_items")?,
        header,
    })
}

fn part(row: &AnyRow) -> Result<BatchPartRow, IndexError> {
    Ok(BatchPartRow {
        creditor_agent: ParticipantId(row.number("creditor_agent")?),
        items: row.number("items")?,
        minor_units: row.parsed("minor_units")?,
        status: row.text("status")?,
        reason: row.maybe_parsed("reason")?,
        window: row.maybe_number("window_id")?.map(WindowId),
        booked_minor_units: row.maybe_parsed("booked_minor_units")?,
        excepted_items: row.number("excepted_items")?,
        updated: EventId(row.int("updated_id")?),
        updated_at: row.number("updated_at")?,
    })
}

fn item(row: &AnyRow) -> Result<BatchItemRow, IndexError> {
    Ok(BatchItemRow {
        batch: EventId(row.int("batch_id")?),
        index: row.number("item_index")?,
        uetr: row.parsed("uetr")?,
        creditor_agent: row.maybe_number("creditor_agent")?.map(ParticipantId),
        minor_units: row.parsed("minor_units")?,
        message_digest: row.hex("message_digest")?,
        fault: row.maybe_text("fault")?,
        excepted: row.int("excepted")? != 0,
    })
}

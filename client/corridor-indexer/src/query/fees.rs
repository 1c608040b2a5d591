//! Fees: what transfers cost, who paid them to whom.

use super::{
    page::{Page, PageRequest},
    transfers::currency,
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Money, ParticipantId, Seconds, Uetr};
use sqlx::any::AnyRow;

/// One agent's fee of one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeRow {
    /// Of which transfer.
    pub uetr: Uetr,
    /// `debtor` or `creditor`: which agent bears it.
    pub side: String,
    /// That agent.
    pub payer: ParticipantId,
    /// Who gets it.
    pub payee: ParticipantId,
    /// How much.
    pub amount: Money,
    /// `due` (out of what the creditor agent will be credited), `reserved`, `paid`, or `released` where the transfer did not settle.
    pub status: String,
    /// The event that fixed it, and its place there: what lists are ordered by.
    pub id: EventId,
    /// The last event that changed it.
    pub updated: EventId,
    /// Block time of that.
    pub updated_at: Seconds,
}

const FEE: &str = "SELECT id, uetr, side, payer, payee, currency, CAST(minor_units AS TEXT) AS minor_units, status, updated_id, \
    updated_at FROM fees WHERE 1 = 1";

impl Index {
    /// The fees of a transfer: the debtor agent's, then the creditor agent's, where there are any.
    ///
    /// # Errors
    /// The database's.
    pub async fn fees(&self, uetr: Uetr) -> Result<Vec<FeeRow>, IndexError> {
        let mut sql = Sql::new(FEE);
        sql.bind(" AND uetr = ", uetr.to_string()).push(" ORDER BY id");
        self.all(sql).await?.iter().map(fee).collect()
    }

    /// The fees a participant gets, by when they were fixed.
    ///
    /// # Errors
    /// The database's.
    pub async fn fees_for(
        &self,
        payee: ParticipantId,
        page: PageRequest,
    ) -> Result<Page<FeeRow>, IndexError> {
        let mut sql = Sql::new(FEE);
        sql.bind(" AND payee = ", i64::from(payee.0));
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(fee).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }
}

fn fee(row: &AnyRow) -> Result<FeeRow, IndexError> {
    Ok(FeeRow {
        uetr: row.parsed("uetr")?,
        side: row.text("side")?,
        payer: ParticipantId(row.number("payer")?),
        payee: ParticipantId(row.number("payee")?),
        amount: Money::new(currency(row, "currency")?, row.parsed("minor_units")?),
        status: row.text("status")?,
        id: EventId(row.int("id")?),
        updated: EventId(row.int("updated_id")?),
        updated_at: row.number("updated_at")?,
    })
}

//! Tokenised money moving outside the books.

use super::{
    page::{Page, PageRequest},
    transfers::currency,
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Address, Currency, Money, Seconds};
use sqlx::any::AnyRow;

/// A token's `Transfer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenTransferRow {
    /// Block and place in the block.
    pub id: EventId,
    /// Block time.
    pub at: Seconds,
    /// `issued`, `redeemed` or `moved`.
    pub kind: String,
    /// Who had it; zero where it was issued.
    pub from: Address,
    /// Who has it; zero where it was redeemed.
    pub to: Address,
    /// How much.
    pub amount: Money,
}

impl Index {
    /// Movements of a currency's token, from the currency's registration on.
    ///
    /// # Errors
    /// The database's.
    pub async fn token_transfers(
        &self,
        currency: Currency,
        page: PageRequest,
    ) -> Result<Page<TokenTransferRow>, IndexError> {
        let mut sql = Sql::new(
            "SELECT id, at, currency, kind, from_account, to_account, CAST(minor_units AS TEXT) AS minor_units \
             FROM token_transfers",
        );
        sql.bind(" WHERE currency = ", currency.to_string());
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }
}

fn row_of(row: &AnyRow) -> Result<TokenTransferRow, IndexError> {
    Ok(TokenTransferRow {
        id: EventId(row.int("id")?),
        at: row.number("at")?,
        kind: row.text("kind")?,
        from: row.hex("from_account")?,
        to: row.hex("to_account")?,
        amount: Money::new(currency(row, "currency")?, row.parsed("minor_units")?),
    })
}

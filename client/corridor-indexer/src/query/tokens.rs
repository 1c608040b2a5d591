//! Tokenised money moving outside the books, and what its issuer and its guardian do.

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

/// What a token emitted besides `Transfer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEventRow {
    /// Block and place in the block.
    pub id: EventId,
    /// Block time.
    pub at: Seconds,
    /// `approval`, `issued`, `redeemed`, `paused`, `unpaused`, `frozen`, `unfrozen`, or a role that went to somebody else: `issuer`,
    /// `proposed_issuer`, `guardian`.
    pub event: String,
    /// Whose money, or who has the role now.
    pub account: Option<Address>,
    /// Who may move the money, or who had the role.
    pub other: Option<Address>,
    /// How much, in minor units; `None` also for an approval of any amount.
    pub minor_units: Option<u128>,
    /// The issuer's id of the request.
    pub request_id: Option<[u8; 32]>,
}

impl Index {
    /// What a currency's token emitted besides `Transfer`, from the currency's registration on.
    ///
    /// # Errors
    /// The database's.
    pub async fn token_events(
        &self,
        currency: Currency,
        page: PageRequest,
    ) -> Result<Page<TokenEventRow>, IndexError> {
        let mut sql = Sql::new(
            "SELECT id, at, event, account, other_account, CAST(minor_units AS TEXT) AS minor_units, request_id \
             FROM token_events",
        );
        sql.bind(" WHERE currency = ", currency.to_string());
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(event_of).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

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

fn event_of(row: &AnyRow) -> Result<TokenEventRow, IndexError> {
    Ok(TokenEventRow {
        id: EventId(row.int("id")?),
        at: row.number("at")?,
        event: row.text("event")?,
        account: row.maybe_hex("account")?,
        other: row.maybe_hex("other_account")?,
        minor_units: row.maybe_parsed("minor_units")?,
        request_id: row.maybe_hex("request_id")?,
    })
}

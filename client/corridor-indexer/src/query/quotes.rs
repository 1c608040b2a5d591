//! Quotes on the chain's table: published ones, and signed ones from their first use or their withdrawal on.

use super::{
    page::{Page, PageRequest},
    transfers::{currency, reference_text},
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Currency, ParticipantId, Quote, QuoteId, Rate, Reference, Seconds};
use sqlx::any::AnyRow;

/// A quote as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRow {
    /// Its identity.
    pub id: QuoteId,
    /// The event it came on the table with: what lists are ordered by.
    pub listed: EventId,
    /// Whether it was published; otherwise it was signed off chain.
    pub published: bool,
    /// Whether its provider takes no new transfers on it.
    pub withdrawn: bool,
    /// What pending and settled transfers use of it, in minor units of what the provider buys.
    pub used_minor_units: u128,
    /// What it says; `None` for a signed one that a contract brought, so that no extrinsic shows it.
    pub terms: Option<Quote>,
    /// The last event that changed it.
    pub updated: EventId,
    /// Block time of that.
    pub updated_at: Seconds,
}

/// Which quotes to list. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuoteFilter {
    /// Of this provider.
    pub provider: Option<ParticipantId>,
    /// That buy this currency: what the debtor agent pays in.
    pub provider_buys: Option<Currency>,
    /// That sell this currency: what the creditor agent is paid in.
    pub provider_sells: Option<Currency>,
    /// That are neither withdrawn nor expired at this second.
    pub usable_at: Option<Seconds>,
}

const QUOTE: &str = "SELECT id, provider, reference, origin, withdrawn, CAST(used_minor_units AS TEXT) AS used_minor_units, \
    provider_buys, provider_sells, rate_numerator, rate_denominator, spread_basis_points, \
    CAST(minimum_minor_units AS TEXT) AS minimum_minor_units, CAST(maximum_minor_units AS TEXT) AS maximum_minor_units, \
    counterparty, expires_at, hold_seconds, unwind_seconds, updated_id, updated_at FROM quotes WHERE 1 = 1";

impl Index {
    /// A quote.
    ///
    /// # Errors
    /// The database's.
    pub async fn quote(&self, id: QuoteId) -> Result<Option<QuoteRow>, IndexError> {
        self.optional(one(id)).await?.map(|row| quote(&row)).transpose()
    }

    /// Quotes by when they came on the table.
    ///
    /// # Errors
    /// The database's.
    pub async fn quotes(
        &self,
        filter: &QuoteFilter,
        page: PageRequest,
    ) -> Result<Page<QuoteRow>, IndexError> {
        let mut sql = Sql::new(QUOTE);
        filter.apply(&mut sql);
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(quote).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.listed.into()))
    }
}

impl QuoteFilter {
    fn apply(&self, sql: &mut Sql) {
        if let Some(provider) = self.provider {
            sql.bind(" AND provider = ", i64::from(provider.0));
        }
        if let Some(currency) = self.provider_buys {
            sql.bind(" AND provider_buys = ", currency.to_string());
        }
        if let Some(currency) = self.provider_sells {
            sql.bind(" AND provider_sells = ", currency.to_string());
        }
        if let Some(second) = self.usable_at {
            sql.push(" AND withdrawn = 0");
            sql.bind(" AND expires_at > ", super::blocks::clamped(second));
        }
    }
}

/// The query for one quote.
pub(crate) fn one(id: QuoteId) -> Sql {
    let mut sql = Sql::new(QUOTE);
    sql.bind(" AND provider = ", i64::from(id.provider.0));
    sql.bind(" AND reference = ", reference_text(&id.reference.0));
    sql
}

pub(crate) fn quote(row: &AnyRow) -> Result<QuoteRow, IndexError> {
    let id = QuoteId {
        provider: ParticipantId(row.number("provider")?),
        reference: Reference(row.hex("reference")?),
    };
    Ok(QuoteRow {
        id,
        listed: EventId(row.int("id")?),
        published: row.text("origin")? == "published",
        withdrawn: row.int("withdrawn")? != 0,
        used_minor_units: row.parsed("used_minor_units")?,
        terms: match row.maybe_text("provider_buys")? {
            Some(_) => Some(terms(id, row)?),
            None => None,
        },
        updated: EventId(row.int("updated_id")?),
        updated_at: row.number("updated_at")?,
    })
}

fn terms(id: QuoteId, row: &AnyRow) -> Result<Quote, IndexError> {
    Ok(Quote {
        id,
        provider_buys: currency(row, "provider_buys")?,
        provider_sells: currency(row, "provider_sells")?,
        rate: Rate {
            numerator: row.number("rate_numerator")?,
            denominator: row.number("rate_denominator")?,
        },
        spread_basis_points: row.number("spread_basis_points")?,
        minimum_minor_units: row.parsed("minimum_minor_units")?,
        maximum_minor_units: row.parsed("maximum_minor_units")?,
        counterparty: row.maybe_number("counterparty")?.map(ParticipantId),
        expires_at: row.number("expires_at")?,
        hold_seconds: row.number("hold_seconds")?,
        unwind_seconds: row.number("unwind_seconds")?,
    })
}

//! Tariffs, limits, and what resolutions of queues did.

use super::{
    page::{Page, PageRequest},
    transfers::currency,
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::{
    core::{queued::QueueReport, Currency, Limits, ParticipantId, Seconds, Tariff},
    LimitScope,
};
use sqlx::any::AnyRow;

/// A version of a corridor's tariff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TariffRow {
    /// The event that set it: what lists are ordered by.
    pub id: EventId,
    /// Who pays the transfers it is for.
    pub debtor_agent: ParticipantId,
    /// Who is paid by them.
    pub creditor_agent: ParticipantId,
    /// In which currency, also its amounts.
    pub currency: Currency,
    /// Who gets the fees.
    pub payee: ParticipantId,
    /// What it says.
    pub tariff: Tariff,
}

/// Limits as they were set once; the last ones of a scope count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsRow {
    /// The event that set them: what lists are ordered by.
    pub id: EventId,
    /// Whose.
    pub scope: LimitScope,
    /// What they say; `None`: lifted.
    pub limits: Option<Limits>,
}

/// What one resolution of a queue did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueResolutionRow {
    /// The event: what lists are ordered by.
    pub id: EventId,
    /// Block time.
    pub at: Seconds,
    /// The queue's currency.
    pub currency: Currency,
    /// What settled, and with how much liquidity.
    pub report: QueueReport,
}

const TARIFF: &str = "SELECT id, debtor_agent, creditor_agent, currency, payee, version, effective_from, \
    CAST(fixed_minor_units AS TEXT) AS fixed_minor_units, basis_points, \
    CAST(minimum_minor_units AS TEXT) AS minimum_minor_units, \
    CAST(maximum_minor_units AS TEXT) AS maximum_minor_units FROM tariffs WHERE 1 = 1";

const LIMITS: &str = "SELECT id, debtor_agent, creditor_agent, currency, \
    CAST(per_transfer_minor_units AS TEXT) AS per_transfer_minor_units, \
    CAST(period_minor_units AS TEXT) AS period_minor_units, period_count, bucket_seconds FROM limits WHERE 1 = 1";

const RESOLUTION: &str = "SELECT id, at, currency, settled, expired, waiting, \
    CAST(gross_minor_units AS TEXT) AS gross_minor_units, \
    CAST(liquidity_minor_units AS TEXT) AS liquidity_minor_units FROM queue_resolutions WHERE 1 = 1";

impl Index {
    /// Every version of every tariff, by when it was set; of one debtor agent or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn tariffs(
        &self,
        debtor_agent: Option<ParticipantId>,
        page: PageRequest,
    ) -> Result<Page<TariffRow>, IndexError> {
        let rows = self.of_debtor(TARIFF, debtor_agent, page).await?;
        let items = rows.iter().map(tariff).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// Limits by when they were set; of one debtor agent or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn limits(
        &self,
        debtor_agent: Option<ParticipantId>,
        page: PageRequest,
    ) -> Result<Page<LimitsRow>, IndexError> {
        let rows = self.of_debtor(LIMITS, debtor_agent, page).await?;
        let items = rows.iter().map(limits).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    /// Resolutions of queues in which something happened, of one currency or all.
    ///
    /// # Errors
    /// The database's.
    pub async fn queue_resolutions(
        &self,
        currency: Option<Currency>,
        page: PageRequest,
    ) -> Result<Page<QueueResolutionRow>, IndexError> {
        let mut sql = Sql::new(RESOLUTION);
        if let Some(currency) = currency {
            sql.bind(" AND currency = ", currency.to_string());
        }
        page.apply(&mut sql, "id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(resolution).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| row.id.into()))
    }

    async fn of_debtor(
        &self,
        select: &'static str,
        debtor_agent: Option<ParticipantId>,
        page: PageRequest,
    ) -> Result<Vec<AnyRow>, IndexError> {
        let mut sql = Sql::new(select);
        if let Some(agent) = debtor_agent {
            sql.bind(" AND debtor_agent = ", i64::from(agent.0));
        }
        page.apply(&mut sql, "id");
        self.all(sql).await
    }
}

fn tariff(row: &AnyRow) -> Result<TariffRow, IndexError> {
    Ok(TariffRow {
        id: EventId(row.int("id")?),
        debtor_agent: ParticipantId(row.number("debtor_agent")?),
        creditor_agent: ParticipantId(row.number("creditor_agent")?),
        currency: currency(row, "currency")?,
        payee: ParticipantId(row.number("payee")?),
        tariff: Tariff {
            version: row.number("version")?,
            effective_from: row.number("effective_from")?,
            fixed_minor_units: row.parsed("fixed_minor_units")?,
            basis_points: row.number("basis_points")?,
            minimum_minor_units: row.parsed("minimum_minor_units")?,
            maximum_minor_units: row.parsed("maximum_minor_units")?,
        },
    })
}

fn limits(row: &AnyRow) -> Result<LimitsRow, IndexError> {
    let limits = match row.maybe_number("bucket_seconds")? {
        None => None,
        Some(bucket_seconds) => Some(Limits {
            per_transfer_minor_units: row.parsed("per_transfer_minor_units")?,
            period_minor_units: row.parsed("period_minor_units")?,
            period_count: row.number("period_count")?,
            bucket_seconds,
        }),
    };
    Ok(LimitsRow {
        id: EventId(row.int("id")?),
        scope: LimitScope {
            debtor_agent: ParticipantId(row.number("debtor_agent")?),
            creditor_agent: row.maybe_number("creditor_agent")?.map(ParticipantId),
            currency: currency(row, "currency")?,
        },
        limits,
    })
}

fn resolution(row: &AnyRow) -> Result<QueueResolutionRow, IndexError> {
    Ok(QueueResolutionRow {
        id: EventId(row.int("id")?),
        at: row.number("at")?,
        currency: currency(row, "currency")?,
        report: QueueReport {
            settled: row.number("settled")?,
            expired: row.number("expired")?,
            waiting: row.number("waiting")?,
            gross_minor_units: row.parsed("gross_minor_units")?,
            liquidity_minor_units: row.parsed("liquidity_minor_units")?,
        },
    })
}

//! Settlement windows and what each participant owes or is owed in them.

use super::{
    page::{Cursor, Page, PageRequest},
    transfers::currency,
};
use crate::{
    sql::{Columns, Sql},
    EventId, Index, IndexError,
};
use corridor_client::core::{Currency, ParticipantId, Seconds, WindowId};
use sqlx::any::AnyRow;

/// A window of one currency in which something was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowRow {
    /// In which currency.
    pub currency: Currency,
    /// Which.
    pub window: WindowId,
    /// `open` (until it has ended, also past its cut-off), `settled` or `aborted`.
    pub status: String,
    /// How many transfers and batches were posted in it.
    pub postings: u64,
    /// The sum of those, in minor units, without what was carried over from aborted windows.
    pub posted_minor_units: u128,
    /// All net debits, as the contract recorded at its end.
    pub net_minor_units: Option<u128>,
    /// All that was posted, with what was carried over, as the contract recorded at its end.
    pub gross_minor_units: Option<u128>,
    /// How many participants had a net debit or credit, as the contract recorded.
    pub participants: Option<u16>,
    /// When it was settled or aborted.
    pub closed_at: Option<Seconds>,
    /// The window that pays its positions: itself, or the one they were carried over to in the end.
    pub settled_in: WindowId,
    /// The first event that posted something in it.
    pub opened: EventId,
    /// The event that ended it.
    pub ended: Option<EventId>,
}

/// A participant's part of a window, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowPositionRow {
    /// Who.
    pub participant: ParticipantId,
    /// All it owes.
    pub debits: u128,
    /// All it is owed.
    pub credits: u128,
    /// Net positions of aborted windows that came in.
    pub carried_over: i128,
    /// Credits less debits with what was carried over. Stays after the window has ended.
    pub net: i128,
}

const WINDOW: &str = "SELECT currency, window_id, status, postings, CAST(posted_minor_units AS TEXT) AS posted_minor_units, \
    CAST(net_minor_units AS TEXT) AS net_minor_units, CAST(gross_minor_units AS TEXT) AS gross_minor_units, participants, \
    closed_at, settled_in, opened_id, ended_id FROM windows WHERE 1 = 1";

impl Index {
    /// A window; `None` where nothing was posted in it.
    ///
    /// # Errors
    /// The database's.
    pub async fn window(
        &self,
        currency: Currency,
        window: WindowId,
    ) -> Result<Option<WindowRow>, IndexError> {
        let mut sql = Sql::new(WINDOW);
        sql.bind(" AND currency = ", currency.to_string());
        sql.bind(" AND window_id = ", i64::from(window.0));
        self.optional(sql)
            .await?
            .map(|row| self::window(&row))
            .transpose()
    }

    /// A currency's windows by number.
    ///
    /// # Errors
    /// The database's.
    pub async fn windows(
        &self,
        currency: Currency,
        page: PageRequest,
    ) -> Result<Page<WindowRow>, IndexError> {
        let mut sql = Sql::new(WINDOW);
        sql.bind(" AND currency = ", currency.to_string());
        page.apply(&mut sql, "window_id");
        let rows = self.all(sql).await?;
        let items = rows.iter().map(self::window).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(items, |row| Cursor(row.window.0.into())))
    }

    /// What each participant owes or is owed in a window.
    ///
    /// # Errors
    /// The database's.
    pub async fn window_positions(
        &self,
        currency: Currency,
        window: WindowId,
    ) -> Result<Vec<WindowPositionRow>, IndexError> {
        let mut sql = Sql::new(
            "SELECT participant, CAST(debits AS TEXT) AS debits, CAST(credits AS TEXT) AS credits, \
             CAST(carried_over AS TEXT) AS carried_over, CAST(net AS TEXT) AS net FROM window_positions",
        );
        sql.bind(" WHERE currency = ", currency.to_string());
        sql.bind(" AND window_id = ", i64::from(window.0));
        sql.push(" ORDER BY participant");
        self.all(sql).await?.iter().map(window_position).collect()
    }
}

fn window(row: &AnyRow) -> Result<WindowRow, IndexError> {
    Ok(WindowRow {
        currency: currency(row, "currency")?,
        window: WindowId(row.number("window_id")?),
        status: row.text("status")?,
        postings: row.number("postings")?,
        posted_minor_units: row.parsed("posted_minor_units")?,
        net_minor_units: row.maybe_parsed("net_minor_units")?,
        gross_minor_units: row.maybe_parsed("gross_minor_units")?,
        participants: row.maybe_number("participants")?,
        closed_at: row.maybe_number("closed_at")?,
        settled_in: WindowId(row.number("settled_in")?),
        opened: EventId(row.int("opened_id")?),
        ended: row.maybe_int("ended_id")?.map(EventId),
    })
}

fn window_position(row: &AnyRow) -> Result<WindowPositionRow, IndexError> {
    Ok(WindowPositionRow {
        participant: ParticipantId(row.number("participant")?),
        debits: row.parsed("debits")?,
        credits: row.parsed("credits")?,
        carried_over: row.parsed("carried_over")?,
        net: row.parsed("net")?,
    })
}

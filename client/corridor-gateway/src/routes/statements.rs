//! `/v1/statements`: what an account held and what moved on it, from the index.

use super::{Asked, Problems};
use crate::{
    app::App,
    auth::{Caller, Scope},
    iso::now_text,
    problem::Problem,
    text::Text,
};
use axum::{
    extract::State,
    http::{header, HeaderMap},
    response::{IntoResponse, Response},
};
use corridor_client::core::Currency;
use corridor_indexer::{Index, IndexError};
use corridor_iso20022::{Book, Date};
use corridor_statements::{draw_up, Format, Period, StatementError, StatementRequest, Zone};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How many items of clearing batches are listed where nothing is said, and at most.
const BATCH_ITEMS: u32 = 20_000;

/// A report within the day is not written from an index that is further behind than this, in blocks and in seconds: a block or two are
/// always on their way, and the first block after a long silence is one block.
const MOST_BEHIND: (u64, u64) = (10, 60);

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(statement))
}

/// Which book of the participant's.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountName {
    /// What is available and what is reserved.
    #[default]
    Escrow,
    /// What is pledged.
    Collateral,
}

/// Which statement.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The book: escrow where it is left out, or collateral.
    #[serde(default)]
    account: AccountName,
    /// ISO 4217 code.
    #[param(value_type = String, example = "CNY")]
    currency: Text<Currency>,
    /// The business day.
    #[param(value_type = Option<String>, format = "date")]
    date: Option<Text<Date>>,
    /// Or the first of several days.
    #[param(value_type = Option<String>, format = "date")]
    from: Option<Text<Date>>,
    /// And the last of them, at most 366.
    #[param(value_type = Option<String>, format = "date")]
    to: Option<Text<Date>>,
    /// camt053, camt052, camt054, csv or json. Where it is left out, `Accept` decides: XML is a camt.053.
    #[param(value_type = Option<String>)]
    format: Option<Text<Format>>,
    /// Where days begin: the offset of local time from UTC. `+08:00` where it is left out; a plus sign is `%2B` in a query.
    #[param(value_type = Option<String>, example = "+08:00")]
    utc_offset: Option<Text<Zone>>,
    /// How many items of clearing batches are listed, at most 20,000; a batch of more than are left has its number and total only.
    #[param(maximum = 20000)]
    batch_items: Option<u32>,
}

/// The statement of an account of this gateway's participant, from the index of finalised blocks
///
/// With the scope `auditor` or `treasurer`. As camt.053 (days that are over), camt.052 (within the day), camt.054 (booked entries, batches
/// item by item), CSV or JSON. A statement whose balances and entries do not add up is not written. 404 where the day is not over or nothing
/// of it is known; 422 (`statement.too_many`) where it would have more than `limits.statement_entries`; 503 where the index has not come as
/// far as the chain has, and while two others are drawn up.
#[utoipa::path(
    get, path = "/v1/statements", tag = "Statements", operation_id = "statement",
    params(Which),
    responses(
        (status = 200, content((Object = "application/json"), (String = "application/xml"), (String = "text/csv"))),
        Problems
    )
)]
async fn statement(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.acts_as(&[Scope::Auditor, Scope::Treasurer])?;
    let format = chosen(which.format.map(|format| format.0), &headers)?;
    let period = which.period()?;
    let index = own_index(&app).await?;
    let agent = app.config.participant.to_string();
    let participant = index.find_participant(&agent).await?;
    let participant = participant.ok_or_else(|| {
        Problem::not_found(format!(
            "the index knows no participant {agent}, whom this gateway acts for"
        ))
    })?;
    let created_at = now_text()?;
    let request = StatementRequest {
        participant,
        currency: which.currency.0,
        book: match which.account {
            AccountName::Escrow => Book::Escrow,
            AccountName::Collateral => Book::Collateral,
        },
        period,
        form: format.form(),
        items: which.items(format)?,
        most_entries: Some(app.config.limits.statement_entries),
        created_at: Some(created_at.clone()),
    };
    let Ok(_permit) = app.statements.try_acquire() else {
        return Err(Problem::busy(
            "as many statements are being drawn up as may be at a time",
        ));
    };
    let drawn = match draw_up(index, &request).await {
        Ok(drawn) => drawn,
        Err(error) => return Err(not_drawn(&app, index, &period, error).await),
    };
    if !drawn.over {
        keeps_up(&app, index).await?;
    }
    let text = format.write(&drawn.statement, created_at)?;
    Ok(([(header::CONTENT_TYPE, media_type(format).1)], text).into_response())
}

impl Which {
    fn period(&self) -> Result<Period, Problem> {
        let zone = self.utc_offset.map_or(Zone::BEIJING, |zone| zone.0);
        let (first, last) = match (self.date, self.from, self.to) {
            (Some(date), None, None) => (date, date),
            (None, Some(from), Some(to)) => (from, to),
            _ => return Err(Problem::invalid("date, from, to: give date, or from and to")),
        };
        Period::new(first.0, last.0, zone)
            .map_err(|error| Problem::invalid(format!("date, from, to: {error}")))
    }

    /// A CSV has one line for an entry.
    fn items(&self, format: Format) -> Result<usize, Problem> {
        let asked = self.batch_items.unwrap_or(BATCH_ITEMS);
        if asked > BATCH_ITEMS {
            return Err(Problem::invalid(format!("batch_items: at most {BATCH_ITEMS}")));
        }
        Ok(match format {
            Format::Csv => 0,
            _ => usize::try_from(asked).unwrap_or_default(),
        })
    }
}

/// What a format is to be accepted as, and what it is said to be.
fn media_type(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Camt052 | Format::Camt053 | Format::Camt054 => ("application/xml", "application/xml"),
        Format::Csv => ("text/csv", "text/csv; charset=utf-8"),
        Format::Json => ("application/json", "application/json"),
    }
}

/// The format that is asked for by name, or else by media type; both have to agree.
fn chosen(named: Option<Format>, headers: &HeaderMap) -> Result<Format, Problem> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let types = accept.unwrap_or("*/*").split(',');
    let mut types = types.map(|part| part.split(';').next().unwrap_or_default().trim());
    let of = |accepted: &str| match accepted {
        "text/csv" | "text/*" => Some(Format::Csv),
        "application/json" | "application/*" | "*/*" => Some(Format::Json),
        xml if super::intent::is_xml(xml) => Some(Format::Camt053),
        _ => None,
    };
    let refused =
        || Problem::not_acceptable("application/json, application/xml or text/csv, as the format is");
    let Some(format) = named else {
        return types.find_map(of).ok_or_else(refused);
    };
    let (essence, _) = media_type(format);
    let family = essence.split('/').next().unwrap_or_default();
    let allows = |accepted: &str| {
        let same = of(accepted).is_some_and(|other| media_type(other).0 == essence);
        same || accepted == "*/*" || accepted.strip_suffix("/*") == Some(family)
    };
    types.any(allows).then_some(format).ok_or_else(refused)
}

/// The index, once it is of this gateway's contract.
async fn own_index(app: &App) -> Result<&Index, Problem> {
    let index = app.index.opened().await?;
    let source = index.source().await?;
    match source.settlement == app.config.chain.settlement.0 {
        true => Ok(index),
        false => Err(Problem::other_index()),
    }
}

/// Why there is no statement: because the chain has not come so far, or because the index has not come as far as the chain.
async fn not_drawn(app: &App, index: &Index, period: &Period, error: StatementError) -> Problem {
    let moments = period.moments();
    let needed = match &error {
        StatementError::NotBegun { .. } => moments.start,
        StatementError::NotOver { .. } => moments.end,
        _ => return error.into(),
    };
    match (app.backend.head().await, index.head().await) {
        (Ok(chain), Ok(Some(head))) if chain.time_ms / 1_000 >= needed => {
            Problem::index_behind(head.block, chain)
        }
        _ => error.into(),
    }
}

/// Makes sure that a report of a day that is not over is not an old one.
async fn keeps_up(app: &App, index: &Index) -> Result<(), Problem> {
    let chain = app.backend.head().await?;
    let head = index.head().await?.ok_or(IndexError::Empty)?.block;
    let blocks = chain.number.saturating_sub(head.number);
    let seconds = chain.time_ms.saturating_sub(head.time_ms) / 1_000;
    match blocks > MOST_BEHIND.0 && seconds > MOST_BEHIND.1 {
        true => Err(Problem::index_behind(head, chain)),
        false => Ok(()),
    }
}

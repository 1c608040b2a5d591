//! `/v1/requests` and `/v1/messages`: what was taken, and what became of it.

use super::{cursor, intent::wants_xml, page_size, place, transfers::xml, Asked, Named, Problems};
use crate::{
    app::App,
    iso,
    problem::Problem,
    store::{RequestFilter, State as RequestState},
    text::Text,
    view::request::{MessageView, RequestView, RequestsView},
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    Json,
};
use corridor_client::core::Uetr;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(message))
}

/// Which requests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only of this state.
    state: Option<RequestState>,
    /// Only about this transfer.
    #[param(value_type = Option<String>)]
    uetr: Option<Text<Uetr>>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// Requests, the newest first
#[utoipa::path(
    get, path = "/v1/requests", tag = "Requests", operation_id = "requests",
    params(Filter),
    responses((status = 200, body = RequestsView), Problems)
)]
async fn list(
    State(app): State<Arc<App>>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<RequestsView>, Problem> {
    let limit = page_size(filter.limit)?;
    let filter = RequestFilter {
        state: filter.state,
        stream: filter.uetr.map(|uetr| uetr.to_string()),
        before: place(filter.cursor.as_deref())?,
        limit,
    };
    let records = app.store.requests(&filter).await?;
    let full = i64::try_from(records.len()).unwrap_or(i64::MAX) == limit;
    Ok(Json(RequestsView {
        requests: records.iter().map(RequestView::from).collect(),
        next_cursor: records.last().filter(|_| full).map(|record| cursor(record.seq)),
    }))
}

/// A request and where it stands
///
/// `succeeded`, `refused` and `failed` are for ever; until then it is `accepted` or `working`.
#[utoipa::path(
    get, path = "/v1/requests/{id}", tag = "Requests", operation_id = "request",
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = RequestView), Problems)
)]
async fn show(State(app): State<Arc<App>>, Named(id): Named<String>) -> Result<Json<RequestView>, Problem> {
    let id = printable(id)?;
    let record = app.store.request(&id).await?;
    let record = record.ok_or_else(|| Problem::not_found(format!("there is no request {id}")))?;
    Ok(Json(RequestView::from(&record)))
}

/// A message and what became of each of its requests
///
/// As JSON, or as a pacs.002 where Accept says XML.
#[utoipa::path(
    get, path = "/v1/messages/{id}", tag = "Requests", operation_id = "message",
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, content((MessageView = "application/json"), (String = "application/xml"))), Problems)
)]
async fn message(
    State(app): State<Arc<App>>,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, as_xml) = (printable(id)?, wants_xml(&headers)?);
    let record = app.store.message(&id).await?;
    let record = record.ok_or_else(|| Problem::not_found(format!("there is no message {id}")))?;
    if !as_xml {
        return Ok(Json(MessageView::from(&record)).into_response());
    }
    let mut reports = Vec::with_capacity(record.requests.len());
    for request in &record.requests {
        let transfer = match request
            .operation
            .uetr()
            .filter(|_| request.state == RequestState::Succeeded)
        {
            Some(uetr) => app.backend.transfer(uetr).await?,
            None => None,
        };
        let paid_at = match &transfer {
            Some(transfer) => app.backend.paid_at(transfer).await?,
            None => None,
        };
        let transfer = transfer.as_ref().map(|transfer| (transfer, paid_at));
        reports.push(iso::of_request(request, transfer));
    }
    Ok(xml(iso::report(&app.config.participant, reports)?))
}

/// An identifier as a database takes it: PostgreSQL knows no zero byte in a text.
pub(super) fn printable(id: String) -> Result<String, Problem> {
    let fits = id.len() <= 64 && !id.chars().any(char::is_control);
    match fits {
        true => Ok(id),
        false => Err(Problem::not_found("there is no such identifier")),
    }
}

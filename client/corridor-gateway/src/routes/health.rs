//! `/health`, `/ready`, `/metrics`: for balancers and monitoring, without an API key.

use crate::{app::App, metrics::Standing, problem::Problem};
use axum::{
    extract::State,
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How long store and chain may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(metrics))
}

/// The process runs
#[utoipa::path(
    get, path = "/health", tag = "Operation", operation_id = "health", security(()),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
async fn health() -> &'static str {
    "ok\n"
}

/// What a gateway needs to take requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyView {
    /// Whether to send it requests.
    pub ready: bool,
    /// Whether the store answers: without it nothing can be taken.
    pub store: bool,
    /// Whether the chain answers. Requests are taken without it, and carried out when it is back; a new camt.056 only, and a message that names
    /// somebody who is not known yet, need it.
    pub chain: bool,
    /// Whether the gateway is on its way out.
    pub stopping: bool,
    /// Why, where it stops by itself: its supervisor starts it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Whether to send this gateway requests
#[utoipa::path(
    get, path = "/ready", tag = "Operation", operation_id = "ready", security(()),
    responses((status = 200, body = ReadyView), (status = 503, body = ReadyView))
)]
async fn ready(State(app): State<Arc<App>>) -> Response {
    let (store, chain) = tokio::join!(
        tokio::time::timeout(PATIENCE, app.store.ping()),
        tokio::time::timeout(PATIENCE, app.backend.head()),
    );
    let (store, stopping) = (matches!(store, Ok(Ok(()))), app.leaving());
    let view = ReadyView {
        ready: store && !stopping,
        store,
        chain: matches!(chain, Ok(Ok(_))),
        stopping,
        failure: app.failure().map(String::from),
    };
    let status = match view.ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(view)).into_response()
}

/// Figures for Prometheus
#[utoipa::path(
    get, path = "/metrics", tag = "Operation", operation_id = "metrics", security(()),
    responses((status = 200, body = String, content_type = "application/openmetrics-text"))
)]
async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let (backlog, backlog_age_ms) = app.store.backlog().await?;
    let (pending_deliveries, dead_letters) = app.store.delivery_counts().await?;
    let followed = app.store.followed_to().await?.unwrap_or_default();
    let head = tokio::time::timeout(PATIENCE, app.backend.head()).await;
    let number = |block: u64| i64::try_from(block).unwrap_or(i64::MAX);
    let text = app.metrics.text(Standing {
        backlog,
        backlog_age_ms,
        pending_deliveries,
        dead_letters,
        followed_block: number(followed),
        head_block: head.ok().and_then(Result::ok).map(|head| number(head.number)),
    });
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
}

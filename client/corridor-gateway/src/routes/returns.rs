//! `/v1/returns`: pacs.004.

use super::{
    intent::{is_xml, Intent},
    transfers::message,
    Problems,
};
use crate::{app::App, auth::Caller, iso, problem::Problem, view::request::TakenView};
use axum::{extract::State, response::Response};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(returns))
}

/// Send back settled transfers as their creditor agent: a pacs.004 of one or many
///
/// One return as JSON goes to `/v1/transfers/{uetr}/return`.
#[utoipa::path(
    post, path = "/v1/returns", tag = "Transfers", operation_id = "returns",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    request_body(content = String, content_type = "application/xml"),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn returns(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    if !is_xml(&intent.content_type) {
        return Err(Problem::media_type("application/xml"));
    }
    let limits = iso::limits(app.config.limits.body_bytes, app.config.limits.transactions);
    let wanted = iso::read_pacs004(&intent.body, &limits)?;
    message(&app, &caller, &intent, wanted).await
}

//! `/v1/returns`: pacs.004.

use super::{
    intent::{is_xml, Intent},
    messages, OwnKey, Problems, Taken,
};
use crate::{app::App, auth::Caller, problem::Problem};
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
    params(OwnKey),
    request_body(content = String, content_type = "application/xml"),
    responses(Taken, Problems)
)]
async fn returns(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    if !is_xml(&intent.content_type) {
        return Err(Problem::media_type("application/xml"));
    }
    messages::returns(&app, &caller, &intent).await
}

//! `/v1/governance`.

use super::{
    accepted::{self, Wanted},
    intent::Intent,
    Problems,
};
use crate::{
    app::App,
    auth::Caller,
    operation::{Operation, Pause},
    problem::Problem,
    view::{ledger::GovernanceView, request::TakenView},
};
use axum::{extract::State, response::Response, Json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(pause))
}

/// The contract's root state, and where the chain stands
#[utoipa::path(
    get, path = "/v1/governance", tag = "Governance", operation_id = "governance",
    responses((status = 200, body = GovernanceView), Problems)
)]
async fn show(State(app): State<Arc<App>>) -> Result<Json<GovernanceView>, Problem> {
    let corridor = app.backend.reader()?;
    let head = corridor.finalised_head().await?.into();
    let state = corridor.governance().await?;
    let chain = &corridor.chain_info().chain;
    Ok(Json(GovernanceView::new(
        head,
        chain,
        corridor.settlement(),
        &state,
    )))
}

/// Stop new business or allow it again, as governor
#[utoipa::path(
    post, path = "/v1/governance/pause", tag = "Governance", operation_id = "set_paused", request_body = Pause,
    params(("Idempotency-Key" = String, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn pause(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let pause: Pause = intent.json()?;
    accepted::one(
        &app,
        &caller,
        &intent,
        Wanted::new(Operation::SetPaused(pause), &pause),
    )
    .await
}

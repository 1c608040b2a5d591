//! `/v1/governance`.

use super::{accepted::Asking, NeededKey, Problems, Taken};
use crate::{
    app::App,
    operation::{Operation, Pause, Successor},
    problem::Problem,
    view::ledger::GovernanceView,
};
use axum::{extract::State, response::Response, Json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(pause))
        .routes(routes!(propose))
        .routes(routes!(accept))
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
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn pause(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::SetPaused).await
}

/// Name the governor's successor, as governor
///
/// The governor stays until the successor accepts.
#[utoipa::path(
    post, path = "/v1/governance/successor", tag = "Governance", operation_id = "propose_governor",
    request_body = Successor,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn propose(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::ProposeGovernor).await
}

/// Take over as governor, with the key of whoever was named
///
/// That key has to be among `signers.governor`.
#[utoipa::path(
    post,
    path = "/v1/governance/successor/accept",
    tag = "Governance",
    operation_id = "accept_governor",
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn accept(asking: Asking) -> Result<Response, Problem> {
    asking.nothing()?;
    asking.take((), |()| Operation::AcceptGovernor).await
}

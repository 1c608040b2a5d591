//! `/v1/escrow` and `/v1/collateral`: money in, out, and set aside.

use super::{
    accepted::{self, Wanted},
    intent::Intent,
    Problems,
};
use crate::{
    app::App,
    auth::Caller,
    directory::Directory,
    operation::{Moved, Operation},
    problem::Problem,
    view::{ledger::PositionView, request::TakenView},
};
use axum::{extract::State, response::Response, Json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(deposit))
        .routes(routes!(withdraw))
        .routes(routes!(pledge))
        .routes(routes!(release))
        .routes(routes!(positions))
}

async fn move_money(
    app: &App,
    caller: &Caller,
    intent: &Intent,
    operation: fn(Moved) -> Operation,
) -> Result<Response, Problem> {
    let moved: Moved = intent.json()?;
    let wanted = Wanted::new(operation(moved.clone()), &moved);
    accepted::one(app, caller, intent, wanted).await
}

/// Move tokens from the treasurer's account into escrow
///
/// The settlement contract must have been approved as a spender of the currency's token before.
#[utoipa::path(
    post, path = "/v1/escrow/deposits", tag = "Escrow", operation_id = "deposit", request_body = Moved,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn deposit(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    move_money(&app, &caller, &intent, Operation::Deposit).await
}

/// Move available escrow to the treasurer's account
#[utoipa::path(
    post, path = "/v1/escrow/withdrawals", tag = "Escrow", operation_id = "withdraw", request_body = Moved,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn withdraw(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    move_money(&app, &caller, &intent, Operation::Withdraw).await
}

/// Move available escrow to collateral of net settlement
#[utoipa::path(
    post, path = "/v1/collateral/pledges", tag = "Escrow", operation_id = "pledge", request_body = Moved,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn pledge(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    move_money(&app, &caller, &intent, Operation::Pledge).await
}

/// Move collateral that covers nothing back to available
#[utoipa::path(
    post, path = "/v1/collateral/releases", tag = "Escrow", operation_id = "release", request_body = Moved,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn release(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    move_money(&app, &caller, &intent, Operation::Release).await
}

/// Every participant's escrow in every currency, read at one block
#[utoipa::path(
    get, path = "/v1/positions", tag = "Escrow", operation_id = "positions",
    responses((status = 200, body = Vec<PositionView>), Problems)
)]
async fn positions(State(app): State<Arc<App>>) -> Result<Json<Vec<PositionView>>, Problem> {
    let corridor = app.backend.reader()?;
    let positions = corridor.positions().await?;
    let directory = Directory::of(corridor.participants().await?);
    let views = positions.iter().map(|entry| PositionView::new(entry, &directory));
    Ok(Json(views.collect()))
}

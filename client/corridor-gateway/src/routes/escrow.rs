//! `/v1/escrow` and `/v1/collateral`: money in, out, and set aside.

use super::{accepted::Asking, intent::is_xml, messages, NeededKey, OwnKey, Problems, Taken};
use crate::{
    app::App,
    directory::Directory,
    operation::{Approval, Moved, Operation},
    problem::Problem,
    view::ledger::PositionView,
};
use axum::{extract::State, response::Response, Json};
use corridor_iso20022::pacs009::Direction;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(approve))
        .routes(routes!(deposit))
        .routes(routes!(withdraw))
        .routes(routes!(pledge))
        .routes(routes!(release))
        .routes(routes!(positions))
}

/// Let the settlement contract pull money from the treasurer's account, which is what a deposit does
///
/// The amount replaces an earlier approval in its currency.
#[utoipa::path(
    post, path = "/v1/escrow/approvals", tag = "Escrow", operation_id = "approve", request_body = Approval,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn approve(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::Approve).await
}

/// Move tokens from the treasurer's account into escrow
///
/// The settlement contract must be approved for as much: `/v1/escrow/approvals`. As XML a pacs.009 whose `CdtrAcct` is the escrow account.
#[utoipa::path(
    post, path = "/v1/escrow/deposits", tag = "Escrow", operation_id = "deposit",
    request_body(content((Moved = "application/json"), (String = "application/xml"))),
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn deposit(asking: Asking) -> Result<Response, Problem> {
    if is_xml(&asking.intent.content_type) {
        return funding(&asking, Direction::Deposit).await;
    }
    asking.take_body(Operation::Deposit).await
}

/// Move available escrow to the treasurer's account
///
/// As XML a pacs.009 whose `DbtrAcct` is the escrow account.
#[utoipa::path(
    post, path = "/v1/escrow/withdrawals", tag = "Escrow", operation_id = "withdraw",
    request_body(content((Moved = "application/json"), (String = "application/xml"))),
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn withdraw(asking: Asking) -> Result<Response, Problem> {
    if is_xml(&asking.intent.content_type) {
        return funding(&asking, Direction::Withdraw).await;
    }
    asking.take_body(Operation::Withdraw).await
}

/// Move available escrow to collateral of net settlement
///
/// As XML a camt.050 from the escrow account to the collateral account.
#[utoipa::path(
    post, path = "/v1/collateral/pledges", tag = "Escrow", operation_id = "pledge",
    request_body(content((Moved = "application/json"), (String = "application/xml"))),
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn pledge(asking: Asking) -> Result<Response, Problem> {
    if is_xml(&asking.intent.content_type) {
        return collateral(&asking, true).await;
    }
    asking.take_body(Operation::Pledge).await
}

/// Move collateral that covers nothing back to available
///
/// As XML a camt.050 from the collateral account to the escrow account.
#[utoipa::path(
    post, path = "/v1/collateral/releases", tag = "Escrow", operation_id = "release",
    request_body(content((Moved = "application/json"), (String = "application/xml"))),
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn release(asking: Asking) -> Result<Response, Problem> {
    if is_xml(&asking.intent.content_type) {
        return collateral(&asking, false).await;
    }
    asking.take_body(Operation::Release).await
}

/// What a pacs.009 asks for, which has to go this way.
async fn funding(asking: &Asking, direction: Direction) -> Result<Response, Problem> {
    messages::funding(&asking.app, &asking.caller, &asking.intent, direction).await
}

/// What a camt.050 asks for, which has to be a pledge or has to be a release.
async fn collateral(asking: &Asking, pledges: bool) -> Result<Response, Problem> {
    messages::collateral(&asking.app, &asking.caller, &asking.intent, Some(pledges)).await
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

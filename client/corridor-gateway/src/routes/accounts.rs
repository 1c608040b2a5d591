//! `/v1/accounts`: who may act for whom, and what is recorded under a reference.

use super::{Named, Problems};
use crate::{
    app::App,
    iso,
    problem::Problem,
    text::{ReferenceText, Text},
    view::account::{AccountView, RecordedView},
};
use axum::{extract::State, Json};
use corridor_client::{
    core::{AgentId, ParticipantId},
    AddressText,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(of_participant))
        .routes(routes!(recorded))
}

/// For whom an account acts, and in which roles
#[utoipa::path(
    get, path = "/v1/accounts/{account}", tag = "Participants", operation_id = "account",
    params(("account" = String, Path, description = "As SS58 or an address of 20 bytes")),
    responses((status = 200, body = AccountView), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named(Text(account)): Named<Text<AddressText>>,
) -> Result<Json<AccountView>, Problem> {
    let caller = app.backend.reader()?.account_roles(account.0).await?;
    let caller = caller.ok_or_else(|| Problem::not_found(format!("{account} acts for nobody")))?;
    let directory = iso::directory(&app).await?;
    let participant = directory.name(caller.participant);
    Ok(Json(AccountView::new(account.0, participant, &caller.roles)))
}

/// Every account that acts for a participant
#[utoipa::path(
    get, path = "/v1/participants/{agent}/accounts", tag = "Participants", operation_id = "accounts",
    params(("agent" = String, Path)),
    responses((status = 200, body = Vec<AccountView>), Problems)
)]
async fn of_participant(
    State(app): State<Arc<App>>,
    Named(Text(agent)): Named<Text<AgentId>>,
) -> Result<Json<Vec<AccountView>>, Problem> {
    let (id, name) = participant(&app, &agent).await?;
    let accounts = app.backend.reader()?.accounts(id).await?;
    let view = |(account, roles)| AccountView::new(account, name.clone(), &roles);
    Ok(Json(accounts.into_iter().map(view).collect()))
}

/// What is recorded under a participant's own reference: a movement, a return, or collateral
#[utoipa::path(
    get, path = "/v1/participants/{agent}/operations/{reference}", tag = "Escrow", operation_id = "operation",
    params(("agent" = String, Path), ("reference" = String, Path)),
    responses((status = 200, body = RecordedView), Problems)
)]
async fn recorded(
    State(app): State<Arc<App>>,
    Named((Text(agent), reference)): Named<(Text<AgentId>, ReferenceText)>,
) -> Result<Json<RecordedView>, Problem> {
    let (id, _) = participant(&app, &agent).await?;
    let found = app.backend.reader()?.operation(id, reference.reference()).await?;
    let found = found.ok_or_else(|| Problem::not_found(format!("{agent} has recorded no {reference}")))?;
    Ok(Json(RecordedView::from(&found)))
}

/// A participant by any of its identifiers, with the name reports show.
///
/// # Errors
/// 404 where nobody goes by it.
pub async fn participant(app: &App, agent: &AgentId) -> Result<(ParticipantId, String), Problem> {
    let directory = iso::directory(app).await?;
    let id = directory.resolve(std::slice::from_ref(agent));
    let id = id.ok_or_else(|| Problem::not_found(format!("no participant goes by {agent}")))?;
    Ok((id, directory.name(id)))
}

//! `/v1/participants`, `/v1/roles`, `/v1/currencies`.

use super::{accepted::Asking, Named, NeededKey, Problems, Taken};
use crate::{
    app::App,
    operation::{NewCurrency, NewParticipant, Operation, OwnAccount, RoleChange, Successor, Suspension},
    problem::Problem,
    text::Text,
    view::ledger::{ConservationView, CurrencyView, ParticipantView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::core::{AgentId, Currency};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(show))
        .routes(routes!(suspend))
        .routes(routes!(grant))
        .routes(routes!(revoke))
        .routes(routes!(leave))
        .routes(routes!(propose_admin))
        .routes(routes!(accept_admin))
        .routes(routes!(currencies, register_currency))
        .routes(routes!(conservation))
}

/// Every participant
#[utoipa::path(
    get, path = "/v1/participants", tag = "Participants", operation_id = "participants",
    responses((status = 200, body = Vec<ParticipantView>), Problems)
)]
async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<ParticipantView>>, Problem> {
    let entries = app.backend.participants().await?;
    Ok(Json(entries.iter().map(ParticipantView::from).collect()))
}

/// A participant by any of its identifiers
#[utoipa::path(
    get, path = "/v1/participants/{agent}", tag = "Participants", operation_id = "participant",
    params(("agent" = String, Path)),
    responses((status = 200, body = ParticipantView), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named(Text(agent)): Named<Text<AgentId>>,
) -> Result<Json<ParticipantView>, Problem> {
    let entries = app.backend.participants().await?;
    let entry = entries
        .iter()
        .find(|entry| entry.participant.agents.contains(&agent));
    let entry = entry.ok_or_else(|| Problem::not_found(format!("no participant goes by {agent}")))?;
    Ok(Json(ParticipantView::from(entry)))
}

/// Admit a participant, as governor
#[utoipa::path(
    post, path = "/v1/participants", tag = "Participants", operation_id = "register_participant",
    request_body = NewParticipant,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn register(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::RegisterParticipant).await
}

/// Whether new business with a participant is stopped.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuspension {
    /// `true` stops it.
    pub suspended: bool,
}

/// Suspend or reinstate a participant, as governor
#[utoipa::path(
    post, path = "/v1/participants/{agent}/suspension", tag = "Participants", operation_id = "set_suspended",
    request_body = NewSuspension,
    params(
        ("agent" = String, Path),
        NeededKey
    ),
    responses(Taken, Problems)
)]
async fn suspend(Named(participant): Named<Text<AgentId>>, asking: Asking) -> Result<Response, Problem> {
    let suspended = asking.json::<NewSuspension>()?.suspended;
    let suspension = Suspension {
        participant,
        suspended,
    };
    asking.take(suspension, Operation::SetSuspended).await
}

/// Give an account of this participant a role, as its admin
#[utoipa::path(
    post, path = "/v1/roles/grants", tag = "Participants", operation_id = "grant_role", request_body = RoleChange,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn grant(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::GrantRole).await
}

/// Take a role from an account of this participant, as its admin
#[utoipa::path(
    post, path = "/v1/roles/revocations", tag = "Participants", operation_id = "revoke_role",
    request_body = RoleChange,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn revoke(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::RevokeRole).await
}

/// Give up all roles of one of your own keys
///
/// The account acts for nobody from then on, and any participant's admin may grant it a role.
#[utoipa::path(
    post, path = "/v1/roles/leave", tag = "Participants", operation_id = "leave", request_body = OwnAccount,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn leave(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::Leave).await
}

/// Name the successor of this participant's admin, as its admin
///
/// The admin stays until the successor accepts.
#[utoipa::path(
    post, path = "/v1/roles/admin", tag = "Participants", operation_id = "propose_admin", request_body = Successor,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn propose_admin(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::ProposeAdmin).await
}

/// Take over as this participant's admin, with the key of whoever was named
///
/// That key has to be among `signers.admin`.
#[utoipa::path(
    post,
    path = "/v1/roles/admin/accept",
    tag = "Participants",
    operation_id = "accept_admin",
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn accept_admin(asking: Asking) -> Result<Response, Problem> {
    asking.nothing()?;
    asking.take((), |()| Operation::AcceptAdmin).await
}

/// Every registered currency
#[utoipa::path(
    get, path = "/v1/currencies", tag = "Currencies", operation_id = "currencies",
    responses((status = 200, body = Vec<CurrencyView>), Problems)
)]
async fn currencies(State(app): State<Arc<App>>) -> Result<Json<Vec<CurrencyView>>, Problem> {
    let entries = app.backend.reader()?.currencies().await?;
    Ok(Json(entries.iter().map(CurrencyView::from).collect()))
}

/// Admit a currency, as governor
#[utoipa::path(
    post, path = "/v1/currencies", tag = "Currencies", operation_id = "register_currency", request_body = NewCurrency,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn register_currency(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::RegisterCurrency).await
}

/// Whether the books of a currency are covered by what the contract holds
#[utoipa::path(
    get, path = "/v1/currencies/{currency}/conservation", tag = "Currencies", operation_id = "conservation",
    params(("currency" = String, Path)),
    responses((status = 200, body = ConservationView), Problems)
)]
async fn conservation(
    State(app): State<Arc<App>>,
    Named(Text(currency)): Named<Text<Currency>>,
) -> Result<Json<ConservationView>, Problem> {
    let answer = app.backend.reader()?.conservation(currency).await?;
    Ok(Json(ConservationView::new(currency, &answer)))
}

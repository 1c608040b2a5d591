//! `/v1/participants`, `/v1/roles`, `/v1/currencies`.

use super::{
    accepted::{self, Wanted},
    intent::Intent,
    Named, Problems,
};
use crate::{
    app::App,
    auth::Caller,
    operation::{NewCurrency, NewParticipant, Operation, RoleChange, Suspension},
    problem::Problem,
    text::Text,
    view::{
        ledger::{ConservationView, CurrencyView, ParticipantView},
        request::TakenView,
    },
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
    params(("Idempotency-Key" = String, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn register(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let new: NewParticipant = intent.json()?;
    let wanted = Wanted::new(Operation::RegisterParticipant(new.clone()), &new);
    accepted::one(&app, &caller, &intent, wanted).await
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
        ("Idempotency-Key" = String, Header, description = "Your identity of this request")
    ),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn suspend(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named(participant): Named<Text<AgentId>>,
    intent: Intent,
) -> Result<Response, Problem> {
    let suspended = intent.json::<NewSuspension>()?.suspended;
    let suspension = Suspension {
        participant,
        suspended,
    };
    let given = suspension.clone();
    let wanted = Wanted::new(Operation::SetSuspended(suspension), &given);
    accepted::one(&app, &caller, &intent, wanted).await
}

/// Give an account of this participant a role, as its admin
#[utoipa::path(
    post, path = "/v1/roles/grants", tag = "Participants", operation_id = "grant_role", request_body = RoleChange,
    params(("Idempotency-Key" = String, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn grant(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let change: RoleChange = intent.json()?;
    let wanted = Wanted::new(Operation::GrantRole(change.clone()), &change);
    accepted::one(&app, &caller, &intent, wanted).await
}

/// Take a role from an account of this participant, as its admin
#[utoipa::path(
    post, path = "/v1/roles/revocations", tag = "Participants", operation_id = "revoke_role",
    request_body = RoleChange,
    params(("Idempotency-Key" = String, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn revoke(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let change: RoleChange = intent.json()?;
    let wanted = Wanted::new(Operation::RevokeRole(change.clone()), &change);
    accepted::one(&app, &caller, &intent, wanted).await
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
    params(("Idempotency-Key" = String, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn register_currency(
    State(app): State<Arc<App>>,
    caller: Caller,
    intent: Intent,
) -> Result<Response, Problem> {
    let new: NewCurrency = intent.json()?;
    let wanted = Wanted::new(Operation::RegisterCurrency(new.clone()), &new);
    accepted::one(&app, &caller, &intent, wanted).await
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

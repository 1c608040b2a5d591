//! `/v1/queues`, `/v1/tariffs`, `/v1/limits`.

use super::{accepted::Asking, Asked, Named, NeededKey, Problems, Taken};
use crate::{
    app::App,
    directory::Directory,
    iso,
    operation::{NewLimits, NewTariff, OfQueue, Operation},
    problem::Problem,
    text::Text,
    view::controls::{LimitedView, LimitsView, QueueView, TariffsView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::{
    core::{AgentId, Currency, ParticipantId},
    LimitScope,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(queue))
        .routes(routes!(resolve))
        .routes(routes!(tariffs, set_tariff))
        .routes(routes!(limits, set_limits))
}

/// What waits for cover in a currency, oldest first
#[utoipa::path(
    get, path = "/v1/queues/{currency}", tag = "Queue", operation_id = "queue",
    params(("currency" = String, Path)),
    responses((status = 200, body = QueueView), Problems)
)]
async fn queue(
    State(app): State<Arc<App>>,
    Named(Text(currency)): Named<Text<Currency>>,
) -> Result<Json<QueueView>, Problem> {
    let queue = app.backend.reader()?.queue(currency).await?;
    let directory = iso::directory(&app).await?;
    Ok(Json(QueueView::new(currency, &queue, &directory)))
}

/// Settle what of a queue can be settled, alone or against each other
#[utoipa::path(
    post, path = "/v1/queues/{currency}/resolve", tag = "Queue", operation_id = "resolve_queue",
    params(
        ("currency" = String, Path),
        NeededKey
    ),
    responses(Taken, Problems)
)]
async fn resolve(Named(currency): Named<Text<Currency>>, asking: Asking) -> Result<Response, Problem> {
    asking.nothing()?;
    asking.take(OfQueue { currency }, Operation::ResolveQueue).await
}

/// A corridor in one currency.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfCorridor {
    /// Who pays.
    #[param(value_type = String)]
    debtor_agent: Text<AgentId>,
    /// Who is paid.
    #[param(value_type = String)]
    creditor_agent: Text<AgentId>,
    /// ISO 4217 code.
    #[param(value_type = String)]
    currency: Text<Currency>,
}

/// The tariff of a corridor in one currency
#[utoipa::path(
    get, path = "/v1/tariffs", tag = "Tariffs and limits", operation_id = "tariffs", params(OfCorridor),
    responses((status = 200, body = TariffsView), Problems)
)]
async fn tariffs(
    State(app): State<Arc<App>>,
    Asked(of): Asked<OfCorridor>,
) -> Result<Json<TariffsView>, Problem> {
    let directory = iso::directory(&app).await?;
    let (debtor, creditor) = (
        agent(&directory, &of.debtor_agent)?,
        agent(&directory, &of.creditor_agent)?,
    );
    let tariffs = app
        .backend
        .reader()?
        .tariffs(debtor, creditor, of.currency.0)
        .await?;
    let tariffs = tariffs
        .ok_or_else(|| Problem::not_found("this corridor has no tariff: its transfers cost nothing"))?;
    Ok(Json(TariffsView::new(&tariffs, of.currency.0, &directory)))
}

/// Add a version of a tariff, as governor
#[utoipa::path(
    post, path = "/v1/tariffs", tag = "Tariffs and limits", operation_id = "set_tariff", request_body = NewTariff,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn set_tariff(asking: Asking) -> Result<Response, Problem> {
    let new: NewTariff = asking.json()?;
    new.tariff().map_err(Problem::invalid)?;
    asking.take(new, Operation::SetTariff).await
}

/// Whose limits.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfScope {
    /// Whose.
    #[param(value_type = String)]
    debtor_agent: Text<AgentId>,
    /// Towards whom; towards all together where it is left out.
    #[param(value_type = Option<String>)]
    creditor_agent: Option<Text<AgentId>>,
    /// ISO 4217 code.
    #[param(value_type = String)]
    currency: Text<Currency>,
}

/// The limits of a debtor agent in one currency
#[utoipa::path(
    get, path = "/v1/limits", tag = "Tariffs and limits", operation_id = "limits", params(OfScope),
    responses((status = 200, body = LimitedView), Problems)
)]
async fn limits(
    State(app): State<Arc<App>>,
    Asked(of): Asked<OfScope>,
) -> Result<Json<LimitedView>, Problem> {
    let directory = iso::directory(&app).await?;
    let scope = LimitScope {
        debtor_agent: agent(&directory, &of.debtor_agent)?,
        creditor_agent: match &of.creditor_agent {
            Some(creditor) => Some(agent(&directory, creditor)?),
            None => None,
        },
        currency: of.currency.0,
    };
    let limited = app.backend.reader()?.limits(scope).await?;
    let limits = limited.limits.as_ref();
    Ok(Json(LimitedView {
        limits: limits.map(|limits| LimitsView::new(limits, of.currency.0)),
    }))
}

/// Set or lift limits, as governor
#[utoipa::path(
    post, path = "/v1/limits", tag = "Tariffs and limits", operation_id = "set_limits", request_body = NewLimits,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn set_limits(asking: Asking) -> Result<Response, Problem> {
    let new: NewLimits = asking.json()?;
    new.limits().map_err(Problem::invalid)?;
    asking.take(new, Operation::SetLimits).await
}

fn agent(directory: &Directory, agent: &Text<AgentId>) -> Result<ParticipantId, Problem> {
    let found = directory.resolve(std::slice::from_ref(&agent.0));
    found.ok_or_else(|| Problem::not_found(format!("no participant goes by {agent}")))
}

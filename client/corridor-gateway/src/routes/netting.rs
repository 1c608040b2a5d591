//! `/v1/windows`, `/v1/schedule`, `/v1/net-positions`: net settlement.

use super::{accepted::Asking, Asked, Named, NeededKey, Problems, Taken};
use crate::{
    app::App,
    directory::Directory,
    operation::{Cap, NewSchedule, Operation, Window},
    problem::Problem,
    text::{Amount, Text},
    view::ledger::{NetPositionView, ScheduleView, WindowView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::core::{AgentId, Currency, WindowId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(schedule, set_schedule))
        .routes(routes!(open_window))
        .routes(routes!(window))
        .routes(routes!(close))
        .routes(routes!(abort))
        .routes(routes!(net_positions))
        .routes(routes!(set_cap))
}

/// How time is cut into settlement windows
#[utoipa::path(
    get, path = "/v1/schedule", tag = "Net settlement", operation_id = "schedule",
    responses((status = 200, body = ScheduleView), Problems)
)]
async fn schedule(State(app): State<Arc<App>>) -> Result<Json<ScheduleView>, Problem> {
    let schedule = app.backend.reader()?.schedule().await?;
    let schedule = schedule.ok_or_else(|| Problem::not_found("net settlement has no schedule yet"))?;
    Ok(Json(ScheduleView::from(&schedule)))
}

/// Set how time is cut into settlement windows, as governor
#[utoipa::path(
    post, path = "/v1/schedule", tag = "Net settlement", operation_id = "set_schedule", request_body = NewSchedule,
    params(NeededKey),
    responses(Taken, Problems)
)]
async fn set_schedule(asking: Asking) -> Result<Response, Problem> {
    let new: NewSchedule = asking.json()?;
    new.schedule().map_err(Problem::invalid)?;
    asking.take(new, Operation::SetSchedule).await
}

/// The open window of a currency
#[utoipa::path(
    get, path = "/v1/windows/{currency}", tag = "Net settlement", operation_id = "open_window",
    params(("currency" = String, Path)),
    responses((status = 200, body = WindowView), Problems)
)]
async fn open_window(
    State(app): State<Arc<App>>,
    Named(Text(currency)): Named<Text<Currency>>,
) -> Result<Json<WindowView>, Problem> {
    let state = app.backend.reader()?.window(currency, None).await?;
    Ok(Json(WindowView::new(currency, &state)))
}

/// Where a window of a currency stands
#[utoipa::path(
    get, path = "/v1/windows/{currency}/{window}", tag = "Net settlement", operation_id = "window",
    params(("currency" = String, Path), ("window" = u32, Path)),
    responses((status = 200, body = WindowView), Problems)
)]
async fn window(
    State(app): State<Arc<App>>,
    Named((Text(currency), window)): Named<(Text<Currency>, u32)>,
) -> Result<Json<WindowView>, Problem> {
    let state = app
        .backend
        .reader()?
        .window(currency, Some(WindowId(window)))
        .await?;
    Ok(Json(WindowView::new(currency, &state)))
}

/// Pay all net positions of a window whose cut-off has passed
#[utoipa::path(
    post, path = "/v1/windows/{currency}/{window}/close", tag = "Net settlement", operation_id = "close_window",
    params(
        ("currency" = String, Path), ("window" = u32, Path),
        NeededKey
    ),
    responses(Taken, Problems)
)]
async fn close(
    Named((currency, window)): Named<(Text<Currency>, u32)>,
    asking: Asking,
) -> Result<Response, Problem> {
    asking.nothing()?;
    asking
        .take(Window { currency, window }, Operation::CloseWindow)
        .await
}

/// Carry the net positions of a window over to the open one, as governor
#[utoipa::path(
    post, path = "/v1/windows/{currency}/{window}/abort", tag = "Net settlement", operation_id = "abort_window",
    params(
        ("currency" = String, Path), ("window" = u32, Path),
        NeededKey
    ),
    responses(Taken, Problems)
)]
async fn abort(
    Named((currency, window)): Named<(Text<Currency>, u32)>,
    asking: Asking,
) -> Result<Response, Problem> {
    asking.nothing()?;
    asking
        .take(Window { currency, window }, Operation::AbortWindow)
        .await
}

/// Whose net positions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfCurrency {
    /// ISO 4217 code.
    #[param(value_type = String)]
    currency: Text<Currency>,
}

/// Every participant's net settlement in a currency
#[utoipa::path(
    get, path = "/v1/net-positions", tag = "Net settlement", operation_id = "net_positions",
    params(OfCurrency),
    responses((status = 200, body = Vec<NetPositionView>), Problems)
)]
async fn net_positions(
    State(app): State<Arc<App>>,
    Asked(of): Asked<OfCurrency>,
) -> Result<Json<Vec<NetPositionView>>, Problem> {
    let (corridor, currency) = (app.backend.reader()?, of.currency.0);
    let entries = corridor.participants().await?;
    let directory = Directory::of(entries.clone());
    let mut views = Vec::with_capacity(entries.len());
    for entry in &entries {
        let position = corridor.net_position(entry.id, currency).await?;
        views.push(NetPositionView::new(
            directory.name(entry.id),
            currency,
            &position,
        ));
    }
    Ok(Json(views))
}

/// The most a participant's unsettled net debit may be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCap {
    /// How much.
    pub amount: Amount,
}

/// Set a participant's net debit cap, as governor
#[utoipa::path(
    post, path = "/v1/participants/{agent}/cap", tag = "Net settlement", operation_id = "set_cap",
    request_body = NewCap,
    params(
        ("agent" = String, Path),
        NeededKey
    ),
    responses(Taken, Problems)
)]
async fn set_cap(Named(participant): Named<Text<AgentId>>, asking: Asking) -> Result<Response, Problem> {
    let amount = asking.json::<NewCap>()?.amount;
    asking.take(Cap { participant, amount }, Operation::SetCap).await
}

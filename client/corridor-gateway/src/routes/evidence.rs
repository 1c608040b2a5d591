//! Evidence of what is recorded, for people without a node: `corridor verify` checks it.

use super::{accounts::participant, Asked, Named, Problems};
use crate::{app::App, problem::Problem, text::Text};
use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use corridor_client::{
    core::{AgentId, Currency, Uetr},
    proof::Subject,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(of_transfer))
        .routes(routes!(of_position))
}

/// At which block.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AtBlock {
    /// A finalised block whose state the node keeps; the newest where it is left out.
    block: Option<u64>,
}

/// Prove what is recorded of a transfer, or that nothing is
#[utoipa::path(
    get, path = "/v1/transfers/{uetr}/evidence", tag = "Evidence", operation_id = "transfer_evidence",
    params(("uetr" = String, Path, format = "uuid"), AtBlock),
    responses((status = 200, body = Object, description = "The evidence, for `corridor verify`"), Problems)
)]
async fn of_transfer(
    State(app): State<Arc<App>>,
    Named(Text(uetr)): Named<Text<Uetr>>,
    Asked(at): Asked<AtBlock>,
) -> Result<Response, Problem> {
    prove(&app, &[Subject::Transfer(uetr)], at).await
}

/// Prove a participant's escrow and net settlement in a currency
#[utoipa::path(
    get, path = "/v1/participants/{agent}/evidence/{currency}", tag = "Evidence", operation_id = "position_evidence",
    params(("agent" = String, Path), ("currency" = String, Path), AtBlock),
    responses((status = 200, body = Object, description = "The evidence, for `corridor verify`"), Problems)
)]
async fn of_position(
    State(app): State<Arc<App>>,
    Named((Text(agent), Text(currency))): Named<(Text<AgentId>, Text<Currency>)>,
    Asked(at): Asked<AtBlock>,
) -> Result<Response, Problem> {
    participant(&app, &agent).await?;
    let net = Subject::NetPosition {
        agent: agent.clone(),
        currency,
    };
    prove(&app, &[Subject::Position { agent, currency }, net], at).await
}

async fn prove(app: &App, subjects: &[Subject], at: AtBlock) -> Result<Response, Problem> {
    let evidence = app.backend.reader()?.evidence(subjects, at.block).await?;
    let json = evidence.to_json().map_err(corridor_client::Error::from)?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

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
    proof::{ProofError, Subject},
    ChainError, Error,
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
    let evidence = app.backend.reader()?.evidence(subjects, at.block).await;
    let evidence = evidence.map_err(|error| unproven(error, at.block))?;
    let json = evidence.to_json().map_err(corridor_client::Error::from)?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

/// Where somebody asks for a block that there is no evidence at, trying again is of no use.
fn unproven(error: Error, block: Option<u64>) -> Problem {
    let Some(block) = block else {
        return error.into();
    };
    match error {
        Error::Chain(ChainError::BlockUnavailable { .. }) => Problem::not_found(format!(
            "block {block} is not finalised, or the node no longer keeps its state"
        )),
        Error::Chain(ChainError::Rpc { reason, .. }) if reason.contains("discarded") => {
            Problem::not_found(format!("the node no longer keeps the state of block {block}"))
        }
        Error::Proof(ProofError::NoContract { .. }) => Problem::not_found(format!(
            "at block {block} the settlement contract was not deployed yet"
        )),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    fn answered(error: Error, block: Option<u64>) -> StatusCode {
        unproven(error, block).into_response().status()
    }

    #[test]
    fn a_block_without_evidence_is_not_found_and_a_chain_that_does_not_answer_is_tried_again() {
        let none = || ChainError::BlockUnavailable { number: 900 }.into();
        let early = || {
            let address = "0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4".into();
            ProofError::NoContract { address }.into()
        };
        let refused = |reason: &str| {
            let (method, code, reason) = ("state_getStorage", None, reason.into());
            ChainError::Rpc { method, code, reason }.into()
        };
        let discarded = || refused("Client error: UnknownBlock: State already discarded for 0x00");
        for error in [none(), early(), discarded()] {
            assert_eq!(answered(error, Some(900)), StatusCode::NOT_FOUND);
        }
        // Of the newest block nobody named another: there the chain is at fault, or the configuration.
        for error in [none(), early(), discarded()] {
            assert_eq!(answered(error, None), StatusCode::SERVICE_UNAVAILABLE);
        }
        let broken = ChainError::Disconnected {
            reason: "closed".into(),
        };
        for error in [broken.into(), refused("too many connections")] {
            assert_eq!(answered(error, Some(900)), StatusCode::SERVICE_UNAVAILABLE);
        }
    }
}

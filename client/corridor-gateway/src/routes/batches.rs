//! `/v1/batches`: clearing batches.

use super::{accepted::Asking, transfers::Why, Named, OwnKey, Problems, Taken};
use crate::{
    app::App,
    directory::Directory,
    operation::{AcceptedBatch, BatchExceptions, EndedBatch, NewBatch, OfBatch, Operation},
    problem::Problem,
    text::Text,
    view::ledger::{BatchView, LastBatchView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::core::{batch::MAX_ITEMS, AgentId, Money, ParticipantId};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(submit))
        .routes(routes!(last))
        .routes(routes!(show))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(cancel))
        .routes(routes!(expire))
}

/// Submit a clearing batch as its debtor agent: every payment is checked, nothing moves before it is accepted
#[utoipa::path(
    post, path = "/v1/batches", tag = "Clearing batches", operation_id = "submit_batch", request_body = NewBatch,
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn submit(asking: Asking) -> Result<Response, Problem> {
    let batch: NewBatch = asking.json()?;
    check("", &batch)?;
    asking
        .take(batch, |batch| Operation::SubmitBatch(Box::new(batch)))
        .await
}

fn check(within: &str, batch: &NewBatch) -> Result<(), Problem> {
    let count = batch.items.len();
    if count == 0 || count > usize::from(MAX_ITEMS) {
        return Err(Problem::invalid(format!(
            "{within}items: 1 to {MAX_ITEMS}, not {count}"
        )));
    }
    for (place, item) in batch.items.iter().enumerate() {
        Money::parse_decimal(batch.currency.0, &item.amount)
            .map_err(|error| Problem::invalid(format!("{within}items[{place}].amount: {error}")))?;
        if item.message_digest.len() != 32 {
            return Err(Problem::invalid(format!(
                "{within}items[{place}].message_digest: 0x and 64 digits"
            )));
        }
    }
    Ok(())
}

fn debtor(directory: &Directory, agent: &AgentId) -> Result<ParticipantId, Problem> {
    let found = directory.resolve(std::slice::from_ref(agent));
    found.ok_or_else(|| Problem::not_found(format!("no participant goes by {agent}")))
}

/// The number of a participant's last batch: the next one is above it
#[utoipa::path(
    get, path = "/v1/batches/{debtor_agent}", tag = "Clearing batches", operation_id = "last_batch",
    params(("debtor_agent" = String, Path)),
    responses((status = 200, body = LastBatchView), Problems)
)]
async fn last(
    State(app): State<Arc<App>>,
    Named(Text(agent)): Named<Text<AgentId>>,
) -> Result<Json<LastBatchView>, Problem> {
    let corridor = app.backend.reader()?;
    let directory = Directory::of(corridor.participants().await?);
    let number = corridor.last_batch(debtor(&directory, &agent)?).await?;
    Ok(Json(LastBatchView { number }))
}

/// What is recorded of a batch
#[utoipa::path(
    get, path = "/v1/batches/{debtor_agent}/{number}", tag = "Clearing batches", operation_id = "batch",
    params(("debtor_agent" = String, Path), ("number" = u32, Path)),
    responses((status = 200, body = BatchView), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named((Text(agent), number)): Named<(Text<AgentId>, u32)>,
) -> Result<Json<BatchView>, Problem> {
    let corridor = app.backend.reader()?;
    let directory = Directory::of(corridor.participants().await?);
    let record = corridor.batch(debtor(&directory, &agent)?, number).await?;
    let record =
        record.ok_or_else(|| Problem::not_found(format!("no batch {number} of {agent} is recorded")))?;
    Ok(Json(BatchView::new(number, &record, &directory)))
}

/// Accept the part of a batch addressed to you: its sum is booked in the open window
///
/// Without a body all of it; with one, all but the items that are excepted.
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/accept", tag = "Clearing batches", operation_id = "accept_batch",
    request_body = Option<BatchExceptions>,
    params(("debtor_agent" = String, Path), ("number" = u32, Path), OwnKey),
    responses(Taken, Problems)
)]
async fn accept(
    Named((debtor_agent, number)): Named<(Text<AgentId>, u32)>,
    asking: Asking,
) -> Result<Response, Problem> {
    let exceptions: Option<BatchExceptions> = match asking.nothing() {
        Ok(()) => None,
        Err(_) => Some(asking.json()?),
    };
    if let Some(given) = &exceptions {
        if let Some(batch) = &given.batch {
            check("batch.", batch)?;
        }
        given.check().map_err(Problem::invalid)?;
    }
    let accepted = AcceptedBatch {
        debtor_agent,
        number,
        exceptions,
    };
    asking
        .take(accepted, |accepted| Operation::AcceptBatch(Box::new(accepted)))
        .await
}

/// Reject the part of a batch addressed to you
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/reject", tag = "Clearing batches", operation_id = "reject_batch",
    request_body = Why,
    params(("debtor_agent" = String, Path), ("number" = u32, Path), OwnKey),
    responses(Taken, Problems)
)]
async fn reject(Named(of): Named<(Text<AgentId>, u32)>, asking: Asking) -> Result<Response, Problem> {
    end(of, asking, Operation::RejectBatch).await
}

/// Withdraw what nobody has answered of your own batch
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/cancel", tag = "Clearing batches", operation_id = "cancel_batch",
    request_body = Why,
    params(("debtor_agent" = String, Path), ("number" = u32, Path), OwnKey),
    responses(Taken, Problems)
)]
async fn cancel(Named(of): Named<(Text<AgentId>, u32)>, asking: Asking) -> Result<Response, Problem> {
    end(of, asking, Operation::CancelBatch).await
}

/// End what nobody has answered of a batch that has expired, whose ever it is
///
/// What it counts against limits is given back.
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/expire", tag = "Clearing batches", operation_id = "expire_batch",
    params(("debtor_agent" = String, Path), ("number" = u32, Path), OwnKey),
    responses(Taken, Problems)
)]
async fn expire(
    Named((debtor_agent, number)): Named<(Text<AgentId>, u32)>,
    asking: Asking,
) -> Result<Response, Problem> {
    asking.nothing()?;
    let of = OfBatch { debtor_agent, number };
    asking.take(of, Operation::ExpireBatch).await
}

async fn end(
    (debtor_agent, number): (Text<AgentId>, u32),
    asking: Asking,
    operation: impl FnOnce(EndedBatch) -> Operation,
) -> Result<Response, Problem> {
    let reason = asking.json::<Why>()?.reason;
    let ended = EndedBatch {
        debtor_agent,
        number,
        reason,
    };
    asking.take(ended, operation).await
}

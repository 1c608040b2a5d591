//! `/v1/batches`: clearing batches.

use super::{
    accepted::{self, Wanted},
    intent::Intent,
    transfers::Why,
    Named, Problems,
};
use crate::{
    app::App,
    auth::Caller,
    directory::Directory,
    operation::{EndedBatch, NewBatch, OfBatch, Operation},
    problem::Problem,
    text::Text,
    view::{ledger::BatchView, request::TakenView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::core::{batch::MAX_ITEMS, AgentId, Money};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(submit))
        .routes(routes!(show))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(cancel))
}

/// Submit a clearing batch as its debtor agent: every payment is checked, nothing moves before it is accepted
#[utoipa::path(
    post, path = "/v1/batches", tag = "Clearing batches", operation_id = "submit_batch", request_body = NewBatch,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn submit(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let batch: NewBatch = intent.json()?;
    check(&batch)?;
    let wanted = Wanted::new(Operation::SubmitBatch(Box::new(batch.clone())), &batch);
    accepted::one(&app, &caller, &intent, wanted).await
}

fn check(batch: &NewBatch) -> Result<(), Problem> {
    let count = batch.items.len();
    if count == 0 || count > usize::from(MAX_ITEMS) {
        return Err(Problem::invalid(format!("items: 1 to {MAX_ITEMS}, not {count}")));
    }
    for (place, item) in batch.items.iter().enumerate() {
        Money::parse_decimal(batch.currency.0, &item.amount)
            .map_err(|error| Problem::invalid(format!("items[{place}].amount: {error}")))?;
        if item.message_digest.len() != 32 {
            return Err(Problem::invalid(format!(
                "items[{place}].message_digest: 0x and 64 digits"
            )));
        }
    }
    Ok(())
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
    let debtor = directory.resolve(std::slice::from_ref(&agent));
    let debtor = debtor.ok_or_else(|| Problem::not_found(format!("no participant goes by {agent}")))?;
    let record = corridor.batch(debtor, number).await?;
    let record =
        record.ok_or_else(|| Problem::not_found(format!("no batch {number} of {agent} is recorded")))?;
    Ok(Json(BatchView::new(number, &record, &directory)))
}

/// Accept the part of a batch addressed to you: its sum is booked in the open window
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/accept", tag = "Clearing batches", operation_id = "accept_batch",
    params(
        ("debtor_agent" = String, Path), ("number" = u32, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")
    ),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn accept(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named((debtor_agent, number)): Named<(Text<AgentId>, u32)>,
    intent: Intent,
) -> Result<Response, Problem> {
    intent.nothing()?;
    let of = OfBatch { debtor_agent, number };
    let given = of.clone();
    accepted::one(
        &app,
        &caller,
        &intent,
        Wanted::new(Operation::AcceptBatch(of), &given),
    )
    .await
}

/// Reject the part of a batch addressed to you
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/reject", tag = "Clearing batches", operation_id = "reject_batch",
    request_body = Why,
    params(
        ("debtor_agent" = String, Path), ("number" = u32, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")
    ),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn reject(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named((debtor_agent, number)): Named<(Text<AgentId>, u32)>,
    intent: Intent,
) -> Result<Response, Problem> {
    let reason = intent.json::<Why>()?.reason;
    let ended = EndedBatch {
        debtor_agent,
        number,
        reason,
    };
    let given = ended.clone();
    accepted::one(
        &app,
        &caller,
        &intent,
        Wanted::new(Operation::RejectBatch(ended), &given),
    )
    .await
}

/// Withdraw what nobody has answered of your own batch
#[utoipa::path(
    post, path = "/v1/batches/{debtor_agent}/{number}/cancel", tag = "Clearing batches", operation_id = "cancel_batch",
    request_body = Why,
    params(
        ("debtor_agent" = String, Path), ("number" = u32, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")
    ),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named((debtor_agent, number)): Named<(Text<AgentId>, u32)>,
    intent: Intent,
) -> Result<Response, Problem> {
    let reason = intent.json::<Why>()?.reason;
    let ended = EndedBatch {
        debtor_agent,
        number,
        reason,
    };
    let given = ended.clone();
    accepted::one(
        &app,
        &caller,
        &intent,
        Wanted::new(Operation::CancelBatch(ended), &given),
    )
    .await
}

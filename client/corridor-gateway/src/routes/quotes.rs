//! `/v1/quotes`: what providers of foreign exchange offer.

use super::{
    accepted::{self, Wanted},
    intent::Intent,
    Named, Problems,
};
use crate::{
    app::App,
    auth::Caller,
    iso,
    operation::{NewQuote, Operation, QuoteChange, QuoteFields},
    problem::Problem,
    text::{ReferenceText, Text},
    view::{exchange::QuoteView, request::TakenView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::core::{AgentId, ParticipantId, QuoteId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(publish))
        .routes(routes!(withdraw))
        .routes(routes!(show))
}

/// Publish a quote as its provider
///
/// The reference is its identity: the same one with the same body has no second effect.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "Foreign exchange", operation_id = "publish_quote", request_body = NewQuote,
    params(("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn publish(State(app): State<Arc<App>>, caller: Caller, intent: Intent) -> Result<Response, Problem> {
    let new: NewQuote = intent.json()?;
    // Whose numbers they are is known to the chain only; all else can be checked now.
    new.quote(ParticipantId(0), None).map_err(Problem::invalid)?;
    let given = new.clone();
    let wanted = Wanted::new(Operation::PublishQuote(new), &given);
    accepted::one(&app, &caller, &intent, wanted).await
}

/// A quote to be withdrawn.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// All of a signed quote that nobody has used: the contract knows nothing of it. Left out for any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_quote: Option<QuoteFields>,
}

/// Withdraw a quote as its provider: no new transfer may use it
#[utoipa::path(
    post, path = "/v1/quotes/{reference}/withdraw", tag = "Foreign exchange", operation_id = "withdraw_quote",
    request_body = Withdrawal,
    params(
        ("reference" = String, Path, description = "Your own reference of it"),
        ("Idempotency-Key" = Option<String>, Header, description = "Your identity of this request")
    ),
    responses((status = 202, body = TakenView, headers(("Location" = String))), Problems)
)]
async fn withdraw(
    State(app): State<Arc<App>>,
    caller: Caller,
    Named(reference): Named<ReferenceText>,
    intent: Intent,
) -> Result<Response, Problem> {
    let withdrawal: Withdrawal = match intent.nothing() {
        Ok(()) => Withdrawal::default(),
        Err(_) => intent.json()?,
    };
    let names_it = |fields: &QuoteFields| fields.reference.reference() == reference.reference();
    if !withdrawal.signed_quote.as_ref().is_none_or(names_it) {
        return Err(Problem::invalid(
            "signed_quote.reference: the path names another one",
        ));
    }
    let change = QuoteChange {
        reference,
        signed: withdrawal.signed_quote,
    };
    let given = change.clone();
    let wanted = Wanted::new(Operation::WithdrawQuote(change), &given);
    accepted::one(&app, &caller, &intent, wanted).await
}

/// A quote as the contract has recorded it: nothing of a signed one that nobody has used
#[utoipa::path(
    get, path = "/v1/quotes/{provider}/{reference}", tag = "Foreign exchange", operation_id = "quote",
    params(("provider" = String, Path), ("reference" = String, Path)),
    responses((status = 200, body = QuoteView), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named((Text(provider), reference)): Named<(Text<AgentId>, ReferenceText)>,
) -> Result<Json<QuoteView>, Problem> {
    let directory = iso::directory(&app).await?;
    let unknown = || Problem::not_found(format!("{provider} has no quote {reference}"));
    let id = QuoteId {
        provider: directory
            .resolve(std::slice::from_ref(&provider))
            .ok_or_else(unknown)?,
        reference: reference.reference(),
    };
    let state = app.backend.reader()?.quote(id).await?.ok_or_else(unknown)?;
    Ok(Json(QuoteView::new(&state, &directory)))
}

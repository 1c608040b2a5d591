//! `/v1/quotes`: what providers of foreign exchange offer.

use super::{accepted::Asking, Named, OwnKey, Problems, Taken};
use crate::{
    app::App,
    iso,
    operation::{NewQuote, Operation, QuoteChange, QuoteFields},
    problem::Problem,
    text::{ReferenceText, Text},
    view::exchange::QuoteView,
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
        .routes(routes!(sign))
        .routes(routes!(withdraw))
        .routes(routes!(show))
}

/// Publish a quote as its provider
///
/// The reference is its identity: the same one with the same body has no second effect.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "Foreign exchange", operation_id = "publish_quote", request_body = NewQuote,
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn publish(asking: Asking) -> Result<Response, Problem> {
    let new = readable(&asking)?;
    asking.take(new, Operation::PublishQuote).await
}

/// A quote that can be meant. Whose numbers they are is known to the chain only; all else is checked now.
fn readable(asking: &Asking) -> Result<NewQuote, Problem> {
    let new: NewQuote = asking.json()?;
    new.quote(ParticipantId(0), None).map_err(Problem::invalid)?;
    Ok(new)
}

/// Sign a quote off chain as its provider
///
/// The request's receipt has the signed quote, to be handed to whoever may use it: nothing is submitted before a transfer
/// does. Its reference is good for one quote, published or signed.
#[utoipa::path(
    post, path = "/v1/signed-quotes", tag = "Foreign exchange", operation_id = "sign_quote", request_body = NewQuote,
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn sign(asking: Asking) -> Result<Response, Problem> {
    let new = readable(&asking)?;
    asking.take(new, Operation::SignQuote).await
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
        OwnKey
    ),
    responses(Taken, Problems)
)]
async fn withdraw(Named(reference): Named<ReferenceText>, asking: Asking) -> Result<Response, Problem> {
    let withdrawal: Withdrawal = match asking.nothing() {
        Ok(()) => Withdrawal::default(),
        Err(_) => asking.json()?,
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
    asking.take(change, Operation::WithdrawQuote).await
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

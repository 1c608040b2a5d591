//! `/v1/tokens`: tokenised money, a contract for each registered currency.

use super::{accepted::Asking, Named, NeededKey, OwnKey, Problems, Taken};
use crate::{
    app::App,
    operation::{Freeze, Issuance, Operation, TokenPause},
    problem::Problem,
    text::Text,
    view::token::{BalanceView, TokenView},
};
use axum::{extract::State, response::Response, Json};
use corridor_client::{
    core::{Address, Currency},
    AddressText, Corridor, Error,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The resources of this file.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(balance))
        .routes(routes!(issue))
        .routes(routes!(redeem))
        .routes(routes!(pause))
        .routes(routes!(freeze))
}

async fn token(corridor: &Corridor, currency: Currency) -> Result<Address, Problem> {
    let entry = corridor.currency(currency).await?;
    let unknown = || Problem::not_found(format!("the currency {currency} is not registered"));
    Ok(entry.ok_or_else(unknown)?.token)
}

/// What a currency's token says of itself
#[utoipa::path(
    get, path = "/v1/tokens/{currency}", tag = "Tokenised money", operation_id = "token",
    params(("currency" = String, Path)),
    responses((status = 200, body = TokenView), Problems)
)]
async fn show(
    State(app): State<Arc<App>>,
    Named(Text(currency)): Named<Text<Currency>>,
) -> Result<Json<TokenView>, Problem> {
    let corridor = app.backend.reader()?;
    let address = token(corridor, currency).await?;
    let info = corridor.token_info(address).await?;
    Ok(Json(TokenView::new(currency, address, info)))
}

/// What an account holds outside escrow, and how much of it the settlement contract may pull
#[utoipa::path(
    get, path = "/v1/tokens/{currency}/accounts/{account}", tag = "Tokenised money", operation_id = "balance",
    params(
        ("currency" = String, Path),
        ("account" = String, Path, description = "As SS58 or an address of 20 bytes")
    ),
    responses((status = 200, body = BalanceView), Problems)
)]
async fn balance(
    State(app): State<Arc<App>>,
    Named((Text(currency), Text(account))): Named<(Text<Currency>, Text<AddressText>)>,
) -> Result<Json<BalanceView>, Problem> {
    let corridor = app.backend.reader()?;
    let token = token(corridor, currency).await?;
    let settlement = corridor.settlement().ok_or(Error::NoSettlement)?;
    let (balance, allowance) = tokio::try_join!(
        corridor.token_balance(token, account.0),
        corridor.token_allowance(token, account.0, settlement),
    )?;
    Ok(Json(BalanceView::new(currency, account, balance, allowance)))
}

/// Create money in an account, as issuer
///
/// The `request_id` is its identity, on chain, too: the same one is carried out once.
#[utoipa::path(
    post, path = "/v1/tokens/issues", tag = "Tokenised money", operation_id = "issue", request_body = Issuance,
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn issue(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::Issue).await
}

/// Take money of an account out of circulation, as issuer
#[utoipa::path(
    post, path = "/v1/tokens/redemptions", tag = "Tokenised money", operation_id = "redeem", request_body = Issuance,
    params(OwnKey),
    responses(Taken, Problems)
)]
async fn redeem(asking: Asking) -> Result<Response, Problem> {
    asking.take_body(Operation::Redeem).await
}

/// Whether all movements of a currency's money are stopped.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenPause {
    /// `true` stops them.
    pub paused: bool,
}

/// Stop all movements of a currency's money or allow them, as guardian
#[utoipa::path(
    post, path = "/v1/tokens/{currency}/pause", tag = "Tokenised money", operation_id = "pause_token",
    request_body = NewTokenPause,
    params(("currency" = String, Path), NeededKey),
    responses(Taken, Problems)
)]
async fn pause(Named(currency): Named<Text<Currency>>, asking: Asking) -> Result<Response, Problem> {
    let paused = asking.json::<NewTokenPause>()?.paused;
    asking
        .take(TokenPause { currency, paused }, Operation::PauseToken)
        .await
}

/// Whether the movements of an account's money are stopped.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFreeze {
    /// `true` stops them.
    pub frozen: bool,
}

/// Stop the movements of one account's money or allow them, as guardian
#[utoipa::path(
    post, path = "/v1/tokens/{currency}/accounts/{account}/freeze", tag = "Tokenised money", operation_id = "freeze",
    request_body = NewFreeze,
    params(
        ("currency" = String, Path),
        ("account" = String, Path, description = "As SS58 or an address of 20 bytes"),
        NeededKey
    ),
    responses(Taken, Problems)
)]
async fn freeze(
    Named((currency, account)): Named<(Text<Currency>, Text<AddressText>)>,
    asking: Asking,
) -> Result<Response, Problem> {
    let frozen = asking.json::<NewFreeze>()?.frozen;
    let change = Freeze {
        currency,
        account,
        frozen,
    };
    asking.take(change, Operation::Freeze).await
}

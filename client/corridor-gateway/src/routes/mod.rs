//! The HTTP resources, a file for each area. `router.rs` puts them together.

pub mod accepted;
pub mod accounts;
pub mod batches;
pub mod controls;
pub mod documentation;
pub mod escrow;
pub mod events;
pub mod evidence;
pub mod explorer;
pub mod governance;
pub mod health;
pub mod intent;
pub mod messages;
pub mod netting;
pub mod participants;
pub mod quotes;
pub mod requests;
pub mod returns;
pub mod statements;
pub mod tokens;
pub mod transfers;
pub mod webhooks;

use crate::{
    problem::{Details, Problem},
    view::request::TakenView,
};
use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, IntoResponses};

/// Entries of a page where none are asked for, and at most.
pub const PAGE: i64 = 100;

/// What any request may be answered with.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum Problems {
    /// It cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] Details),
    /// No good API key.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorised(#[to_schema] Details),
    /// The key lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(#[to_schema] Details),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(#[to_schema] Details),
    /// Accept names nothing it can be answered as.
    #[response(status = 406, content_type = "application/problem+json")]
    NotAcceptable(#[to_schema] Details),
    /// The same identity with another body.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Details),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(#[to_schema] Details),
    /// The body is of another type.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(#[to_schema] Details),
    /// It can be read, and cannot be meant.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] Details),
    /// The key asks too often.
    #[response(status = 429, content_type = "application/problem+json")]
    RateLimited(#[to_schema] Details),
    /// The store or the chain cannot be asked now.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] Details),
    /// There was no answer in time; what was asked for may have been stored all the same.
    #[response(status = 504, content_type = "application/problem+json")]
    Timeout(#[to_schema] Details),
}

/// What a request that changes something is answered with, once it is stored.
#[derive(IntoResponses)]
#[allow(dead_code)]
pub enum Taken {
    /// It is stored durably; follow `Location`.
    #[response(status = 202, headers(("Location" = String)))]
    Taken(#[to_schema] TakenView),
}

/// Of a request that has an identity of its own.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct OwnKey {
    /// Your identity of this request
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255)]
    idempotency_key: Option<String>,
}

/// Of a request that has no other identity.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct NeededKey {
    /// Your identity of this request
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255)]
    idempotency_key: String,
}

/// Parts of the path, by their types' own texts.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value))
            .map_err(|rejection| Problem::invalid(format!("the path: {}", rejection.body_text())))
    }
}

/// Parameters of the query.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(value)| Self(value))
            .map_err(|rejection| Problem::malformed(format!("the query: {}", rejection.body_text())))
    }
}

/// A place in a list, as an opaque text.
#[must_use]
pub fn cursor(place: impl std::fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(place.to_string())
}

/// The place a cursor stands for.
///
/// # Errors
/// 400 for a text that is no cursor of this list.
pub fn place<T: std::str::FromStr>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        std::str::from_utf8(&bytes).ok()?.parse().ok()
    };
    let place = read().ok_or_else(|| Problem::malformed("cursor: use next_cursor of the page before"))?;
    Ok(Some(place))
}

/// How many entries a page has.
///
/// # Errors
/// 422 outside 1 to [`PAGE`].
pub fn page_size(limit: Option<i64>) -> Result<i64, Problem> {
    let limit = limit.unwrap_or(PAGE);
    match (1..=PAGE).contains(&limit) {
        true => Ok(limit),
        false => Err(Problem::invalid(format!("limit: 1 to {PAGE}"))),
    }
}

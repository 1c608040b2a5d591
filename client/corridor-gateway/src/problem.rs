//! What a request is answered with that cannot be served: RFC 9457, with a stable code and what to do.

mod message;
mod statement;

use crate::store::StoreError;
use axum::{
    http::{header, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use corridor_client::core::ReasonCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem on its way to being an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Details>);

/// Details of a problem (`application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Details {
    /// `urn:corridor:problem:` and the code.
    #[serde(rename = "type")]
    pub uri: String,
    /// What went wrong, the same for every problem of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time, and where.
    pub detail: String,
    /// The stable code, such as `gateway.idempotency_conflict`.
    pub code: String,
    /// What to do about it.
    pub hint: String,
    /// The ISO 20022 status reason, such as `DUPL`.
    pub iso_reason: String,
    /// The element of a message that is at fault, from `Document` or `AppHdr` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// Its line in the message, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The place of the transaction at fault in the message, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<usize>,
    /// SHA-256 of what is given now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// SHA-256 of what is recorded under the same identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_digest: Option<String>,
    /// The request recorded under the same identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_request: Option<String>,
    /// Seconds after which it is worth trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>, hint: &str) -> Self {
        Self(Box::new(Details {
            uri: format!("urn:corridor:problem:{code}"),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.into(),
            hint: hint.into(),
            iso_reason: ReasonCode::MS03.to_string(),
            element: None,
            line: None,
            transaction: None,
            digest: None,
            recorded_digest: None,
            recorded_request: None,
            retry_after: None,
        }))
    }

    fn because(mut self, reason: ReasonCode) -> Self {
        self.0.iso_reason = reason.to_string();
        self
    }

    fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// 401.
    #[must_use]
    pub fn unauthorised(detail: impl Into<String>) -> Self {
        let hint = "Send `Authorization: Bearer` with a key made by `corridor-gateway key create`.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "gateway.unauthorised",
            "Not authenticated",
            detail,
            hint,
        )
        .because(ReasonCode::AG01)
    }

    /// 403.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        let hint = "Use a key that has the scope, or have one made.";
        Self::new(
            StatusCode::FORBIDDEN,
            "gateway.forbidden",
            "Not allowed",
            detail,
            hint,
        )
        .because(ReasonCode::AG01)
    }

    /// 404.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        let hint = "Check the identifier; what was just sent may not be finalised yet.";
        Self::new(
            StatusCode::NOT_FOUND,
            "gateway.not_found",
            "Not found",
            detail,
            hint,
        )
        .because(ReasonCode::DT01)
    }

    /// 405.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let detail = "this resource does not know this method";
        let hint = "See /docs for what it knows.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "gateway.method_not_allowed",
            "Method not allowed",
            detail,
            hint,
        )
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        let hint = "Correct the request; /docs describes every field.";
        Self::new(
            StatusCode::BAD_REQUEST,
            "gateway.malformed",
            "Cannot be read",
            detail,
            hint,
        )
        .because(ReasonCode::FF01)
    }

    /// 422: it can be read and cannot be meant.
    #[must_use]
    pub fn invalid(detail: impl Into<String>) -> Self {
        let hint = "Correct the value; /docs describes every field.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "gateway.invalid",
            "Not valid",
            detail,
            hint,
        )
        .because(ReasonCode::FF01)
    }

    /// 406.
    #[must_use]
    pub fn not_acceptable(types: &str) -> Self {
        let detail = format!("this is answered as {types}");
        let hint = "Ask for one of these with Accept.";
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "gateway.not_acceptable",
            "Not acceptable",
            detail,
            hint,
        )
    }

    /// 413.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("the body is larger than {limit} bytes");
        let hint = "Split the message, or have limits.body_bytes raised.";
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "gateway.too_large",
            "Too large",
            detail,
            hint,
        )
        .because(ReasonCode::FF01)
    }

    /// 415.
    #[must_use]
    pub fn media_type(expected: &str) -> Self {
        let detail = format!("the body is expected as {expected}");
        let hint = "Say what the body is with Content-Type.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "gateway.media_type",
            "Unsupported media type",
            detail,
            hint,
        )
    }

    /// 429.
    #[must_use]
    pub fn rate_limited(seconds: u64) -> Self {
        let detail = "this key asks more often than it may";
        let hint = "Wait as long as Retry-After says.";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "gateway.rate_limited",
            "Too many requests",
            detail,
            hint,
        )
        .after(seconds)
    }

    /// 429: not this client's doing, perhaps.
    #[must_use]
    pub fn too_many_strangers() -> Self {
        let detail = "too many unknown API keys are presented for this one to be looked up";
        let hint = "Wait as long as Retry-After says. Look in the log for who presents them.";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "gateway.rate_limited",
            "Too many requests",
            detail,
            hint,
        )
        .after(1)
    }

    /// 409: the same identity with another body.
    #[must_use]
    pub fn conflict(
        identity: &str,
        digest: String,
        recorded_digest: String,
        request: Option<String>,
    ) -> Self {
        let detail = format!("{identity} is recorded with another body");
        let hint = "Compare the digests. Repeat the recorded request as it was, or use a new identity for a new one.";
        let mut problem = Self::new(
            StatusCode::CONFLICT,
            "gateway.idempotency_conflict",
            "Recorded with another body",
            detail,
            hint,
        )
        .because(ReasonCode::DUPL);
        problem.0.digest = Some(digest);
        problem.0.recorded_digest = Some(recorded_digest);
        problem.0.recorded_request = request;
        problem
    }

    /// 503: not configured for this.
    #[must_use]
    pub fn no_signer(role: &str) -> Self {
        let detail = format!("this gateway has no signing key for the role {role}");
        let hint = "Name one under [signers] in the configuration.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "gateway.no_signer",
            "Not configured",
            detail,
            hint,
        )
    }

    /// 503: too much at a time, or stopping.
    #[must_use]
    pub fn busy(detail: &str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "gateway.busy",
            "Not now",
            detail,
            "Try again.",
        )
        .after(1)
    }

    /// 504.
    #[must_use]
    pub fn timeout(seconds: u64) -> Self {
        let detail = format!("no answer within {seconds} s; a request may have been stored all the same");
        let hint = "Repeat the request as it was: it is recorded once.";
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "gateway.timeout",
            "No answer in time",
            detail,
            hint,
        )
        .after(1)
    }

    /// 500. What happened is in the log, not in the answer.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "a fault of this program";
        let hint = "Please report it with the X-Request-Id; repeating the request as it was is safe.";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "gateway.internal",
            "Internal fault",
            detail,
            hint,
        )
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        let detail = "the gateway's store does not answer as it should";
        let hint = "Repeat the request as it was: it is recorded once.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "gateway.store_unavailable",
            "Store unavailable",
            detail,
            hint,
        )
        .because(ReasonCode::AG09)
        .after(1)
    }
}

impl From<corridor_client::Error> for Problem {
    fn from(error: corridor_client::Error) -> Self {
        let code = error.code();
        if let Some(refusal) = error.refusal() {
            let detail = error.to_string();
            return Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                &format!("contract.{}", refusal.name()),
                "Refused by the contract",
                detail,
                refusal.advice(),
            )
            .because(refusal.iso_reason());
        }
        tracing::warn!(%error, code, "the chain could not be asked");
        let detail = "the chain cannot be asked now";
        let hint = "Try again; reading changes nothing.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code,
            "Chain unavailable",
            detail,
            hint,
        )
        .because(ReasonCode::AG09)
        .after(1)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.0.retry_after;
        let body = serde_json::to_vec(&*self.0).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

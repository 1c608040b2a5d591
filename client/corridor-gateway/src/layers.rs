//! What surrounds every resource: a log line and figures, a limit of time, an answer even to a fault.

use crate::{app::App, problem::Problem, traces::continue_trace};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{header, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use corridor_client::new_uetr;
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use tracing::{field::Empty, Instrument};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer.
const SAFE: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'",
    ),
];

/// Names, logs and counts a request.
pub async fn observed(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = new_uetr().to_string();
    let method = request.method().as_str().to_owned();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("(none)", MatchedPath::as_str).to_owned();
    // The path may name a transfer; nothing else of it is logged, since a client may put anything there.
    let uetr = uetr_in(request.uri().path());
    let span = tracing::info_span!(
        "http",
        otel.kind = "server",
        method,
        route,
        request_id = id,
        key = Empty,
        uetr = Empty
    );
    continue_trace(&span, request.headers());
    if let Some(uetr) = uetr {
        span.record("uetr", uetr);
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    span.in_scope(|| {
        tracing::info!(
            status,
            took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        )
    });
    app.metrics.answered(known(&method), &route, status, took);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in SAFE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A client may make up methods: figures have a line for each, so they are not its to choose.
fn known(method: &str) -> &str {
    match method {
        "GET" | "POST" | "DELETE" | "HEAD" | "OPTIONS" => method,
        _ => "other",
    }
}

fn uetr_in(path: &str) -> Option<String> {
    let part = path.split('/').nth(3)?;
    part.parse::<corridor_client::core::Uetr>()
        .ok()
        .map(|uetr| uetr.to_string())
}

/// Answers when a resource takes too long. Event streams answer at once and then go on.
pub async fn timed(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let limit = app.config.limits.timeout.0;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::timeout(limit.as_secs()).into_response(),
    }
}

/// Answers a fault of this program with a problem. Its place is in the log.
pub async fn caught(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a resource panicked");
            Problem::internal().into_response()
        }
    }
}

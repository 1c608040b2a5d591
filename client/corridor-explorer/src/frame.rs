//! Around every page: layout, headers, caching, errors.

use crate::{
    document::{Document, Freshness},
    failure::Failure,
    page::layout,
    site::{Shared, Site},
};
use axum::{
    extract::{Request, State},
    http::{
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    },
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use maud::Markup;

/// The style sheet; its address changes with the version, so that it may be kept for good.
const STYLE: &str = include_str!("style.css");
const ICON: &str = include_str!("icon.svg");

/// Nothing from elsewhere, no scripts, no frames; forms go to this server only.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

const FINAL: &str = "private, max-age=86400";
const REVALIDATE: &str = "private, no-cache";
const NEVER: &str = "no-store";
const ASSET: &str = "public, max-age=31536000, immutable";

/// Path of the style sheet.
pub(crate) const STYLE_PATH: &str = concat!("/assets/", env!("CARGO_PKG_VERSION"), "/style.css");
/// Path of the icon.
pub(crate) const ICON_PATH: &str = concat!("/assets/", env!("CARGO_PKG_VERSION"), "/icon.svg");

/// Style sheet and icon.
pub(crate) fn assets() -> Router<Shared> {
    Router::new()
        .route(
            STYLE_PATH,
            get(|| async { asset("text/css; charset=utf-8", STYLE) }),
        )
        .route(ICON_PATH, get(|| async { asset("image/svg+xml", ICON) }))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    set(&mut response, CONTENT_TYPE, kind);
    set(&mut response, CACHE_CONTROL, ASSET);
    guard(&mut response);
    response
}

/// Turns what a handler answered into a page.
pub(crate) async fn frame(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let tag = state_of(&site).await;
    let read = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(tag) = tag.as_ref().filter(|tag| read && has(request.headers(), tag)) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        response.headers_mut().insert(ETAG, tag.clone());
        set(&mut response, CACHE_CONTROL, REVALIDATE);
        guard(&mut response);
        return response;
    }
    let mut response = next.run(request).await;
    if let Some(document) = response.extensions_mut().remove::<Document>() {
        response = page(&site, &document, tag);
    } else if response.status().is_client_error() || response.status().is_server_error() {
        let failure = response.extensions_mut().remove::<Failure>();
        let failure = failure.unwrap_or_else(|| unexplained(response.status()));
        response = html(failure.status, layout::failure(&site, &failure));
    }
    if !response.headers().contains_key(CACHE_CONTROL) {
        set(&mut response, CACHE_CONTROL, NEVER);
    }
    guard(&mut response);
    response
}

fn page(site: &Site, document: &Document, tag: Option<HeaderValue>) -> Response {
    let mut response = html(StatusCode::OK, layout::page(site, document));
    let caching = match document.freshness {
        Freshness::Final => FINAL,
        Freshness::UntilNextBlock => REVALIDATE,
        Freshness::Now => NEVER,
    };
    set(&mut response, CACHE_CONTROL, caching);
    if let Some(tag) = tag.filter(|_| document.freshness != Freshness::Now) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn html(status: StatusCode, markup: Markup) -> Response {
    let mut response = (status, markup.into_string()).into_response();
    set(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
    response
}

/// What every page but the one that tells the time is a function of: the last indexed block, and this version. Read before the page
/// is, so that a tag is never newer than its page.
async fn state_of(site: &Site) -> Option<HeaderValue> {
    let head = site.index.head().await.ok().flatten()?;
    let hash = crate::text::bytes::hex(&head.block.hash);
    HeaderValue::try_from(format!("W/\"{}-{hash}\"", env!("CARGO_PKG_VERSION"))).ok()
}

fn has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let given = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let tag = tag.to_str().unwrap_or_default();
    given.is_some_and(|given| given.split(',').any(|given| given.trim() == tag))
}

/// What another layer refused, such as a path that is not UTF-8.
fn unexplained(status: StatusCode) -> Failure {
    let title = status.canonical_reason().unwrap_or("This cannot be shown");
    Failure {
        status,
        title: title.into(),
        text: "Check the address, or search for what you are after.".into(),
        code: None,
    }
}

fn guard(response: &mut Response) {
    set(response, CONTENT_SECURITY_POLICY, POLICY);
    set(response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response, X_FRAME_OPTIONS, "DENY");
    set(response, REFERRER_POLICY, "no-referrer");
    set(
        response,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

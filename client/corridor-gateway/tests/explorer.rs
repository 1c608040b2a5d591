//! The explorer as the gateway serves it: under its prefix, to whom it may be shown.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../corridor-explorer/tests/support/mod.rs"]
mod support;

use axum::{extract::Request, http::StatusCode, middleware::map_request, Router};
use base64::{engine::general_purpose::STANDARD, Engine};
use common::{Gateway, Log};
use corridor_gateway::auth::Scope;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};
use support::Indexed;

/// Pages looked at, from the first one on.
const MOST_PAGES: usize = 150;

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

/// A gateway with an explorer over the story the indexer's own tests tell.
async fn gateway(access: &str) -> (Gateway, Indexed) {
    let indexed = Indexed::of(&support::story::play(7, 120)).await;
    let path = indexed.directory.path().join("index.sqlite");
    let more = format!(
        "[explorer]\nindex = \"{}\"\naccess = \"{access}\"",
        path.display()
    );
    (Gateway::with(&more).await, indexed)
}

async fn look(gateway: &Gateway, path: &str, authorization: &str) -> support::Page {
    let headers = [("authorization", authorization)];
    support::ask(&gateway.router, axum::http::Method::GET, path, &headers).await
}

#[tokio::test]
async fn every_link_leads_somewhere_under_the_prefix_and_the_pages_are_guarded() {
    let (gateway, _indexed) = gateway("authenticated").await;
    let key = basic("", &gateway.key("audit", &[Scope::Auditor]).await);
    let sent = Arc::new(key);
    let router: Router = gateway
        .router
        .clone()
        .layer(map_request(move |mut request: Request| {
            let value = sent.parse().unwrap();
            request.headers_mut().insert("authorization", value);
            async move { request }
        }));
    let (mut waiting, mut seen) = (VecDeque::from(["/explorer".to_owned()]), BTreeSet::new());
    while let Some(path) = waiting.pop_front() {
        if seen.len() == MOST_PAGES || !seen.insert(path.clone()) {
            continue;
        }
        let page = support::get(&router, &path).await;
        assert!(
            page.status.is_success() || page.status.is_redirection(),
            "{path}: {}",
            page.status
        );
        for link in page.links().into_iter().filter(|link| !link.starts_with('#')) {
            assert!(link.starts_with("/explorer"), "{path} leads to {link}");
            waiting.push_back(link);
        }
        assert!(!page.text.contains("action=\"/search") && !page.text.contains("src=\"/assets"));
        if page.status.is_redirection() {
            assert!(
                page.location().starts_with("/explorer"),
                "{path}: {}",
                page.location()
            );
        }
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
    }
    for part in [
        "transfers/",
        "participants/",
        "windows/",
        "blocks/",
        "currencies/",
        "assets/",
    ] {
        let prefix = format!("/explorer/{part}");
        assert!(
            seen.iter().any(|path| path.starts_with(&prefix)),
            "nothing leads to {prefix}"
        );
    }
    let slash = support::get(&router, "/explorer/").await;
    assert_eq!((slash.status.as_u16(), slash.location()), (308, "/explorer"));
    assert_eq!(
        support::get(&router, "/explorer/nowhere").await.status,
        StatusCode::NOT_FOUND
    );
    let written = support::ask(&router, axum::http::Method::POST, "/explorer", &[]).await;
    assert_eq!(written.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_browser_is_asked_for_a_key_and_only_one_that_may_read_is_let_in() {
    let (gateway, _indexed) = gateway("authenticated").await;
    let auditor = gateway.key("audit", &[Scope::Auditor]).await;
    let treasurer = gateway.key("core", &[Scope::Treasurer]).await;
    let mut other = auditor.clone();
    let last = if other.ends_with('0') { '1' } else { '0' };
    other.pop();
    other.push(last);
    for path in ["/explorer", "/explorer/transfers", "/explorer/nowhere"] {
        for wrong in [
            "",
            "Basic",
            "Basic *",
            &basic("x", ""),
            &basic("x", &other),
            &basic(&auditor, "x"),
            "Digest x",
        ] {
            let page = look(&gateway, path, wrong).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path} {wrong}");
            assert!(
                page.header("www-authenticate").starts_with("Basic realm="),
                "{path}"
            );
            assert!(page.text.contains("gateway.unauthorised"));
        }
    }
    let refused = look(&gateway, "/explorer", &basic("core", &treasurer)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("auditor"), "{}", refused.text);
    for good in [
        basic("anyone", &auditor),
        basic("", &auditor),
        format!("Bearer {auditor}"),
    ] {
        let page = look(&gateway, "/explorer", &good).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (StatusCode::OK, "text/html; charset=utf-8")
        );
    }
    // What a browser keeps is good for pages, and for nothing that a page could make it send.
    let api = look(&gateway, "/v1/requests", &basic("anyone", &auditor)).await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_public_explorer_needs_no_key_and_without_a_section_there_is_none() {
    let (public, _indexed) = gateway("public").await;
    assert_eq!(look(&public, "/explorer", "").await.status, StatusCode::OK);
    let none = Gateway::new().await;
    for path in ["/explorer", "/explorer/", "/explorer/transfers"] {
        assert_eq!(
            look(&none, path, "").await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_index_that_comes_later_is_shown_from_then_on() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("index.sqlite");
    let more = format!("[explorer]\nindex = \"{}\"\naccess = \"public\"", path.display());
    let gateway = Gateway::with(&more).await;
    let missing = look(&gateway, "/explorer", "").await;
    assert_eq!(
        missing.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        missing.text
    );
    // The gateway itself is none the worse for it.
    assert!(gateway.get("", "/health").await.status.is_success());
    let _writer = Indexed::at(&path, &support::story::play(7, 120)).await;
    assert_eq!(look(&gateway, "/explorer", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_password_reaches_the_log() {
    let log = Log::start();
    let (gateway, _indexed) = gateway("authenticated").await;
    let key = gateway.key("audit", &[Scope::Auditor]).await;
    let secret = key.rsplit('_').next().unwrap();
    let good = basic("anyone", &key);
    assert_eq!(
        look(&gateway, "/explorer/transfers", &good).await.status,
        StatusCode::OK
    );
    look(
        &gateway,
        "/explorer",
        &basic("anyone", "ck_0123456789abcdef_not-a-key"),
    )
    .await;
    let text = log.text();
    assert!(text.contains("/explorer/{*page}"), "{text}");
    let encoded = good.strip_prefix("Basic ").unwrap();
    for hidden in [secret, encoded, "not-a-key"] {
        assert!(!text.contains(hidden), "{hidden} is in the log");
    }
}

//! `/v1/messages` takes a message for what it is.

use crate::{common::Gateway, MESSAGES, XML};
use axum::http::StatusCode;
use corridor_gateway::{auth::Scope, router::openapi};
use corridor_iso20022::{pacs002, pacs004, pacs008, Limits};
use serde_json::json;

const INSTRUCTS: &str = include_str!("../../../corridor-iso20022/tests/golden/transfer.pacs008.xml");
const RETURNS: &str = include_str!("../../../corridor-iso20022/tests/golden/part.pacs004.xml");

#[tokio::test]
async fn transfers_and_returns_are_taken_here_as_where_they_have_their_own_resource() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for (message, there, kind) in [
        (INSTRUCTS, "/v1/transfers", "instruct"),
        (RETURNS, "/v1/returns", "return"),
    ] {
        let here = gateway.post_xml(&key, MESSAGES, "*/*", message).await;
        assert_eq!(here.status, StatusCode::ACCEPTED, "{}", here.text);
        let there = gateway.post_xml(&key, there, "*/*", message).await;
        assert_eq!(here.json()["requests"], there.json()["requests"]);
        let view = gateway.get(&key, &here.location()).await.json();
        assert_eq!(view["requests"][0]["kind"], kind);
        let as_xml = gateway.post_xml(&key, MESSAGES, XML, message).await;
        pacs002::read(as_xml.text.as_bytes(), &Limits::default()).unwrap();
    }
    pacs008::read(INSTRUCTS.as_bytes(), &Limits::default()).unwrap();
    pacs004::read(RETURNS.as_bytes(), &Limits::default()).unwrap();
}

#[tokio::test]
async fn each_message_needs_the_scope_of_what_it_asks_for() {
    let gateway = Gateway::new().await;
    let (instructor, approver) = (
        gateway.key("core", &[Scope::Instructor]).await,
        gateway.key("branch", &[Scope::Approver]).await,
    );
    let forbidden = gateway.post_xml(&approver, MESSAGES, XML, INSTRUCTS).await;
    forbidden.problem(403, "gateway.forbidden");
    let forbidden = gateway.post_xml(&instructor, MESSAGES, XML, RETURNS).await;
    forbidden.problem(403, "gateway.forbidden");
    let taken = gateway.post_xml(&approver, MESSAGES, XML, RETURNS).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
}

#[tokio::test]
async fn what_asks_for_nothing_or_is_no_message_is_refused() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for (message, kind) in [
        (
            include_str!("../../../corridor-iso20022/tests/golden/every-status.pacs002.xml"),
            "pacs.002",
        ),
        (
            include_str!("../../../corridor-iso20022/tests/golden/day.camt053.xml"),
            "camt.053",
        ),
        (
            include_str!("../../../corridor-iso20022/tests/golden/three.camt029.xml"),
            "camt.029",
        ),
    ] {
        let problem = gateway.post_xml(&key, MESSAGES, XML, message).await;
        let problem = problem.problem(422, "gateway.invalid");
        assert!(problem["detail"].as_str().unwrap().contains(kind), "{problem}");
    }
    let pain = INSTRUCTS.replace("tech:xsd:pacs.008", "tech:xsd:pain.001");
    let problem = gateway.post_xml(&key, MESSAGES, XML, &pain).await;
    let problem = problem.problem(422, "iso20022.unsupported-message");
    assert_eq!(problem["element"], "Document");
    for nothing in ["", "<a/>", "text"] {
        let answered = gateway.post_xml(&key, MESSAGES, XML, nothing).await;
        assert_eq!(
            answered.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{nothing:?}: {}",
            answered.text
        );
    }
    let as_json = gateway.post(&key, MESSAGES, &json!({})).await;
    as_json.problem(415, "gateway.media_type");
    let net = gateway
        .post_xml(&key, "/v1/messages?settlement_method=net", XML, RETURNS)
        .await;
    net.problem(422, "gateway.invalid");
    assert_eq!(gateway.requests(&key).await, 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let gateway = Gateway::with("[limits]\nbody_bytes = 500\n").await;
    let key = gateway.master().await;
    let answered = gateway.post_xml(&key, MESSAGES, XML, INSTRUCTS).await;
    answered.problem(413, "gateway.too_large");
}

#[test]
fn the_description_has_both_types_of_every_resource_that_takes_both() {
    let api = openapi();
    for path in [
        "/v1/transfers",
        "/v1/escrow/deposits",
        "/v1/escrow/withdrawals",
        "/v1/collateral/pledges",
        "/v1/collateral/releases",
    ] {
        let content = &api["paths"][path]["post"]["requestBody"]["content"];
        assert!(
            content["application/json"].is_object() && content[XML].is_object(),
            "{path}: {content}"
        );
    }
    let messages = &api["paths"][MESSAGES]["post"];
    assert!(messages["requestBody"]["content"][XML].is_object(), "{messages}");
    for (status, types) in [
        ("200", ["application/json", XML].as_slice()),
        ("202", &["application/json", XML]),
        ("409", &["application/problem+json"]),
        ("422", &["application/problem+json"]),
    ] {
        for media_type in types {
            let content = &messages["responses"][status]["content"][media_type];
            assert!(content.is_object(), "{status} {media_type}: {messages}");
        }
    }
    let statements = &api["paths"]["/v1/statements"]["get"]["responses"]["200"]["content"];
    for media_type in ["application/json", XML, "text/csv"] {
        assert!(statements[media_type].is_object(), "{statements}");
    }
}

//! The same message again: the same however it is to settle, and known without a node.

use crate::{
    cancellation::asks,
    chain::Chain,
    common::{uetr, Gateway},
    post_under, transfer, MESSAGES, XML,
};
use axum::http::StatusCode;
use corridor_client::core::{Charges, TransferStatus};
use corridor_gateway::{
    auth::Scope,
    store::{Intake, NewMessage, NewRequest},
    view::transfer::Details,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::time::Duration;

const INSTRUCTS: &str = include_str!("../../../corridor-iso20022/tests/golden/transfer.pacs008.xml");
const FUNDS: &str = include_str!("../../../corridor-iso20022/tests/golden/funding.pacs009.xml");
const PLEDGES: &str = include_str!("../../../corridor-iso20022/tests/golden/pledge.camt050.xml");
const NET: &str = "/v1/messages?settlement_method=net";

#[tokio::test]
async fn the_same_key_and_message_to_settle_otherwise_is_a_conflict() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    for (first, other) in [(MESSAGES, NET), (NET, "/v1/messages?settlement_method=queued")] {
        let body = INSTRUCTS.replace("73f80e52", &uetr().to_string()[..8]);
        let body = body.replace("c1af4465", &uetr().to_string()[..8]);
        let taken = post_under(&gateway, first, &key, first, "*/*", &body).await;
        assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
        let conflict = post_under(&gateway, first, &key, other, "*/*", &body).await;
        let problem = conflict.problem(409, "gateway.idempotency_conflict");
        assert_ne!(problem["digest"], problem["recorded_digest"]);
        let again = post_under(&gateway, first, &key, first, "*/*", &body).await;
        assert_eq!(again.json(), taken.json());
    }
}

#[tokio::test]
async fn a_message_that_an_earlier_version_recorded_by_its_bytes_alone_is_known_again() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let taken = post_under(&gateway, "now", &key, NET, "*/*", INSTRUCTS).await;
    let requests = gateway.get(&key, &taken.location()).await.json()["requests"].clone();
    let as_recorded = |request: &Value| NewRequest {
        id: "unused".into(),
        kind: "instruct",
        subject: request["subject"].as_str().unwrap().into(),
        stream: request["uetr"].as_str().unwrap().into(),
        role: "instructor",
        operation: "{}".into(),
        digest: request["digest"].as_str().unwrap().into(),
    };
    let earlier = NewMessage {
        id: "00000000-0000-4000-8000-000000000001".into(),
        owner: "core banking".into(),
        key_id: "earlier".into(),
        idempotency_key: Some("earlier".into()),
        target: format!("POST {MESSAGES}"),
        digest: hex::encode(Sha256::digest(INSTRUCTS)),
        content_type: XML.into(),
        body: INSTRUCTS.into(),
        requests: requests.as_array().unwrap().iter().map(as_recorded).collect(),
    };
    let Intake::Taken(earlier) = gateway.app.store.take(earlier).await.unwrap() else {
        panic!("the requests are recorded");
    };
    let again = post_under(&gateway, "earlier", &key, NET, "*/*", INSTRUCTS).await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{}", again.text);
    assert_eq!(again.json()["message"], earlier.message);
    assert_eq!(again.json()["requests"], taken.json()["requests"]);
    // The same bytes, to settle gross this time, are refused because of the transfers.
    let other = post_under(&gateway, "other", &key, MESSAGES, "*/*", INSTRUCTS).await;
    other.problem(409, "gateway.idempotency_conflict");
}

#[tokio::test]
async fn movements_and_repeats_are_taken_while_no_node_answers() {
    let mut gateway = Gateway::new().await;
    let key = gateway.master().await;
    let pending = uetr();
    let charges = Details::Charges(Charges::default());
    gateway
        .chain
        .record(pending, transfer(TransferStatus::Pending), charges);
    let cancels = asks(&[pending]);
    let first = post_under(&gateway, "cancel", &key, MESSAGES, "*/*", &cancels).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    let chain = Chain::behind(&mut gateway, 3, Duration::ZERO).await;
    chain.go_down();
    for message in [FUNDS, PLEDGES] {
        let message = message.replace("-1-CNY", "-0-CNY");
        for accept in [XML, "*/*"] {
            let taken = gateway.post_xml(&key, MESSAGES, accept, &message).await;
            assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
        }
    }
    let again = post_under(&gateway, "cancel", &key, MESSAGES, "*/*", &cancels).await;
    assert_eq!((again.status, again.json()), (StatusCode::ACCEPTED, first.json()));
    // What a request to cancel asks for depends on where the transfers stand: a new one waits for a node.
    let new = post_under(&gateway, "new", &key, MESSAGES, "*/*", &cancels).await;
    new.problem(503, "chain.disconnected");
    // Who may not ask may not ask again.
    let funds = FUNDS.replace("-1-CNY", "-0-CNY");
    let taken = post_under(&gateway, "fund", &key, MESSAGES, "*/*", &funds).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let reader = gateway.key("core banking", &[Scope::Auditor]).await;
    let forbidden = post_under(&gateway, "fund", &reader, MESSAGES, "*/*", &funds).await;
    forbidden.problem(403, "gateway.forbidden");
}

//! Webhooks: made, listed, deleted. `events.rs` has their deliveries.
#![allow(clippy::unwrap_used)]

mod common;

use axum::{body::Body, http::StatusCode};
use common::{request, Answered, Gateway, LOCAL};
use corridor_gateway::{
    auth::Scope,
    store::{EventId, NewEvent},
};
use serde_json::{json, Value};
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(60);

async fn create(gateway: &Gateway, key: &str, idempotency_key: Option<&str>, body: &Value) -> Answered {
    gateway.post_as(key, "/v1/webhooks", idempotency_key, body).await
}

async fn delete(gateway: &Gateway, key: &str, id: &str) -> Answered {
    let path = format!("/v1/webhooks/{id}");
    let request = request(key, "DELETE", &path).body(Body::empty());
    gateway.send(request.unwrap()).await
}

fn id(made: &Answered) -> String {
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_webhook() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let body = json!({ "url": "http://127.0.0.1:9/", "kinds": ["transfer.settled"] });
    let first = gateway.post_as(&key, "/v1/webhooks", Some("w-1"), &body).await;
    let again = gateway.post_as(&key, "/v1/webhooks", Some("w-1"), &body).await;
    assert_eq!(
        (first.status, again.status),
        (StatusCode::CREATED, StatusCode::CREATED)
    );
    assert_eq!(first.json(), again.json());
    let other = json!({ "url": "http://127.0.0.1:10/" });
    let conflict = gateway.post_as(&key, "/v1/webhooks", Some("w-1"), &other).await;
    let problem = conflict.problem(409, "gateway.idempotency_conflict");
    assert_ne!(problem["digest"], problem["recorded_digest"]);
    // Another system's key of the same text is another one.
    let elsewhere = gateway.key("cards", &[Scope::Operator]).await;
    let theirs = gateway
        .post_as(&elsewhere, "/v1/webhooks", Some("w-1"), &other)
        .await;
    assert_eq!(theirs.status, StatusCode::CREATED, "{}", theirs.text);
    let all = gateway.get(&key, "/v1/webhooks").await.json();
    assert_eq!(all.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn targets_inside_are_refused_and_only_an_operator_makes_webhooks() {
    let gateway = Gateway::with_webhooks("").await;
    let key = gateway.master().await;
    for url in [
        "http://bank.example/hook",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
    ] {
        gateway
            .post(&key, "/v1/webhooks", &json!({ "url": url }))
            .await
            .problem(422, "gateway.invalid");
    }
    let body = json!({ "url": "https://bank.example/hook", "kinds": ["transfer.settled"] });
    assert_eq!(
        gateway.post(&key, "/v1/webhooks", &body).await.status,
        StatusCode::CREATED
    );
    let auditor = gateway.key("core", &[Scope::Auditor]).await;
    gateway
        .post(&auditor, "/v1/webhooks", &body)
        .await
        .problem(403, "gateway.forbidden");
    gateway
        .get(&auditor, "/v1/webhooks")
        .await
        .problem(403, "gateway.forbidden");
    let id = gateway.get(&key, "/v1/webhooks").await.json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/webhooks/{id}");
    let delete = || request(&key, "DELETE", &path).body(Body::empty()).unwrap();
    assert_eq!(gateway.send(delete()).await.status, StatusCode::NO_CONTENT);
    gateway.send(delete()).await.problem(404, "gateway.not_found");
}

#[tokio::test]
async fn a_gateway_without_webhooks_says_so() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway
        .get(&key, "/v1/webhooks")
        .await
        .problem(404, "gateway.not_found");
}

#[tokio::test]
async fn a_deleted_webhook_is_not_answered_as_a_new_one() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let body = json!({ "url": "http://127.0.0.1:9/" });
    let first = id(&create(&gateway, &key, Some("w-1"), &body).await);
    assert_eq!(
        delete(&gateway, &key, &first).await.status,
        StatusCode::NO_CONTENT
    );
    let again = create(&gateway, &key, Some("w-1"), &body).await;
    let problem = again.problem(409, "gateway.webhook_deleted");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&first) && detail.contains("w-1"), "{detail}");
    let listed = gateway.get(&key, "/v1/webhooks").await.json();
    assert_eq!(listed, json!([]));
    // Another body under the key is what it was before: a conflict.
    let other = json!({ "url": "http://127.0.0.1:10/" });
    create(&gateway, &key, Some("w-1"), &other)
        .await
        .problem(409, "gateway.idempotency_conflict");
    assert_ne!(id(&create(&gateway, &key, Some("w-2"), &body).await), first);
}

#[tokio::test]
async fn a_kind_there_is_none_of_is_refused_and_named() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let body = |kinds: &[&str]| json!({ "url": "http://127.0.0.1:9/", "kinds": kinds });
    let misspelt = create(
        &gateway,
        &key,
        None,
        &body(&["transfer.settled", "transfer.setled"]),
    )
    .await;
    let problem = misspelt.problem(422, "gateway.invalid");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("kinds[1]") && detail.contains("transfer.setled"),
        "{detail}"
    );
    for kinds in [&[""][..], &["transfer.*"], &["transfer.settled"; 65]] {
        create(&gateway, &key, None, &body(kinds))
            .await
            .problem(422, "gateway.invalid");
    }
    // What the description names is what is taken.
    let api = gateway.get("", "/openapi.json").await.json();
    let kinds = api["components"]["schemas"]["EventKind"]["enum"]
        .as_array()
        .unwrap();
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str().unwrap()).collect();
    assert!(names.contains(&"batch.expired") && names.contains(&"registry.account_left"));
    let made = create(&gateway, &key, None, &body(&names)).await;
    id(&made);
    assert_eq!(made.json()["kinds"], json!(names));
}

#[tokio::test]
async fn dead_letters_of_a_webhook_there_is_none_of_are_not_found() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let made = id(&create(&gateway, &key, None, &json!({ "url": "http://127.0.0.1:9/" })).await);
    let replay = async |id: &str| {
        let path = format!("/v1/webhooks/{id}/replay");
        gateway.post(&key, &path, &json!({})).await
    };
    let letters = async |id: &str| {
        gateway
            .get(&key, &format!("/v1/webhooks/{id}/dead-letters"))
            .await
    };
    assert_eq!(replay(&made).await.json()["replayed"], 0);
    assert_eq!(letters(&made).await.status, StatusCode::OK);
    delete(&gateway, &key, &made).await;
    for id in [made.as_str(), "00000000-0000-4000-8000-000000000000"] {
        replay(id).await.problem(404, "gateway.not_found");
        letters(id).await.problem(404, "gateway.not_found");
    }
}

#[tokio::test]
async fn what_a_deleted_webhook_was_not_told_is_no_dead_letter_and_does_not_wait() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let made = id(&create(&gateway, &key, None, &json!({ "url": "http://127.0.0.1:9/" })).await);
    let store = &gateway.app.store;
    store.follow("a", LEASE, 0).await.unwrap();
    let event = |place| NewEvent {
        id: EventId { block: 0, place },
        kind: "transfer.settled".into(),
        stream: format!("s-{place}"),
        body: "{}".into(),
    };
    let recorded = store.record("a", 0..=0, &[event(1), event(2), event(3)]).await;
    assert!(recorded.unwrap());
    let due = store.due("a", &made, LEASE, 1).await.unwrap();
    assert!(store.undelivered("a", &due[0], None, "gone").await.unwrap());
    let figures = async || {
        let text = gateway.get("", "/metrics").await.text;
        let figure = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name}in {text}")).to_owned()
        };
        [
            figure("corridor_gateway_deliveries_pending "),
            figure("corridor_gateway_dead_letters "),
        ]
    };
    assert_eq!(figures().await, ["2", "1"]);
    delete(&gateway, &key, &made).await;
    assert_eq!(figures().await, ["0", "0"]);
}

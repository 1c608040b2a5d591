//! Events: recorded once, streamed live, delivered signed and in order.
#![allow(clippy::unwrap_used)]

mod common;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
    Router,
};
use common::{eventually, request, terms, transfer_event, uetr, Gateway, LOCAL};
use corridor_client::core::{ReasonCode, TransferChange, TransferStatus, Uetr};
use corridor_gateway::{
    follower,
    store::{EventId, WebhookRecord},
    webhook,
};
use futures::StreamExt;
use hmac::{Hmac, Mac};
use serde_json::{json, Value};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tower::ServiceExt;

fn instructed(uetr: Uetr) -> corridor_client::SettlementEvent {
    transfer_event(uetr, TransferStatus::Pending, TransferChange::Instructed(terms()))
}

fn settled(uetr: Uetr) -> corridor_client::SettlementEvent {
    transfer_event(uetr, TransferStatus::Settled, TransferChange::Settled)
}

#[tokio::test]
async fn two_gateways_record_every_event_once_and_one_goes_on_for_the_other() {
    let first = Gateway::with("[worker]\nlease = \"5s\"\n").await;
    let key = first.master().await;
    let second = first.beside("gateway-2").await;
    let one = tokio::spawn(follower::run(first.app.clone()));
    let _two = tokio::spawn(follower::run(second.app.clone()));
    let uetrs: Vec<Uetr> = (0..10).map(|_| uetr()).collect();
    for uetr in &uetrs {
        first.chain.push_block(vec![instructed(*uetr), settled(*uetr)]);
        first.chain.push_block(vec![]);
    }
    eventually("twenty events", async || {
        first.app.store.followed_to().await.unwrap() == Some(19)
    })
    .await;
    let page = first.get(&key, "/v1/events").await.json();
    assert_eq!(page["events"].as_array().unwrap().len(), 20);
    // Whoever records is told to stop; the other one takes over when the lease is over.
    first.app.stop();
    one.await.unwrap();
    let late = uetr();
    first.chain.push_block(vec![instructed(late)]);
    eventually("the other gateway", async || {
        second.app.store.followed_to().await.unwrap() == Some(20)
    })
    .await;
    let path = format!("/v1/transfers/{late}/events");
    let history = second.get(&key, &path).await.json();
    let event = &history["events"][0];
    assert_eq!(
        (&event["id"], &event["kind"]),
        (&json!("20-3"), &json!("transfer.instructed"))
    );
    assert_eq!(event["uetr"], late.to_string());
    assert_eq!(event["data"]["debtor_agent"], "BKCHCNBJXXX");
    assert_eq!(event["data"]["interbank_settlement_amount"]["decimal"], "1250.50");
}

#[tokio::test]
async fn a_block_is_recorded_after_the_one_before_it_and_only_by_who_follows() {
    let gateway = Gateway::new().await;
    let store = &gateway.app.store;
    let lease = Duration::from_secs(60);
    assert_eq!(store.follow("a", lease, 5).await.unwrap(), Some(5));
    assert_eq!(store.follow("b", lease, 5).await.unwrap(), None);
    assert!(!store.record("b", 5..=5, &[]).await.unwrap());
    assert!(!store.record("a", 6..=6, &[]).await.unwrap());
    assert!(store.record("a", 5..=5, &[]).await.unwrap());
    assert!(!store.record("a", 5..=5, &[]).await.unwrap());
    assert_eq!(store.follow("a", lease, 5).await.unwrap(), Some(6));
}

#[tokio::test]
async fn blocks_that_wait_are_recorded_together_in_order_with_their_deliveries() {
    let gateway = Gateway::new().await;
    let webhook = WebhookRecord {
        id: "settled-only".into(),
        owner: "core".into(),
        url: "https://bank.example/hook".into(),
        kinds: vec!["transfer.settled".into()],
        created_at_ms: 1,
    };
    gateway.app.store.add_webhook(&webhook, None, "").await.unwrap();
    for block in 0..150 {
        let uetr = uetr();
        let events = match block % 3 {
            0 => vec![],
            1 => vec![instructed(uetr)],
            _ => vec![instructed(uetr), settled(uetr)],
        };
        gateway.chain.push_block(events);
    }
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    eventually("150 blocks", async || {
        gateway.app.store.followed_to().await.unwrap() == Some(149)
    })
    .await;
    let events = gateway
        .app
        .store
        .events(EventId::default(), None, 1_000)
        .await
        .unwrap();
    let ids: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    let expected = (0..150).flat_map(|block| (3..3 + block % 3).map(move |place| format!("{block}-{place}")));
    assert_eq!(ids, expected.collect::<Vec<_>>());
    assert_eq!(gateway.app.store.delivery_counts().await.unwrap(), (50, 0));
}

#[tokio::test]
async fn pages_of_events_have_neither_gap_nor_repeat() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    for _ in 0..5 {
        let uetr = uetr();
        gateway.chain.push_block(vec![instructed(uetr), settled(uetr)]);
    }
    eventually("five blocks", async || {
        gateway.app.store.followed_to().await.unwrap() == Some(4)
    })
    .await;
    let (mut seen, mut path) = (Vec::new(), "/v1/events?limit=3".to_owned());
    loop {
        let page = gateway.get(&key, &path).await.json();
        let ids = page["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["id"].as_str().unwrap().to_owned());
        seen.extend(ids);
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/events?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..5)
        .flat_map(|block| [format!("{block}-3"), format!("{block}-4")])
        .collect();
    assert_eq!(seen, expected);
}

/// Reads events of a stream until there are so many.
async fn read_stream(gateway: &Gateway, key: &str, last: Option<&str>, count: usize) -> Vec<String> {
    let mut builder = request(key, "GET", "/v1/events").header("accept", "text/event-stream");
    if let Some(last) = last {
        builder = builder.header("last-event-id", last);
    }
    let response = gateway
        .router
        .clone()
        .oneshot(builder.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    let mut text = String::new();
    let reading = async {
        while text.matches("\nid: ").count() + usize::from(text.starts_with("id: ")) < count
            || !text.ends_with("\n\n")
        {
            text.push_str(std::str::from_utf8(&body.next().await.unwrap().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading)
        .await
        .unwrap();
    let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.map(String::from).collect()
}

#[tokio::test]
async fn a_stream_goes_on_where_the_last_one_ended() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    let _announcer = tokio::spawn(follower::announce(gateway.app.clone()));
    for _ in 0..3 {
        let uetr = uetr();
        gateway.chain.push_block(vec![instructed(uetr), settled(uetr)]);
    }
    eventually("three blocks", async || {
        gateway.app.store.followed_to().await.unwrap() == Some(2)
    })
    .await;
    let rest = read_stream(&gateway, &key, Some("0-4"), 4).await;
    assert_eq!(rest, ["1-3", "1-4", "2-3", "2-4"]);
    // Live: what is recorded while the stream is open comes, too.
    let chain = gateway.chain.clone();
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        chain.push_block(vec![instructed(uetr())]);
    };
    let (live, ()) = tokio::join!(read_stream(&gateway, &key, Some("2-4"), 1), later);
    assert_eq!(live, ["3-3"]);
    let wrong = request(&key, "GET", "/v1/events")
        .header("accept", "text/event-stream")
        .header("last-event-id", "x");
    gateway
        .send(wrong.body(Body::empty()).unwrap())
        .await
        .problem(400, "gateway.malformed");
}

/// A bank system that takes deliveries.
#[derive(Default)]
struct Bank {
    /// What came, with the headers.
    came: Mutex<Vec<(HeaderMap, Bytes)>>,
    /// How often each event is refused before it is taken.
    refusals: Mutex<HashMap<String, u32>>,
}

async fn receive(State(bank): State<Arc<Bank>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers["corridor-event-id"].to_str().unwrap().to_owned();
    bank.came.lock().unwrap().push((headers, body));
    let mut refusals = bank.refusals.lock().unwrap();
    match refusals.get_mut(&id) {
        Some(left) if *left > 0 => {
            *left -= 1;
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::OK,
    }
}

impl Bank {
    async fn open() -> (Arc<Self>, String) {
        let bank = Arc::new(Self::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let elsewhere = axum::response::Redirect::temporary("/hook");
        let router = Router::new()
            .route("/hook", post(receive))
            .route("/moved", post(|| async { elsewhere }))
            .with_state(bank.clone());
        tokio::spawn(async { axum_server_of(listener, router).await });
        (bank, url)
    }

    fn ids(&self) -> Vec<String> {
        let came = self.came.lock().unwrap();
        came.iter()
            .map(|(headers, _)| headers["corridor-event-id"].to_str().unwrap().to_owned())
            .collect()
    }
}

async fn axum_server_of(listener: tokio::net::TcpListener, router: Router) {
    let listener = listener.into_std().unwrap();
    let server = axum_server::from_tcp(listener).unwrap();
    server.serve(router.into_make_service()).await.unwrap();
}

fn verify(secret: &str, headers: &HeaderMap, body: &[u8]) {
    let signature = headers["corridor-signature"].to_str().unwrap();
    let (stamp, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{stamp}.").as_bytes());
    mac.update(body);
    mac.verify_slice(&hex::decode(hex).unwrap())
        .expect("a good signature");
}

#[tokio::test]
async fn deliveries_are_signed_repeated_until_taken_and_in_order_for_each_transfer() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let (bank, url) = Bank::open().await;
    let made = gateway.post(&key, "/v1/webhooks", &json!({ "url": url })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let listed = gateway.get(&key, "/v1/webhooks").await;
    assert!(!listed.text.contains(&secret) && listed.text.contains(&url));

    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    let _deliveries = tokio::spawn(webhook::run(gateway.app.clone()));
    let (slow, quick) = (uetr(), uetr());
    // The first event of one transfer is refused twice: what follows it waits, the other transfer does not.
    bank.refusals.lock().unwrap().insert("0-3".into(), 2);
    gateway
        .chain
        .push_block(vec![instructed(slow), instructed(quick)]);
    gateway.chain.push_block(vec![settled(slow), settled(quick)]);
    eventually("six deliveries", async || bank.ids().len() >= 6).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let ids = bank.ids();
    assert_eq!(ids.len(), 6, "{ids:?}");
    let last = |id: &str| ids.iter().rposition(|known| known == id).unwrap();
    let first = |id: &str| ids.iter().position(|known| known == id).unwrap();
    assert!(last("0-3") < first("1-3"), "{ids:?}");
    assert!(last("0-4") < first("1-4"), "{ids:?}");
    for (headers, body) in bank.came.lock().unwrap().iter() {
        verify(&secret, headers, body);
        let event: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(event["id"], headers["corridor-event-id"].to_str().unwrap());
    }
    let metrics = gateway.get("", "/metrics").await.text;
    assert!(
        metrics.contains("corridor_gateway_deliveries_total{result=\"failed\"} 2"),
        "{metrics}"
    );
}

#[tokio::test]
async fn what_is_never_taken_is_a_dead_letter_that_can_be_replayed_in_order() {
    let gateway = Gateway::with_webhooks(&format!("{LOCAL}attempts = 2\n")).await;
    let key = gateway.master().await;
    let (bank, url) = Bank::open().await;
    let body = json!({ "url": url, "kinds": ["transfer.instructed", "transfer.rejected"] });
    let id = gateway.post(&key, "/v1/webhooks", &body).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    let _deliveries = tokio::spawn(webhook::run(gateway.app.clone()));
    bank.refusals.lock().unwrap().insert("0-3".into(), 2);
    let uetr = uetr();
    let reason = ReasonCode::AC04;
    let rejected = transfer_event(uetr, TransferStatus::Rejected, TransferChange::Rejected(reason));
    gateway.chain.push_block(vec![instructed(uetr)]);
    // Not wanted by this webhook.
    gateway.chain.push_block(vec![settled(uetr)]);
    gateway.chain.push_block(vec![rejected]);
    let path = format!("/v1/webhooks/{id}/dead-letters");
    let letters = async || {
        gateway.get(&key, &path).await.json()["dead_letters"]
            .as_array()
            .unwrap()
            .clone()
    };
    eventually("a dead letter", async || letters().await.len() == 1).await;
    let letter = &letters().await[0];
    assert_eq!(
        (&letter["event_id"], &letter["attempts"]),
        (&json!("0-3"), &json!(2))
    );
    assert_eq!(letter["last_error"], "the target answers 500");
    assert_eq!(letter["event"]["uetr"], uetr.to_string());
    // What comes after it is held back: order is promised.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bank.ids(), ["0-3", "0-3"]);
    let replayed = gateway
        .post(&key, &format!("/v1/webhooks/{id}/replay"), &json!({}))
        .await
        .json();
    assert_eq!(replayed["replayed"], 1);
    eventually("everything", async || bank.ids().len() == 4).await;
    assert_eq!(bank.ids()[2..], ["0-3", "2-3"]);
    let empty = gateway
        .app
        .store
        .dead_letters(&id, EventId::default(), 10)
        .await
        .unwrap();
    assert!(empty.is_empty());
}

#[tokio::test]
async fn a_target_that_hangs_holds_up_no_other() {
    let gateway = Gateway::with_webhooks(&format!(
        "{LOCAL}in_flight = 4\nin_flight_each = 2\ntimeout = \"60s\"\n"
    ))
    .await;
    let key = gateway.master().await;
    let (bank, url) = Bank::open().await;
    // It takes connections and says nothing.
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}/", hanging.local_addr().unwrap());
    for url in [nowhere, url] {
        gateway.post(&key, "/v1/webhooks", &json!({ "url": url })).await;
    }
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    let _deliveries = tokio::spawn(webhook::run(gateway.app.clone()));
    for _ in 0..10 {
        gateway
            .chain
            .push_block(vec![instructed(uetr()), instructed(uetr())]);
    }
    let all = async || bank.ids().len() == 20;
    tokio::time::timeout(Duration::from_secs(20), eventually("twenty deliveries", all))
        .await
        .expect("long before the other one times out");
}

#[tokio::test]
async fn what_another_gateway_has_taken_meanwhile_is_that_ones_to_note() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let body = json!({ "url": "http://127.0.0.1:9/" });
    let made = gateway.post(&key, "/v1/webhooks", &body).await.json();
    let id = made["id"].as_str().unwrap();
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    gateway.chain.push_block(vec![instructed(uetr())]);
    let store = &gateway.app.store;
    eventually("a delivery", async || {
        !store.webhooks_waiting().await.unwrap().is_empty()
    })
    .await;
    let first = store.due("a", id, Duration::ZERO, 10).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = store.due("b", id, Duration::from_secs(60), 10).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert!(!store.undelivered("a", &first[0], None, "too late").await.unwrap());
    assert!(!store.delivered("a", &first[0]).await.unwrap());
    assert!(store.delivered("b", &second[0]).await.unwrap());
}

#[tokio::test]
async fn what_waits_behind_a_failed_delivery_is_not_looked_at_until_it_is_due_again() {
    let gateway = Gateway::with_webhooks(LOCAL).await;
    let key = gateway.master().await;
    let body = json!({ "url": "http://127.0.0.1:9/" });
    let made = gateway.post(&key, "/v1/webhooks", &body).await.json();
    let id = made["id"].as_str().unwrap();
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    let uetr = uetr();
    gateway.chain.push_block(vec![instructed(uetr), settled(uetr)]);
    let store = &gateway.app.store;
    eventually("a delivery", async || {
        !store.webhooks_waiting().await.unwrap().is_empty()
    })
    .await;
    let lease = Duration::from_secs(60);
    let due = store.due("a", id, lease, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    store
        .undelivered("a", &due[0], Some(Duration::from_millis(300)), "later")
        .await
        .unwrap();
    assert!(store.webhooks_waiting().await.unwrap().is_empty());
    eventually("due again", async || {
        !store.webhooks_waiting().await.unwrap().is_empty()
    })
    .await;
    let again = store.due("a", id, lease, 10).await.unwrap();
    assert_eq!(again[0].event.id, due[0].event.id);
    // Dead: what follows it waits for a replay.
    store.undelivered("a", &again[0], None, "dead").await.unwrap();
    assert!(store.webhooks_waiting().await.unwrap().is_empty());
    assert_eq!(store.replay(id, Some(again[0].event.id)).await.unwrap(), 1);
    for expected in [(0, 3), (0, 4)] {
        let due = store.due("a", id, lease, 10).await.unwrap();
        let ids: Vec<_> = due
            .iter()
            .map(|due| (due.event.id.block, due.event.id.place))
            .collect();
        assert_eq!(ids, [expected]);
        store.delivered("a", &due[0]).await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_revoked() {
    let gateway = Gateway::new().await;
    let key = gateway
        .key_until("core", &[corridor_gateway::auth::Scope::Auditor], None)
        .await;
    let builder = request(&key.reveal(), "GET", "/v1/events").header("accept", "text/event-stream");
    let asked = gateway
        .router
        .clone()
        .oneshot(builder.body(Body::empty()).unwrap());
    let mut body = asked.await.unwrap().into_body().into_data_stream();
    gateway.app.store.revoke_key(&key.id).await.unwrap();
    let end = async { while body.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(15), end)
        .await
        .expect("within seconds");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let gateway = Gateway::with_webhooks(&format!("{LOCAL}attempts = 1\n")).await;
    let key = gateway.master().await;
    let (bank, url) = Bank::open().await;
    let moved = url.replace("/hook", "/moved");
    let id = gateway
        .post(&key, "/v1/webhooks", &json!({ "url": moved }))
        .await
        .json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let _follower = tokio::spawn(follower::run(gateway.app.clone()));
    let _deliveries = tokio::spawn(webhook::run(gateway.app.clone()));
    gateway.chain.push_block(vec![instructed(uetr())]);
    let dead = async || {
        gateway
            .app
            .store
            .dead_letters(&id, EventId::default(), 10)
            .await
            .unwrap()
    };
    eventually("a dead letter", async || dead().await.len() == 1).await;
    assert_eq!(
        dead().await[0].last_error.as_deref(),
        Some("the target answers 307")
    );
    assert!(bank.ids().is_empty());
}

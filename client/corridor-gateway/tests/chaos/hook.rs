//! The bank's receiver of webhooks, which is not always well.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
    Router,
};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

/// What came, in the order it came.
#[derive(Default)]
pub struct Received {
    pub secret: String,
    pub deliveries: Vec<(EventId, Value)>,
    answers: u64,
    pub refused: u64,
}

/// Block and place.
pub type EventId = (u64, u32);

#[derive(Clone, Default)]
pub struct Hook(pub Arc<Mutex<Received>>);

impl Hook {
    pub async fn start() -> (Self, SocketAddr) {
        let hook = Self::default();
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(hook.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(
            axum_server::from_tcp(listener)
                .unwrap()
                .serve(router.into_make_service()),
        );
        (hook, address)
    }

    /// Every event that came, once.
    pub fn ids(&self) -> BTreeSet<EventId> {
        self.0
            .lock()
            .unwrap()
            .deliveries
            .iter()
            .map(|(id, _)| *id)
            .collect()
    }

    /// What came first about each transfer, in the order it came: repeats left out.
    pub fn by_uetr(&self) -> BTreeMap<String, Vec<(EventId, String)>> {
        let mut told: BTreeMap<String, Vec<(EventId, String)>> = BTreeMap::new();
        for (id, event) in &self.0.lock().unwrap().deliveries {
            let Some(uetr) = event["uetr"].as_str() else {
                continue;
            };
            let events = told.entry(uetr.into()).or_default();
            if events.iter().all(|(known, _)| known != id) {
                events.push((*id, event["kind"].as_str().unwrap().into()));
            }
        }
        told
    }
}

/// `BLOCK-PLACE`.
pub fn event_id(text: &str) -> EventId {
    let (block, place) = text.split_once('-').unwrap();
    (block.parse().unwrap(), place.parse().unwrap())
}

async fn receive(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut received = hook.0.lock().unwrap();
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap();
    assert!(
        is_signed(&received.secret, header("corridor-signature"), &body),
        "a delivery whose signature is wrong"
    );
    received.answers += 1;
    // Now and then it is down, and now and then it takes a delivery and fails to say so.
    let well = !received.answers.is_multiple_of(23);
    if !received.answers.is_multiple_of(17) {
        let event: Value = serde_json::from_slice(&body).unwrap();
        let id = event_id(header("corridor-event-id"));
        assert_eq!(event["id"], header("corridor-event-id"));
        received.deliveries.push((id, event));
        if well {
            return StatusCode::NO_CONTENT;
        }
    }
    received.refused += 1;
    StatusCode::SERVICE_UNAVAILABLE
}

fn is_signed(secret: &str, header: &str, body: &[u8]) -> bool {
    let (seconds, signature) = header.split_once(",v1=").unwrap();
    let seconds = seconds.strip_prefix("t=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(&hex::decode(signature).unwrap()).is_ok()
}

//! The bank's systems: they repeat a request, with its key, until one of the gateways has answered.

use super::{proxy::Proxy, story::Story};
use serde_json::{json, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};

/// How long one request may take to be answered, all attempts together, and everything to become final.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Between two looks at a request.
const FOLLOW: Duration = Duration::from_millis(500);

pub struct Bank {
    client: reqwest::Client,
    key: String,
    gateways: [Arc<Proxy>; 2],
    pub repeats: AtomicUsize,
}

/// How each request of a gateway ended, by its id.
pub type Ends = BTreeMap<String, Value>;

impl Bank {
    pub fn new(key: String, gateways: [Arc<Proxy>; 2]) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10));
        Self {
            client: client.build().unwrap(),
            key,
            gateways,
            repeats: AtomicUsize::new(0),
        }
    }

    /// Posts until a gateway has taken it; answers what it said.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        let build = |url: String| {
            self.client
                .post(url)
                .header("idempotency-key", key)
                .header("content-type", "application/json")
                .body(body.to_string())
        };
        self.until(path, &[201, 202], build).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.until(path, &[200], |url| self.client.get(url)).await
    }

    async fn until(
        &self,
        path: &str,
        wanted: &[u16],
        build: impl Fn(String) -> reqwest::RequestBuilder,
    ) -> Value {
        let started = Instant::now();
        let mut turn = path.len() + path.bytes().map(usize::from).sum::<usize>();
        loop {
            let gateway = &self.gateways[turn % 2];
            let sent = build(format!("http://{}{path}", gateway.address))
                .bearer_auth(&self.key)
                .send()
                .await;
            if let Ok(answer) = sent {
                let status = answer.status().as_u16();
                match (status, answer.text().await) {
                    (_, Ok(text)) if wanted.contains(&status) => return serde_json::from_str(&text).unwrap(),
                    // Not now, or the answer was cut off: the same again.
                    (429 | 503 | 504, _) | (_, Err(_)) => {}
                    (status, Ok(text)) => panic!("{path}: {status} {text}"),
                }
            }
            assert!(started.elapsed() < PATIENCE, "nobody answers {path}");
            self.repeats.fetch_add(1, Ordering::Relaxed);
            turn += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Follows a request to its end.
    async fn until_final(&self, request: &str) {
        let (started, path) = (Instant::now(), format!("/v1/requests/{request}"));
        loop {
            let view = self.get(&path).await;
            match view["state"].as_str() {
                Some("accepted" | "working") => {}
                Some("succeeded") => return,
                _ => panic!("{view}"),
            }
            assert!(started.elapsed() < PATIENCE, "still open: {view}");
            tokio::time::sleep(FOLLOW).await;
        }
    }

    /// Everything under a path, page by page.
    pub async fn all(&self, path: &str, member: &str) -> Vec<Value> {
        let (mut found, mut next) = (Vec::new(), path.to_owned());
        loop {
            let mut page = self.get(&next).await;
            found.append(page[member].as_array_mut().unwrap());
            match page["next_cursor"].as_str() {
                Some(cursor) => {
                    let joint = if path.contains('?') { '&' } else { '?' };
                    next = format!("{path}{joint}cursor={cursor}");
                }
                None => return found,
            }
        }
    }

    /// Waits until no request is open, then answers how each one ended.
    pub async fn until_all_final(&self) -> Ends {
        let started = Instant::now();
        loop {
            let mut open = Vec::new();
            for state in ["accepted", "working"] {
                let page = self.get(&format!("/v1/requests?limit=100&state={state}")).await;
                open.extend(page["requests"].as_array().unwrap().clone());
            }
            if open.is_empty() {
                break;
            }
            let stuck = open.first();
            assert!(
                started.elapsed() < PATIENCE,
                "{} still open, such as {stuck:?}",
                open.len()
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let requests = self.all("/v1/requests?limit=100", "requests").await;
        let count = requests.len();
        let ends: Ends = requests
            .into_iter()
            .map(|request| (request["id"].as_str().unwrap().into(), request))
            .collect();
        assert_eq!(ends.len(), count, "a request is listed twice");
        ends
    }
}

/// What one transfer led to: the ids of its requests.
pub struct Sent {
    pub uetr: String,
    pub requests: BTreeSet<String>,
    pub minor_units: u128,
    pub story: Story,
}

impl Sent {
    /// How much the creditor agent has of it in the end.
    pub fn moved(&self) -> u128 {
        self.story.moved(self.minor_units)
    }
}

/// One transfer from its instruction to its end, as two banks' systems ask for it.
pub async fn transfer(bank: &Bank, number: usize) -> Sent {
    let uetr = corridor_client::new_uetr().to_string();
    let story = Story::of(number);
    let minor_units = match story {
        Story::Overdrawn => 900_000_000_000,
        _ => 100 + number as u128 % 900,
    };
    let instruct = json!({
        "uetr": uetr,
        "end_to_end_id": format!("CHAOS-{number}"),
        "creditor_agent": "CNAPS:302290000002",
        "interbank_settlement_amount": {
            "currency": "CNY",
            "decimal": format!("{}.{:02}", minor_units / 100, minor_units % 100),
        },
    });
    let mut steps = vec![("/v1/transfers".to_owned(), format!("instruct-{number}"), instruct)];
    for (word, body) in story.steps(number) {
        steps.push((
            format!("/v1/transfers/{uetr}/{word}"),
            format!("{word}-{number}"),
            body,
        ));
    }
    let (mut requests, mut last) = (BTreeSet::new(), String::new());
    for (path, key, body) in &steps {
        let taken = bank.post(path, key, body).await;
        if number.is_multiple_of(7) {
            // A client that did not hear the answer.
            assert_eq!(bank.post(path, key, body).await["requests"], taken["requests"]);
        }
        last = taken["requests"][0].as_str().unwrap().to_owned();
        requests.insert(last.clone());
    }
    // A refusal may take long: until nothing signed before can land.
    if story != Story::Overdrawn {
        bank.until_final(&last).await;
    }
    Sent {
        uetr,
        requests,
        minor_units,
        story,
    }
}

//! A bank system that expects every request to be taken at once.

use corridor_client::new_uetr;
use serde_json::{json, Value};
use std::time::Duration;

/// Between two looks whether everything is final.
const LOOK: Duration = Duration::from_millis(250);

pub struct Bank {
    client: reqwest::Client,
    gateway: String,
    key: String,
}

impl Bank {
    pub fn new(gateway: String, key: String) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { client, gateway, key }
    }

    async fn post(&self, path: &str, body: &Value) {
        let request = self
            .client
            .post(format!("{}{path}", self.gateway))
            .bearer_auth(&self.key);
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("an answer");
        assert_eq!(status, 202, "{path}: {text}");
    }

    /// Answers the transfer's UETR.
    pub async fn instruct(&self) -> String {
        let uetr = new_uetr().to_string();
        let body = json!({
            "uetr": uetr,
            "end_to_end_id": "BENCH",
            "creditor_agent": "CNAPS:302290000002",
            "interbank_settlement_amount": { "currency": "CNY", "decimal": "0.01" },
        });
        self.post("/v1/transfers", &body).await;
        uetr
    }

    /// Both halves.
    pub async fn transfer(&self) {
        let uetr = self.instruct().await;
        self.post(&format!("/v1/transfers/{uetr}/accept"), &json!({}))
            .await;
    }

    /// Waits until nothing is open. Asks seldom: looking for what is not there costs the store a walk through all that is.
    pub async fn until_all_final(&self) {
        for state in ["accepted", "working"] {
            let url = format!("{}/v1/requests?limit=1&state={state}", self.gateway);
            loop {
                let answer = self
                    .client
                    .get(&url)
                    .bearer_auth(&self.key)
                    .send()
                    .await
                    .expect("an answer");
                let text = answer.text().await.expect("an answer");
                let page: Value = serde_json::from_str(&text).expect("JSON");
                if page["requests"].as_array().expect("a page").is_empty() {
                    break;
                }
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    /// How many requests ended other than well.
    pub async fn count_not_succeeded(&self) -> usize {
        let mut count = 0;
        for state in ["refused", "failed"] {
            let url = format!("{}/v1/requests?limit=100&state={state}", self.gateway);
            let answer = self
                .client
                .get(&url)
                .bearer_auth(&self.key)
                .send()
                .await
                .expect("an answer");
            let page: Value = serde_json::from_str(&answer.text().await.expect("an answer")).expect("JSON");
            count += page["requests"].as_array().expect("a page").len();
        }
        count
    }
}

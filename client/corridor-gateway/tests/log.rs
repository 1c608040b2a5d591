//! What the log shows and what it never shows, of requests. `live/secrets.rs` does the same with a gateway at work.
#![allow(clippy::unwrap_used)]

mod common;

use common::{transfer, uetr, Gateway, Log};
use serde_json::json;

#[tokio::test]
async fn no_secret_and_no_name_reaches_the_log_and_the_uetr_does() {
    let log = Log::start();
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let uetr = uetr();
    let mut body = transfer(uetr);
    body["creditor_name"] = "Lin Mei".into();
    body["remittance"] = json!(["for the harbour tea"]);
    gateway.chain.tell(
        "instruct",
        [Err(common::refused(corridor_client::core::Error::Paused))],
    );
    let location = gateway.post(&key, "/v1/transfers", &body).await.location();
    let work = gateway.work();
    gateway.until_final(&key, &location).await;
    gateway.get("ck_0123456789abcdef_not-a-key", "/v1/requests").await;
    gateway.get(&key, &format!("/v1/transfers/{uetr}")).await;
    gateway.app.stop();
    work.await.unwrap();
    let text = log.text();
    assert!(
        text.contains(&uetr.to_string()) && text.contains("\"request_id\""),
        "{text}"
    );
    let secret = key.rsplit('_').next().unwrap();
    for hidden in [secret, "not-a-key", "Lin Mei", "harbour tea", "Bearer"] {
        assert!(!text.contains(hidden), "{hidden} is in the log");
    }
}

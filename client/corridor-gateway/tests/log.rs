//! What the log shows and what it never shows, of requests. `live/secrets.rs` does the same with a gateway at work.
#![allow(clippy::unwrap_used)]

mod common;

use common::{transfer, uetr, Gateway};
use serde_json::json;
use std::{
    io::Write,
    sync::{Arc, Mutex},
};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_and_no_name_reaches_the_log_and_the_uetr_does() {
    let log = Log::default();
    let lines = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || lines.clone())
        .finish();
    // For the whole process, which has this test only: what other tests run before would not be logged.
    tracing::subscriber::set_global_default(subscriber).unwrap();
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
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains(&uetr.to_string()) && text.contains("\"request_id\""),
        "{text}"
    );
    let secret = key.rsplit('_').next().unwrap();
    for hidden in [secret, "not-a-key", "Lin Mei", "harbour tea", "Bearer"] {
        assert!(!text.contains(hidden), "{hidden} is in the log");
    }
}

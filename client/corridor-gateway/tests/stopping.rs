//! How a gateway ends: told to, or because it has to.
#![allow(clippy::unwrap_used)]

mod common;

use common::{eventually, transfer, uetr, Gateway};
use corridor_client::{Error, SubmitError};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_gateway_whose_submitter_has_stopped_says_so_takes_nothing_new_and_ends() {
    let gateway = Gateway::with("[limits]\nlame_duck = \"400ms\"\n").await;
    let key = gateway.master().await;
    let stopped = || Err(Error::Submit(SubmitError::Stopped("block 7 is gone".into())));
    gateway.chain.tell("instruct", [stopped()]);
    let location = gateway.instructs(&key).await;
    let mut running = corridor_gateway::server::serve(gateway.app.clone(), None).unwrap();
    eventually("it cannot go on", async || gateway.app.failure().is_some()).await;
    let ready = gateway.get("", "/ready").await;
    assert_eq!(ready.status.as_u16(), 503);
    let why = ready.json()["failure"].as_str().unwrap().to_owned();
    assert!(why.contains("block 7 is gone"), "{why}");
    // What comes in now is stored, for another process.
    let late = gateway.instructs(&key).await;
    let ended = tokio::time::timeout(Duration::from_secs(20), &mut running.finished).await;
    let error = ended.unwrap().unwrap().unwrap_err().to_string();
    assert!(
        error.contains("block 7 is gone") && error.contains("Start it again"),
        "{error}"
    );
    assert_eq!(gateway.chain.executed().len(), 1);
    // The supervisor starts the next one, which knows that this one is gone.
    let next = gateway.beside("gateway-1").await;
    next.app.store.expire_leases(&gateway.app.owner).await.unwrap();
    let _work = next.work();
    for location in [location, late] {
        assert_eq!(next.until_final(&key, &location).await["state"], "succeeded");
    }
}

#[tokio::test]
async fn a_fenced_gateway_ends_at_once_whatever_is_under_way() {
    let gateway = Gateway::with("[worker]\nlease = \"5s\"\n[limits]\ndrain = \"60s\"\n").await;
    let key = gateway.master().await;
    gateway.chain.slow(Duration::from_secs(60));
    *gateway.chain.closing.lock().unwrap() = Duration::from_secs(60);
    gateway.post(&key, "/v1/transfers", &transfer(uetr())).await;
    let mut running = corridor_gateway::server::serve(gateway.app.clone(), None).unwrap();
    gateway.chain.until_executed(1).await;
    gateway.app.store.close().await;
    let ended = tokio::time::timeout(Duration::from_secs(8), &mut running.finished).await;
    let error = ended.expect("at once").unwrap().unwrap_err().to_string();
    assert!(error.contains("another gateway takes over"), "{error}");
}

#[tokio::test]
async fn while_it_leaves_a_gateway_serves_on_and_tells_balancers_to_look_elsewhere() {
    let gateway = Gateway::with("[limits]\nlame_duck = \"1s\"\n").await;
    let key = gateway.master().await;
    let mut running = corridor_gateway::server::serve(gateway.app.clone(), None).unwrap();
    let url = format!("http://{}", running.address);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = async || {
        let answer = client.get(format!("{url}/ready")).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(ready().await, 200);
    let leaving = tokio::spawn(async move { running.leave().await });
    eventually("it leaves", async || gateway.app.leaving()).await;
    assert_eq!(ready().await, 503);
    let sent = client
        .post(format!("{url}/v1/transfers"))
        .bearer_auth(&key)
        .header("content-type", "application/json")
        .body(transfer(uetr()).to_string())
        .send();
    assert_eq!(sent.await.unwrap().status().as_u16(), 202);
    leaving.await.unwrap().unwrap().unwrap();
    assert!(client.get(format!("{url}/ready")).send().await.is_err());
}

#[tokio::test]
async fn a_gateway_that_cannot_renew_its_leases_is_fenced() {
    let gateway = Gateway::with("[worker]\nlease = \"5s\"\n").await;
    let leases = tokio::spawn(corridor_gateway::worker::keep_leases(gateway.app.clone()));
    gateway.app.store.close().await;
    let ended = tokio::time::timeout(Duration::from_secs(10), leases)
        .await
        .expect("before the lease ends");
    assert!(ended.unwrap().unwrap_err().contains("another gateway takes over"));
}

#[tokio::test]
async fn a_stopping_gateway_takes_nothing_new_and_finishes_what_is_under_way() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.chain.slow(Duration::from_millis(400));
    let location = gateway.instructs(&key).await;
    let work = gateway.work();
    gateway.chain.until_executed(1).await;
    gateway.app.stop();
    gateway
        .post(&key, "/v1/transfers", &transfer(uetr()))
        .await
        .problem(503, "gateway.busy");
    work.await.unwrap();
    assert_eq!(gateway.get(&key, &location).await.json()["state"], "succeeded");
    let ready = gateway.get(&key, "/ready").await;
    assert_eq!(
        (ready.status.as_u16(), &ready.json()["stopping"]),
        (503, &json!(true))
    );
}

//! Carrying requests out: one end for each, whoever works and whatever fails.
#![allow(clippy::unwrap_used)]

mod common;

use common::{refused, transfer, uetr, Gateway};
use corridor_client::{core::Error as Refusal, ChainError, ContractError, Error, SubmitError};
use serde_json::json;
use std::time::Duration;

fn unknown() -> Error {
    Error::Submit(SubmitError::Unknown {
        operation: "instruct".into(),
        waited: Duration::from_secs(1),
    })
}

#[tokio::test]
async fn unknown_stays_open_and_is_asked_about_until_a_block_decides() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let gone = Error::Chain(ChainError::Disconnected {
        reason: "gone".into(),
    });
    gateway
        .chain
        .tell("instruct", [Err(unknown()), Err(gone), Err(unknown())]);
    let uetr = uetr();
    let location = gateway
        .post(&key, "/v1/transfers", &transfer(uetr))
        .await
        .location();
    let work = gateway.work();
    let ended = gateway.until_final(&key, &location).await;
    assert_eq!(ended["state"], "succeeded");
    assert_eq!(ended["outcome"]["block"]["number"], 7);
    assert_eq!(gateway.chain.executed(), vec![format!("instruct:{uetr}"); 4]);
    gateway.app.stop();
    work.await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_an_end_with_the_contracts_code_the_iso_reason_and_what_to_do() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway
        .chain
        .tell("instruct", [Err(refused(Refusal::InsufficientFunds))]);
    let body = transfer(uetr());
    let first = gateway.post_as(&key, "/v1/transfers", Some("k-1"), &body).await;
    let _work = gateway.work();
    let ended = gateway.until_final(&key, &first.location()).await;
    assert_eq!(ended["state"], "refused");
    let fault = &ended["fault"];
    assert_eq!(fault["code"], "contract.InsufficientFunds");
    assert_eq!(
        (&fault["number"], &fault["iso_reason"]),
        (&json!(26), &json!("AM04"))
    );
    assert!(fault["hint"].as_str().unwrap().contains("Deposit"));
    assert_eq!(fault["may_succeed_later"], true);
    // The same request is the same answer for ever; a new one for the same transfer may be made.
    let same = gateway.post_as(&key, "/v1/transfers", Some("k-1"), &body).await;
    assert_eq!(same.location(), first.location());
    let anew = gateway.post_as(&key, "/v1/transfers", Some("k-2"), &body).await;
    assert_ne!(anew.location(), first.location());
    assert_eq!(
        gateway.until_final(&key, &anew.location()).await["state"],
        "succeeded"
    );
}

#[tokio::test]
async fn what_traps_every_time_is_given_up_in_the_end() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let trap = || Err(ContractError::Failed("ContractTrapped".into()).into());
    gateway.chain.tell("accept", (0..50).map(|_| trap()));
    let path = format!("/v1/transfers/{}/accept", uetr());
    let location = gateway.post(&key, &path, &json!({})).await.location();
    // Eight attempts with growing waits would take a minute: the last but one is pretended.
    sqlx_attempts(&gateway, 7).await;
    let _work = gateway.work();
    let ended = gateway.until_final(&key, &location).await;
    assert_eq!(
        (&ended["state"], &ended["fault"]["code"]),
        (&json!("failed"), &json!("contract.failed"))
    );
}

/// Pretends earlier attempts.
async fn sqlx_attempts(gateway: &Gateway, attempts: usize) {
    for _ in 0..attempts {
        let claimed = gateway
            .app
            .store
            .claim("gateway-1", Duration::from_secs(60), 10)
            .await
            .unwrap();
        for claimed in claimed {
            let store = &gateway.app.store;
            store
                .let_go("gateway-1", &claimed.id, Duration::ZERO, "trapped")
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn requests_about_one_transfer_are_carried_out_in_the_order_they_came() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    *gateway.chain.takes.lock().unwrap() = Duration::from_millis(60);
    let (one, other) = (uetr(), uetr());
    let mut last = String::new();
    for uetr in [one, other] {
        gateway.post(&key, "/v1/transfers", &transfer(uetr)).await;
        let cancel = format!("/v1/transfers/{uetr}/cancel");
        last = gateway
            .post(&key, &cancel, &json!({ "reason": "CUST" }))
            .await
            .location();
    }
    let _work = gateway.work();
    gateway.until_final(&key, &last).await;
    let executed = gateway.chain.executed();
    let place = |subject: String| executed.iter().position(|name| *name == subject).unwrap();
    for uetr in [one, other] {
        assert!(
            place(format!("instruct:{uetr}")) < place(format!("cancel:{uetr}")),
            "{executed:?}"
        );
    }
    // Different transfers do not wait for each other.
    assert!(
        place(format!("instruct:{other}")) < place(format!("cancel:{one}")),
        "{executed:?}"
    );
}

#[tokio::test]
async fn two_gateways_share_the_work_and_nothing_is_done_twice() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let second = first.beside("gateway-2").await;
    *first.chain.takes.lock().unwrap() = Duration::from_millis(20);
    let mut locations = Vec::new();
    for _ in 0..30 {
        locations.push(
            first
                .post(&key, "/v1/transfers", &transfer(uetr()))
                .await
                .location(),
        );
    }
    let (_one, _two) = (first.work(), second.work());
    for location in &locations {
        assert_eq!(first.until_final(&key, location).await["state"], "succeeded");
    }
    let mut executed = first.chain.executed();
    assert_eq!(executed.len(), 30);
    executed.sort();
    executed.dedup();
    assert_eq!(executed.len(), 30);
}

#[tokio::test]
async fn a_gateway_that_vanishes_leaves_its_requests_to_another() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let location = first
        .post(&key, "/v1/transfers", &transfer(uetr()))
        .await
        .location();
    // Taken, and then the process is gone: nobody renews the lease.
    let lease = Duration::from_secs(60);
    let claimed = first.app.store.claim("gateway-1", lease, 10).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].contested_until), (1, None));
    let second = first.beside("gateway-2").await;
    assert!(second
        .app
        .store
        .claim("gateway-2", lease, 10)
        .await
        .unwrap()
        .is_empty());
    // Its time passes.
    first.app.store.expire_leases("gateway-1").await.unwrap();
    let _work = second.work();
    assert_eq!(second.until_final(&key, &location).await["state"], "succeeded");
    // The vanished one was only slow: what it found out is too late.
    let ending = corridor_gateway::store::Ending {
        state: corridor_gateway::store::State::Refused,
        result: "{}".into(),
    };
    assert!(!first
        .app
        .store
        .end("gateway-1", &claimed[0].id, &ending)
        .await
        .unwrap());
    assert_eq!(first.get(&key, &location).await.json()["state"], "succeeded");
}

#[tokio::test]
async fn a_refusal_is_not_final_while_an_earlier_gateways_extrinsic_may_still_land() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let location = first
        .post(&key, "/v1/transfers", &transfer(uetr()))
        .await
        .location();
    first
        .app
        .store
        .claim("gateway-1", Duration::from_secs(60), 10)
        .await
        .unwrap();
    first.app.store.expire_leases("gateway-1").await.unwrap();
    let second = first.beside("gateway-2").await;
    let refusals = (0..100).map(|_| Err(refused(Refusal::InsufficientFunds)));
    second.chain.tell("instruct", refusals);
    second.chain.set_head(1_000);
    let _work = second.work();
    let open = loop {
        let open = second.get(&key, &location).await.json();
        assert!(
            matches!(open["state"].as_str(), Some("accepted" | "working")),
            "{open}"
        );
        if open["waiting_for"].is_string() {
            break open;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let why = open["waiting_for"].as_str().unwrap();
    assert!(
        why.contains("may still be carried out before block 1256"),
        "{why}"
    );
    // However often it is tried until then.
    second.chain.set_head(1_255);
    while second.chain.executed().len() < 4 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(second.get(&key, &location).await.json()["state"], "working");
    // From that block on it cannot land any more.
    second.chain.set_head(1_256);
    assert_eq!(second.until_final(&key, &location).await["state"], "refused");
}

#[tokio::test]
async fn what_the_first_gateway_did_is_a_success_for_the_second() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let location = first
        .post(&key, "/v1/transfers", &transfer(uetr()))
        .await
        .location();
    first
        .app
        .store
        .claim("gateway-1", Duration::from_secs(60), 10)
        .await
        .unwrap();
    first.app.store.expire_leases("gateway-1").await.unwrap();
    let second = first.beside("gateway-2").await;
    // Refused at first, because it waits in the pool with the money; then found carried out.
    second
        .chain
        .tell("instruct", [Err(refused(Refusal::InsufficientFunds)), Ok(())]);
    let _work = second.work();
    assert_eq!(second.until_final(&key, &location).await["state"], "succeeded");
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
    *gateway.chain.takes.lock().unwrap() = Duration::from_millis(400);
    let location = gateway
        .post(&key, "/v1/transfers", &transfer(uetr()))
        .await
        .location();
    let work = gateway.work();
    while gateway.chain.executed().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
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

//! Carrying requests out: one end for each, whoever works and whatever fails.
#![allow(clippy::unwrap_used)]

mod common;

use common::{eventually, gone, refused, transfer, uetr, Gateway};
use corridor_client::{core::Error as Refusal, ContractError, Error, SubmitError};
use corridor_gateway::{auth::Scope, store::Progress};
use serde_json::json;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(60);

fn trap() -> Error {
    ContractError::Failed("ContractTrapped".into()).into()
}

/// Takes everything, as a gateway that vanishes then, and lets its time pass.
async fn take_and_vanish(gateway: &Gateway) {
    let app = &gateway.app;
    app.store.claim(&app.owner, LEASE, 10, &app.roles).await.unwrap();
    assert!(app.store.expire_leases(&app.owner).await.unwrap() > 0);
}

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
    gateway
        .chain
        .tell("instruct", [Err(unknown()), Err(gone()), Err(unknown())]);
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
async fn what_may_have_been_submitted_is_kept_through_an_outage_and_not_refused_too_early() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let refusals = (0..100).map(|_| Err(refused(Refusal::InsufficientFunds)));
    gateway.chain.tell(
        "instruct",
        [Err(unknown()), Err(gone())].into_iter().chain(refusals),
    );
    let location = gateway.instructs(&key).await;
    let work = gateway.work();
    gateway.chain.until_executed(1).await;
    // The chain is asked again while it is away, and nobody else may take the request: this process follows it.
    while gateway.chain.executed().len() < 3 {
        let other = gateway
            .app
            .store
            .claim("gateway-2", LEASE, 10, &gateway.app.roles);
        assert!(other.await.unwrap().is_empty());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let open = gateway.until_contested(&key, &location).await;
    assert_eq!(open["state"], "working");
    let why = open["waiting_for"].as_str().unwrap();
    assert!(why.contains("before block 1320"), "{why}");
    gateway.chain.set_head(1_320);
    assert_eq!(gateway.until_final(&key, &location).await["state"], "refused");
    gateway.app.stop();
    work.await.unwrap();
}

#[tokio::test]
async fn what_a_broken_signing_store_may_have_sent_contests_the_next_gateways_refusal() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let full = Error::Store(corridor_client::StoreError::Database("disk full".into()));
    first.chain.tell("instruct", [Err(full)]);
    let location = first.instructs(&key).await;
    let work = first.work();
    eventually("it is let go", async || {
        !first.get(&key, &location).await.json()["waiting_for"].is_null()
    })
    .await;
    first.app.stop();
    work.await.unwrap();
    let second = first.beside("gateway-2").await;
    second.refuses_once_nothing_may_land(&key, &location).await;
}

#[tokio::test]
async fn what_traps_every_time_is_given_up_in_the_end() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.chain.tell("accept", (0..50).map(|_| Err(trap())));
    let path = format!("/v1/transfers/{}/accept", uetr());
    let location = gateway.post(&key, &path, &json!({})).await.location();
    // Eight attempts with growing waits would take a minute: all but one are pretended.
    pretend(&gateway, 1, 7).await;
    let _work = gateway.work();
    let ended = gateway.until_final(&key, &location).await;
    assert_eq!(
        (&ended["state"], &ended["fault"]["code"]),
        (&json!("failed"), &json!("contract.failed"))
    );
}

#[tokio::test]
async fn outages_do_not_count_against_what_then_fails_once() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    let path = format!("/v1/transfers/{}/accept", uetr());
    let location = gateway.post(&key, &path, &json!({})).await.location();
    pretend(&gateway, 20, 0).await;
    gateway.chain.tell("accept", [Err(trap())]);
    let work = gateway.work();
    gateway.chain.until_executed(1).await;
    gateway.app.stop();
    work.await.unwrap();
    let open = gateway.get(&key, &location).await.json();
    assert_eq!(open["state"], "accepted", "{open}");
}

#[tokio::test]
async fn a_fault_is_not_final_while_an_earlier_gateways_extrinsic_may_still_land() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let path = format!("/v1/transfers/{}/accept", uetr());
    let location = first.post(&key, &path, &json!({})).await.location();
    pretend(&first, 1, 7).await;
    take_and_vanish(&first).await;
    let second = first.beside("gateway-2").await;
    second.chain.tell("accept", (0..100).map(|_| Err(trap())));
    let _work = second.work();
    second.until_contested(&key, &location).await;
    second.chain.set_head(2_000);
    assert_eq!(second.until_final(&key, &location).await["state"], "failed");
}

/// Pretends earlier attempts, and how many faults the last one left.
async fn pretend(gateway: &Gateway, attempts: usize, faults: i64) {
    let app = &gateway.app;
    let progress = Progress {
        faults,
        ..Progress::default()
    };
    for _ in 0..attempts {
        for claimed in app.store.claim(&app.owner, LEASE, 10, &app.roles).await.unwrap() {
            let let_go = app
                .store
                .let_go(&app.owner, &claimed.id, Duration::ZERO, &progress);
            let_go.await.unwrap();
        }
    }
}

#[tokio::test]
async fn after_a_takeover_a_role_is_not_told_granted_and_not_revoked_while_the_first_grant_may_still_land() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let body = json!({ "account": "0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4", "role": "approver" });
    let grant = first.post_as(&key, "/v1/roles/grants", Some("g"), &body).await;
    let revoke = first
        .post_as(&key, "/v1/roles/revocations", Some("r"), &body)
        .await;
    take_and_vanish(&first).await;
    let second = first.beside("gateway-2").await;
    let _work = second.work();
    let open = second.until_contested(&key, &grant.location()).await;
    assert_eq!(open["state"], "working");
    tokio::time::sleep(Duration::from_millis(700)).await;
    // Carried out once, and what follows is not begun.
    assert_eq!(second.chain.executed(), ["grant_role"]);
    second.chain.set_head(1_320);
    for location in [grant.location(), revoke.location()] {
        assert_eq!(second.until_final(&key, &location).await["state"], "succeeded");
    }
    assert_eq!(second.chain.executed(), ["grant_role", "revoke_role"]);
}

#[tokio::test]
async fn a_gateway_takes_only_what_it_has_keys_for() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let accept = format!("/v1/transfers/{}/accept", uetr());
    let accept = first.post(&key, &accept, &json!({})).await.location();
    let instruct = first.instructs(&key).await;
    let second = first.beside_signing("gateway-2", vec![Scope::Instructor]).await;
    let work = second.work();
    assert_eq!(second.until_final(&key, &instruct).await["state"], "succeeded");
    second.app.stop();
    work.await.unwrap();
    let open = first.get(&key, &accept).await.json();
    assert_eq!(
        (&open["state"], &open["attempts"]),
        (&json!("accepted"), &json!(0))
    );
    let _work = first.work();
    assert_eq!(first.until_final(&key, &accept).await["state"], "succeeded");
}

#[tokio::test]
async fn two_processes_of_one_name_do_not_take_each_others_requests() {
    let first = Gateway::new().await;
    let key = first.master().await;
    first.chain.slow(Duration::from_millis(500));
    let location = first.instructs(&key).await;
    let _work = first.work();
    first.chain.until_executed(1).await;
    let second = first.beside("gateway-1").await;
    assert_eq!(
        second.app.store.expire_leases(&second.app.owner).await.unwrap(),
        0
    );
    let _more_work = second.work();
    assert_eq!(first.until_final(&key, &location).await["state"], "succeeded");
    assert_eq!(first.chain.executed().len(), 1);
}

#[tokio::test]
async fn requests_about_one_transfer_are_carried_out_in_the_order_they_came() {
    let gateway = Gateway::new().await;
    let key = gateway.master().await;
    gateway.chain.slow(Duration::from_millis(60));
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
    first.chain.slow(Duration::from_millis(20));
    let mut locations = Vec::new();
    for _ in 0..30 {
        locations.push(first.instructs(&key).await);
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
    let location = first.instructs(&key).await;
    // Taken, and then the process is gone: nobody renews the lease.
    let (app, roles) = (&first.app, &first.app.roles);
    let claimed = app.store.claim(&app.owner, LEASE, 10, roles).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].contested_until), (1, None));
    let second = first.beside("gateway-2").await;
    let others = app.store.claim(&second.app.owner, LEASE, 10, roles).await;
    assert!(others.unwrap().is_empty());
    // Its time passes.
    app.store.expire_leases(&app.owner).await.unwrap();
    let _work = second.work();
    assert_eq!(second.until_final(&key, &location).await["state"], "succeeded");
    // The vanished one was only slow: what it found out is too late.
    let ending = corridor_gateway::store::Ending {
        state: corridor_gateway::store::State::Refused,
        result: "{}".into(),
    };
    assert!(!app.store.end(&app.owner, &claimed[0].id, &ending).await.unwrap());
    assert_eq!(first.get(&key, &location).await.json()["state"], "succeeded");
}

#[tokio::test]
async fn a_refusal_is_not_final_while_an_earlier_gateways_extrinsic_may_still_land() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let location = first.instructs(&key).await;
    take_and_vanish(&first).await;
    let second = first.beside("gateway-2").await;
    second.chain.refuse_transfers();
    second.chain.set_head(1_000);
    let _work = second.work();
    let open = second.until_contested(&key, &location).await;
    let why = open["waiting_for"].as_str().unwrap();
    assert!(
        why.contains("may still be carried out before block 1320"),
        "{why}"
    );
    // However often it is tried until then.
    second.chain.set_head(1_319);
    second.chain.until_executed(4).await;
    assert_eq!(second.get(&key, &location).await.json()["state"], "working");
    // From that block on it cannot land any more.
    second.chain.set_head(1_320);
    assert_eq!(second.until_final(&key, &location).await["state"], "refused");
}

#[tokio::test]
async fn what_the_first_gateway_did_is_a_success_for_the_second() {
    let first = Gateway::new().await;
    let key = first.master().await;
    let location = first.instructs(&key).await;
    take_and_vanish(&first).await;
    let second = first.beside("gateway-2").await;
    // Refused at first, because it waits in the pool with the money; then found carried out.
    second
        .chain
        .tell("instruct", [Err(refused(Refusal::InsufficientFunds)), Ok(())]);
    let _work = second.work();
    assert_eq!(second.until_final(&key, &location).await["state"], "succeeded");
}

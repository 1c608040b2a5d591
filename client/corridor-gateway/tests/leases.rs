//! A request that is taken and not carried out: its lease is not kept, and nobody waits for it for ever.
#![allow(clippy::unwrap_used)]

mod common;

use common::{refused, Gateway};
use corridor_client::core::Error as Refusal;
use corridor_gateway::worker::keep_leases;
use std::time::Duration;

/// The shortest there is.
const LEASE: Duration = Duration::from_secs(5);

async fn gateway() -> Gateway {
    Gateway::with("[worker]\nlease = \"5s\"\n").await
}

#[tokio::test]
async fn what_was_taken_without_an_answer_goes_to_another_gateway_though_leases_are_kept() {
    let first = gateway().await;
    let key = first.master().await;
    let location = first.instructs(&key).await;
    let app = &first.app;
    // Committed, and the answer was lost on its way.
    drop(app.store.claim(&app.owner, LEASE, 10, &app.roles).await.unwrap());
    let _leases = tokio::spawn(keep_leases(app.clone()));
    let second = first.beside("gateway-2").await;
    // Nobody knows that nothing was submitted.
    second.refuses_once_nothing_may_land(&key, &location).await;
}

#[tokio::test]
async fn what_is_carried_out_is_kept_however_long_it_takes() {
    let first = gateway().await;
    let key = first.master().await;
    first.chain.slow(LEASE + Duration::from_secs(3));
    let locations = [first.instructs(&key).await, first.instructs(&key).await];
    let _leases = tokio::spawn(keep_leases(first.app.clone()));
    let _work = first.work();
    first.chain.until_executed(2).await;
    let second = first.beside("gateway-2").await;
    let _more_work = second.work();
    for location in &locations {
        assert_eq!(first.until_final(&key, location).await["state"], "succeeded");
    }
    assert_eq!(first.chain.executed().len(), 2);
}

#[tokio::test]
async fn a_request_whose_task_panicked_is_carried_out_by_another_gateway() {
    let first = gateway().await;
    let key = first.master().await;
    first.chain.panic_once();
    let location = first.instructs(&key).await;
    let leases = tokio::spawn(keep_leases(first.app.clone()));
    let work = first.work();
    first.chain.until_executed(1).await;
    // This one takes nothing any more, and goes on keeping its leases.
    first.app.stop();
    work.await.unwrap();
    let second = first.beside("gateway-2").await;
    second
        .chain
        .tell("instruct", [Err(refused(Refusal::InsufficientFunds)), Ok(())]);
    let _work = second.work();
    // Refused at first, because the panicking one may have submitted it; then found carried out.
    assert_eq!(second.until_final(&key, &location).await["state"], "succeeded");
    assert!(!leases.is_finished());
}

/// Writes another operation into a request's row, and hands over the one before.
async fn rewrite(gateway: &Gateway, location: &str, operation: &str) -> String {
    let id = location.rsplit('/').next().unwrap();
    let pool = sqlx::AnyPool::connect(&gateway.app.config.store.url)
        .await
        .unwrap();
    let (former,): (String,) = sqlx::query_as("SELECT operation FROM request WHERE id = $1")
        .bind(id)
        .fetch_one(&pool)
        .await
        .unwrap();
    let written = sqlx::query("UPDATE request SET operation = $1 WHERE id = $2")
        .bind(operation)
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(written.rows_affected(), 1);
    pool.close().await;
    former
}

#[tokio::test]
async fn a_request_this_version_cannot_read_holds_up_no_other_and_is_left_to_one_that_can() {
    let gateway = gateway().await;
    let key = gateway.master().await;
    let app = &gateway.app;
    let mut locations = Vec::new();
    for _ in 0..3 {
        locations.push(gateway.instructs(&key).await);
    }
    // An earlier gateway had taken them, and may have submitted something.
    app.store.claim("earlier", LEASE, 10, &app.roles).await.unwrap();
    assert_eq!(app.store.expire_leases("earlier").await.unwrap(), 3);
    let strange = locations.remove(1);
    let former = rewrite(&gateway, &strange, r#"{"kind":"of_a_later_version"}"#).await;
    let work = gateway.work();
    for location in &locations {
        assert_eq!(gateway.until_final(&key, location).await["state"], "succeeded");
    }
    assert_eq!(gateway.chain.executed().len(), 2);
    gateway.app.stop();
    work.await.unwrap();

    // A gateway that can read it sees why it waits, and carries it out with the same care.
    rewrite(&gateway, &strange, &former).await;
    let open = gateway.get(&key, &strange).await.json();
    assert_eq!(open["state"], "accepted");
    let why = open["waiting_for"].as_str().unwrap();
    assert!(why.contains("cannot read"), "{why}");
    let later = gateway.beside("gateway-2").await;
    later.refuses_once_nothing_may_land(&key, &strange).await;
}

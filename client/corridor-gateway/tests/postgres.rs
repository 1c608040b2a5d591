//! Several gateways on one PostgreSQL.
#![allow(clippy::unwrap_used)]

mod common;

use common::{home, terms, transfer, transfer_event, uetr, FakeChain, Gateway};
use corridor_client::core::{TransferChange, TransferStatus};
use corridor_gateway::{
    follower,
    store::{now_ms, Added, EventId, NewEvent, RequestFilter, State, WebhookRecord},
};
use corridor_test_postgres::Cluster;
use std::{collections::HashSet, time::Duration};

async fn pair(cluster: &Cluster, database: &str) -> (Gateway, Gateway) {
    let url = cluster.database(database).unwrap();
    let chain = FakeChain::new();
    // Both bring the empty database up to date at once.
    let (first, second) = tokio::join!(
        Gateway::on("gateway-1", &url, "", chain.clone(), home()),
        Gateway::on("gateway-2", &url, "", chain.clone(), home()),
    );
    (first, second)
}

#[tokio::test]
async fn two_gateways_on_postgresql_take_carry_out_and_record_everything_once() {
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (first, second) = pair(&cluster, "everything").await;
    let key = first.master().await;
    first.chain.slow(Duration::from_millis(10));
    let workers = [first.work(), second.work()];
    let followers = [
        tokio::spawn(follower::run(first.app.clone())),
        tokio::spawn(follower::run(second.app.clone())),
    ];

    // The same transfers through both gateways at once.
    let uetrs: Vec<_> = (0..100).map(|_| uetr()).collect();
    let posts = uetrs.iter().flat_map(|uetr| {
        let (key, body) = (&key, transfer(*uetr));
        [&first, &second].map(|gateway| {
            let body = body.clone();
            async move { gateway.post(key, "/v1/transfers", &body).await.location() }
        })
    });
    let locations = futures::future::join_all(posts).await;
    let distinct: HashSet<&String> = locations.iter().collect();
    assert_eq!(distinct.len(), 100);
    for location in distinct {
        assert_eq!(second.until_final(&key, location).await["state"], "succeeded");
    }
    let executed = first.chain.executed();
    assert_eq!(executed.iter().collect::<HashSet<_>>().len(), executed.len());
    assert_eq!(executed.len(), 100);

    for uetr in &uetrs {
        let instructed = TransferChange::Instructed(terms());
        let event = transfer_event(*uetr, TransferStatus::Pending, instructed);
        first.chain.push_block(vec![event]);
    }
    for _ in 0..400 {
        if first.app.store.followed_to().await.unwrap() == Some(99) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let events = second
        .app
        .store
        .events(EventId::default(), None, 1_000)
        .await
        .unwrap();
    assert_eq!(events.len(), 100);

    // A conflict across gateways.
    let mut other = transfer(uetrs[0]);
    other["end_to_end_id"] = "OTHER".into();
    second
        .post(&key, "/v1/transfers", &other)
        .await
        .problem(409, "gateway.idempotency_conflict");
    let one = first
        .post_as(&key, "/v1/transfers", Some("k"), &transfer(uetr()))
        .await;
    let two = second
        .post_as(&key, "/v1/transfers", Some("k"), &transfer(uetr()))
        .await;
    assert_eq!(one.status, 202);
    two.problem(409, "gateway.idempotency_conflict");
    // A text PostgreSQL cannot hold is a client's fault, not the store's.
    second
        .get(&key, "/v1/requests/%00")
        .await
        .problem(404, "gateway.not_found");
    first.app.stop();
    second.app.stop();
    for task in workers.into_iter().chain(followers) {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_was_killed_loses_nothing_that_was_answered() {
    let mut cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (first, second) = pair(&cluster, "killed").await;
    let key = first.master().await;
    let mut locations = Vec::new();
    for _ in 0..20 {
        locations.push(first.instructs(&key).await);
    }
    cluster.kill();
    let refused = first.post(&key, "/v1/transfers", &transfer(uetr())).await;
    refused.problem(503, "gateway.store_unavailable");
    let ready = first.get("", "/ready").await;
    assert_eq!(
        (ready.status.as_u16(), &ready.json()["store"]),
        (503, &false.into())
    );
    cluster.restart().unwrap();
    let _work = second.work();
    for location in &locations {
        assert_eq!(second.until_final(&key, location).await["state"], "succeeded");
    }
}

#[tokio::test]
async fn events_a_killed_database_has_lost_are_recorded_again_without_a_gap() {
    let mut cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (first, _) = pair(&cluster, "events").await;
    let _follower = tokio::spawn(follower::run(first.app.clone()));
    let mut uetrs = Vec::new();
    for round in 0..3 {
        for _ in 0..100 {
            let one = uetr();
            let instructed = TransferChange::Instructed(terms());
            first
                .chain
                .push_block(vec![transfer_event(one, TransferStatus::Pending, instructed)]);
            uetrs.push(one.to_string());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if round < 2 {
            cluster.kill();
            cluster.restart().unwrap();
        }
    }
    let reached = || async { first.app.store.followed_to().await.unwrap_or_default() };
    for _ in 0..400 {
        if reached().await == Some(299) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(reached().await, Some(299));
    let events = first
        .app
        .store
        .events(EventId::default(), None, 1_000)
        .await
        .unwrap();
    let blocks: Vec<u64> = events.iter().map(|event| event.id.block).collect();
    assert_eq!(blocks, (0..300).collect::<Vec<_>>());
    for (event, uetr) in events.iter().zip(&uetrs) {
        assert!(event.body.contains(uetr), "{} is not about {uetr}", event.id);
    }
}

#[tokio::test]
async fn a_message_about_a_request_that_is_known_is_taken_with_that_request() {
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (first, second) = pair(&cluster, "repeated").await;
    let key = first.master().await;
    let body = transfer(uetr());
    let once = first.post(&key, "/v1/transfers", &body).await;
    let again = second.post(&key, "/v1/transfers", &body).await;
    assert_eq!((once.status.as_u16(), again.status.as_u16()), (202, 202));
    assert_eq!(once.json()["requests"], again.json()["requests"]);
    assert_ne!(once.json()["message"], again.json()["message"]);
    for answer in [once, again] {
        let id = answer.json()["message"].as_str().unwrap().to_owned();
        let message = first.app.store.message(&id).await.unwrap().expect("it was taken");
        assert_eq!(message.requests.len(), 1);
    }
    // The same message under its idempotency key is the same message.
    let body = transfer(uetr());
    let once = first
        .post_as(&key, "/v1/transfers", Some("k"), &body)
        .await
        .json();
    let again = second
        .post_as(&key, "/v1/transfers", Some("k"), &body)
        .await
        .json();
    assert_eq!(once["message"], again["message"]);
}

#[tokio::test]
async fn webhooks_and_lists_are_the_same_on_postgresql() {
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (first, _) = pair(&cluster, "webhooks").await;
    let (store, lease) = (&first.app.store, Duration::from_secs(60));
    let new = |id: &str| WebhookRecord {
        id: id.into(),
        owner: "core".into(),
        url: "https://bank.example/".into(),
        kinds: Vec::new(),
        created_at_ms: now_ms(),
    };
    let made = store.add_webhook(&new("w-1"), Some("k"), "d").await.unwrap();
    assert_eq!(
        store.add_webhook(&new("w-2"), Some("k"), "d").await.unwrap(),
        made
    );
    let other = store.add_webhook(&new("w-3"), Some("k"), "e").await.unwrap();
    assert_eq!(other, Added::Conflict("d".into()));
    assert_eq!(store.follow("a", lease, 0).await.unwrap(), Some(0));
    let event = |place| NewEvent {
        id: EventId { block: 0, place },
        kind: "transfer.settled".into(),
        stream: "s".into(),
        body: "{}".into(),
    };
    assert!(store.record("a", 0..=0, &[event(1), event(2)]).await.unwrap());
    assert_eq!(store.webhooks_waiting().await.unwrap(), ["w-1"]);
    let due = store.due("a", "w-1", lease, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    assert!(!store.undelivered("b", &due[0], None, "not mine").await.unwrap());
    assert!(store.undelivered("a", &due[0], None, "gone").await.unwrap());
    assert!(store.webhooks_waiting().await.unwrap().is_empty());
    let dead = store.dead_letters("w-1", EventId::default(), 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(store.replay("w-1", Some(dead[0].event.id)).await.unwrap(), 1);
    for place in [1, 2] {
        let due = store.due("a", "w-1", lease, 10).await.unwrap();
        assert_eq!((due.len(), due[0].event.id.place), (1, place));
        assert!(store.delivered("a", &due[0]).await.unwrap());
    }
    assert_eq!(store.replay("w-1", None).await.unwrap(), 0);

    let key = first.master().await;
    let uetr = uetr();
    first.post(&key, "/v1/transfers", &transfer(uetr)).await;
    for (state, found) in [
        (None, 1),
        (Some(State::Accepted), 1),
        (Some(State::Refused), 0),
        (Some(State::Succeeded), 0),
    ] {
        for stream in [None, Some(uetr.to_string())] {
            let filter = RequestFilter {
                state,
                stream,
                before: None,
                limit: 10,
            };
            let listed = store.requests(&filter).await.unwrap();
            assert_eq!(listed.len(), found, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn of_what_a_gateway_holds_only_what_it_carries_out_is_kept() {
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (first, _) = pair(&cluster, "kept").await;
    let key = first.master().await;
    for _ in 0..3 {
        first.instructs(&key).await;
    }
    let (store, roles) = (&first.app.store, &first.app.roles);
    let lease = Duration::from_secs(60);
    let held = store.claim("a", Duration::ZERO, 10, roles).await.unwrap();
    let ids: Vec<String> = held.into_iter().map(|claimed| claimed.id).collect();
    assert_eq!(ids.len(), 3);
    store.renew("a", lease, &[]).await.unwrap();
    store.renew("a", lease, &ids[..2]).await.unwrap();
    // Nobody else's.
    store.renew("b", lease, &ids).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let expired = store.claim("b", lease, 10, roles).await.unwrap();
    assert_eq!(expired.len(), 1);
    assert_eq!((&expired[0].id, expired[0].contested_until), (&ids[2], Some(-1)));
}

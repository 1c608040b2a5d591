//! What has to hold in the end, as everybody sees it.

use super::{
    bank::{Ends, Sent},
    hook::{event_id, EventId},
    setup::TwoBanks,
    world::{corridor, until, World},
};
use corridor_client::{
    core::{Currency, ParticipantId, TransferStatus},
    ApproveRequest,
};
use futures::{stream, StreamExt};
use serde_json::Value;
use sqlx::{Connection, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};

/// What the debtor starts with, in minor units: the deposit of the common set-up.
const OPENING: u128 = 100_000_000_000;

/// Waits for the end of every request, while the chain goes on.
///
/// A refusal by a gateway that took over is final once nothing an earlier one signed can land, which is 256 blocks later: an idle
/// development node would take its time.
pub async fn until_all_final(world: &World) -> Ends {
    tokio::select! {
        ends = world.bank.until_all_final() => ends,
        () = keep_busy(&world.chain) => unreachable!(),
    }
}

async fn keep_busy(chain: &TwoBanks) {
    for minor_units in 0.. {
        let approve = ApproveRequest {
            token: chain.cash,
            spender: chain.settlement,
            minor_units,
        };
        // The node may be just starting.
        let _ = chain.governor.approve(approve).await;
    }
}

/// What was answered 202 is there, once, with the end it should have; and nothing else is.
pub fn each_request_has_one_end(sent: &[Sent], ends: &Ends) {
    let mut expected = BTreeMap::new();
    for sent in sent {
        let state = sent.story.request_state();
        expected.extend(sent.requests.iter().map(|id| (id.as_str(), state)));
    }
    let asked: usize = sent.iter().map(|sent| sent.requests.len()).sum();
    assert_eq!(expected.len(), asked, "two requests have one id");
    for (id, state) in &expected {
        let end = ends
            .get(*id)
            .unwrap_or_else(|| panic!("request {id} was answered 202 and is lost"));
        assert_eq!(end["state"], *state, "{end}");
        if *state == "refused" {
            assert_eq!(end["fault"]["code"], "contract.InsufficientFunds", "{end}");
        }
    }
    assert_eq!(ends.len(), expected.len(), "there are requests nobody made");
}

pub async fn the_contract_carried_out_each_once(world: &World, sent: &[Sent]) {
    let reader = &world.chain.boc;
    let look = |sent: &Sent| {
        let (uetr, wanted) = (sent.uetr.parse().unwrap(), sent.story.status());
        async move {
            let recorded = reader.transfer(uetr).await.unwrap();
            assert_eq!(recorded.map(|transfer| transfer.status), wanted, "{uetr}");
        }
    };
    stream::iter(sent.iter().map(look))
        .buffer_unordered(16)
        .collect::<Vec<()>>()
        .await;
    let total: u128 = sent.iter().map(Sent::moved).sum();
    let position = |number| reader.position(ParticipantId(number), Currency::CNY);
    let (debtor, creditor) = (position(0).await.unwrap(), position(1).await.unwrap());
    assert_eq!((debtor.available, debtor.reserved), (OPENING - total, 0));
    assert_eq!((creditor.available, creditor.reserved), (total, 0));
}

/// Of the transfers that the contract knows: the changes it must have recorded, in order.
fn changes_of(sent: &[Sent]) -> BTreeMap<&str, &'static [&'static str]> {
    let recorded = sent.iter().filter(|sent| sent.story.status().is_some());
    recorded
        .map(|sent| (sent.uetr.as_str(), sent.story.changes()))
        .collect()
}

/// The receiver has every event the gateways recorded, and each transfer's in order. Answers the events' ids.
pub async fn webhooks_told_everything(world: &World, sent: &[Sent]) -> BTreeSet<EventId> {
    let expected = changes_of(sent);
    let count: usize = expected.values().map(|kinds| kinds.len()).sum();
    until("every event is recorded", || async {
        changes(world).await.len() >= count
    })
    .await;
    let changes = changes(world).await;
    until("every event is delivered", || async {
        let came = world.hook.ids();
        changes.iter().all(|event| came.contains(&id(event)))
    })
    .await;
    let told = world.hook.by_uetr();
    assert!(told.keys().map(String::as_str).eq(expected.keys().copied()));
    for (uetr, events) in &told {
        let kinds: Vec<&str> = events.iter().map(|(_, kind)| kind.as_str()).collect();
        assert_eq!(kinds, expected[uetr.as_str()], "{uetr}");
        assert!(events.is_sorted(), "{uetr}: {events:?}");
    }
    changes.iter().map(id).collect()
}

fn id(event: &Value) -> EventId {
    event_id(event["id"].as_str().unwrap())
}

/// Every change of a transfer the gateways recorded.
async fn changes(world: &World) -> Vec<Value> {
    let events = world.bank.all("/v1/events?limit=100", "events").await;
    events
        .into_iter()
        .filter(|event| event["uetr"].is_string())
        .collect()
}

/// Stops the index and makes it anew from the contract's first block; answers how many blocks that were.
pub async fn the_index_equals_one_made_anew(world: World, sent: &[Sent], events: &BTreeSet<EventId>) -> i64 {
    let (live, fresh) = (world.index_database.clone(), world.fresh_database.clone());
    let (url, home, settlement) = (world.node_url().to_owned(), world.home.clone(), world.settlement);
    for gateway in world.gateways {
        let name = gateway.name;
        assert!(gateway.stop().await, "{name} ends in order");
    }
    world.indexer.stop().await;
    let index = |database: &str, option: &str| {
        let mut command = corridor(&home, &url, settlement);
        command.args(["index", "--database", database, option]);
        async move {
            let output = command.output().await.unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(
                output.status.success(),
                "{command:?}: {said}{}",
                String::from_utf8_lossy(&output.stderr)
            );
            said
        }
    };
    // An idle node makes a block now and then: until both end at the same one.
    loop {
        index(&fresh, "--once").await;
        index(&live, "--once").await;
        if progress(&fresh).await == progress(&live).await {
            break;
        }
    }
    assert_eq!(index(&fresh, "--digest").await, index(&live, "--digest").await);
    index(&live, "--check").await;

    let mut connection = PgConnection::connect(&live).await.unwrap();
    let count = |what: &'static str| sqlx::query(what);
    let row = count("SELECT COUNT(*), COUNT(DISTINCT uetr) FROM transfer_events")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let (all, distinct): (i64, i64) = (row.get(0), row.get(1));
    let expected = changes_of(sent);
    let changes: usize = expected.values().map(|kinds| kinds.len()).sum();
    assert_eq!(
        (all, distinct),
        (changes as i64, expected.len() as i64),
        "each change of each transfer is there once"
    );
    assert_eq!(
        all,
        events.len() as i64,
        "the webhooks' receiver was told what the index has"
    );
    let rows = sqlx::query("SELECT uetr, status FROM transfers")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let indexed: BTreeMap<String, String> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for sent in sent {
        let status = indexed.get(&sent.uetr).map(String::as_str);
        assert_eq!(
            status,
            sent.story.status().map(TransferStatus::name),
            "{}",
            sent.uetr
        );
    }
    let row = count("SELECT COUNT(*) FROM blocks")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    world.node.stop().await;
    std::fs::remove_dir_all(home).unwrap();
    row.get(0)
}

/// The last block of an index.
async fn progress(database: &str) -> String {
    let mut connection = PgConnection::connect(database).await.unwrap();
    let row = sqlx::query("SELECT block_hash FROM progress")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    row.get(0)
}

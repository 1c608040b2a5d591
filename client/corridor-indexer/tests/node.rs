//! The index of a real chain: a development node in a process of its own, the demo's business on it.
//!
//! Needs the programs `corridor-devnet` and `corridor-demo` and the contracts' code: see [`support::programs`].

mod support;

use corridor_client::{chain::FinalisedBlock, AddressText, Config, Corridor};
use corridor_indexer::{archive, first_block, Check, Index, IndexLocation, Indexer, Status};
use futures::StreamExt;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use support::{databases::on_both, programs};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

async fn connect(url: &str, settlement: AddressText) -> Corridor {
    let corridor = Corridor::connect(Config::new(url).settlement(settlement.0)).await;
    corridor.expect("a connection")
}

/// An index made from the contract's first block on, up to one.
async fn rebuilt(corridor: &Corridor, directory: &Path, last: u64) -> Index {
    let location = IndexLocation::Sqlite(directory.join("rebuilt.sqlite"));
    let mut indexer = Indexer::open(&location, corridor, None)
        .await
        .expect("an indexer");
    indexer.run_to(last, |_| {}).await.expect("the whole chain");
    indexer.index().clone()
}

/// A process that follows a chain into an index: this test program, asked for one test only.
fn follower(url: &str, settlement: AddressText, location: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "follower_process", "--ignored", "--nocapture"])
        .env("INDEX_URL", url)
        .env("INDEX_SETTLEMENT", settlement.to_string())
        .env("INDEX_LOCATION", location)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

/// What [`follower`] runs; does nothing by itself.
#[tokio::test]
#[ignore = "run by other tests, in a process that they kill"]
async fn follower_process() {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let (url, settlement) = (variable("INDEX_URL"), variable("INDEX_SETTLEMENT"));
    if url.is_empty() {
        return;
    }
    let location: IndexLocation = variable("INDEX_LOCATION").parse().expect("a location");
    let corridor = connect(&url, settlement.parse().expect("an address")).await;
    loop {
        // The lease of a process that was killed may still be held for a moment.
        match Indexer::open(&location, &corridor, None).await {
            Ok(mut indexer) => indexer.run(|_| {}).await.expect("it runs until it is killed"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Waits until an index has a block.
async fn reaches(location: &IndexLocation, block: u64) -> Index {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Ok(index) = Index::open(location).await {
            let head = index.head().await.expect("a head");
            if head.is_some_and(|head| head.block.number >= block) {
                return index;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{location} does not reach block {block} in {PATIENCE:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_kept_live_equals_one_rebuilt_and_the_contract_itself() {
    let devnet = programs::Devnet::start(None);
    let directory = tempfile::tempdir().expect("a directory");
    let demo = programs::demo(&devnet.url, directory.path());
    let settlement = demo.settlement();
    let live = IndexLocation::Sqlite(directory.path().join("live.sqlite"));
    let mut process = follower(&devnet.url, settlement, &live.to_string());
    demo.end();
    let corridor = connect(&devnet.url, settlement).await;
    let head = corridor.finalised_head().await.expect("a head").number;
    let index = reaches(&live, head).await;
    process.kill().expect("killed");
    process.wait().expect("gone");

    let status = Status::of(&index, &corridor).await.expect("a status");
    assert_eq!(status.problems, 0);
    assert!(status.lag_blocks <= 1, "{status:?}");
    let check = Check::run(&index, &corridor, None).await.expect("a check");
    assert!(check.holds() && check.positions == 6, "{check:?}");
    // Also at every earlier block.
    let source = index.source().await.expect("a source");
    assert_eq!(
        source.first_block,
        first_block(corridor.chain(), settlement.0)
            .await
            .expect("a block")
    );
    for block in source.first_block..=head {
        let check = Check::run(&index, &corridor, Some(block)).await.expect("a check");
        assert!(check.holds(), "{check:?}");
    }
    let last = index.head().await.expect("a head").expect("some").block.number;
    let again = rebuilt(&corridor, directory.path(), last).await;
    assert_eq!(
        again.digest().await.expect("a digest"),
        index.digest().await.expect("a digest")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_whose_process_is_killed_again_and_again_loses_and_doubles_nothing() {
    let devnet = programs::Devnet::start(None);
    let devnet = &devnet;
    on_both(|databases| async move {
        let directory = tempfile::tempdir().expect("a directory");
        let demo = programs::demo(&devnet.url, directory.path());
        let settlement = demo.settlement();
        let location = databases.make("killed");
        let text = match &location {
            IndexLocation::Sqlite(path) => path.display().to_string(),
            IndexLocation::Postgres(url) => url.clone(),
        };
        let mut kills = 0;
        while demo.runs() {
            let mut process = follower(&devnet.url, settlement, &text);
            // Long enough to write something, at other moments each time.
            tokio::time::sleep(Duration::from_millis(350 + 37 * (kills % 11))).await;
            process.kill().expect("killed");
            process.wait().expect("gone");
            kills += 1;
        }
        demo.end();
        assert!(kills > 5, "{kills}");
        let corridor = connect(&devnet.url, settlement).await;
        let head = corridor.finalised_head().await.expect("a head").number;
        let mut process = follower(&devnet.url, settlement, &text);
        let index = reaches(&location, head).await;
        process.kill().expect("killed");
        process.wait().expect("gone");
        let last = index.head().await.expect("a head").expect("some").block.number;
        let blocks = recorded(&corridor, settlement, last).await;
        let fresh = databases.make("fresh");
        let mut writer = corridor_indexer::Writer::open(&fresh, index.source().await.expect("a source"))
            .await
            .expect("a writer");
        writer.write(&blocks).await.expect("the same blocks");
        assert_eq!(
            writer.index().digest().await.expect("a digest"),
            index.digest().await.expect("a digest")
        );
    })
    .await;
}

/// Every block of the contract up to one, by way of an archive in memory.
async fn recorded(corridor: &Corridor, settlement: AddressText, last: u64) -> Vec<FinalisedBlock> {
    let first = first_block(corridor.chain(), settlement.0)
        .await
        .expect("a block");
    let mut blocks = corridor.chain().follow_calls_from(first);
    let mut file = Vec::new();
    for _ in first..=last {
        let block = blocks.next().await.expect("a block").expect("finalised");
        archive::write_block(&mut file, &block).expect("written");
    }
    let mut file = &file[..];
    let mut read = Vec::new();
    while let Some(block) = archive::read_block(&mut file).expect("an archive") {
        read.push(block);
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_restarts_is_followed_on_and_a_chain_that_was_reset_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let base = directory.path().join("chain");
    let mut devnet = programs::Devnet::start(Some(&base));
    let demo = programs::demo(&devnet.url, directory.path());
    let settlement = demo.settlement();
    let live = IndexLocation::Sqlite(directory.path().join("live.sqlite"));
    let corridor = connect(&devnet.url, settlement).await;
    let mut indexer = Indexer::open(&live, &corridor, None).await.expect("an indexer");
    let (sender, mut seen) = tokio::sync::watch::channel(0);
    let task = tokio::spawn(async move {
        let result = indexer
            .run(|block| {
                sender.send_replace(block.number);
            })
            .await;
        panic!("it ends: {result:?}");
    });
    demo.end();
    devnet.restart();
    let corridor = connect(&devnet.url, settlement).await;
    // An idle node makes a block every six seconds: one of those is enough to show that the stream goes on.
    let after = corridor.finalised_head().await.expect("a head").number + 1;
    let reached = tokio::time::timeout(PATIENCE, seen.wait_for(|number| *number >= after)).await;
    assert!(reached.is_ok(), "the index does not follow the restarted node");
    task.abort();
    let _ = task.await;
    let index = Index::open(&live).await.expect("an index");
    assert!(Check::run(&index, &corridor, None)
        .await
        .expect("a check")
        .holds());

    // The same genesis, other blocks.
    drop(devnet);
    let other = programs::Devnet::start(None);
    let demo = programs::demo(&other.url, directory.path());
    demo.end();
    let corridor = connect(&other.url, settlement).await;
    let refused = Indexer::open(&live, &corridor, None)
        .await
        .expect_err("another chain");
    assert_eq!(refused.code(), "index.other_source", "{refused}");
}

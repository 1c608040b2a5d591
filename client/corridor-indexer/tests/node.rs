//! The index of a real chain: a development node in a process of its own, the demo's business on it.
//!
//! Needs the programs `corridor-devnet` and `corridor-demo` and the contracts' code: see [`support::programs`].

mod support;

use corridor_client::{chain::FinalisedBlock, AddressText, Config, Corridor, KeySource, StoreLocation};
use corridor_indexer::{archive, first_block, Check, Index, IndexLocation, Indexer, Status};
use futures::StreamExt;
use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use support::{
    databases::{assert_equal, on_both},
    programs,
};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long the lag is looked at.
const SAMPLED: Duration = Duration::from_secs(25);

async fn connect(url: &str, settlement: AddressText) -> Corridor {
    let corridor = Corridor::connect(Config::new(url).settlement(settlement.0)).await;
    corridor.expect("a connection")
}

/// The location as the environment carries it.
fn text(location: &IndexLocation) -> String {
    match location {
        IndexLocation::Sqlite(path) => path.display().to_string(),
        IndexLocation::Postgres(url) => url.clone(),
    }
}

/// An index made from the contract's first block on, up to one.
async fn rebuilt(corridor: &Corridor, location: &IndexLocation, last: u64) -> Index {
    let mut indexer = Indexer::open(location, corridor, None).await.expect("an indexer");
    indexer.run_to(last, |_| {}).await.expect("the whole chain");
    indexer.index().clone()
}

/// A process that follows a chain into an index: this test program, asked for one test only. Killed when dropped.
struct Follower(Child);

impl Follower {
    fn start(url: &str, settlement: AddressText, location: &IndexLocation) -> Self {
        let process = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "follower_process", "--ignored", "--nocapture"])
            .env("INDEX_URL", url)
            .env("INDEX_SETTLEMENT", settlement.to_string())
            .env("INDEX_LOCATION", text(location))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(process.expect("a process"))
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }
}

/// What a [`Follower`] runs; does nothing by itself.
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

/// The last block of an index; `None` where there is none yet.
async fn head(location: &IndexLocation) -> Option<u64> {
    let index = Index::open(location).await.ok()?;
    let head = index.head().await.expect("a head");
    index.close().await;
    head.map(|head| head.block.number)
}

/// Waits until an index that somebody follows into has the newest block of the chain; answers both.
async fn up_to_date(corridor: &Corridor, location: &IndexLocation) -> (Index, u64) {
    let newest = corridor.finalised_head().await.expect("a head").number;
    (reaches(location, newest).await, newest)
}

/// The last block of an index that nobody follows into.
async fn last_of(index: &Index) -> u64 {
    index.head().await.expect("a head").expect("some").block.number
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_kept_live_equals_one_rebuilt_and_the_contract_itself() {
    let devnet = programs::Devnet::start(None);
    let devnet = &devnet;
    on_both(|databases| async move {
        let directory = tempfile::tempdir().expect("a directory");
        let demo = programs::demo(&devnet.url, directory.path());
        let settlement = demo.settlement();
        let live = databases.make("live");
        let follower = Follower::start(&devnet.url, settlement, &live);
        demo.end();
        let corridor = connect(&devnet.url, settlement).await;
        let (index, newest) = up_to_date(&corridor, &live).await;
        drop(follower);

        let status = Status::of(&index, &corridor).await.expect("a status");
        assert_eq!((status.problems, status.incomplete), (0, 0));
        assert!(status.lag_blocks <= 1, "{status:?}");
        let check = Check::run(&index, &corridor, None).await.expect("a check");
        assert!(check.holds() && check.positions == 6, "{check:?}");
        // Also at every earlier block.
        let source = index.source().await.expect("a source");
        let first = first_block(corridor.chain(), settlement.0).await;
        assert_eq!(source.first_block, first.expect("a block"));
        for block in source.first_block..=newest {
            let check = Check::run(&index, &corridor, Some(block)).await.expect("a check");
            assert!(check.holds(), "{check:?}");
        }
        let again = rebuilt(&corridor, &databases.make("rebuilt"), last_of(&index).await).await;
        assert_equal(&again, &index).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_never_more_than_one_block_behind_while_business_goes_on() {
    let devnet = programs::Devnet::sealing(None, "1s");
    let devnet = &devnet;
    on_both(|databases| async move {
        let directory = tempfile::tempdir().expect("a directory");
        let mut demo = programs::demo(&devnet.url, directory.path());
        let settlement = demo.settlement();
        let live = databases.make("live");
        let follower = Follower::start(&devnet.url, settlement, &live);
        let corridor = connect(&devnet.url, settlement).await;
        let (index, _) = up_to_date(&corridor, &live).await;
        let (mut lags, mut most, mut events) = (Vec::new(), Duration::ZERO, 0);
        let (until, mut level) = (Instant::now() + SAMPLED, Instant::now());
        while Instant::now() < until {
            if !demo.runs() {
                demo.end();
                demo = programs::demo(&devnet.url, directory.path());
            }
            let asked = Instant::now();
            let status = Status::of(&index, &corridor).await.expect("a status");
            lags.push(status.lag_blocks);
            match status.lag_blocks {
                0 => level = asked,
                _ => most = most.max(level.elapsed()),
            }
            let head = index.head().await.expect("a head").expect("some");
            events = events.max(head.events);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        demo.kill();
        drop(follower);
        let behind = lags.iter().filter(|lag| **lag > 0).count();
        println!(
            "{live}: {} samples, {behind} of them behind, at most {:?} blocks and {most:?}",
            lags.len(),
            lags.iter().max()
        );
        assert!(events > 0, "no business");
        assert!(lags.len() > 50 && lags.iter().all(|lag| *lag <= 1), "{lags:?}");
        // A block is in the index well before the next one is there.
        assert!(behind * 2 < lags.len(), "{lags:?}");
    })
    .await;
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
        let (mut kills, mut grown, mut last) = (0, 0, None);
        while demo.runs() {
            let follower = Follower::start(&devnet.url, settlement, &location);
            // Once it has written something, or at any moment, perhaps before.
            while kills % 2 == 0 && demo.runs() && head(&location).await <= last {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            tokio::time::sleep(Duration::from_millis(37 * (kills % 11))).await;
            drop(follower);
            kills += 1;
            let head = head(&location).await;
            grown += u32::from(head > last);
            last = head;
        }
        demo.end();
        println!("{location}: {kills} kills, {grown} of them of one that had written something");
        assert!(kills > 5 && grown > 3, "{kills} kills, {grown} grown");
        let corridor = connect(&devnet.url, settlement).await;
        let follower = Follower::start(&devnet.url, settlement, &location);
        let (index, _) = up_to_date(&corridor, &location).await;
        drop(follower);
        let blocks = recorded(&corridor, settlement, last_of(&index).await).await;
        let fresh = databases.make("fresh");
        let mut writer = corridor_indexer::Writer::open(&fresh, index.source().await.expect("a source"))
            .await
            .expect("a writer");
        writer.write(&blocks).await.expect("the same blocks");
        assert_equal(writer.index(), &index).await;
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
    on_both(|databases| async move {
        let directory = tempfile::tempdir().expect("a directory");
        let base = directory.path().join("chain");
        let mut devnet = programs::Devnet::start(Some(&base));
        let demo = programs::demo(&devnet.url, directory.path());
        let settlement = demo.settlement();
        let live = databases.make("live");
        let corridor = connect(&devnet.url, settlement).await;
        let mut indexer = Indexer::open(&live, &corridor, None).await.expect("an indexer");
        let task = tokio::spawn(async move { indexer.run(|_| {}).await });
        demo.end();
        devnet.restart();
        // Business at once, while the index still finds its way back.
        let config = Config::new(&devnet.url).settlement(settlement.0);
        let governor = config
            .key(KeySource::DevSeed("//Governor".into()))
            .store(StoreLocation::Memory);
        let governor = Corridor::connect(governor).await.expect("a connection");
        governor.set_paused(true).await.expect("paused");
        let corridor = connect(&devnet.url, settlement).await;
        let (index, _) = up_to_date(&corridor, &live).await;
        task.abort();
        let ended = task.await.expect_err("it follows for ever");
        assert!(ended.is_cancelled(), "{ended}");
        let paused = index.registry("paused").await.expect("a value");
        assert_eq!(
            paused.as_deref(),
            Some("true"),
            "what was done after the restart is in the index"
        );
        let check = Check::run(&index, &corridor, None).await.expect("a check");
        assert!(check.holds(), "{check:?}");
        let again = rebuilt(&corridor, &databases.make("rebuilt"), last_of(&index).await).await;
        assert_equal(&again, &index).await;

        // The same genesis, other blocks: nobody is told that the index is up to date, or right.
        drop(devnet);
        let other = programs::Devnet::start(None);
        programs::demo(&other.url, directory.path()).end();
        let corridor = connect(&other.url, settlement).await;
        let refusals = [
            Indexer::open(&live, &corridor, None).await.map(drop),
            Status::of(&index, &corridor).await.map(drop),
            Check::run(&index, &corridor, None).await.map(drop),
        ];
        for refused in refusals {
            let refused = refused.expect_err("another chain");
            assert_eq!(refused.code(), "index.other_source", "{refused}");
        }
    })
    .await;
}

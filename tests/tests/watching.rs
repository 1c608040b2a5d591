//! Following the chain when the node, or the way to it, misbehaves.

use corridor_client::chain::{FinalisedBlock, SharedBlockStream};
use corridor_client::{ChainError, Config, Corridor, Error, KeySource, SubmitError};
use corridor_tests::meddler::{Fate, Meddler, Said};
use corridor_tests::node::Node;
use corridor_tests::process::{End, NodeProgram};
use futures::StreamExt;
use serde_json::{json, Value};
use sp_crypto_hashing::twox_128;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than a subscription may be silent before it is looked after, and than an idle chain stands still.
const LONG_SILENCE: Duration = Duration::from_secs(20);

fn alice(url: &str) -> Config {
    Config::new(url).key(KeySource::DevSeed("//Alice".into()))
}

/// Makes a block.
async fn make_block(corridor: &Corridor) -> Result<u64, Error> {
    let own = corridor.account().expect("it has a key");
    Ok(corridor.fund(own, 1).await?.block.number)
}

/// Who makes a node's blocks, and who follows them past whoever meddles.
struct Watched {
    maker: Corridor,
    follower: Corridor,
    meddler: Meddler,
}

/// A node, watched.
fn watched() -> (Arc<Node>, Watched) {
    let node = Node::start();
    let meddler = Meddler::before(node.url());
    let connect = |config| async { Corridor::connect(config).await.expect("connected") };
    let (maker, follower) = node.wait(async {
        (
            connect(alice(node.url())).await,
            connect(Config::new(meddler.url())).await,
        )
    });
    let watched = Watched {
        maker,
        follower,
        meddler,
    };
    (node, watched)
}

async fn in_time<T>(patience: Duration, what: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(patience, what).await;
    done.unwrap_or_else(|_| panic!("not within {patience:?}"))
}

async fn next(blocks: &mut SharedBlockStream) -> Result<Arc<FinalisedBlock>, ChainError> {
    blocks.next().await.expect("a stream without an end")
}

/// Reads up to a block.
async fn read_to(blocks: &mut SharedBlockStream, last: u64) {
    while next(blocks).await.expect("a block").block.number < last {}
}

fn instead(said: &Said, result: Value) -> Fate {
    let mut message = said.message.clone();
    message["result"] = result;
    Fate::Becomes(message)
}

#[test]
fn blocks_come_although_the_subscription_is_silent() {
    let (node, watched) = watched();
    let Watched {
        maker,
        follower,
        meddler,
    } = watched;
    node.wait(async {
        let mut blocks = follower.chain().follow_from(0);
        let last = make_block(&maker).await.expect("a block");
        in_time(PATIENCE, read_to(&mut blocks, last)).await;
        meddler.rule(|said| match said.method.as_str() {
            "chain_finalizedHead" => Fate::Lost,
            _ => Fate::Passes,
        });
        for _ in 0..2 {
            let last = make_block(&maker).await.expect("a block");
            in_time(LONG_SILENCE, read_to(&mut blocks, last)).await;
        }
    });
}

#[test]
fn a_chain_that_was_reset_is_noticed_before_it_is_as_long_as_the_old_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let program = Path::new(env!("CARGO_BIN_EXE_corridor-node"));
    let mut process = NodeProgram::start(program, directory.path());
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    runtime.block_on(async {
        let maker = Corridor::connect(alice(process.url())).await.expect("connected");
        let follower = Corridor::connect(Config::new(process.url()))
            .await
            .expect("connected");
        let mut blocks = follower.chain().follow_from(0);
        let mut last = 0;
        for _ in 0..20 {
            last = make_block(&maker).await.expect("a block");
        }
        in_time(PATIENCE, read_to(&mut blocks, last)).await;
        process.end(End::Killed);
        std::fs::remove_dir_all(directory.path().join("chain")).expect("the chain is deleted");
        process.start_again();
        let maker = Corridor::connect(alice(process.url())).await.expect("connected");
        let mut new_last = 0;
        for _ in 0..3 {
            new_last = make_block(&maker).await.expect("a block");
        }
        let noticed = in_time(LONG_SILENCE, next(&mut blocks)).await;
        assert!(
            matches!(noticed, Err(ChainError::OtherChain { .. })),
            "{noticed:?}"
        );
        assert!(new_last + 10 < last, "{new_last}");
        // Nothing is signed for it either.
        let other = follower
            .with_key(
                &KeySource::DevSeed("//Alice".into()),
                corridor_client::StoreLocation::Memory,
            )
            .await
            .expect("a key");
        let refused = make_block(&other).await.expect_err("another chain");
        assert_eq!(refused.code(), "chain.other_chain");
        assert!(!refused.is_transient());
    });
}

#[test]
fn a_node_that_is_behind_is_waited_for() {
    let (node, watched) = watched();
    let Watched {
        maker,
        follower,
        meddler,
    } = watched;
    node.wait(async {
        let mut blocks = follower.chain().follow_from(0);
        let behind = make_block(&maker).await.expect("a block");
        in_time(PATIENCE, read_to(&mut blocks, behind)).await;
        let head = follower.chain().block_hash(behind).await.expect("a block");
        // The heads of a node that is ahead, the answers of one that is not.
        meddler.rule(move |said| match said.method.as_str() {
            "chain_getBlockHash" if said.params[0].as_u64() > Some(behind) => instead(&said, Value::Null),
            "chain_getFinalizedHead" => instead(&said, json!(format!("0x{}", hex::encode(head)))),
            _ => Fate::Passes,
        });
        make_block(&maker).await.expect("a block");
        let waiting = tokio::time::timeout(Duration::from_secs(4), next(&mut blocks)).await;
        assert!(waiting.is_err(), "{waiting:?}");
        meddler.let_pass();
        let block = in_time(PATIENCE, next(&mut blocks)).await.expect("a block");
        assert_eq!(block.block.number, behind + 1);
    });
}

#[test]
fn an_extrinsic_of_which_the_node_shows_no_end_is_not_taken_for_carried_out() {
    let node = Node::start();
    let meddler = Meddler::before(node.url());
    node.wait(async {
        let maker = Corridor::connect(alice(node.url())).await.expect("connected");
        let reader = Corridor::connect(Config::new(meddler.url()))
            .await
            .expect("connected");
        let last = make_block(&maker).await.expect("a block");
        let whole = reader.chain().block(last).await.expect("a block");
        assert!(!whole.extrinsics.is_empty() && whole.block.time_ms > 0);
        for (pallet, item, value, code) in [
            ("System", "Events", Value::Null, "chain.block_unavailable"),
            // A list of none.
            ("System", "Events", json!("0x00"), "chain.decode"),
            ("Timestamp", "Now", Value::Null, "chain.block_unavailable"),
        ] {
            let key = [pallet, item].map(|part| hex::encode(twox_128(part.as_bytes())));
            let key = json!(format!("0x{}", key.concat()));
            meddler.rule(move |said| match said.method.as_str() {
                "state_queryStorageAt" => {
                    let mut result = said.message["result"].clone();
                    let changes = result[0]["changes"].as_array_mut().expect("values");
                    let found = changes.iter_mut().find(|change| change[0] == key);
                    found.expect("it was asked for")[1] = value.clone();
                    instead(&said, result)
                }
                _ => Fate::Passes,
            });
            let refused = reader.chain().block(last).await.expect_err("not whole");
            assert_eq!(refused.code(), code, "{pallet} {item}: {refused}");
        }
        meddler.let_pass();
        assert_eq!(reader.chain().block(last).await, Ok(whole));
        reader.chain().block(0).await.expect("the first block");
    });
}

#[test]
fn followers_of_one_connection_read_each_block_once() {
    let (node, watched) = watched();
    let Watched {
        maker,
        follower,
        meddler,
    } = watched;
    let (bodies, counted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = bodies.clone();
    node.wait(async {
        meddler.rule(move |said| {
            let is_body = said.method == "chain_getBlock";
            seen.fetch_add(usize::from(is_body), Ordering::Relaxed);
            Fate::Passes
        });
        let mut last = 0;
        for _ in 0..10 {
            last = make_block(&maker).await.expect("a block");
        }
        let follow = || async {
            let mut blocks = follower.chain().follow_from(1);
            while next(&mut blocks).await.expect("a block").block.number < last {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            counted.fetch_add(1, Ordering::Relaxed);
        };
        in_time(PATIENCE, async { tokio::join!(follow(), follow(), follow()) }).await;
        let last = usize::try_from(last).expect("small");
        assert_eq!(counted.load(Ordering::Relaxed), 3 * last);
        // Blocks that came meanwhile are fetched ahead.
        let fetched = bodies.load(Ordering::Relaxed);
        assert!((last..last + 8).contains(&fetched), "{fetched} for {last} blocks");
    });
}

#[test]
fn a_submitter_that_had_to_stop_is_started_again_by_the_next_call() {
    let node = Node::start();
    let meddler = Meddler::before(node.url());
    node.wait(async {
        let corridor = Corridor::connect(alice(meddler.url())).await.expect("connected");
        let own = corridor.account().expect("it has a key");
        make_block(&corridor).await.expect("a block");
        // A block that does not follow the one before it.
        meddler.rule(|said| match said.method.as_str() {
            "chain_getBlock" => {
                let mut result = said.message["result"].clone();
                result["block"]["header"]["parentHash"] = json!(format!("0x{}", "11".repeat(32)));
                instead(&said, result)
            }
            _ => Fate::Passes,
        });
        let stopped = in_time(PATIENCE, corridor.fund(own, 1))
            .await
            .expect_err("stopped");
        let Error::Submit(SubmitError::Stopped(why)) = &stopped else {
            panic!("{stopped:?}");
        };
        assert!(why.contains("another chain"), "{why}");
        meddler.let_pass();
        in_time(PATIENCE, corridor.fund(own, 1))
            .await
            .expect("carried out");
        // What was under way when it stopped was picked up.
        let resumed = in_time(PATIENCE, corridor.resume()).await.expect("resumed");
        assert_eq!(resumed.len(), 1);
        assert!(
            resumed.iter().all(|resumed| resumed.result.is_ok()),
            "{resumed:?}"
        );
        corridor.clone().close().await;
        let closed = in_time(PATIENCE, corridor.fund(own, 1))
            .await
            .expect_err("closed");
        assert_eq!(closed.code(), "submit.stopped");
    });
}

#[test]
fn a_submitter_does_not_start_on_another_chain() {
    let node = Node::start();
    let meddler = Meddler::before(node.url());
    node.wait(async {
        let corridor = Corridor::connect(alice(meddler.url())).await.expect("connected");
        meddler.rule(|said| match said.method.as_str() {
            "chain_getBlockHash" if said.params[0] == json!(0) => {
                instead(&said, json!(format!("0x{}", "22".repeat(32))))
            }
            _ => Fate::Passes,
        });
        let refused = in_time(PATIENCE, make_block(&corridor))
            .await
            .expect_err("another chain");
        assert_eq!(refused.code(), "chain.other_chain");
        assert!(!refused.is_transient());
    });
}

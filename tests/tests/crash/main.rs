//! Crashes: many transfers while both banks' processes and the node are killed and started again.
//!
//! A smaller count runs by default; `CORRIDOR_SOAK=full` (scripts/test --soak) runs 1,000 transfers with at
//! least 20 kills of the instructing process and 5 restarts of the node. `CORRIDOR_SEED` repeats the random
//! choices of an earlier run; when they take effect depends on the machine.

mod workers;

use corridor_client::{Config, Corridor};
use corridor_tests::backend::Backend;
use corridor_tests::events::{assert_settled_once, mark_the_end, read_to_the_end};
use corridor_tests::node::{Node, NodeBackend};
use corridor_tests::payments::Payments;
use corridor_tests::process::{End, NodeProgram};
use corridor_tests::random::Random;
use corridor_tests::scenario::stage::{Stage, BOC_STAFF, CUP_STAFF, DAY};
use std::path::Path;
use std::time::{Duration, Instant};
use workers::{up_to_ms, Side, Task, Worker};

/// How much is to happen.
struct Size {
    transfers: u32,
    /// Kills of the instructing process; the accepting one is killed half as often.
    kills: usize,
    restarts: usize,
    in_flight: usize,
    /// What all of it may take.
    patience: Duration,
}

const SMALL: Size = Size {
    transfers: 120,
    kills: 6,
    restarts: 2,
    in_flight: 8,
    patience: Duration::from_secs(240),
};

const FULL: Size = Size {
    transfers: 1_000,
    kills: 24,
    restarts: 5,
    in_flight: 32,
    patience: Duration::from_secs(1_800),
};

#[test]
fn every_transfer_settles_once_whatever_is_killed() {
    let size = match std::env::var("CORRIDOR_SOAK").as_deref() {
        Ok("full") => FULL,
        Err(_) => SMALL,
        Ok(other) => panic!("CORRIDOR_SOAK is either unset or `full`, not `{other}`"),
    };
    let seed = std::env::var("CORRIDOR_SEED").ok();
    let seed = seed.map_or(20_261_123, |text| {
        text.parse().expect("CORRIDOR_SEED is a number")
    });
    println!("CORRIDOR_SEED={seed}");

    let directory = tempfile::tempdir().expect("a directory");
    let mut process = NodeProgram::start(Path::new(env!("CARGO_BIN_EXE_corridor-node")), directory.path());
    let node = Node::at(process.url());
    let mut backend = node.backend();
    drop(Stage::open(&mut backend));
    let payments = Payments {
        seed,
        count: size.transfers,
        expires_at: backend.now() + DAY,
    };
    let task = |side| Task {
        side,
        url: process.url().to_owned(),
        settlement: backend.settlement(),
        payments,
        in_flight: size.in_flight,
        directory: directory.path().to_owned(),
    };
    let mut random = Random(seed);
    // Each process is killed after so many transfers, and a little while.
    let most = usize::try_from(size.transfers).expect("a small number") * 9 / 10;
    let mut workers = [(Side::Instruct, size.kills), (Side::Accept, size.kills / 2)].map(|(side, kills)| {
        // Has the money that pays its fees.
        drop(backend.corridor(side.account()));
        Worker::start(task(side), moments(&mut random, most, kills))
    });

    let start = Instant::now();
    let restarts = moments(&mut random, most, size.restarts);
    let mut killed_nodes = 0;
    let mut restarted = 0;
    while !workers.iter().all(Worker::has_finished) {
        assert_in_time(&size, start, &workers);
        process.check();
        for worker in &mut workers {
            worker.look_after(&mut random);
        }
        let [_, accepting] = &workers;
        if restarts
            .get(restarted)
            .is_some_and(|after| *after <= accepting.done())
        {
            let how = if restarted % 2 == 0 {
                End::Killed
            } else {
                End::Asked
            };
            killed_nodes += usize::from(how == End::Killed);
            restarted += 1;
            process.end(how);
            // A process may also lose its node and its life at once, and come back before the node does.
            for worker in &mut workers {
                if random.percent(33) {
                    worker.kill();
                    worker.start_again();
                }
            }
            std::thread::sleep(up_to_ms(&mut random, 1_000));
            process.start_again();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = start.elapsed();
    let [instructing, accepting] = &workers;
    println!(
        "{} transfers in {took:.1?}; processes killed: {} instructing, {} accepting; node restarted: {restarted}, {killed_nodes} of them by SIGKILL",
        size.transfers,
        instructing.kills(),
        accepting.kills(),
    );
    assert!(instructing.kills() >= size.kills && accepting.kills() >= size.kills / 2);
    assert_eq!(restarted, size.restarts);

    nothing_is_left_to_do(&backend, &mut workers, &size);
    everything_is_recorded_once(&mut backend, &payments);
    report_extrinsics(&backend);
}

/// After how many transfers something happens, in ascending order.
fn moments(random: &mut Random, end: usize, count: usize) -> Vec<usize> {
    let mut moments: Vec<usize> = (0..count).map(|_| random.below(end)).collect();
    moments.sort_unstable();
    moments
}

/// A transfer that does not settle must not look like a test that hangs.
fn assert_in_time(size: &Size, start: Instant, workers: &[Worker; 2]) {
    if start.elapsed() < size.patience {
        return;
    }
    for worker in workers {
        println!("{worker}");
    }
    panic!("not finished after {:?}", size.patience);
}

/// Both stores know that all is done: another life of each process sends nothing.
fn nothing_is_left_to_do(backend: &NodeBackend, workers: &mut [Worker; 2], size: &Size) {
    let head = || {
        let corridor = backend.corridor(BOC_STAFF.instructor);
        backend
            .node()
            .wait(corridor.finalised_head())
            .expect("a head")
            .number
    };
    let (before, start) = (head(), Instant::now());
    for worker in workers.iter_mut() {
        worker.start_again();
    }
    let mut random = Random(0);
    while !workers.iter().all(Worker::has_finished) {
        assert_in_time(size, start, workers);
        for worker in workers.iter_mut() {
            worker.look_after(&mut random);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(head(), before, "a process sent something although all was done");
}

/// What the chain says to somebody who was not there.
fn everything_is_recorded_once(backend: &mut NodeBackend, payments: &Payments) {
    mark_the_end(backend);
    let node = backend.node().clone();
    let config = Config::new(node.url()).settlement(backend.settlement());
    let stranger = node.wait(Corridor::connect(config)).expect("connected");
    let stream = stranger.watch(0).expect("a contract");
    let events = node.wait(read_to_the_end(stream, Duration::from_secs(120)));
    assert_settled_once(backend, payments, &events);
}

/// How many extrinsics it took: those above one for each transfer had no effect, or failed.
fn report_extrinsics(backend: &NodeBackend) {
    for account in [BOC_STAFF.instructor, CUP_STAFF.approver] {
        let corridor = backend.corridor(account);
        let id = corridor.account().expect("it has a key");
        let counted = backend.node().wait(async {
            let head = corridor.chain().finalised_hash().await?;
            corridor.chain().nonce_at(id, head).await
        });
        println!("{}: {} extrinsics", account.0, counted.expect("the node answers"));
    }
}

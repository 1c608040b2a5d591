//! Whole-system properties of the path from a call of the client to a finalised block and back.

use corridor_client::core::TransferStatus;
use corridor_client::{Commitment, Config, Corridor, DeployCash};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::blob::artefact::code;
use corridor_tests::events::{assert_settled_once, mark_the_end, read_to_the_end};
use corridor_tests::node::{Node, NodeBackend};
use corridor_tests::payments::Payments;
use corridor_tests::process::{End, NodeProgram};
use corridor_tests::scenario::stage::{Stage, BOC_STAFF, CNY, CUP_STAFF, DAY};
use futures::StreamExt;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One test at a time: one of them measures.
static ALONE: Mutex<()> = Mutex::new(());

const PATIENCE: Duration = Duration::from_secs(60);

/// From the call of `instruct` to the answer that `accept` is final. It takes two blocks and, on a machine
/// with nothing else to do, well under a tenth of this; the rest is for machines that are busy.
const TARGET: Duration = Duration::from_millis(500);

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The usual cast, on a contract of its own.
fn two_banks(node: &Arc<Node>) -> NodeBackend {
    let mut backend = node.backend();
    drop(Stage::open(&mut backend));
    backend
}

fn payments(backend: &NodeBackend, seed: u64, count: u32) -> Payments {
    let expires_at = backend.now() + DAY;
    Payments {
        seed,
        count,
        expires_at,
    }
}

#[test]
fn a_transfer_settles_within_half_a_second() {
    let _alone = alone();
    let node = Node::start();
    let backend = two_banks(&node);
    let (boc, cup) = (
        backend.corridor(BOC_STAFF.instructor),
        backend.corridor(CUP_STAFF.approver),
    );
    let payments = payments(&backend, 1, 25);
    let mut times: Vec<Duration> = payments
        .instructions()
        .into_iter()
        .map(|instruction| {
            let (uetr, start) = (instruction.uetr, Instant::now());
            node.wait(boc.instruct(instruction)).expect("instructed");
            let settled = node.wait(cup.accept(uetr)).expect("accepted");
            assert_eq!(settled.receipt.status, TransferStatus::Settled);
            start.elapsed()
        })
        // The first few start the submitters.
        .skip(4)
        .collect();
    times.sort_unstable();
    let (fastest, median, slowest) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    println!("instruct to finalised settlement: median {median:.0?} ({fastest:.0?} to {slowest:.0?})");
    assert!(median < TARGET, "the median is {median:?}");
}

#[test]
fn two_hundred_transfers_in_flight_from_one_key_settle_once_each() {
    let _alone = alone();
    let node = Node::start();
    let mut backend = two_banks(&node);
    let (boc, cup) = (
        backend.corridor(BOC_STAFF.instructor),
        backend.corridor(CUP_STAFF.approver),
    );
    let payments = payments(&backend, 2, 200);
    let start = Instant::now();
    let results = node.wait(boc.instruct_all(payments.instructions()).collect::<Vec<_>>());
    for (uetr, result) in results {
        let outcome = result.unwrap_or_else(|error| panic!("{uetr}: {error}"));
        assert!(!outcome.repeated, "{uetr}");
    }
    let instructed = start.elapsed();
    let results = node.wait(cup.accept_all(payments.uetrs()).collect::<Vec<_>>());
    for (uetr, result) in results {
        let outcome = result.unwrap_or_else(|error| panic!("{uetr}: {error}"));
        assert_eq!(outcome.receipt.status, TransferStatus::Settled, "{uetr}");
    }
    println!(
        "200 transfers: instructed in {instructed:.1?}, settled in {:.1?}",
        start.elapsed()
    );
    mark_the_end(&mut backend);
    let events = node.wait(read_to_the_end(boc.watch(0).expect("a contract"), PATIENCE));
    assert_settled_once(&backend, &payments, &events);
}

#[test]
fn a_salt_that_the_caller_keeps_is_not_kept_a_second_time() {
    let _alone = alone();
    let node = Node::start();
    let backend = two_banks(&node);
    let boc = backend.corridor(BOC_STAFF.instructor);
    let payments = payments(&backend, 4, 2);
    let (salted, plain) = (payments.instruction(0), payments.instruction(1));
    let (salt, uetrs) = ([7; 32], [salted.uetr, plain.uetr]);
    let expected = Commitment::with_salt(salt, &salted.message).digest;
    node.wait(boc.instruct_salted(salted, salt)).expect("instructed");
    node.wait(boc.instruct(plain)).expect("instructed");
    let kept = uetrs.map(|uetr| node.wait(boc.recorded_transfer(uetr)).expect("the store answers"));
    assert!(kept[0].is_none() && kept[1].is_some());
    let recorded = node.wait(boc.transfer(uetrs[0])).expect("the node answers");
    assert_eq!(recorded.expect("it is on chain").terms.message_digest, expected);
}

#[test]
fn one_key_deploys_contracts_while_it_does_other_business() {
    let _alone = alone();
    let node = Node::start();
    let member = node.wait(node.member(GOVERNOR));
    let deploy = || async {
        let request = DeployCash {
            code: code("cash"),
            name: "Any money".into(),
            symbol: "ANY".into(),
            currency: CNY,
            issuer: member.address,
            guardian: member.address,
        };
        member
            .corridor
            .deploy_cash(request)
            .await
            .map(|outcome| Some(outcome.receipt))
    };
    let pay = || async {
        let own = member.corridor.account().expect("it has a key");
        member.corridor.fund(own, 1).await.map(|_| None)
    };
    // Each instantiation uses up two of the key's nonces, and what comes after has to wait for that.
    let all = async { tokio::join!(deploy(), pay(), pay(), deploy(), pay(), deploy(), pay(), pay()) };
    let all = node.wait(async { tokio::time::timeout(PATIENCE, all).await });
    let (a, b, c, d, e, f, g, h) = all.expect("none of them hangs");
    let addresses = [a, b, c, d, e, f, g, h].map(|outcome| outcome.expect("carried out"));
    let addresses: BTreeSet<_> = addresses.into_iter().flatten().collect();
    assert_eq!(addresses.len(), 3, "three contracts");
}

#[test]
fn watching_goes_on_without_gap_or_repeat_when_the_node_is_killed() {
    let _alone = alone();
    let directory = tempfile::tempdir().expect("a directory");
    let program = Path::new(env!("CARGO_BIN_EXE_corridor-node"));
    let mut process = NodeProgram::start(program, directory.path());
    let node = Node::at(process.url());
    let mut backend = two_banks(&node);
    let (boc, cup) = (
        backend.corridor(BOC_STAFF.instructor),
        backend.corridor(CUP_STAFF.approver),
    );
    let payments = payments(&backend, 3, 30);
    // A connection of its own, without a key, reading while everything happens.
    let config = Config::new(process.url()).settlement(backend.settlement());
    let watcher = node.wait(Corridor::connect(config.clone())).expect("connected");
    let stream = watcher.watch(0).expect("a contract");
    let (reader, reading) = tokio::sync::oneshot::channel();
    let thread = std::thread::spawn({
        let node = node.clone();
        move || {
            let events = node.wait(read_to_the_end(stream, 2 * PATIENCE));
            // Nobody receives when the test failed meanwhile.
            let _ = reader.send(events);
        }
    });
    for number in 0..payments.count {
        let uetr = payments.uetr(number);
        node.wait(boc.instruct(payments.instruction(number)))
            .expect("instructed");
        match number {
            9 => process.restart(End::Killed, Duration::from_millis(50)),
            19 => process.restart(End::Asked, Duration::from_millis(700)),
            _ => {}
        }
        node.wait(cup.accept(uetr)).expect("accepted");
    }
    mark_the_end(&mut backend);
    thread.join().expect("the events are read to their end");
    let seen = node.wait(reading).expect("read");
    let fresh = node.wait(Corridor::connect(config)).expect("connected");
    let all = node.wait(read_to_the_end(fresh.watch(0).expect("a contract"), PATIENCE));
    assert_eq!(seen, all, "what was seen on the way is what there is");
    assert_settled_once(&backend, &payments, &all);
    process.check();
}

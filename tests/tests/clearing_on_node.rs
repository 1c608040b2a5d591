//! Clearing batches on a real node, through the client library.
//!
//! A node has the clock of the machine. On a weekend no window closes, unless the schedule says that the day is worked.

use corridor_client::core::batch::{BatchHeader, Item, MAX_ITEMS};
use corridor_client::core::window::MIN_WINDOW_SECONDS;
use corridor_client::core::{Error as Refusal, Limits, Money, Schedule, Seconds, Uetr, WindowStatus};
use corridor_client::{AcceptBatch, CollateralRequest, Error, LimitScope, SetCap, SetLimits, SubmitBatch};
use corridor_devnet::{Options, Seal};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::node::{Node, NodeBackend};
use corridor_tests::scenario::stage::{reference, Stage, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, FUNDS};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

fn batch(system: &NodeBackend, minor_units: u64) -> SubmitBatch {
    numbered(system, 1, MAX_ITEMS, minor_units)
}

/// A batch of so many items of one amount.
fn numbered(system: &NodeBackend, number: u32, items: u16, minor_units: u64) -> SubmitBatch {
    let count = items;
    let items = (0..count).flat_map(|index| {
        let item = Item {
            uetr: Uetr::from_random_bytes((u128::from(number) << 32 | u128::from(index)).to_be_bytes()),
            minor_units,
            counterparty: 0,
            message_digest: [5; 32],
        };
        item.to_bytes()
    });
    SubmitBatch {
        items: items.collect(),
        header: BatchHeader {
            debtor_agent: BOC,
            number,
            currency: CNY,
            counterparties: vec![CUP],
            items: count,
            control_sum: u128::from(count) * u128::from(minor_units),
            all_or_nothing: true,
            expires_at: system.now() + 3_600,
        },
    }
}

/// Both institutions on a node that seals its blocks so.
fn staged(seal: Seal) -> (Arc<Node>, NodeBackend) {
    let node = Node::start_with(Options {
        seal,
        ..Options::default()
    });
    let mut system = node.backend();
    Stage::open(&mut system);
    (node, system)
}

/// Why the contract refused.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    let error = result.expect_err("a refusal");
    error.refusal().unwrap_or_else(|| panic!("no refusal: {error}"))
}

/// Windows of a day.
fn schedule() -> Schedule {
    Schedule {
        anchor: 1_700_064_000,
        length: 86_400,
        cut_off: 300,
        utc_offset: 28_800,
        exceptions: Vec::new(),
    }
}

/// Windows of a minute, worked on this very day in Beijing and on the next whichever they are; the first closes in `soon` seconds.
fn closing(now: Seconds, soon: Seconds) -> Schedule {
    let length = MIN_WINDOW_SECONDS;
    let mut schedule = Schedule {
        anchor: now + soon - 1_000 * Seconds::from(length),
        length,
        cut_off: 0,
        ..schedule()
    };
    let today = i64::try_from((now + 28_800) / 86_400).expect("a day");
    let weekend = [today, today + 1]
        .into_iter()
        .filter(|day| !schedule.is_business_day(*day));
    schedule.exceptions = weekend.map(|day| u16::try_from(day).expect("a day")).collect();
    schedule
}

/// Submits batches, and answers by number what became of those that were begun.
fn submitted(system: &NodeBackend, batches: Vec<SubmitBatch>) -> BTreeMap<u32, Result<u64, Error>> {
    let instructor = system.corridor(BOC_STAFF.instructor);
    system.node().wait(async {
        let results = instructor.submit_batches(batches).expect("it has a key");
        let results = results.map(|(number, result)| (number, result.map(|outcome| outcome.block.number)));
        results.collect().await
    })
}

fn last_batch(system: &NodeBackend) -> Option<u32> {
    let corridor = system.corridor(BOC_STAFF.instructor);
    system.node().wait(corridor.last_batch(BOC)).expect("an answer")
}

#[test]
fn batches_follow_each_other_in_order_and_are_accepted_side_by_side() {
    let (node, system) = staged(Seal::Every(Duration::from_secs(2)));
    let (governor, treasurer) = (system.corridor(GOVERNOR), system.corridor(BOC_STAFF.treasurer));
    let amount = Money::new(CNY, 600);
    node.wait(async {
        governor.set_schedule(schedule()).await.expect("a schedule");
        let pledge = CollateralRequest {
            reference: reference(77),
            amount,
        };
        treasurer.pledge(pledge).await.expect("available");
        let cap = SetCap {
            participant: BOC,
            currency: CNY,
            minor_units: 600,
        };
        governor.set_cap(cap).await.expect("a cap");
    });
    let batches: Vec<_> = (1..=12).map(|number| numbered(&system, number, 50, 1)).collect();
    let results = submitted(&system, batches.clone());
    let blocks: Vec<u64> = results
        .values()
        .map(|result| *result.as_ref().expect("recorded"))
        .collect();
    assert_eq!(blocks.len(), 12);
    assert!(blocks.is_sorted(), "{blocks:?}");
    // One after the other they would have taken a block each.
    let took = blocks
        .last()
        .zip(blocks.first())
        .map(|(last, first)| last - first);
    assert!(took < Some(6), "{blocks:?}");
    // Once more, nothing happens.
    let again = submitted(&system, batches);
    assert!(again.len() == 12 && again.values().all(Result::is_ok));
    assert_eq!(last_batch(&system), Some(12));

    let approver = system.corridor(CUP_STAFF.approver);
    let requests = (1..=12).map(|number| AcceptBatch {
        debtor_agent: BOC,
        number,
        exceptions: None,
    });
    let accepted: Vec<_> = node.wait(approver.accept_batches(requests.collect()).collect());
    assert!(accepted.len() == 12 && accepted.iter().all(|(_, result)| result.is_ok()));
    let position = node.wait(approver.net_position(CUP, CNY)).expect("an answer");
    assert_eq!(position.entry.open, 600, "each once");
}

#[test]
fn behind_a_refused_batch_nothing_is_sent() {
    let (node, system) = staged(Seal::Instant);
    let governor = system.corridor(GOVERNOR);
    node.wait(governor.set_schedule(schedule())).expect("a schedule");
    let mut batches: Vec<_> = (1..=5).map(|number| numbered(&system, number, 10, 1)).collect();
    batches[2].header.control_sum += 1;
    let mut results = submitted(&system, batches.clone());
    assert_eq!(results.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(refusal(results.remove(&3).expect("begun")), Refusal::ControlSum);
    assert!(results.values().all(Result::is_ok));
    assert_eq!(last_batch(&system), Some(2));
    // Corrected, the rest of the file goes on where it stopped.
    batches[2].header.control_sum -= 1;
    let results = submitted(&system, batches);
    assert!(results.len() == 5 && results.values().all(Result::is_ok));
    assert_eq!(last_batch(&system), Some(5));
}

/// Two batches each of which the limits have room for, but not for both: only the block can tell.
#[test]
fn a_batch_refused_by_its_block_leaves_those_behind_it_recorded() {
    let (node, system) = staged(Seal::Every(Duration::from_secs(2)));
    let governor = system.corridor(GOVERNOR);
    let scope = LimitScope {
        debtor_agent: BOC,
        creditor_agent: Some(CUP),
        currency: CNY,
    };
    let limits = Limits {
        per_transfer_minor_units: 10,
        period_minor_units: 1_000_000,
        period_count: 30,
        bucket_seconds: 86_400,
    };
    node.wait(async {
        governor.set_schedule(schedule()).await.expect("a schedule");
        let limits = Some(limits);
        governor
            .set_limits(SetLimits { scope, limits })
            .await
            .expect("limits");
    });
    let batches = vec![
        numbered(&system, 1, 20, 1),
        numbered(&system, 2, 20, 1),
        numbered(&system, 3, 10, 1),
    ];
    let mut results = submitted(&system, batches.clone());
    // The chain records no reason: asked after the block, it may as well name the number, if 3 was in the same block.
    let refused = refusal(results.remove(&2).expect("begun"));
    assert!(
        [Refusal::VelocityExceeded, Refusal::BatchNumber].contains(&refused),
        "{refused:?}"
    );
    assert!(
        results.len() == 2 && results.values().all(Result::is_ok),
        "{results:?}"
    );
    assert_eq!(last_batch(&system), Some(3));
    // Its number has been passed; its items go under a new one, once there is room.
    let mut results = submitted(&system, batches);
    assert_eq!(refusal(results.remove(&2).expect("begun")), Refusal::BatchNumber);
    let lifted = SetLimits { scope, limits: None };
    node.wait(governor.set_limits(lifted)).expect("lifted");
    let mut moved = numbered(&system, 2, 20, 1);
    moved.header.number = 4;
    let results = submitted(&system, vec![moved]);
    assert!(results.len() == 1 && results.values().all(Result::is_ok));
    assert_eq!(last_batch(&system), Some(4));
}

#[test]
fn a_window_is_closed_after_its_cut_off_and_moves_what_was_accepted_once() {
    let (node, system) = staged(Seal::Every(Duration::from_secs(1)));
    let (governor, instructor) = (system.corridor(GOVERNOR), system.corridor(BOC_STAFF.instructor));
    let (treasurer, approver) = (
        system.corridor(BOC_STAFF.treasurer),
        system.corridor(CUP_STAFF.approver),
    );
    let schedule = closing(system.now(), 20);
    let batch = numbered(&system, 1, 50, 3);
    node.wait(async {
        governor.set_schedule(schedule.clone()).await.expect("a schedule");
        let pledge = CollateralRequest {
            reference: reference(77),
            amount: Money::new(CNY, 200),
        };
        treasurer.pledge(pledge).await.expect("available");
        let cap = SetCap {
            participant: BOC,
            currency: CNY,
            minor_units: 150,
        };
        governor.set_cap(cap).await.expect("a cap");
        instructor.submit_batch(batch).await.expect("in order");
        let accept = AcceptBatch {
            debtor_agent: BOC,
            number: 1,
            exceptions: None,
        };
        approver.accept_batch(accept).await.expect("covered");
        let window = approver.net_position(CUP, CNY).await.expect("an answer").open;
        let early = refusal(approver.close_window(CNY, window).await);
        assert_eq!(early, Refusal::WindowOpen);

        // Whoever closes it: here a key of the one who is paid.
        let closed = loop {
            match approver.close_window(CNY, window).await {
                Err(error) if error.refusal() == Some(Refusal::WindowOpen) => {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                closed => break closed.expect("closed"),
            }
        };
        assert!(closed.block.time_ms / 1_000 >= schedule.closes_at(window));
        let record = closed.receipt.record;
        assert_eq!((record.window, record.status), (window, WindowStatus::Settled));
        assert_eq!(
            (
                record.participants,
                record.net_minor_units,
                record.gross_minor_units
            ),
            (2, 150, 150)
        );
        assert!(!closed.repeated);
        let again = approver.close_window(CNY, window).await.expect("known");
        assert!(again.repeated);
        assert_eq!(again.receipt.record, record);

        let available = |id| approver.position(id, CNY);
        assert_eq!(available(CUP).await.expect("an answer").available, 150);
        let left = available(BOC).await.expect("an answer").available;
        let entry = approver.net_position(BOC, CNY).await.expect("an answer").entry;
        assert_eq!(left + u128::from(entry.collateral), FUNDS - 150);
        assert_eq!((entry.open, entry.closing), (0, 0));
    });
    let conservation = system.conservation(CNY).expect("an answer");
    assert!(
        conservation.holds && conservation.booked == FUNDS,
        "{conservation:?}"
    );
}

#[test]
fn a_full_batch_is_booked_once_whatever_is_repeated() {
    let (node, system) = staged(Seal::Instant);
    let (governor, instructor) = (system.corridor(GOVERNOR), system.corridor(BOC_STAFF.instructor));
    let (treasurer, approver) = (
        system.corridor(BOC_STAFF.treasurer),
        system.corridor(CUP_STAFF.approver),
    );
    let (first, other) = (batch(&system, 1), batch(&system, 2));
    node.wait(async {
        governor.set_schedule(schedule()).await.expect("a schedule");
        assert!(governor.set_schedule(schedule()).await.expect("known").repeated);
        let accept = AcceptBatch {
            debtor_agent: BOC,
            number: 1,
            exceptions: None,
        };
        assert_eq!(
            refusal(approver.accept_batch(accept.clone()).await),
            Refusal::UnknownBatch
        );

        let submitted = instructor.submit_batch(first.clone()).await.expect("in order");
        assert!(!submitted.repeated);
        let again = instructor.submit_batch(first).await.expect("known");
        assert!(again.repeated);
        assert_eq!(submitted.receipt.record, again.receipt.record);
        assert_eq!(
            refusal(instructor.submit_batch(other).await),
            Refusal::BatchConflict
        );

        // Nothing is covered yet.
        assert_eq!(
            refusal(approver.accept_batch(accept.clone()).await),
            Refusal::NetDebitCap
        );
        let amount = Money::new(CNY, MAX_ITEMS.into());
        let pledge = CollateralRequest {
            reference: reference(77),
            amount,
        };
        assert!(!treasurer.pledge(pledge).await.expect("available").repeated);
        assert!(treasurer.pledge(pledge).await.expect("known").repeated);
        let cap = SetCap {
            participant: BOC,
            currency: CNY,
            minor_units: MAX_ITEMS.into(),
        };
        governor.set_cap(cap).await.expect("a cap");
        assert!(
            !approver
                .accept_batch(accept.clone())
                .await
                .expect("covered")
                .repeated
        );
        assert!(approver.accept_batch(accept).await.expect("known").repeated);
        let owed = approver.net_position(BOC, CNY).await.expect("an answer");
        assert_eq!(owed.entry.open, -i64::from(MAX_ITEMS));
        let position = approver.net_position(CUP, CNY).await.expect("an answer");
        assert_eq!(position.entry.open, i64::from(MAX_ITEMS));
        let state = approver.window(CNY, None).await.expect("an answer");
        assert_eq!(
            refusal(approver.close_window(CNY, state.window).await),
            Refusal::WindowOpen
        );
    });
    let conservation = system.conservation(CNY).expect("an answer");
    assert!(
        conservation.holds && conservation.booked == FUNDS,
        "{conservation:?}"
    );
}

//! Limits of a batch: the debtor agent's for all its items, a corridor's for those of one creditor agent.

use crate::stage::{accepted, batch, open, refused, repeated};
use corridor_client::{keccak256, LimitScope, SettlementEvent};
use corridor_core::batch::{ItemFault, ITEM_BYTES};
use corridor_core::{
    batch_proof, BatchChange, BatchHeader, Error, Limits, ParticipantId, ReasonCode, Tariff,
};
use corridor_tests::backend::{Backend, Command, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::batch::exceptions;
use corridor_tests::scenario::exchange::{HSBC, HSBC_ADMIN};
use corridor_tests::scenario::stage::{agent_id, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF};

/// Ten items: 1, 3, 5, 7, 9 fen for CUP and 2, 4, 6, 8, 10 fen for HSBC, a third participant.
fn for_two(system: &BlobBackend, number: u32) -> (BatchHeader, Vec<u8>) {
    let (mut header, mut items) = batch(system, number, 10);
    header.counterparties.push(HSBC);
    for (item, index) in items.chunks_mut(ITEM_BYTES).zip(0u8..) {
        item[24] = index % 2;
    }
    (header, items)
}

fn stage() -> BlobBackend {
    let mut system = open();
    let agents = vec![agent_id("HSBCHKHH")];
    let register = Command::RegisterParticipant {
        agents,
        admin: HSBC_ADMIN,
    };
    let _ = system.execute(GOVERNOR, &register).expect("admitted");
    system
}

fn scope(creditor_agent: Option<ParticipantId>) -> LimitScope {
    LimitScope {
        debtor_agent: BOC,
        creditor_agent,
        currency: CNY,
    }
}

fn limits(per_transfer: u128, period: u128, count: u32) -> Limits {
    Limits {
        per_transfer_minor_units: per_transfer,
        period_minor_units: period,
        period_count: count,
        bucket_seconds: 900,
    }
}

fn set(system: &mut BlobBackend, creditor_agent: Option<ParticipantId>, limits: Limits) {
    let message = system.contract().set_limits(scope(creditor_agent), Some(limits));
    accepted(system, GOVERNOR, message.data());
    // What is instructed in the same second is never given back.
    system.advance_time(1);
}

/// What counts now: number and sum.
fn counted(system: &BlobBackend, creditor_agent: Option<ParticipantId>) -> (u32, u128) {
    let limited = system.query(&system.contract().limits(scope(creditor_agent)));
    let counted = limited.velocity.counted(900, system.now()).expect("counts");
    (counted.count, counted.minor_units)
}

fn submit(system: &mut BlobBackend, (header, items): &(BatchHeader, Vec<u8>)) {
    let message = system.contract().submit_batch(header.clone(), items.clone());
    accepted(system, BOC_STAFF.instructor, message.data());
}

#[test]
fn an_item_above_its_corridors_limit_is_left_out_or_refuses_the_whole() {
    let mut system = stage();
    set(&mut system, Some(HSBC), limits(8, 1_000, 100));
    let (mut header, items) = for_two(&system, 1);
    header.all_or_nothing = true;
    let whole = system.contract().submit_batch(header.clone(), items.clone());
    refused(
        &mut system,
        BOC_STAFF.instructor,
        whole.data(),
        Error::InvalidItems,
    );
    header.all_or_nothing = false;
    submit(&mut system, &(header.clone(), items.clone()));
    let Some(SettlementEvent::Batch(event)) = system.events().last() else {
        panic!("an event")
    };
    let BatchChange::Submitted { rejected, totals, .. } = &event.change else {
        panic!("submitted")
    };
    // 9 fen for CUP stay: that is another corridor.
    assert_eq!(rejected.as_slice(), [(9, ItemFault::AboveLimit)]);
    assert_eq!((totals[0].1.minor_units, totals[1].1.minor_units), (25, 20));
    assert_eq!(counted(&system, Some(HSBC)), (4, 20));
    assert_eq!(counted(&system, Some(CUP)), (0, 0));

    // Proofs follow the limits it was scanned with, and a repeat its first answer, whatever they are now.
    let record = system.query(&system.contract().batch(BOC, 1)).expect("recorded");
    assert_eq!(record.legs[1].limit, 8);
    set(&mut system, Some(HSBC), limits(1, 1, 1));
    let again = system.contract().submit_batch(header.clone(), items.clone());
    repeated(&mut system, BOC_STAFF.instructor, again.data());
    for (index, proven) in [(8, true), (9, false)] {
        let proof = batch_proof::prove(&items, index, &mut keccak256).expect("an item");
        let item = batch_proof::verify_item(record.root, &header, &record.limits(), &proof, &mut keccak256);
        assert_eq!(item.is_ok(), proven, "{index}");
    }
}

#[test]
fn the_lower_of_two_limits_holds_for_an_item() {
    let mut system = stage();
    set(&mut system, None, limits(7, 1_000, 100));
    set(&mut system, Some(HSBC), limits(4, 1_000, 100));
    set(&mut system, Some(CUP), limits(100, 1_000, 100));
    let batch = for_two(&system, 1);
    submit(&mut system, &batch);
    let record = system.query(&system.contract().batch(BOC, 1)).expect("recorded");
    let parts: Vec<(u64, u64)> = record
        .legs
        .iter()
        .map(|leg| (leg.limit, leg.total.minor_units))
        .collect();
    assert_eq!(parts, [(7, 1 + 3 + 5 + 7), (4, 2 + 4)]);
    assert_eq!(counted(&system, None), (6, 22));
}

#[test]
fn a_sum_above_a_corridors_period_refuses_the_batch_and_nothing_counts() {
    for (limits, error) in [
        (limits(1_000, 29, 100), Error::VelocityExceeded),
        (limits(1_000, 1_000, 4), Error::VelocityExceeded),
    ] {
        let mut system = stage();
        set(&mut system, None, self::limits(1_000, 1_000, 100));
        set(&mut system, Some(CUP), self::limits(1_000, 1_000, 100));
        set(&mut system, Some(HSBC), limits);
        let (header, items) = for_two(&system, 1);
        let message = system.contract().submit_batch(header, items);
        refused(&mut system, BOC_STAFF.instructor, message.data(), error);
        for scope in [None, Some(CUP), Some(HSBC)] {
            assert_eq!(counted(&system, scope), (0, 0), "{scope:?}");
        }
        assert_eq!(system.query(&system.contract().last_batch(BOC)), None);
        // A batch without anything for the exhausted corridor is not concerned.
        let batch = batch(&system, 1, 10);
        submit(&mut system, &batch);
        assert_eq!(counted(&system, None), (10, 55));
        assert_eq!(counted(&system, Some(CUP)), (10, 55));
    }
}

#[test]
fn what_is_excepted_rejected_or_cancelled_is_given_back_where_it_was_taken() {
    let mut system = stage();
    let hub = system.contract();
    for scope in [None, Some(CUP), Some(HSBC)] {
        set(&mut system, scope, limits(1_000, 1_000, 100));
    }
    for number in 1..=3 {
        let batch = for_two(&system, number);
        submit(&mut system, &batch);
    }
    let counts = |system: &BlobBackend| [None, Some(CUP), Some(HSBC)].map(|scope| counted(system, scope));
    assert_eq!(counts(&system), [(30, 165), (15, 75), (15, 90)]);

    // CUP takes the first without its items of 3 and 9 fen.
    let (header, items) = for_two(&system, 1);
    let header = BatchHeader {
        expires_at: system.query(&hub.batch(BOC, 1)).expect("recorded").expires_at,
        ..header
    };
    let exceptions = exceptions(&header, &items, &[2, 8]);
    let accept = hub.accept_batch(BOC, 1, Some(exceptions));
    accepted(&mut system, CUP_STAFF.approver, accept.data());
    assert_eq!(counts(&system), [(28, 153), (13, 63), (15, 90)]);
    repeated(&mut system, CUP_STAFF.approver, accept.data());
    assert_eq!(counts(&system), [(28, 153), (13, 63), (15, 90)]);

    // Rejects its part of the second; of the third BOC withdraws both.
    let reject = hub.reject_batch(BOC, 2, ReasonCode::AC04);
    accepted(&mut system, CUP_STAFF.approver, reject.data());
    assert_eq!(counts(&system), [(23, 128), (8, 38), (15, 90)]);
    let cancel = hub.cancel_batch(3, ReasonCode::CUST);
    accepted(&mut system, BOC_STAFF.instructor, cancel.data());
    assert_eq!(counts(&system), [(13, 73), (3, 13), (10, 60)]);

    // What is left of the first and second is HSBC's; then nothing is pending.
    for number in [1, 2] {
        let cancel = hub.cancel_batch(number, ReasonCode::CUST);
        accepted(&mut system, BOC_STAFF.instructor, cancel.data());
        repeated(&mut system, BOC_STAFF.instructor, cancel.data());
    }
    assert_eq!(counts(&system), [(3, 13), (3, 13), (0, 0)]);
}

#[test]
fn limits_that_came_later_are_not_given_what_they_never_took() {
    let mut system = stage();
    let before = for_two(&system, 1);
    submit(&mut system, &before);
    let message = system
        .contract()
        .set_limits(scope(Some(CUP)), Some(limits(1_000, 1_000, 100)));
    accepted(&mut system, GOVERNOR, message.data());
    // In the very second they are set it counts, and stays.
    let same = for_two(&system, 2);
    submit(&mut system, &same);
    system.advance_time(1);
    let after = for_two(&system, 3);
    submit(&mut system, &after);
    assert_eq!(counted(&system, Some(CUP)), (10, 50));
    for (number, left) in [(1, (10, 50)), (2, (10, 50)), (3, (5, 25))] {
        let cancel = system.contract().cancel_batch(number, ReasonCode::CUST);
        accepted(&mut system, BOC_STAFF.instructor, cancel.data());
        assert_eq!(counted(&system, Some(CUP)), left, "{number}");
    }
}

#[test]
fn what_counts_leaves_a_corridors_tariff_as_it_is() {
    let mut system = stage();
    let hub = system.contract();
    let tariff = Tariff {
        version: 1,
        effective_from: system.now(),
        fixed_minor_units: 50,
        basis_points: 10,
        minimum_minor_units: 0,
        maximum_minor_units: 1_000,
    };
    let set_tariff = hub.set_tariff(BOC, CUP, CNY, HSBC, tariff);
    accepted(&mut system, GOVERNOR, set_tariff.data());
    set(&mut system, Some(CUP), limits(1_000, 1_000, 100));
    let before = system.query(&hub.tariffs(BOC, CUP, CNY));
    assert!(before.is_some());
    let batch = for_two(&system, 1);
    submit(&mut system, &batch);
    assert_eq!(counted(&system, Some(CUP)), (5, 25));
    assert_eq!(system.query(&hub.tariffs(BOC, CUP, CNY)), before);
    // A repeated tariff is still known to be one.
    repeated(&mut system, GOVERNOR, set_tariff.data());
}

#[test]
fn exhausted_limits_let_nothing_slip_through_a_batch() {
    let mut system = stage();
    set(&mut system, Some(CUP), limits(1_000, 60, 100));
    let first = batch(&system, 1, 10);
    submit(&mut system, &first);
    // 5 of 60 are left: neither more items, nor another number, nor a mix with another corridor.
    for (number, other) in [(2, batch(&system, 2, 3)), (9, for_two(&system, 9))] {
        let (header, items) = other;
        let message = system.contract().submit_batch(header, items);
        refused(
            &mut system,
            BOC_STAFF.instructor,
            message.data(),
            Error::VelocityExceeded,
        );
        assert_eq!(counted(&system, Some(CUP)), (10, 55), "{number}");
    }
    let fits = batch(&system, 2, 2);
    submit(&mut system, &fits);
    // An hour and a half later all of it is forgotten, and ends without giving anything back.
    system.advance_time(5_400);
    let cancel = system.contract().cancel_batch(1, ReasonCode::CUST);
    accepted(&mut system, BOC_STAFF.instructor, cancel.data());
    assert_eq!(counted(&system, Some(CUP)), (0, 0));
    let again = batch(&system, 3, 10);
    submit(&mut system, &again);
    assert_eq!(counted(&system, Some(CUP)), (10, 55));
}

//! Batches nobody answers in time, and acceptances that except other items.

use crate::stage::{accepted, batch, open, refused, repeated};
use corridor_client::{LimitScope, SettlementEvent};
use corridor_core::batch_life::LegStatus;
use corridor_core::{BatchChange, BatchHeader, Error, Limits, ReasonCode};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::batch::exceptions;
use corridor_tests::scenario::stage::{BOC, BOC_STAFF, CNY, CUP_STAFF, DAY, STRANGER};

const SCOPE: LimitScope = LimitScope {
    debtor_agent: BOC,
    creditor_agent: None,
    currency: CNY,
};

/// At most ten items and 100 fen in a week.
const LIMITS: Limits = Limits {
    per_transfer_minor_units: 100,
    period_minor_units: 100,
    period_count: 10,
    bucket_seconds: 7 * 86_400 / 5,
};

fn submit(system: &mut BlobBackend, number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
    let (header, items) = batch(system, number, items);
    let message = system.contract().submit_batch(header.clone(), items.clone());
    accepted(system, BOC_STAFF.instructor, message.data());
    (header, items)
}

/// Number and sum of what counts against BOC's limits now.
fn counted(system: &BlobBackend) -> (u32, u128) {
    let limited = system.query(&system.contract().limits(SCOPE));
    let counted = limited.velocity.counted(LIMITS.bucket_seconds, system.now());
    let counted = counted.expect("counts");
    (counted.count, counted.minor_units)
}

#[test]
fn an_expired_batch_gives_its_limits_back_once_whoever_asks() {
    let mut system = open();
    let hub = system.contract();
    let set = hub.set_limits(SCOPE, Some(LIMITS));
    accepted(&mut system, GOVERNOR, set.data());
    system.advance_time(1);
    submit(&mut system, 1, 10);
    assert_eq!(counted(&system), (10, 55));
    let expire = hub.expire_batch(BOC, 1);
    refused(&mut system, STRANGER, expire.data(), Error::NotYetExpired);
    system.advance_time(DAY);
    // Whoever let it lie has used up the week.
    let (header, items) = batch(&system, 2, 10);
    let next = hub.submit_batch(header, items);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        next.data(),
        Error::VelocityExceeded,
    );
    accepted(&mut system, STRANGER, expire.data());
    let Some(SettlementEvent::Batch(event)) = system.events().last() else {
        panic!("an event");
    };
    assert_eq!(event.change, BatchChange::Expired);
    assert_eq!(counted(&system), (0, 0));
    repeated(&mut system, STRANGER, expire.data());
    assert_eq!(counted(&system), (0, 0), "given back once");
    let record = system.query(&hub.batch(BOC, 1)).expect("recorded");
    assert_eq!(record.legs[0].status, LegStatus::Expired);
    accepted(&mut system, BOC_STAFF.instructor, next.data());
}

#[test]
fn what_has_been_answered_does_not_expire_and_what_has_expired_is_not_answered() {
    let mut system = open();
    let hub = system.contract();
    submit(&mut system, 1, 10);
    submit(&mut system, 2, 10);
    let accept = hub.accept_batch(BOC, 1, None);
    accepted(&mut system, CUP_STAFF.approver, accept.data());
    system.advance_time(DAY);
    let answered = hub.expire_batch(BOC, 1);
    refused(&mut system, STRANGER, answered.data(), Error::WrongStatus);
    accepted(&mut system, STRANGER, hub.expire_batch(BOC, 2).data());
    let reason = ReasonCode::AC04;
    for (caller, message) in [
        (CUP_STAFF.approver, hub.accept_batch(BOC, 2, None)),
        (CUP_STAFF.approver, hub.reject_batch(BOC, 2, reason)),
        (BOC_STAFF.instructor, hub.cancel_batch(2, reason)),
    ] {
        refused(&mut system, caller, message.data(), Error::WrongStatus);
    }
    let unknown = hub.expire_batch(BOC, 3);
    refused(&mut system, STRANGER, unknown.data(), Error::UnknownBatch);
}

#[test]
fn an_acceptance_with_other_exceptions_of_the_same_sum_is_no_repeat() {
    let mut system = open();
    let hub = system.contract();
    // Items of 1, 2, 3, ... fen: 1 + 4 and 2 + 3 are as many and as much.
    let (header, items) = submit(&mut system, 1, 10);
    let accept = |indices: &[u16]| hub.accept_batch(BOC, 1, Some(exceptions(&header, &items, indices)));
    let (first, other) = (accept(&[0, 3]), accept(&[1, 2]));
    accepted(&mut system, CUP_STAFF.approver, first.data());
    refused(
        &mut system,
        CUP_STAFF.approver,
        other.data(),
        Error::BatchConflict,
    );
    let all = hub.accept_batch(BOC, 1, None);
    refused(&mut system, CUP_STAFF.approver, all.data(), Error::BatchConflict);
    repeated(&mut system, CUP_STAFF.approver, first.data());
}

//! Transfers that wait for cover, and what resolving the queue saves.

use crate::stage::{accepted, covered, held, open, refused, repeated, status, terms, uetr};
use corridor_client::SettlementEvent;
use corridor_core::{
    queued::QueueReport, Error, Money, ParticipantId, ReasonCode, SettlementMethod, TransferStatus, Uetr,
};
use corridor_tests::backend::Backend;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, DAY, FUNDS, STRANGER};

/// BOC keeps so many fen in escrow and takes the rest out.
fn with_funds(minor_units: u128) -> BlobBackend {
    let mut system = open();
    let withdraw = Money::new(CNY, FUNDS - minor_units);
    let message = system.contract().withdraw(reference(7), withdraw);
    accepted(&mut system, BOC_STAFF.treasurer, message.data());
    system
}

/// Instructs a transfer that may wait, in either direction.
fn instruct(system: &mut BlobBackend, number: u128, from: ParticipantId, minor_units: u128) -> Uetr {
    let mut terms = terms(system, minor_units, SettlementMethod::QueuedGross);
    let caller = if from == BOC {
        BOC_STAFF.instructor
    } else {
        (terms.debtor_agent, terms.creditor_agent) = (CUP, BOC);
        CUP_STAFF.instructor
    };
    let data = system.contract().instruct(uetr(number), terms);
    accepted(system, caller, data.data());
    uetr(number)
}

/// The same, accepted.
fn accepted_one(system: &mut BlobBackend, number: u128, from: ParticipantId, minor_units: u128) -> Uetr {
    let uetr = instruct(system, number, from, minor_units);
    let approver = if from == BOC { CUP_STAFF } else { BOC_STAFF }.approver;
    let data = system.contract().accept(uetr);
    accepted(system, approver, data.data());
    uetr
}

fn resolve(system: &mut BlobBackend) -> Option<QueueReport> {
    let events = system.events().len();
    let data = system.contract().resolve_queue(CNY);
    accepted(system, STRANGER, data.data());
    system.events()[events..].iter().find_map(|event| match event {
        SettlementEvent::Queue(resolved) => Some(resolved.report),
        _ => None,
    })
}

#[test]
fn with_cover_it_settles_when_it_is_accepted() {
    let mut system = with_funds(500);
    let uetr = instruct(&mut system, 1, BOC, 500);
    assert_eq!(held(&system, BOC, CNY), (500, 0), "nothing is reserved");
    let data = system.contract().accept(uetr);
    accepted(&mut system, CUP_STAFF.approver, data.data());
    assert_eq!(status(&system, uetr), TransferStatus::Settled);
    assert_eq!(
        (held(&system, BOC, CNY), held(&system, CUP, CNY)),
        ((0, 0), (500, 0))
    );
    repeated(&mut system, CUP_STAFF.approver, data.data());
}

#[test]
fn two_that_neither_can_pay_settle_against_each_other() {
    let mut system = with_funds(100);
    let there = accepted_one(&mut system, 1, BOC, 1_000);
    let back = accepted_one(&mut system, 2, CUP, 950);
    assert_eq!(status(&system, there), TransferStatus::Queued);
    assert_eq!(status(&system, back), TransferStatus::Queued);
    assert_eq!(system.query(&system.contract().queue(CNY)).len(), 2);
    let report = resolve(&mut system).expect("something settled");
    let expected = QueueReport {
        settled: 2,
        expired: 0,
        waiting: 0,
        gross_minor_units: 1_950,
        liquidity_minor_units: 50,
    };
    assert_eq!(report, expected);
    assert_eq!(status(&system, there), TransferStatus::Settled);
    assert_eq!(
        (held(&system, BOC, CNY), held(&system, CUP, CNY)),
        ((50, 0), (50, 0))
    );
    assert!(system.query(&system.contract().queue(CNY)).is_empty());
    assert_eq!(
        resolve(&mut system),
        None,
        "nothing is left to do, and nothing is said"
    );
}

#[test]
fn nothing_settles_without_cover_whoever_asks_and_however_often() {
    let mut system = with_funds(100);
    let waiting = accepted_one(&mut system, 1, BOC, 1_000);
    for _ in 0..3 {
        assert_eq!(resolve(&mut system), None);
    }
    assert_eq!(status(&system, waiting), TransferStatus::Queued);
    // A smaller one of the same debtor agent does not jump the queue when it is accepted.
    let later = accepted_one(&mut system, 2, BOC, 50);
    assert_eq!(status(&system, later), TransferStatus::Queued);
}

#[test]
fn what_waits_can_be_cancelled_and_expires_but_not_be_rejected() {
    let mut system = with_funds(0);
    let (first, second) = (
        accepted_one(&mut system, 1, BOC, 10),
        accepted_one(&mut system, 2, BOC, 20),
    );
    let third = accepted_one(&mut system, 3, BOC, 30);
    let hub = system.contract();
    let reject = hub.reject(first, ReasonCode::AC04);
    refused(&mut system, CUP_STAFF.approver, reject.data(), Error::WrongStatus);
    let cancel = hub.cancel(second, ReasonCode::CUST);
    accepted(&mut system, BOC_STAFF.instructor, cancel.data());
    repeated(&mut system, BOC_STAFF.instructor, cancel.data());
    let waiting = |system: &BlobBackend| -> Vec<Uetr> {
        system
            .query(&hub.queue(CNY))
            .iter()
            .map(|queued| queued.uetr)
            .collect()
    };
    assert_eq!(waiting(&system), [first, third]);
    system.advance_time(DAY);
    accepted(&mut system, STRANGER, hub.expire(first).data());
    assert_eq!(waiting(&system), [third]);
    // Resolving ends what has expired.
    let report = resolve(&mut system).expect("one ended");
    assert_eq!((report.settled, report.expired, report.waiting), (0, 1, 0));
    assert_eq!(status(&system, third), TransferStatus::Expired);
    covered(&system);
}

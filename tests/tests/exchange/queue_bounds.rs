//! A full queue: how much of it is whose, what the dead in it are, and that it can always be emptied.

use crate::stage::{accepted, covered, held, open, refused, status, terms, uetr, HSBC, HSBC_ADMIN};
use corridor_client::SettlementEvent;
use corridor_core::queue::{MAX_QUEUED, MAX_QUEUED_PER_DEBTOR};
use corridor_core::{
    queued::QueueReport, Error, Money, ParticipantId, Role, SettlementMethod, Tariff, TransferStatus, Uetr,
};
use corridor_tests::backend::{Account, Backend, Command, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{
    agent_id, reference, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, DAY, FUNDS, STRANGER,
};

/// Everybody is paid by the four before it, and pays the first.
const AGENTS: [(ParticipantId, Account, Account); 5] = [
    (BOC, BOC_STAFF.admin, Account("one")),
    (CUP, CUP_STAFF.admin, Account("two")),
    (HSBC, HSBC_ADMIN, Account("three")),
    (ParticipantId(3), Account("four-admin"), Account("four")),
    (ParticipantId(4), Account("five-admin"), Account("five")),
];
const PAID: ParticipantId = ParticipantId(4);

/// Five participants, each with an account for everything and so many fen in escrow.
fn stage(minor_units: u128) -> BlobBackend {
    let mut system = open();
    let hub = system.contract();
    for (number, (id, admin, account)) in (0u8..).zip(AGENTS) {
        if id.0 > 2 {
            let agents = vec![agent_id(["DBSSSGSG", "BOTKJPJT"][usize::from(id.0 - 3)])];
            let register = Command::RegisterParticipant { agents, admin };
            let _ = system.execute(GOVERNOR, &register).expect("admitted");
        }
        for role in [Role::Instructor, Role::Approver, Role::Treasurer] {
            let grant = hub.grant_role(id, system.address_of(account), role);
            accepted(&mut system, admin, grant.data());
        }
        let (available, _) = held(&system, id, CNY);
        if available > 0 {
            let all = hub.withdraw(reference(60 + number), Money::new(CNY, available));
            accepted(&mut system, account, all.data());
        }
        if minor_units > 0 {
            system.fund(account, CNY_TOKEN, minor_units);
            let deposit = hub.deposit(reference(70 + number), Money::new(CNY, minor_units));
            accepted(&mut system, account, deposit.data());
        }
    }
    system
}

fn account(id: ParticipantId) -> Account {
    AGENTS[usize::from(id.0)].2
}

/// Instructs a transfer that may wait.
fn instruct(system: &mut BlobBackend, number: u128, from: ParticipantId, minor_units: u128) -> Uetr {
    let mut terms = terms(system, minor_units, SettlementMethod::QueuedGross);
    terms.debtor_agent = from;
    terms.creditor_agent = if from == PAID { BOC } else { PAID };
    let data = system.contract().instruct(uetr(number), terms);
    accepted(system, account(from), data.data());
    uetr(number)
}

fn accept(system: &mut BlobBackend, from: ParticipantId, uetr: Uetr) {
    let approver = account(if from == PAID { BOC } else { PAID });
    let data = system.contract().accept(uetr);
    accepted(system, approver, data.data());
}

/// Fills the queue, a quarter for each of the four.
fn filled(system: &mut BlobBackend, minor_units: u128) -> Vec<Uetr> {
    let mut order = Vec::new();
    for number in 0..u128::try_from(MAX_QUEUED_PER_DEBTOR).expect("few") {
        for (from, _, _) in &AGENTS[..4] {
            let uetr = instruct(
                system,
                number << 8 | u128::from(from.0) | 1 << 20,
                *from,
                minor_units,
            );
            accept(system, *from, uetr);
            order.push(uetr);
        }
    }
    assert_eq!(waiting(system), order, "in order, over all its pages");
    assert_eq!(order.len(), MAX_QUEUED);
    order
}

fn waiting(system: &BlobBackend) -> Vec<Uetr> {
    let queue = system.query(&system.contract().queue(CNY));
    queue.iter().map(|queued| queued.uetr).collect()
}

fn resolve(system: &mut BlobBackend) -> QueueReport {
    let data = system.contract().resolve_queue(CNY);
    accepted(system, STRANGER, data.data());
    match system.events().last() {
        Some(SettlementEvent::Queue(resolved)) => resolved.report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_queue_takes_no_more_until_it_is_resolved() {
    let mut system = stage(0);
    let order = filled(&mut system, 10);
    let extra = instruct(&mut system, 1, PAID, 1_000);
    let message = system.contract().accept(extra);
    refused(&mut system, account(BOC), message.data(), Error::QueueFull);
    system.fund(account(CUP), CNY_TOKEN, 95);
    let deposit = system.contract().deposit(reference(8), Money::new(CNY, 95));
    accepted(&mut system, account(CUP), deposit.data());
    let report = resolve(&mut system);
    assert_eq!((report.settled, report.waiting), (9, 55));
    // CUP's first nine are gone.
    let left: Vec<Uetr> = (0..)
        .zip(order)
        .filter(|(at, _)| at % 4 != 1 || at / 4 >= 9)
        .map(|(_, uetr)| uetr)
        .collect();
    assert_eq!(waiting(&system), left);
    accept(&mut system, PAID, extra);
    assert_eq!(status(&system, extra), TransferStatus::Queued);
}

#[test]
fn nobody_without_funds_has_more_than_its_share_of_the_queue() {
    let mut system = stage(0);
    for number in 0..u128::try_from(MAX_QUEUED_PER_DEBTOR).expect("few") {
        let uetr = instruct(&mut system, 100 + number, BOC, 10);
        accept(&mut system, BOC, uetr);
    }
    let more = instruct(&mut system, 1, BOC, 10);
    let message = system.contract().accept(more);
    refused(&mut system, account(PAID), message.data(), Error::QueueShare);
    let other = instruct(&mut system, 2, CUP, 10);
    accept(&mut system, CUP, other);
    assert_eq!(status(&system, other), TransferStatus::Queued);
    // One that ends makes room.
    let cancel = system
        .contract()
        .cancel(uetr(100), corridor_core::ReasonCode::CUST);
    accepted(&mut system, account(BOC), cancel.data());
    accept(&mut system, BOC, more);
}

#[test]
fn what_is_covered_passes_the_dead_of_its_own_debtor_agent() {
    let mut system = stage(500);
    let dead = instruct(&mut system, 1, BOC, 501);
    accept(&mut system, BOC, dead);
    system.advance_time(DAY);
    let live = instruct(&mut system, 2, BOC, 500);
    accept(&mut system, BOC, live);
    assert_eq!(status(&system, live), TransferStatus::Settled);
    assert_eq!(
        status(&system, dead),
        TransferStatus::Queued,
        "until anyone ends it"
    );
}

/// Every transfer bears a fee on both sides: each is reserved while it waits.
fn with_fees() -> BlobBackend {
    let mut system = stage(FUNDS);
    let hub = system.contract();
    let tariff = Tariff {
        version: 1,
        effective_from: system.now(),
        fixed_minor_units: 50,
        basis_points: 0,
        minimum_minor_units: 0,
        maximum_minor_units: 1_000,
    };
    for (from, payee) in [(BOC, CUP), (CUP, HSBC), (HSBC, BOC), (ParticipantId(3), CUP)] {
        let set = hub.set_tariff(from, PAID, CNY, payee, tariff);
        accepted(&mut system, GOVERNOR, set.data());
    }
    system
}

fn nothing_is_reserved(system: &BlobBackend) {
    for (id, _, _) in AGENTS {
        assert_eq!(held(system, id, CNY), (FUNDS, 0), "{id}");
    }
    covered(system);
}

#[test]
fn a_full_queue_of_dead_transfers_with_fees_is_emptied_in_one_call() {
    let mut system = with_fees();
    let order = filled(&mut system, 2 * FUNDS);
    assert_eq!(held(&system, BOC, CNY).1, 16 * 25);
    assert_eq!(held(&system, PAID, CNY).1, 64 * 25);
    system.advance_time(DAY);
    let report = resolve(&mut system);
    assert_eq!((report.settled, report.expired, report.waiting), (0, 64, 0));
    assert!(waiting(&system).is_empty());
    for uetr in order {
        assert_eq!(status(&system, uetr), TransferStatus::Expired);
    }
    nothing_is_reserved(&system);
}

#[test]
fn a_queue_full_of_dead_transfers_keeps_nobody_out() {
    let mut system = with_fees();
    let order = filled(&mut system, 2 * FUNDS);
    system.advance_time(DAY);
    // They make room for one that waits; with them go their fees' reservations.
    let live = instruct(&mut system, 1, PAID, 2 * FUNDS);
    accept(&mut system, PAID, live);
    assert_eq!(status(&system, live), TransferStatus::Queued);
    assert_eq!(waiting(&system), [live]);
    for uetr in order {
        assert_eq!(status(&system, uetr), TransferStatus::Expired);
    }
    nothing_is_reserved(&system);
}

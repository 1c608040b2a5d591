//! Windows: what is booked, what is refused, what closing pays.

use crate::stage::{
    accepted, covered, entry, instruct, net, open, pass_cut_off, refused, repeated, schedule, terms, uetr,
    CAP, COLLATERAL,
};
use corridor_client::SettlementEvent;
use corridor_core::{
    Error, Money, NetChange, ReasonCode, TransferReturn, TransferStatus, WindowId, WindowStatus,
};
use corridor_tests::backend::{Backend, Command, GOVERNOR};
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{
    reference, return_of, Stage, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, STRANGER,
};

#[test]
fn an_accepted_net_transfer_moves_no_money_before_its_window_closes() {
    let mut system = open();
    let before = [BOC, CUP].map(|id| system.position(id, CNY));
    let uetr = net(&mut system, 1, 500);
    assert_eq!([BOC, CUP].map(|id| system.position(id, CNY)), before);
    assert_eq!([BOC, CUP].map(|id| entry(&system, id).open), [-500, 500]);
    let window = crate::stage::open_window(&system);
    let status = system.transfer(uetr).expect("recorded").status;
    assert_eq!(status, TransferStatus::Netted(window));
}

#[test]
fn closing_pays_the_sums_once_and_anyone_may_ask_for_it() {
    let mut system = open();
    let before = [BOC, CUP].map(|id| system.position(id, CNY).available);
    for number in 1..=20 {
        net(&mut system, number, 100);
    }
    let back = terms(&system, CUP, BOC, 700);
    let hub = system.contract();
    accepted(
        &mut system,
        CUP_STAFF.instructor,
        hub.instruct(uetr(99), back).data(),
    );
    accepted(&mut system, BOC_STAFF.approver, hub.accept(uetr(99)).data());
    let window = crate::stage::open_window(&system);
    let close = hub.close_window(CNY, window);
    refused(&mut system, STRANGER, close.data(), Error::WindowOpen);
    pass_cut_off(&mut system);
    accepted(&mut system, STRANGER, close.data());
    let paid = [BOC, CUP].map(|id| system.position(id, CNY).available);
    assert_eq!(paid, [before[0] - 1_300, before[1] + 1_300]);
    let state = system.query(&hub.window(CNY, Some(window))).expect("an answer");
    let record = state.record.expect("recorded");
    assert_eq!(record.status, WindowStatus::Settled);
    assert_eq!((record.net_minor_units, record.gross_minor_units), (1_300, 2_700));
    assert_eq!(record.participants, 2);
    repeated(&mut system, STRANGER, close.data());
    let results: i64 = system
        .events()
        .iter()
        .filter_map(|event| match event {
            SettlementEvent::Netting(netting) => match &netting.change {
                NetChange::Results { results, .. } => {
                    Some(results.iter().map(|result| result.net_minor_units).sum::<i64>())
                }
                _ => None,
            },
            _ => None,
        })
        .sum();
    assert_eq!(results, 0);
}

#[test]
fn a_late_transfer_falls_into_the_next_window() {
    let mut system = open();
    let pending = instruct(&mut system, 1, 100);
    net(&mut system, 2, 1_000);
    let window = pass_cut_off(&mut system);
    let hub = system.contract();
    accepted(&mut system, CUP_STAFF.approver, hub.accept(pending).data());
    let found = system.transfer(pending).expect("recorded").status;
    assert_eq!(found, TransferStatus::Netted(WindowId(window.0 + 1)));
    assert_eq!(
        (entry(&system, BOC).closing, entry(&system, BOC).open),
        (-1_000, -100)
    );
    accepted(&mut system, STRANGER, hub.close_window(CNY, window).data());
    assert_eq!((entry(&system, BOC).closing, entry(&system, BOC).open), (0, -100));
}

#[test]
fn a_third_window_waits_until_the_first_is_closed() {
    let mut system = open();
    net(&mut system, 1, 100);
    let first = pass_cut_off(&mut system);
    net(&mut system, 2, 100);
    pass_cut_off(&mut system);
    let third = instruct(&mut system, 3, 100);
    let hub = system.contract();
    let accept = hub.accept(third);
    refused(
        &mut system,
        CUP_STAFF.approver,
        accept.data(),
        Error::WindowNotClosed,
    );
    accepted(&mut system, STRANGER, hub.close_window(CNY, first).data());
    accepted(&mut system, CUP_STAFF.approver, accept.data());
}

#[test]
fn nobody_owes_more_than_cap_and_collateral() {
    let mut system = open();
    let hub = system.contract();
    net(&mut system, 1, u128::from(CAP));
    let more = instruct(&mut system, 2, 1);
    let accept = hub.accept(more);
    refused(&mut system, CUP_STAFF.approver, accept.data(), Error::NetDebitCap);
    // A higher cap helps as far as the collateral goes.
    accepted(
        &mut system,
        GOVERNOR,
        hub.set_cap(BOC, CNY, 10 * COLLATERAL).data(),
    );
    accepted(&mut system, CUP_STAFF.approver, accept.data());
    let rest = instruct(&mut system, 3, u128::from(COLLATERAL - CAP));
    refused(
        &mut system,
        CUP_STAFF.approver,
        hub.accept(rest).data(),
        Error::NetDebitCap,
    );
    // And what covers a debit cannot be taken away.
    let release = hub.release(reference(3), Money::new(CNY, u128::from(COLLATERAL - CAP)));
    refused(
        &mut system,
        BOC_STAFF.treasurer,
        release.data(),
        Error::CollateralInUse,
    );
}

#[test]
fn a_window_settles_even_when_all_that_is_available_was_withdrawn() {
    let mut system = open();
    let hub = system.contract();
    net(&mut system, 1, u128::from(CAP));
    let all = system.position(BOC, CNY).available;
    let withdraw = hub.withdraw(reference(9), Money::new(CNY, all));
    accepted(&mut system, BOC_STAFF.treasurer, withdraw.data());
    let window = pass_cut_off(&mut system);
    accepted(&mut system, STRANGER, hub.close_window(CNY, window).data());
    assert_eq!(entry(&system, BOC).collateral, COLLATERAL - CAP);
    covered(&system);
}

#[test]
fn an_aborted_windows_positions_settle_with_the_next() {
    let mut system = open();
    let hub = system.contract();
    net(&mut system, 1, 300);
    let window = pass_cut_off(&mut system);
    let abort = hub.abort_window(CNY, window);
    refused(&mut system, STRANGER, abort.data(), Error::NotGovernor);
    accepted(&mut system, GOVERNOR, abort.data());
    refused(
        &mut system,
        STRANGER,
        hub.close_window(CNY, window).data(),
        Error::WindowEnded,
    );
    assert_eq!(entry(&system, BOC).open, -300);
    let before = system.position(CUP, CNY).available;
    let next = pass_cut_off(&mut system);
    accepted(&mut system, STRANGER, hub.close_window(CNY, next).data());
    assert_eq!(system.position(CUP, CNY).available, before + 300);
}

#[test]
fn a_netted_transfer_is_returned_once_its_window_has_settled() {
    let mut system = open();
    let uetr = net(&mut system, 1, 500);
    let back = TransferReturn {
        uetr,
        minor_units: 200,
        reason: ReasonCode::AC04,
    };
    let hub = system.contract();
    let message = hub.return_transfer(reference(1), back);
    refused(
        &mut system,
        CUP_STAFF.approver,
        message.data(),
        Error::WindowNotSettled,
    );
    let window = pass_cut_off(&mut system);
    accepted(&mut system, STRANGER, hub.close_window(CNY, window).data());
    accepted(&mut system, CUP_STAFF.approver, message.data());
    repeated(&mut system, CUP_STAFF.approver, message.data());
    let status = system.transfer(uetr).expect("recorded").status;
    assert_eq!(status, TransferStatus::PartlyReturned);
    let rest = return_of(2, uetr, 301);
    assert_eq!(
        system.execute(CUP_STAFF.approver, &rest),
        Err(Error::ReturnExceedsOriginal)
    );
}

#[test]
fn rejecting_cancelling_and_expiring_a_net_transfer_touches_no_money() {
    let mut system = open();
    let uetrs = [1, 2, 3].map(|number| instruct(&mut system, number, 400));
    let before = [BOC, CUP].map(|id| (system.position(id, CNY), entry(&system, id)));
    let reason = ReasonCode::AC04;
    let hub = system.contract();
    accepted(
        &mut system,
        CUP_STAFF.approver,
        hub.reject(uetrs[0], reason).data(),
    );
    accepted(
        &mut system,
        BOC_STAFF.instructor,
        hub.cancel(uetrs[1], reason).data(),
    );
    system.advance_time(2 * 24 * 3_600);
    accepted(&mut system, STRANGER, hub.expire(uetrs[2]).data());
    let after = [BOC, CUP].map(|id| (system.position(id, CNY), entry(&system, id)));
    assert_eq!(before, after);
}

#[test]
fn nothing_settles_net_before_there_is_a_schedule() {
    let mut system = BlobBackend::new(Tokens::Plain);
    Stage::open(&mut system);
    let terms = terms(&system, BOC, CUP, 100);
    let uetr = uetr(1);
    let instruct = Command::Instruct { uetr, terms };
    assert_eq!(
        system.execute(BOC_STAFF.instructor, &instruct),
        Err(Error::NoSchedule)
    );
}

#[test]
fn a_schedule_cannot_reopen_a_window() {
    let mut system = open();
    let hub = system.contract();
    let mut slower = schedule();
    slower.length = 7_200;
    refused(
        &mut system,
        GOVERNOR,
        hub.set_schedule(slower).data(),
        Error::InvalidSchedule,
    );
    let mut holidays = schedule();
    holidays.exceptions = vec![20_000];
    accepted(&mut system, GOVERNOR, hub.set_schedule(holidays.clone()).data());
    repeated(&mut system, GOVERNOR, hub.set_schedule(holidays.clone()).data());
    assert_eq!(system.query(&hub.schedule()), Some(holidays));
}

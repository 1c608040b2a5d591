//! Extreme amounts, currencies nobody registered, windows there are not. Who may send what, and with which bytes, is in
//! `tests/hostile`.

use crate::stage::{accepted, batch, open, pass_cut_off, refused, terms, uetr};
use corridor_client::LimitScope;
use corridor_core::{Error, Limits, Money, SettlementMethod};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, STRANGER};

#[test]
fn extreme_amounts_are_refused_with_their_error() {
    let mut system = open();
    let hub = system.contract();
    let (treasurer, instructor) = (BOC_STAFF.treasurer, BOC_STAFF.instructor);
    for (minor_units, error) in [
        (0, Error::ZeroAmount),
        (u128::MAX, Error::NetAmountTooLarge),
        (i64::MAX as u128 + 1, Error::NetAmountTooLarge),
        (i64::MAX as u128, Error::InsufficientFunds),
    ] {
        let amount = Money::new(CNY, minor_units);
        refused(
            &mut system,
            treasurer,
            hub.pledge(reference(5), amount).data(),
            error,
        );
    }
    let (mut header, mut items) = batch(&system, 1, 2);
    for item in items.chunks_mut(64) {
        item[16..24].copy_from_slice(&(i64::MAX as u64).to_le_bytes());
    }
    header.control_sum = 2 * (i64::MAX as u128);
    accepted(&mut system, instructor, hub.submit_batch(header, items).data());
    let accept = hub.accept_batch(BOC, 1, None);
    refused(
        &mut system,
        CUP_STAFF.approver,
        accept.data(),
        Error::NetAmountTooLarge,
    );
}

#[test]
fn what_reserves_nothing_is_not_instructed_in_a_currency_nobody_registered() {
    // With and without tariffs and limits, which other code looks after.
    for controlled in [false, true] {
        let mut system = open();
        let hub = system.contract();
        if controlled {
            let scope = LimitScope {
                debtor_agent: CUP,
                creditor_agent: None,
                currency: CNY,
            };
            let limits = Limits {
                per_transfer_minor_units: 1,
                period_minor_units: 1,
                period_count: 1,
                bucket_seconds: 60,
            };
            accepted(&mut system, GOVERNOR, hub.set_limits(scope, Some(limits)).data());
        }
        for (method, error) in [
            (SettlementMethod::Net, Error::UnknownCurrency),
            (SettlementMethod::QueuedGross, Error::UnknownCurrency),
            (SettlementMethod::Gross, Error::InsufficientFunds),
        ] {
            let mut terms = terms(&system, BOC, CUP, 5);
            terms.interbank_settlement_amount.currency = "USD".parse().expect("a code");
            terms.settlement_method = method;
            let instruct = hub.instruct(uetr(1), terms);
            refused(&mut system, BOC_STAFF.instructor, instruct.data(), error);
        }
        assert_eq!(system.transfer(uetr(1)), None);
    }
}

#[test]
fn a_foreign_currency_and_an_unknown_window_are_refused() {
    let mut system = open();
    let hub = system.contract();
    let unknown = "USD".parse().expect("a code");
    let window = pass_cut_off(&mut system);
    refused(
        &mut system,
        STRANGER,
        hub.close_window(unknown, window).data(),
        Error::UnknownCurrency,
    );
    refused(
        &mut system,
        GOVERNOR,
        hub.set_cap(BOC, unknown, 1).data(),
        Error::UnknownCurrency,
    );
    refused(
        &mut system,
        BOC_STAFF.treasurer,
        hub.pledge(reference(5), Money::new(unknown, 5)).data(),
        Error::InsufficientFunds,
    );
    let (mut header, items) = batch(&system, 1, 2);
    header.currency = unknown;
    let submit = hub.submit_batch(header.clone(), items.clone());
    refused(
        &mut system,
        BOC_STAFF.instructor,
        submit.data(),
        Error::UnknownCurrency,
    );
    assert_eq!(
        system.query(&hub.last_batch(BOC)),
        None,
        "its number is not used up"
    );
    header.currency = CNY;
    let again = hub.submit_batch(header, items);
    accepted(&mut system, BOC_STAFF.instructor, again.data());
    let far = corridor_core::WindowId(u32::MAX);
    refused(
        &mut system,
        STRANGER,
        hub.close_window(CNY, far).data(),
        Error::WindowOpen,
    );
}

//! Extreme amounts, currencies nobody registered, windows there are not. Who may send what, and with which bytes, is in
//! `tests/hostile`.

use crate::stage::{accepted, batch, open, pass_cut_off, refused};
use corridor_core::{Error, Money};
use corridor_tests::backend::GOVERNOR;
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP_STAFF, STRANGER};

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
    let far = corridor_core::WindowId(u32::MAX);
    refused(
        &mut system,
        STRANGER,
        hub.close_window(CNY, far).data(),
        Error::WindowOpen,
    );
}

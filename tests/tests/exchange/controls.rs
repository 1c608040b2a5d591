//! Tariffs and limits: who pays, to whom, and how much is too much.

use crate::stage::{
    accepted, covered, held, instructed, on_quote, open, refused, repeated, terms, uetr, HSBC,
};
use corridor_client::{LimitScope, SettlementEvent};
use corridor_core::{
    charged::FeeEvent, ChargeBearer, Charges, Error, Fee, Limits, Purpose, ReasonCode, SettlementMethod,
    Tariff, Terms, TransferReturn, Uetr,
};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{
    reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, DAY, FUNDS, HKD, STRANGER,
};
use SettlementMethod::{Gross, QueuedGross};

/// 50 fen and 10 basis points, at most 10 yuan, from now on.
fn tariff(system: &BlobBackend) -> Tariff {
    Tariff {
        version: 1,
        effective_from: system.now(),
        fixed_minor_units: 50,
        basis_points: 10,
        minimum_minor_units: 0,
        maximum_minor_units: 1_000,
    }
}

/// The fees of BOC's transfers to CUP in yuan go to the third participant.
fn with_tariff() -> BlobBackend {
    let mut system = open();
    let tariff = tariff(&system);
    let set = system.contract().set_tariff(BOC, CUP, CNY, HSBC, tariff);
    accepted(&mut system, GOVERNOR, set.data());
    system
}

fn instruct(system: &mut BlobBackend, number: u128, terms: Terms) -> Uetr {
    let data = system.contract().instruct(uetr(number), terms);
    accepted(system, BOC_STAFF.instructor, data.data());
    uetr(number)
}

fn accept(system: &mut BlobBackend, uetr: Uetr) {
    let data = system.contract().accept(uetr);
    accepted(system, CUP_STAFF.approver, data.data());
}

#[test]
fn fees_are_legs_of_their_own_borne_as_the_terms_say() {
    for (bearer, debtor, creditor) in [
        (ChargeBearer::Debt, 60, 0),
        (ChargeBearer::Cred, 0, 60),
        (ChargeBearer::Shar, 30, 30),
        (ChargeBearer::Slev, 30, 30),
    ] {
        let mut system = with_tariff();
        let mut terms = terms(&system, 10_000, Gross);
        terms.charge_bearer = bearer;
        let uetr = instruct(&mut system, 1, terms);
        assert_eq!(
            held(&system, BOC, CNY),
            (FUNDS - 10_000 - debtor, 10_000 + debtor),
            "{bearer:?}"
        );
        let fee = |minor_units: u128| {
            (minor_units > 0).then_some(Fee {
                to: HSBC,
                minor_units: u64::try_from(minor_units).expect("small"),
            })
        };
        let charges = Charges {
            debtor: fee(debtor),
            creditor: fee(creditor),
        };
        assert_eq!(system.query(&system.contract().charges(uetr)), Some(charges));
        let before = held(&system, HSBC, CNY).0;
        accept(&mut system, uetr);
        assert_eq!(
            held(&system, BOC, CNY),
            (FUNDS - 10_000 - debtor, 0),
            "{bearer:?}"
        );
        assert_eq!(held(&system, CUP, CNY), (10_000 - creditor, 0), "{bearer:?}");
        assert_eq!(held(&system, HSBC, CNY), (before + 60, 0), "{bearer:?}");
        let Some(SettlementEvent::Fees(fees)) = system.events().last() else {
            panic!("the last event is the fees'");
        };
        let FeeEvent::Paid(legs) = &fees.event else {
            panic!("{fees:?}");
        };
        let legs: Vec<_> = legs
            .iter()
            .map(|leg| (leg.from, leg.to, leg.money.minor_units, leg.purpose))
            .collect();
        let expected = [
            (BOC, HSBC, debtor, Purpose::DebtorFee),
            (CUP, HSBC, creditor, Purpose::CreditorFee),
        ];
        let expected: Vec<_> = expected.into_iter().filter(|leg| leg.2 > 0).collect();
        assert_eq!(legs, expected, "{bearer:?}");
    }
}

#[test]
fn a_transfer_that_does_not_settle_pays_no_fee() {
    for end in ["reject", "cancel", "expire"] {
        let mut system = with_tariff();
        let terms = terms(&system, 10_000, Gross);
        let uetr = instruct(&mut system, 1, terms);
        let hub = system.contract();
        let (caller, data) = match end {
            "reject" => (CUP_STAFF.approver, hub.reject(uetr, ReasonCode::AC04)),
            "cancel" => (BOC_STAFF.compliance, hub.cancel(uetr, ReasonCode::CUST)),
            _ => {
                system.advance_time(DAY);
                (STRANGER, hub.expire(uetr))
            }
        };
        accepted(&mut system, caller, data.data());
        assert_eq!(held(&system, BOC, CNY), (FUNDS, 0), "{end}");
        repeated(&mut system, caller, data.data());
    }
}

#[test]
fn a_fee_is_that_of_the_version_in_force_at_instruction() {
    let mut system = with_tariff();
    let mut dearer = tariff(&system);
    dearer.version = 2;
    dearer.effective_from += 600;
    dearer.fixed_minor_units = 500;
    let hub = system.contract();
    accepted(
        &mut system,
        GOVERNOR,
        hub.set_tariff(BOC, CUP, CNY, HSBC, dearer).data(),
    );
    let before = terms(&system, 10_000, Gross);
    let early = instruct(&mut system, 1, before);
    system.advance_time(600);
    let later = terms(&system, 10_000, Gross);
    let late = instruct(&mut system, 2, later);
    let total = |uetr| {
        let charges = system.query(&hub.charges(uetr)).expect("recorded");
        charges.debtor_minor_units() + charges.creditor_minor_units()
    };
    assert_eq!((total(early), total(late)), (60, 510));
    // A version that would change the past is refused.
    let mut past = dearer;
    past.version = 3;
    past.effective_from -= 1;
    let data = hub.set_tariff(BOC, CUP, CNY, HSBC, past);
    refused(&mut system, GOVERNOR, data.data(), Error::InvalidTariff);
    let other_payee = hub.set_tariff(BOC, CUP, CNY, BOC, dearer);
    refused(&mut system, GOVERNOR, other_payee.data(), Error::TariffConflict);
}

#[test]
fn a_return_of_a_transfer_with_fees_keeps_their_record() {
    let mut system = with_tariff();
    let terms = terms(&system, 10_000, Gross);
    let uetr = instruct(&mut system, 1, terms);
    accept(&mut system, uetr);
    let charges = system.query(&system.contract().charges(uetr));
    let command = TransferReturn {
        uetr,
        minor_units: 4_000,
        reason: ReasonCode::AC01,
    };
    let data = system.contract().return_transfer(reference(1), command);
    accepted(&mut system, CUP_STAFF.approver, data.data());
    assert_eq!(system.query(&system.contract().charges(uetr)), charges);
    assert_eq!(held(&system, CUP, CNY), (10_000 - 30 - 4_000, 0));
}

#[test]
fn in_two_currencies_each_side_pays_its_own_tariff() {
    let mut system = open();
    let tariff = tariff(&system);
    for currency in [CNY, HKD] {
        let set = system.contract().set_tariff(BOC, CUP, currency, HSBC, tariff);
        accepted(&mut system, GOVERNOR, set.data());
    }
    let (uetr, _) = instructed(&mut system, 1, 10_000);
    accept(&mut system, uetr);
    // SHAR: half of 60 fen; of 10,845 cents the fee is 50 + 11, whose smaller half is the creditor agent's.
    assert_eq!(held(&system, BOC, CNY), (FUNDS - 10_030, 0));
    assert_eq!(held(&system, CUP, HKD), (10_845 - 30, 0));
    covered(&system);
}

/// At most 5,000 at a time, 8,000 and three transfers in an hour and a half.
const LIMITS: Limits = Limits {
    per_transfer_minor_units: 5_000,
    period_minor_units: 8_000,
    period_count: 3,
    bucket_seconds: 900,
};

fn with_limits(creditor_agent: Option<corridor_core::ParticipantId>) -> (BlobBackend, LimitScope) {
    let mut system = open();
    let scope = LimitScope {
        debtor_agent: BOC,
        creditor_agent,
        currency: CNY,
    };
    let set = system.contract().set_limits(scope, Some(LIMITS));
    accepted(&mut system, GOVERNOR, set.data());
    // What is instructed in the same second counts for good.
    system.advance_time(1);
    (system, scope)
}

/// How a transfer that has not been accepted ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Reject,
    Cancel,
    Expire,
}

/// Ends it, and says how long that took.
fn end(system: &mut BlobBackend, how: End, uetr: Uetr) -> u64 {
    let hub = system.contract();
    let (caller, message, later) = match how {
        End::Reject => (CUP_STAFF.approver, hub.reject(uetr, ReasonCode::AC04), 0),
        End::Cancel => (BOC_STAFF.instructor, hub.cancel(uetr, ReasonCode::CUST), 0),
        End::Expire => (STRANGER, hub.expire(uetr), SOON),
    };
    system.advance_time(later);
    accepted(system, caller, message.data());
    later
}

/// When the first transfer of the test below expires: in the period of its instruction.
const SOON: u64 = 60;

#[test]
fn limits_hold_for_one_transfer_and_for_a_period_and_what_ends_is_given_back() {
    for (creditor, how) in [
        (None, End::Reject),
        (Some(CUP), End::Reject),
        (None, End::Cancel),
        (Some(CUP), End::Cancel),
        (None, End::Expire),
        (Some(CUP), End::Expire),
    ] {
        let (mut system, scope) = with_limits(creditor);
        let hub = system.contract();
        let try_one = |system: &mut BlobBackend, number: u128, minor_units: u128, error: Error| {
            let terms = terms(system, minor_units, Gross);
            let data = hub.instruct(uetr(number), terms);
            refused(system, BOC_STAFF.instructor, data.data(), error);
        };
        let pay = |system: &mut BlobBackend, number: u128, minor_units: u128| {
            let mut terms = terms(system, minor_units, Gross);
            if number == 1 {
                terms.expires_at = system.now() + SOON;
            }
            instruct(system, number, terms)
        };
        try_one(&mut system, 1, 5_001, Error::LimitPerTransfer);
        let first = pay(&mut system, 1, 5_000);
        try_one(&mut system, 2, 3_001, Error::VelocityExceeded);
        pay(&mut system, 2, 3_000);
        try_one(&mut system, 3, 1, Error::VelocityExceeded);
        // It gives its amount and its place back.
        let later = end(&mut system, how, first);
        pay(&mut system, 3, 1);
        pay(&mut system, 4, 1);
        try_one(&mut system, 5, 1, Error::VelocityExceeded);
        // An hour and a half later all of it is forgotten.
        system.advance_time(5_400 - later);
        pay(&mut system, 5, 5_000);
        // Lifted, they count no more.
        accepted(&mut system, GOVERNOR, hub.set_limits(scope, None).data());
        pay(&mut system, 6, 50_000);
    }
}

#[test]
fn limits_hold_for_transfers_in_two_currencies_and_those_that_may_wait() {
    let (mut system, _) = with_limits(None);
    let (pending, quote) = instructed(&mut system, 1, 4_000);
    let large = on_quote(&system, 2, 5_001, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &large, Error::LimitPerTransfer);
    let more = on_quote(&system, 2, 4_001, &quote, None);
    refused(&mut system, BOC_STAFF.instructor, &more, Error::VelocityExceeded);
    let queued = terms(&system, 4_001, QueuedGross);
    let data = system.contract().instruct(uetr(3), queued);
    refused(
        &mut system,
        BOC_STAFF.instructor,
        data.data(),
        Error::VelocityExceeded,
    );
    let cancel = system.contract().cancel(pending, ReasonCode::CUST);
    accepted(&mut system, BOC_STAFF.instructor, cancel.data());
    accepted(&mut system, BOC_STAFF.instructor, data.data());
}

#[test]
fn a_tariff_does_not_touch_what_was_instructed_before_it() {
    let mut system = open();
    let terms = terms(&system, 10_000, Gross);
    let uetr = instruct(&mut system, 1, terms);
    let tariff = tariff(&system);
    let set = system.contract().set_tariff(BOC, CUP, CNY, HSBC, tariff);
    accepted(&mut system, GOVERNOR, set.data());
    repeated(&mut system, GOVERNOR, set.data());
    accept(&mut system, uetr);
    assert_eq!(held(&system, CUP, CNY), (10_000, 0));
}

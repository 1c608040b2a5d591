//! What the governor sets for a corridor: whose tariff it is, which version counts, and that limits are
//! apart from it.

mod common;

use common::*;
use corridor_core::tariff::Fee;
use corridor_core::{
    ChargeBearer, Charges, CorridorControls, Error, Limits, Outcome, ParticipantId, Tariff, Terms,
};

const PAYEE: ParticipantId = ParticipantId(4);

fn tariff(version: u32) -> Tariff {
    Tariff {
        version,
        effective_from: NOW + u64::from(version) * 100,
        fixed_minor_units: 10 * u64::from(version),
        basis_points: 0,
        minimum_minor_units: 0,
        maximum_minor_units: 1_000,
    }
}

fn with(payee: ParticipantId, versions: &[u32]) -> CorridorControls {
    versions
        .iter()
        .fold(CorridorControls::default(), |controls, version| {
            match controls.add_tariff(payee, tariff(*version), NOW) {
                Ok(Outcome::Recorded(controls)) => controls,
                other => panic!("{other:?}"),
            }
        })
}

#[test]
fn a_version_is_refused_in_documented_order() {
    #[derive(Clone)]
    struct Args(CorridorControls, ParticipantId, Tariff, u64);
    assert_precedence(
        &Args(with(PAYEE, &[1, 2, 3]), PAYEE, tariff(5), NOW),
        |args| args.0.clone().add_tariff(args.1, args.2, args.3),
        &[
            (Error::TariffConflict, |args| args.1 = OTHER),
            (Error::InvalidTariff, |args| args.2.basis_points = 10_001),
            (Error::TariffConflict, |args| args.2.version = 2),
            (Error::InvalidTariff, |args| args.3 = NOW + 501),
            (Error::TooMany, |args| args.0 = with(PAYEE, &[1, 2, 3, 4])),
        ],
    );
}

#[test]
fn a_repeat_changes_nothing_and_another_payee_is_none() {
    let controls = with(PAYEE, &[1]);
    let again = controls.clone().add_tariff(PAYEE, tariff(1), u64::MAX);
    assert_eq!(again, Ok(Outcome::Repeated(controls.clone())));
    let other = controls.add_tariff(OTHER, tariff(1), NOW);
    assert_eq!(other, Err(Error::TariffConflict));
}

#[test]
fn a_tariff_leaves_limits_and_their_count_as_they_are() {
    let limits = Limits {
        per_transfer_minor_units: 5,
        period_minor_units: 5,
        period_count: 5,
        bucket_seconds: 5,
    };
    let limited = with(PAYEE, &[1])
        .limited
        .set(Some(limits), NOW)
        .and_then(|limited| limited.take(3, NOW))
        .expect("within the limits");
    let before = CorridorControls {
        limited,
        ..with(PAYEE, &[1])
    };
    let Ok(Outcome::Recorded(after)) = before.add_tariff(PAYEE, tariff(2), NOW) else {
        panic!("the next version")
    };
    assert_eq!(after.limited, limited);
    assert_eq!(after.tariffs, with(PAYEE, &[1, 2]).tariffs);
}

#[test]
fn both_sides_pay_by_the_version_at_instruction() {
    let fee = |to, minor_units| Some(Fee { to, minor_units });
    let controls = with(PAYEE, &[1, 2]);
    for (bearer, at, debtor, creditor) in [
        (ChargeBearer::Shar, NOW + 99, None, None),
        (ChargeBearer::Shar, NOW + 100, fee(PAYEE, 5), fee(PAYEE, 5)),
        (ChargeBearer::Debt, NOW + 199, fee(PAYEE, 10), None),
        (ChargeBearer::Cred, NOW + 200, None, fee(PAYEE, 20)),
    ] {
        let terms = Terms {
            charge_bearer: bearer,
            ..terms()
        };
        assert_eq!(controls.charges(&terms, at), Charges { debtor, creditor });
    }
    // Who gets the fees pays none, the other does.
    for (payee, debtor, creditor) in [(BOC, None, fee(BOC, 5)), (CUP, fee(CUP, 5), None)] {
        let charges = with(payee, &[1]).charges(&terms(), NOW + 100);
        assert_eq!(charges, Charges { debtor, creditor });
    }
    let none = CorridorControls::default().charges(&terms(), NOW);
    assert!(none.is_empty());
}

//! Tariffs: figures, rounding, who bears them, and which version is in effect.

mod common;

use common::*;
use corridor_core::tariff::{
    fee, Charges, Fee, Fees, Side, MAX_TARIFF_AHEAD_SECONDS, MAX_TARIFF_VERSIONS, MAX_TARIFF_VERSION_STEP,
};
use corridor_core::{ChargeBearer, Currency, Error, Leg, Money, Outcome, Purpose, Tariff, Tariffs};
use scale_codec::Encode;

fn tariff(version: u32) -> Tariff {
    Tariff {
        version,
        effective_from: NOW + u64::from(version) * 100,
        fixed_minor_units: 10,
        basis_points: 25,
        minimum_minor_units: 15,
        maximum_minor_units: 1_000,
    }
}

fn with(versions: impl IntoIterator<Item = u32>) -> Tariffs {
    versions
        .into_iter()
        .fold(Tariffs::new(OTHER), |tariffs, version| {
            match tariffs.add(tariff(version), NOW) {
                Ok(Outcome::Recorded(tariffs)) => tariffs,
                other => panic!("{other:?}"),
            }
        })
}

#[test]
fn a_fee_is_fixed_part_and_share_within_its_bounds() {
    for (minor_units, total) in [
        (0, 15),
        (1, 15),
        (1_600, 15), // 10 + 4 is below the minimum
        (2_000, 15), // 10 + 5
        (2_001, 16), // 5.0025 is rounded up
        (2_400, 16),
        (396_000, 1_000),
        (395_600, 999),
        (395_601, 1_000),
        (396_001, 1_000),
        (u128::MAX, 1_000),
    ] {
        assert_eq!(tariff(1).total(minor_units), total, "{minor_units}");
    }
    let unbounded = Tariff {
        fixed_minor_units: u64::MAX,
        basis_points: 10_000,
        maximum_minor_units: u64::MAX,
        ..tariff(1)
    };
    assert_eq!(unbounded.total(u128::MAX), u64::MAX);
}

#[test]
fn the_bearer_decides_who_pays() {
    let odd = Tariff {
        fixed_minor_units: 17,
        basis_points: 0,
        ..tariff(1)
    };
    for (bearer, debtor, creditor) in [
        (ChargeBearer::Debt, 17, 0),
        (ChargeBearer::Cred, 0, 17),
        (ChargeBearer::Shar, 9, 8),
        (ChargeBearer::Slev, 9, 8),
    ] {
        assert_eq!(fee(&odd, 1, bearer), Fees { debtor, creditor }, "{bearer:?}");
    }
}

#[test]
fn the_version_is_the_one_in_effect_at_instruction() {
    let tariffs = with([1, 2, 4]);
    for (at, version) in [
        (0, None),
        (NOW + 99, None),
        (NOW + 100, Some(1)),
        (NOW + 199, Some(1)),
        (NOW + 200, Some(2)),
        (NOW + 399, Some(2)),
        (NOW + 400, Some(4)),
        (u64::MAX, Some(4)),
    ] {
        assert_eq!(tariffs.effective(at).map(|tariff| tariff.version), version);
    }
}

#[test]
fn a_version_is_refused_in_documented_order() {
    #[derive(Clone)]
    struct Args(Tariffs, Tariff, u64);
    let three = with([1, 2, 3]);
    assert_precedence(
        &Args(three.clone(), tariff(5), NOW),
        |args| args.0.clone().add(args.1, args.2),
        &[
            (Error::InvalidTariff, |args| args.1.basis_points = 10_001),
            (Error::InvalidTariff, |args| args.1.minimum_minor_units = 1_001),
            (Error::TariffConflict, |args| args.1.version = 2),
            (Error::InvalidTariff, |args| args.1.version = 0),
            (Error::InvalidTariff, |args| {
                args.1.version = 5 + MAX_TARIFF_VERSION_STEP;
            }),
            (Error::InvalidTariff, |args| args.1.version = u32::MAX),
            (Error::InvalidTariff, |args| args.1.effective_from = NOW + 300),
            (Error::InvalidTariff, |args| {
                args.1.effective_from = args.2 + MAX_TARIFF_AHEAD_SECONDS + 1;
            }),
            (Error::InvalidTariff, |args| args.1.effective_from = u64::MAX),
            (Error::InvalidTariff, |args| args.2 = NOW + 501),
            (Error::TooMany, |args| args.0 = with([1, 2, 3, 4])),
        ],
    );
    assert_eq!(
        three.clone().add(tariff(2), u64::MAX),
        Ok(Outcome::Repeated(three))
    );
}

#[test]
fn versions_that_are_over_make_room() {
    let full = with([0, 1, 2, 3]);
    assert_eq!(full.clone().add(tariff(4), NOW), Err(Error::TooMany));
    let Ok(Outcome::Recorded(next)) = full.add(tariff(4), NOW + 100) else {
        panic!("version 0 is over")
    };
    let versions: Vec<_> = next.versions().iter().map(|tariff| tariff.version).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
    assert_eq!(next.encoded_size(), 155);
    assert_eq!(next.versions().len(), MAX_TARIFF_VERSIONS);
}

#[test]
fn whatever_is_accepted_another_version_can_follow() {
    for first in [
        Tariff {
            version: u32::MAX,
            ..tariff(0)
        },
        Tariff {
            version: MAX_TARIFF_VERSION_STEP + 1,
            ..tariff(0)
        },
        Tariff {
            effective_from: u64::MAX,
            ..tariff(0)
        },
    ] {
        assert_eq!(Tariffs::new(OTHER).add(first, NOW), Err(Error::InvalidTariff));
    }
    let mut tariffs = Tariffs::new(OTHER);
    let mut now = NOW;
    for step in 1..=20 {
        let furthest = Tariff {
            version: step * MAX_TARIFF_VERSION_STEP,
            effective_from: now + MAX_TARIFF_AHEAD_SECONDS,
            ..tariff(0)
        };
        tariffs = match tariffs.add(furthest, now) {
            Ok(Outcome::Recorded(tariffs)) => tariffs,
            other => panic!("{step}: {other:?}"),
        };
        now += MAX_TARIFF_AHEAD_SECONDS;
    }
}

fn side(tariffs: &Tariffs, agent: corridor_core::ParticipantId, money: Money) -> Side<'_> {
    Side {
        tariffs: Some(tariffs),
        agent,
        money,
    }
}

#[test]
fn each_side_pays_by_its_own_currencys_tariff() {
    let (yuan, mut dollars) = (with([0]), Tariffs::new(BOC));
    dollars = match dollars.add(
        Tariff {
            fixed_minor_units: 101,
            ..tariff(0)
        },
        NOW,
    ) {
        Ok(Outcome::Recorded(tariffs)) => tariffs,
        other => panic!("{other:?}"),
    };
    let debtor = side(&yuan, BOC, Money::new(Currency::CNY, 4_000));
    let creditor = side(&dollars, CUP, Money::new(Currency::HKD, 8_000));
    let charged = |bearer| Charges::of(&debtor, &creditor, bearer, NOW);
    let paid = |to, minor_units| Some(Fee { to, minor_units });
    for (bearer, debtor, creditor) in [
        (ChargeBearer::Debt, paid(OTHER, 20), None),
        (ChargeBearer::Cred, None, paid(BOC, 121)),
        (ChargeBearer::Shar, paid(OTHER, 10), paid(BOC, 60)),
    ] {
        assert_eq!(charged(bearer), Charges { debtor, creditor }, "{bearer:?}");
    }
    let shared = charged(ChargeBearer::Shar);
    let leg = |from, to, currency, minor_units, purpose| {
        Some(Leg {
            from,
            to,
            money: Money::new(currency, minor_units),
            purpose,
        })
    };
    assert_eq!(
        shared.debtor_leg(BOC, Currency::CNY),
        leg(BOC, OTHER, Currency::CNY, 10, Purpose::DebtorFee)
    );
    assert_eq!(
        shared.creditor_leg(CUP, Currency::HKD),
        leg(CUP, BOC, Currency::HKD, 60, Purpose::CreditorFee)
    );
}

#[test]
fn nobody_pays_itself_and_before_the_first_version_nothing_is_due() {
    let tariffs = with([0]);
    let money = Money::new(Currency::CNY, 4_000);
    let own = side(&tariffs, OTHER, money);
    let charges = Charges::of(&own, &own, ChargeBearer::Shar, NOW);
    assert_eq!(charges, Charges::default());
    let other = side(&tariffs, BOC, money);
    let early = Charges::of(&other, &other, ChargeBearer::Shar, NOW - 1);
    assert_eq!(early, Charges::default());
    let none = Side {
        tariffs: None,
        ..other
    };
    let free = Charges::of(&none, &none, ChargeBearer::Shar, NOW);
    assert_eq!(free, Charges::default());
    assert_eq!(free.debtor_minor_units() + free.creditor_minor_units(), 0);
}

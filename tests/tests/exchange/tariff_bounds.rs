//! A tariff that is set once can be changed for ever.

use crate::stage::{accepted, open, refused, HSBC};
use corridor_core::{Error, Tariff};
use corridor_tests::backend::{Backend, GOVERNOR};
use corridor_tests::scenario::stage::{BOC, CNY, CUP};

#[test]
fn no_version_is_so_far_ahead_that_none_could_follow() {
    let mut system = open();
    let hub = system.contract();
    let usual = Tariff {
        version: 1,
        effective_from: system.now(),
        fixed_minor_units: 50,
        basis_points: 10,
        minimum_minor_units: 0,
        maximum_minor_units: 1_000,
    };
    let set = |tariff| hub.set_tariff(BOC, CUP, CNY, HSBC, tariff);
    for _ in 0..2 {
        let last = system.query(&hub.tariffs(BOC, CUP, CNY));
        let versions = last.map_or(0, |tariffs| tariffs.versions().len());
        let next = Tariff {
            version: u32::try_from(versions).expect("few") + 1,
            effective_from: system.now() + 1,
            ..usual
        };
        for locking in [
            Tariff {
                version: u32::MAX,
                ..next
            },
            Tariff {
                effective_from: u64::MAX,
                ..next
            },
            Tariff {
                version: u32::MAX,
                effective_from: u64::MAX,
                ..next
            },
        ] {
            refused(&mut system, GOVERNOR, set(locking).data(), Error::InvalidTariff);
        }
        accepted(&mut system, GOVERNOR, set(next).data());
        system.advance_time(60);
    }
}

//! What each two owe each other, across pages of net positions and across windows.

use crate::six::{self, id};
use crate::stage::{accepted, open_window, pass_cut_off, schedule, CAP, WINDOW};
use corridor_core::{Money, WindowId};
use corridor_tests::backend::GOVERNOR;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{CNY, STRANGER};

#[test]
fn bilateral_positions_of_an_aborted_window_settle_with_the_next() {
    // Thursday morning.
    let mut system = six::open(&schedule(), schedule().anchor + 9 * WINDOW, |_| CAP);
    let fen = |minor_units| Money::new(CNY, minor_units);
    let hub = system.contract();
    // The first two are on one page, the other is on the next.
    let (one, near, far) = (0, 1, 4);
    let owed = |system: &BlobBackend, with| -> Vec<(WindowId, i64)> {
        let positions = system.query(&hub.bilateral(id(with), id(one), CNY));
        let pairs = positions
            .iter()
            .map(|position| (position.window, position.net_minor_units));
        pairs.collect()
    };
    for (number, with) in [(1, near), (2, far)] {
        assert!(six::book(&mut system, number, (one, with), fen(300)));
    }
    let first = pass_cut_off(&mut system);
    for (number, with) in [(3, near), (4, far)] {
        assert!(six::book(&mut system, number, (with, one), fen(40)));
    }
    let second = open_window(&system);
    for with in [near, far] {
        assert_eq!(owed(&system, with), [(first, 300), (second, -40)]);
    }
    accepted(&mut system, GOVERNOR, hub.abort_window(CNY, first).data());
    for with in [near, far] {
        assert_eq!(owed(&system, with), [(second, 260)]);
    }
    // The next window is posted in before the second is closed.
    pass_cut_off(&mut system);
    let third = open_window(&system);
    for (number, with) in [(5, near), (6, far)] {
        assert!(six::book(&mut system, number, (one, with), fen(5)));
    }
    for with in [near, far] {
        assert_eq!(owed(&system, with), [(second, 260), (third, 5)]);
    }
    accepted(&mut system, STRANGER, hub.close_window(CNY, second).data());
    for with in [near, far] {
        assert_eq!(owed(&system, with), [(third, 5)]);
    }
    assert_eq!(owed(&system, 5), [], "they never dealt");
}

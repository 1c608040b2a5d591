//! A day of transfers among six institutions on two pages of net positions, against plain sums.
//!
//! `CORRIDOR_DAY_TRANSFERS` sets how many; 10,000 by default.

use crate::stage::{
    accepted, covered, entry, open, open_window, pass_cut_off, schedule, terms, uetr, CAP, COLLATERAL,
};
use corridor_core::{BilateralPosition, Error, Money, ParticipantId, Role, WindowId};
use corridor_tests::backend::{Account, Backend, Command, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::BlobBackend;
use corridor_tests::random::Random;
use corridor_tests::scenario::stage::{
    agent_id, reference, BOC_STAFF, CNY, CNY_TOKEN, CUP_STAFF, DAY, STRANGER,
};
use std::collections::BTreeMap;

/// The institutions besides BOC and CUP, by the account that does everything for each.
const OTHERS: [(Account, &str); 4] = [
    (Account("hsbc"), "HSBCHKHH"),
    (Account("icbc"), "ICBKCNBJ"),
    (Account("abc"), "ABOCCNBJ"),
    (Account("ccb"), "PCBCCNBJ"),
];
/// All of them.
const COUNT: usize = 6;

/// Who instructs and who accepts for each.
fn desks() -> [(Account, Account); COUNT] {
    let staff = [BOC_STAFF, CUP_STAFF].map(|staff| (staff.instructor, staff.approver));
    let [hsbc, icbc, abc, ccb] = OTHERS.map(|(account, _)| (account, account));
    [staff[0], staff[1], hsbc, icbc, abc, ccb]
}

fn id(place: usize) -> ParticipantId {
    ParticipantId(u16::try_from(place).expect("small"))
}

/// The stage with four more institutions, covered as the two are.
fn stage() -> BlobBackend {
    let mut system = open();
    for (place, (account, bic)) in (2..).zip(OTHERS) {
        let run = |system: &mut BlobBackend, caller, command: Command| {
            let _ = system.execute(caller, &command).expect("accepted");
        };
        let agents = vec![agent_id(bic)];
        run(
            &mut system,
            GOVERNOR,
            Command::RegisterParticipant {
                agents,
                admin: account,
            },
        );
        for role in [Role::Instructor, Role::Approver, Role::Treasurer] {
            let participant = id(place);
            let grant = Command::GrantRole {
                participant,
                account,
                role,
            };
            run(&mut system, account, grant);
        }
        system.fund(account, CNY_TOKEN, 1_000_000);
        let hub = system.contract();
        for data in [
            hub.deposit(reference(1), Money::new(CNY, 1_000_000))
                .data()
                .to_vec(),
            hub.pledge(reference(2), Money::new(CNY, COLLATERAL.into()))
                .data()
                .to_vec(),
        ] {
            assert!(matches!(system.send(account, data), Ending::Answered(_)));
        }
        let cap = hub.set_cap(id(place), CNY, CAP).data().to_vec();
        assert!(matches!(system.send(GOVERNOR, cap), Ending::Answered(_)));
    }
    system
}

/// What everybody owes everybody in one window: credits of the first from the second less debits.
type Sums = [[i64; COUNT]; COUNT];

fn net(sums: &Sums, place: usize) -> i64 {
    sums[place].iter().sum()
}

/// Hourly windows that close five minutes early, by division.
fn naive_window(now: u64) -> u32 {
    u32::try_from((now + 300 - schedule().anchor) / 3_600).expect("small")
}

/// The contract's positions of the open window are the sums, each participant's and each two's.
fn check_open(system: &BlobBackend, window: WindowId, sums: &Sums) {
    let hub = system.contract();
    for of in 0..COUNT {
        assert_eq!(
            entry(system, id(of)).open,
            net(sums, of),
            "participant {of} in {window}"
        );
        for with in (0..COUNT).filter(|with| *with != of) {
            let expected = BilateralPosition {
                window,
                net_minor_units: sums[of][with],
            };
            let expected = (sums[of][with] != 0).then_some(expected);
            let answer = system.query(&hub.bilateral(id(of), id(with), CNY));
            assert_eq!(answer, Vec::from_iter(expected), "{of} with {with}");
        }
    }
}

fn close(system: &mut BlobBackend, window: u32) -> u128 {
    let hub = system.contract();
    let close = hub.close_window(CNY, WindowId(window));
    let ending = system.send(STRANGER, close.data().to_vec());
    assert!(matches!(ending, Ending::Answered(_)), "{ending:?}");
    covered(system);
    let state = system
        .query(&hub.window(CNY, Some(WindowId(window))))
        .expect("an answer");
    state.record.expect("recorded").net_minor_units
}

/// Has one transfer instructed and accepted; whether it was booked, or stopped by the cap.
fn book(system: &mut BlobBackend, number: u128, from: usize, to: usize, amount: i64) -> bool {
    let (instructor, approver) = (desks()[from].0, desks()[to].1);
    let terms = terms(system, id(from), id(to), u128::from(amount.unsigned_abs()));
    let hub = system.contract();
    let instruct = hub.instruct(uetr(number), terms).data().to_vec();
    assert!(matches!(system.send(instructor, instruct), Ending::Answered(_)));
    match system.send(approver, hub.accept(uetr(number)).data().to_vec()) {
        Ending::Answered(_) => true,
        Ending::Refused(Error::NetDebitCap) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_day_of_transfers_among_six_nets_as_plain_sums_do() {
    let transfers =
        std::env::var("CORRIDOR_DAY_TRANSFERS").map_or(10_000, |count| count.parse().expect("a number"));
    let mut random = Random(0x000D_A710);
    let mut system = stage();
    let held = |system: &BlobBackend, place| {
        let position = system.position(id(place), CNY);
        position.available + u128::from(entry(system, id(place)).collateral)
    };
    let before: Vec<u128> = (0..COUNT).map(|place| held(&system, place)).collect();
    let start = system.now();
    let mut times: Vec<u64> = (0..transfers).map(|_| start + random.draw() % DAY).collect();
    times.sort_unstable();
    let mut days: BTreeMap<u32, Sums> = BTreeMap::new();
    let (mut moved, mut capped) = (BTreeMap::new(), 0);
    for (number, at) in (0u128..).zip(times) {
        let now = system.now();
        system.advance_time(at.saturating_sub(now));
        let window = naive_window(system.now());
        if let Some((last, sums)) = days.last_key_value().filter(|(last, _)| **last < window) {
            check_open(&system, WindowId(*last), sums);
            moved.insert(*last, close(&mut system, *last));
        }
        let sums = days.entry(window).or_default();
        let from = random.below(COUNT);
        let to = (from + 1 + random.below(COUNT - 1)) % COUNT;
        let amount = 1 + i64::try_from(random.below(9_000)).expect("small");
        // The window before has settled, so this one alone counts against the cap.
        let covered = net(sums, from) - amount >= -i64::try_from(CAP).expect("small");
        assert_eq!(
            book(&mut system, number, from, to, amount),
            covered,
            "transfer {number}"
        );
        if covered {
            sums[from][to] -= amount;
            sums[to][from] += amount;
        } else {
            capped += 1;
        }
    }
    let (last, sums) = days.last_key_value().expect("a transfer");
    check_open(&system, WindowId(*last), sums);
    system.advance_time(3_600);
    moved.insert(*last, close(&mut system, *last));

    for (window, sums) in &days {
        let debits = (0..COUNT).map(|place| net(sums, place).min(0).unsigned_abs());
        assert_eq!(moved[window], u128::from(debits.sum::<u64>()), "window {window}");
    }
    for (place, before) in before.into_iter().enumerate() {
        let gained = days
            .values()
            .map(|sums| i128::from(net(sums, place)))
            .sum::<i128>();
        let now = i128::try_from(held(&system, place)).expect("small");
        assert_eq!(
            now - i128::try_from(before).expect("small"),
            gained,
            "participant {place}"
        );
        for with in (0..COUNT).filter(|with| *with != place) {
            let left = system.query(&system.contract().bilateral(id(place), id(with), CNY));
            assert_eq!(left, [], "all of it has settled");
        }
    }
    assert!(capped > 0, "some transfers were stopped by the cap");
}

#[test]
fn bilateral_positions_of_an_aborted_window_settle_with_the_next() {
    let mut system = stage();
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
        assert!(book(&mut system, number, one, with, 300));
    }
    let first = pass_cut_off(&mut system);
    for (number, with) in [(3, near), (4, far)] {
        assert!(book(&mut system, number, with, one, 40));
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
        assert!(book(&mut system, number, one, with, 5));
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

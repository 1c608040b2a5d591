//! Bilateral net positions: what each two participants owe each other until it is settled.

mod common;

use common::*;
use corridor_core::closing::{Closing, Ending};
use corridor_core::{
    BilateralPosition, Error, Gate, NetEntry, NetPage, NetPages, Outcome, PairPage, ParticipantId,
    PositionPage, Schedule, WindowId,
};

/// On the page of [`BOC`] and [`CUP`].
const NEAR: ParticipantId = ParticipantId(3);
/// On another.
const FAR: ParticipantId = ParticipantId(6);

fn covered() -> NetEntry {
    NetEntry {
        collateral: i64::MAX.unsigned_abs(),
        cap: u64::MAX,
        ..NetEntry::default()
    }
}

fn near() -> NetPage {
    let mut page = NetPage::default();
    for id in [BOC, CUP, NEAR] {
        page.set(id, covered());
    }
    page
}

fn post(page: NetPage, from: ParticipantId, to: ParticipantId, amount: u128, window: u32) -> NetPage {
    let mut pages = NetPages {
        debtor: page,
        creditor: None,
    };
    pages.post(from, to, amount, WindowId(window)).expect("covered");
    pages.debtor
}

fn amounts(positions: Result<[BilateralPosition; 2], Error>) -> [(u32, i64); 2] {
    positions
        .expect("two participants")
        .map(|position| (position.window.0, position.net_minor_units))
}

#[test]
fn each_two_of_a_page_see_the_same_amount_from_both_sides() {
    let page = post(near(), BOC, CUP, 30, 5);
    let page = post(page, NEAR, BOC, 7, 5);
    let page = post(page, CUP, NEAR, 100, 5);
    let page = post(page, CUP, BOC, 1, 5);
    for (of, with, net) in [(BOC, CUP, -29), (BOC, NEAR, 7), (CUP, NEAR, -100)] {
        assert_eq!(amounts(page.bilateral(of, with)), [(0, 0), (5, net)]);
        assert_eq!(amounts(page.bilateral(with, of)), [(0, 0), (5, -net)]);
    }
    assert_eq!(page.bilateral(CUP, CUP), Err(Error::BooksBroken));
}

#[test]
fn the_bilateral_positions_of_a_participant_add_up_to_its_net_position() {
    let mut random = Random(0xB11A);
    let mut page = near();
    let ids = [BOC, CUP, ParticipantId(2), NEAR];
    page.set(ids[2], covered());
    for _ in 0..500 {
        let from = usize::try_from(random.below(4)).expect("small");
        let to = (from + 1 + usize::try_from(random.below(3)).expect("small")) % 4;
        page = post(page, ids[from], ids[to], u128::from(random.below(1_000)), 1);
    }
    for of in ids {
        let others = ids.into_iter().filter(|with| *with != of);
        let sum: i64 = others.map(|with| amounts(page.bilateral(of, with))[1].1).sum();
        assert_ne!(sum, 0);
        assert_eq!(sum, page.get(of).open);
    }
}

#[test]
fn a_window_that_ends_takes_its_bilateral_positions_with_it_or_hands_them_on() {
    let schedule = Schedule {
        anchor: 1_000,
        length: 60,
        cut_off: 0,
        utc_offset: 0,
        // The Thursday and Friday time begins with are business days.
        exceptions: Vec::new(),
    };
    let now = schedule.closes_at(WindowId(0));
    let gate = Gate {
        participants: 4,
        ..Gate::default()
    };
    for (ending, left) in [
        (Ending::Settle, [(0, 0), (1, 4)]),
        (Ending::Abort, [(0, 0), (1, 34)]),
    ] {
        let mut page = post(near(), BOC, CUP, 30, 0);
        page = post(page, BOC, CUP, 4, 1);
        assert_eq!(amounts(page.bilateral(CUP, BOC)), [(0, 30), (1, 4)]);
        let begun = Closing::begin(None, &gate, &schedule, WindowId(0), ending, now);
        let Ok(Outcome::Recorded(mut closing)) = begun else {
            panic!("due");
        };
        closing
            .page(&mut page, &mut PositionPage::default())
            .expect("covered");
        closing.finish().expect("zero together");
        assert_eq!(amounts(page.bilateral(CUP, BOC)), left, "{ending:?}");
    }
}

fn apart(pairs: PairPage, from: ParticipantId, to: ParticipantId, amount: u128, window: u32) -> PairPage {
    let page = |id| {
        let mut page = NetPage::default();
        page.set(id, covered());
        page
    };
    let mut pages = NetPages {
        debtor: page(from),
        creditor: Some((page(to), pairs)),
    };
    pages.post(from, to, amount, WindowId(window)).expect("covered");
    pages.creditor.expect("on another page").1
}

/// What is kept between [`BOC`] and [`FAR`], after 30 in window 1 and 4 in window 2 that window 1 waited for.
fn two_windows() -> PairPage {
    let mut pairs = PairPage::default();
    pairs
        .roll(WindowId(1), |_| Err(Error::BooksBroken))
        .expect("nothing to ask about");
    let mut pairs = apart(pairs, BOC, FAR, 30, 1);
    pairs
        .roll(WindowId(2), |booked_in| Ok(Some(booked_in)))
        .expect("fits");
    apart(pairs, FAR, BOC, 4, 2)
}

#[test]
fn participants_of_two_pages_see_the_same_amount_from_both_sides() {
    let pairs = two_windows();
    assert_eq!(PairPage::numbers_of(BOC, FAR), (0, 1));
    assert_eq!(PairPage::numbers_of(FAR, BOC), (0, 1));
    assert_eq!(amounts(pairs.booked(FAR, BOC)), [(1, 30), (2, -4)]);
    assert_eq!(amounts(pairs.booked(BOC, FAR)), [(1, -30), (2, 4)]);
    // Their neighbours' are kept apart.
    let pairs = apart(pairs, CUP, FAR, 9, 2);
    assert_eq!(amounts(pairs.booked(BOC, FAR)), [(1, -30), (2, 4)]);
    assert_eq!(amounts(pairs.booked(FAR, CUP)), [(1, 0), (2, 9)]);
}

#[test]
fn what_has_settled_is_forgotten_and_what_was_carried_over_stays() {
    /// What became of windows 1 and 2 when window 3 opens, and what is left.
    type Case = ([Option<u32>; 2], [(u32, i64); 2]);
    let cases: [Case; 6] = [
        ([None, None], [(0, 0), (3, 0)]),
        ([None, Some(2)], [(2, -4), (3, 0)]),
        // Window 1 was aborted: what was booked in it settles with window 2, which waits.
        ([Some(2), Some(2)], [(2, 26), (3, 0)]),
        ([Some(2), None], [(2, 30), (3, 0)]),
        // Both were, one after the other, into the open one.
        ([Some(3), Some(3)], [(0, 0), (3, 26)]),
        ([None, Some(3)], [(0, 0), (3, -4)]),
    ];
    for ([first, second], left) in cases {
        let mut pairs = two_windows();
        let fate = |window: WindowId| if window == WindowId(1) { first } else { second };
        pairs
            .roll(WindowId(3), |booked_in| Ok(fate(booked_in).map(WindowId)))
            .expect("fits");
        assert_eq!(amounts(pairs.booked(FAR, BOC)), left, "{first:?} {second:?}");
    }
}

#[test]
fn a_page_of_pairs_is_not_posted_on_before_it_is_rolled() {
    let mut pages = NetPages {
        debtor: near(),
        creditor: Some((NetPage::default(), two_windows())),
    };
    let answer = pages.post(BOC, FAR, 1, WindowId(3));
    assert_eq!(answer, Err(Error::BooksBroken));
}

#[test]
fn a_bilateral_position_beyond_63_bits_is_refused_however_small_the_net_ones() {
    let most = i64::MAX.unsigned_abs();
    let page = post(near(), BOC, CUP, u128::from(most), 0);
    // Somebody else pays it back, so the net positions would have room for more.
    let page = post(page, CUP, NEAR, u128::from(most), 0);
    let page = post(page, NEAR, BOC, u128::from(most), 0);
    assert_eq!([BOC, CUP].map(|id| page.get(id).open), [0, 0]);
    let mut pages = NetPages {
        debtor: page,
        creditor: None,
    };
    let answer = pages.post(BOC, CUP, 1, WindowId(0));
    assert_eq!(answer, Err(Error::NetAmountTooLarge));
}

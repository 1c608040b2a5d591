//! The end of a window: who pays from what, what is refused, and what an abort leaves.

mod common;

use common::*;
use corridor_core::closing::{Closing, Ending};
use corridor_core::{
    Error, Gate, NetChange, NetEntry, NetPage, NetPages, NetResult, Outcome, PairPage, ParticipantId,
    PositionPage, Schedule, WindowId, WindowRecord, WindowStatus,
};
use scale_codec::Encode;

const FAR: ParticipantId = ParticipantId(12);
const FIRST: WindowId = WindowId(0);

/// Windows of an hour from NOW on; NOW is a Tuesday.
fn schedule() -> Schedule {
    Schedule {
        anchor: NOW,
        length: 3_600,
        cut_off: 0,
        utc_offset: 0,
        exceptions: Vec::new(),
    }
}

fn wide_gate() -> Gate {
    Gate {
        participants: 13,
        ..Gate::default()
    }
}

/// The pages of 13 participants.
#[derive(Clone, Debug, PartialEq)]
struct Books {
    net: [NetPage; 4],
    positions: [PositionPage; 2],
    /// Of [`FAR`] and the first four.
    pairs: PairPage,
}

fn books() -> Books {
    let mut books = Books {
        net: Default::default(),
        positions: Default::default(),
        pairs: PairPage::default(),
    };
    for (id, available) in [(BOC, 30), (CUP, 500), (FAR, 0)] {
        let covered = NetEntry {
            collateral: 100,
            cap: 100,
            ..NetEntry::default()
        };
        books.net[net(id)].set(id, covered);
        books.positions[usize::from(id.0 / 12)].set(id, position(available, 9));
    }
    books
}

fn net(id: ParticipantId) -> usize {
    usize::from(NetPage::number_of(id))
}

impl Books {
    fn post(&mut self, debtor: ParticipantId, creditor: ParticipantId, amount: u128, window: WindowId) {
        let (from, to) = (net(debtor), net(creditor));
        let mut pairs = self.pairs.clone();
        pairs.roll(window, |booked_in| Ok(Some(booked_in))).expect("fits");
        let mut pages = NetPages {
            debtor: self.net[from].clone(),
            creditor: (from != to).then(|| (self.net[to].clone(), pairs)),
        };
        pages.post(debtor, creditor, amount, window).expect("covered");
        self.net[from] = pages.debtor;
        if let Some((page, pairs)) = pages.creditor {
            self.net[to] = page;
            self.pairs = pairs;
        }
    }

    fn end(
        &mut self,
        ending: Ending,
        window: WindowId,
        now: u64,
    ) -> Result<(WindowRecord, Vec<NetResult>), Error> {
        let begun = Closing::begin(None, &wide_gate(), &schedule(), window, ending, now)?;
        let Outcome::Recorded(mut closing) = begun else {
            panic!("nothing is recorded");
        };
        let mut results = Vec::new();
        assert_eq!(closing.pages(), 4);
        for (number, net) in (0..).zip(&mut self.net) {
            if closing.concerns(net) {
                let positions = &mut self.positions[usize::from(NetPage::positions_of(number))];
                results.extend(closing.page(net, positions)?);
            } else {
                closing.skip(net)?;
            }
        }
        Ok((closing.finish()?, results))
    }

    fn of(&self, id: ParticipantId) -> (u128, u64, i64, i64) {
        let net = self.net[net(id)].get(id);
        (
            self.positions[usize::from(id.0 / 12)].get(id).available,
            net.collateral,
            net.open,
            net.closing,
        )
    }
}

fn result(participant: ParticipantId, net_minor_units: i64) -> NetResult {
    NetResult {
        participant,
        net_minor_units,
    }
}

#[test]
fn who_owes_pays_from_available_first_and_from_collateral_then() {
    let mut books = books();
    books.post(BOC, CUP, 50, FIRST);
    books.post(BOC, FAR, 40, FIRST);
    books.post(CUP, FAR, 100, FIRST);
    let now = schedule().closes_at(FIRST);
    let (record, results) = books.end(Ending::Settle, FIRST, now).expect("covered");
    assert_eq!(results, [result(BOC, -90), result(CUP, -50), result(FAR, 140)]);
    let expected = WindowRecord {
        window: FIRST,
        status: WindowStatus::Settled,
        closed_at: now,
        settles_in: FIRST,
        net_minor_units: 140,
        gross_minor_units: 190,
        participants: 3,
    };
    assert_eq!(record, expected);
    assert_eq!(books.of(BOC), (0, 40, 0, 0));
    assert_eq!(books.of(CUP), (450, 100, 0, 0));
    assert_eq!(books.of(FAR), (140, 100, 0, 0));
    assert!(record.has_settled() && record.carried_over_to().is_none());
}

#[test]
fn a_window_settles_out_of_pages_that_moved_on_and_pages_that_did_not() {
    let mut books = books();
    books.post(BOC, FAR, 60, FIRST);
    // Only the first page sees the next window, which is settled before the first.
    books.post(BOC, CUP, 40, WindowId(1));
    let late = schedule().closes_at(WindowId(1));
    let (second, _) = books.end(Ending::Settle, WindowId(1), late).expect("covered");
    assert_eq!((second.net_minor_units, second.participants), (40, 2));
    assert_eq!(books.of(BOC), (0, 90, 0, -60));
    let (first, results) = books.end(Ending::Settle, FIRST, late).expect("covered");
    assert_eq!(results, [result(BOC, -60), result(FAR, 60)]);
    assert_eq!((first.net_minor_units, first.gross_minor_units), (60, 60));
    assert_eq!(books.of(BOC), (0, 30, 0, 0));
    let settled = books.clone();
    let (empty, results) = books.end(Ending::Settle, FIRST, late).expect("nothing left");
    assert_eq!(
        (empty.net_minor_units, empty.gross_minor_units, results.len()),
        (0, 0, 0)
    );
    assert_eq!(books, settled, "nothing settles twice");
}

#[test]
fn what_offsets_to_nothing_is_on_record_with_its_gross_amount() {
    let mut books = books();
    books.post(BOC, FAR, 60, FIRST);
    books.post(FAR, BOC, 60, FIRST);
    books.post(BOC, CUP, 1, WindowId(1));
    let now = schedule().closes_at(FIRST);
    let (record, results) = books.end(Ending::Settle, FIRST, now).expect("nothing due");
    assert_eq!((record.net_minor_units, record.gross_minor_units), (0, 120));
    assert_eq!((record.participants, results.len()), (0, 0));
}

#[test]
fn an_abort_carries_positions_over_to_the_open_window_of_every_page() {
    let mut books = books();
    books.post(BOC, FAR, 60, FIRST);
    books.post(CUP, BOC, 30, WindowId(1));
    let now = schedule().closes_at(WindowId(1));
    let (record, results) = books.end(Ending::Abort, FIRST, now).expect("room");
    assert_eq!(results, [result(BOC, -60), result(FAR, 60)]);
    assert_eq!(
        (record.status, record.carried_over_to()),
        (WindowStatus::Aborted, Some(WindowId(2)))
    );
    assert_eq!(books.of(BOC), (30, 100, -60, 30));
    assert_eq!(books.of(CUP), (500, 100, 0, -30));
    assert_eq!(books.of(FAR), (0, 100, 60, 0));
    books.end(Ending::Settle, WindowId(1), now).expect("covered");
    let later = schedule().closes_at(WindowId(2));
    let (last, _) = books.end(Ending::Settle, WindowId(2), later).expect("covered");
    assert_eq!((last.net_minor_units, last.gross_minor_units), (60, 60));
    assert_eq!(books.of(BOC), (0, 100, 0, 0));
    assert_eq!(books.of(FAR), (60, 100, 0, 0));
}

#[derive(Clone)]
struct Args {
    recorded: Option<WindowRecord>,
    ending: Ending,
    now: u64,
}

fn record(status: WindowStatus) -> WindowRecord {
    WindowRecord {
        window: FIRST,
        status,
        closed_at: NOW + 5_000,
        settles_in: WindowId(1),
        net_minor_units: u128::MAX,
        gross_minor_units: 1,
        participants: 2,
    }
}

#[test]
fn an_end_is_refused_in_documented_order() {
    for (ending, other) in [
        (Ending::Settle, WindowStatus::Aborted),
        (Ending::Abort, WindowStatus::Settled),
    ] {
        let base = Args {
            recorded: None,
            ending,
            now: schedule().closes_at(FIRST),
        };
        let faults: [Fault<(Args, WindowStatus)>; 2] = [
            (Error::WindowEnded, |(args, other)| {
                args.recorded = Some(record(*other))
            }),
            (Error::WindowOpen, |(args, _)| args.now -= 1),
        ];
        assert_precedence(
            &(base.clone(), other),
            |(args, _)| {
                Closing::begin(args.recorded, &gate(), &schedule(), FIRST, args.ending, args.now)
                    .map(|outcome| matches!(outcome, Outcome::Recorded(_)))
            },
            &faults,
        );
    }
}

#[test]
fn a_repeated_end_answers_the_record() {
    for (ending, status) in [
        (Ending::Settle, WindowStatus::Settled),
        (Ending::Abort, WindowStatus::Aborted),
    ] {
        let known = record(status);
        let answer = Closing::begin(Some(known), &gate(), &schedule(), FIRST, ending, 0);
        assert!(matches!(answer, Ok(Outcome::Repeated(answered)) if answered == known));
    }
}

#[test]
fn a_page_left_out_or_handed_over_twice_or_books_that_do_not_add_up_stop_it() {
    let begin = || {
        let now = schedule().closes_at(FIRST);
        match Closing::begin(None, &wide_gate(), &schedule(), FIRST, Ending::Settle, now) {
            Ok(Outcome::Recorded(closing)) => closing,
            other => panic!("{other:?}"),
        }
    };
    let mut posted = books();
    posted.post(BOC, CUP, 10, FIRST);
    let mut closing = begin();
    let mut copy = posted.clone();
    assert_eq!(closing.skip(&copy.net[0]), Err(Error::BooksBroken));
    closing
        .page(&mut copy.net[0], &mut copy.positions[0])
        .expect("covered");
    assert_eq!(
        closing.finish(),
        Err(Error::BooksBroken),
        "the second page is missing"
    );

    let mut closing = begin();
    for _ in 0..4 {
        closing.skip(&posted.net[1]).expect("holds nothing");
    }
    assert_eq!(closing.skip(&posted.net[1]), Err(Error::BooksBroken));

    let mut closing = begin();
    let mut copy = posted.clone();
    copy.net[3].set(
        FAR,
        NetEntry {
            open: 1,
            ..NetEntry::default()
        },
    );
    for (net, place) in copy.net.iter_mut().zip([0, 0, 0, 1]) {
        closing.page(net, &mut copy.positions[place]).expect("covered");
    }
    assert_eq!(closing.finish(), Err(Error::BooksBroken), "one too much");

    let mut closing = begin();
    let mut copy = posted;
    let mut bare = copy.net[0].get(BOC);
    bare.collateral = 0;
    bare.open = -31;
    copy.net[0].set(BOC, bare);
    let answer = closing.page(&mut copy.net[0], &mut copy.positions[0]);
    assert_eq!(
        answer,
        Err(Error::BooksBroken),
        "neither available nor collateral"
    );
}

#[test]
fn a_window_is_open_then_closed_then_as_recorded() {
    let closes_at = schedule().closes_at(FIRST);
    let of =
        |recorded: Option<WindowRecord>, now| WindowStatus::of(recorded.as_ref(), &schedule(), FIRST, now);
    assert_eq!(of(None, closes_at - 1), WindowStatus::Open);
    assert_eq!(of(None, closes_at), WindowStatus::Closed);
    for status in [WindowStatus::Settled, WindowStatus::Aborted] {
        assert_eq!(of(Some(record(status)), closes_at), status);
    }
}

#[test]
fn an_event_of_a_full_page_fits_the_chains_limit() {
    let results = (0..12).map(|id| result(ParticipantId(id), i64::MIN)).collect();
    let event = NetChange::Results {
        window: FIRST,
        results,
    };
    assert!(event.encoded_size() <= 416);
    assert!(record(WindowStatus::Settled).encoded_size() <= 416);
    assert_eq!(record(WindowStatus::Settled).encoded_size(), 51);
}

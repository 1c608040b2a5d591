//! Net positions, collateral and the cap: every error in documented order, and how pages move on.

mod common;

use common::*;
use corridor_core::collateral::{book, set_cap, CollateralChange};
use corridor_core::net::{net_amount, post};
use corridor_core::{
    Caller, CollateralKind, CollateralMovement, Currency, Error, Gate, Money, NetEntry, NetPage, NetPages,
    Outcome, PairPage, ParticipantId, Position, Role, Roles, WindowId,
};
use scale_codec::Encode;

fn entry(collateral: u64, cap: u64, open: i64, closing: i64) -> NetEntry {
    NetEntry {
        collateral,
        cap,
        open,
        closing,
    }
}

fn page_of(entries: &[(ParticipantId, NetEntry)]) -> NetPage {
    let mut page = NetPage::default();
    for (id, entry) in entries {
        page.set(*id, *entry);
    }
    page
}

#[test]
fn a_full_page_fits_a_stored_value() {
    let mut page = NetPage::default();
    page.set(BOC, entry(u64::MAX, u64::MAX, i64::MIN, i64::MIN));
    assert_eq!(page.encoded_size(), 264);
    assert_eq!(PairPage::default().encoded_size(), 264);
}

#[test]
fn the_cap_and_the_collateral_bound_the_debit_of_both_windows() {
    for (debtor, amount, answer) in [
        (entry(100, 100, 0, 0), 100, Ok(-100)),
        (entry(100, 100, 0, 0), 101, Err(Error::NetDebitCap)),
        (entry(100, 50, 0, 0), 51, Err(Error::NetDebitCap)),
        (entry(50, 100, 0, 0), 51, Err(Error::NetDebitCap)),
        (entry(50, 0, 0, 0), 1, Err(Error::NetDebitCap)),
        // A credit of the open window may be spent in it ...
        (entry(50, 50, 70, 0), 120, Ok(-50)),
        (entry(0, 0, 70, 0), 70, Ok(0)),
        // ... but one of the window that waits covers nothing before it settles, ...
        (entry(50, 50, 0, 70), 51, Err(Error::NetDebitCap)),
        // ... and its debit counts beside a credit of the open one.
        (entry(50, 50, 10, -50), 10, Ok(0)),
        (entry(50, 50, 10, -50), 11, Err(Error::NetDebitCap)),
        (entry(50, 50, -20, -30), 1, Err(Error::NetDebitCap)),
    ] {
        let answered = post(debtor, entry(0, 0, 7, -3), amount).map(|(debtor, creditor)| {
            assert_eq!(creditor, entry(0, 0, 7 + amount, -3));
            debtor.open
        });
        assert_eq!(answered, answer, "{debtor:?} {amount}");
    }
}

#[derive(Clone)]
struct Posting {
    debtor: NetEntry,
    creditor: NetEntry,
    amount: u128,
    pages: (WindowId, WindowId),
    stuck: bool,
    paired: WindowId,
}

impl Posting {
    fn run(&self) -> Result<NetPages, Error> {
        let far = ParticipantId(12);
        let mut debtor = page_of(&[(BOC, self.debtor)]);
        debtor.roll(self.pages.0)?;
        let mut creditor = page_of(&[(far, self.creditor)]);
        if self.stuck {
            // Amounts of window 0 wait, amounts of window 1 are open.
            creditor.set(ParticipantId(13), entry(0, 0, 1, 0));
            creditor.roll(WindowId(1))?;
            creditor.set(ParticipantId(14), entry(0, 0, 1, 0));
        }
        creditor.roll(self.pages.1)?;
        let mut pairs = PairPage::default();
        pairs.roll(self.paired, |_| Ok(None)).expect("empty");
        let mut pages = NetPages {
            debtor,
            creditor: Some((creditor, pairs)),
        };
        pages.post(BOC, far, self.amount, WindowId(9)).map(|()| pages)
    }
}

#[test]
fn a_posting_is_refused_in_documented_order() {
    let base = Posting {
        debtor: entry(1_000, 1_000, 0, 0),
        creditor: entry(0, 0, 0, 0),
        amount: AMOUNT,
        pages: (WindowId(9), WindowId(1)),
        stuck: false,
        paired: WindowId(9),
    };
    assert_precedence(
        &base,
        Posting::run,
        &[
            (Error::NetAmountTooLarge, |args| args.amount = 1 << 63),
            (Error::BooksBroken, |args| args.pages.0 = WindowId(10)),
            (Error::WindowNotClosed, |args| args.stuck = true),
            (Error::NetDebitCap, |args| args.debtor.cap = 999),
            (Error::BooksBroken, |args| args.paired = WindowId(8)),
        ],
    );
    assert_precedence(
        &Posting {
            pages: (WindowId(0), WindowId(0)),
            ..base
        },
        |args| {
            let page = |id, entry| page_of(&[(id, entry)]);
            let mut pages = NetPages {
                debtor: page(BOC, args.debtor),
                creditor: Some((page(ParticipantId(12), args.creditor), PairPage::default())),
            };
            pages
                .post(BOC, ParticipantId(12), args.amount, WindowId(0))
                .map(|()| pages)
        },
        &[
            (Error::NetAmountTooLarge, |args| args.amount = u128::MAX),
            (Error::NetAmountTooLarge, |args| {
                args.creditor.open = i64::MAX - 999
            }),
            (Error::NetDebitCap, |args| args.debtor.cap = 999),
            (Error::NetDebitCap, |args| args.debtor.collateral = 999),
        ],
    );
}

#[test]
fn two_participants_of_one_page_post_on_it_together() {
    let mut pages = NetPages {
        debtor: page_of(&[(BOC, entry(10, 10, 0, 0))]),
        creditor: None,
    };
    pages.post(BOC, CUP, 10, WindowId(3)).expect("covered");
    assert_eq!(pages.debtor.get(BOC), entry(10, 10, -10, 0));
    assert_eq!(pages.debtor.get(CUP), entry(0, 0, 10, 0));
    assert_eq!(pages.debtor.open_window(), WindowId(3));
    assert_eq!(pages.creditor, None);
}

#[test]
fn a_page_moves_on_while_at_most_one_window_waits() {
    let mut page = page_of(&[(BOC, entry(10, 10, -10, 0)), (CUP, entry(0, 0, 10, 0))]);
    assert_eq!(page.closing_window(), None);
    assert!(page.holds(WindowId(0)));
    page.roll(WindowId(4)).expect("nothing waits");
    assert_eq!(
        (page.open_window(), page.closing_window()),
        (WindowId(4), Some(WindowId(0)))
    );
    assert_eq!(page.get(BOC), entry(10, 10, 0, -10));
    assert!(page.holds(WindowId(0)) && !page.holds(WindowId(4)));
    // Nothing was posted in window 4: it is passed over.
    page.roll(WindowId(5)).expect("nothing open");
    assert_eq!(
        (page.open_window(), page.closing_window()),
        (WindowId(5), Some(WindowId(0)))
    );
    page.set(OTHER, entry(0, 0, 1, 0));
    assert_eq!(page.clone().roll(WindowId(6)), Err(Error::WindowNotClosed));
    assert_eq!(page.clone().roll(WindowId(5)), Ok(()));
    assert_eq!(page.roll(WindowId(4)), Err(Error::BooksBroken));
}

#[test]
fn amounts_above_63_bits_are_not_booked_net() {
    assert_eq!(net_amount((1 << 63) - 1), Ok(i64::MAX));
    assert_eq!(net_amount(1 << 63), Err(Error::NetAmountTooLarge));
}

#[derive(Clone)]
struct Args {
    recorded: Option<Option<CollateralMovement>>,
    gate: Gate,
    caller: Caller,
    position: Position,
    entry: NetEntry,
    kind: CollateralKind,
    amount: Money,
}

impl Args {
    fn of(kind: CollateralKind) -> Self {
        Self {
            recorded: None,
            gate: gate(),
            caller: caller(BOC),
            position: position(AMOUNT, 7),
            entry: entry(1_500, 0, -200, -300),
            kind,
            amount: Money::new(Currency::CNY, AMOUNT),
        }
    }

    fn book(&self) -> Result<Outcome<CollateralChange, CollateralMovement>, Error> {
        let Self {
            recorded,
            gate,
            caller,
            position,
            entry,
            kind,
            amount,
        } = self;
        book(*recorded, gate, caller, *position, *entry, *kind, *amount, NOW)
    }

    fn movement(&self) -> CollateralMovement {
        CollateralMovement {
            kind: self.kind,
            amount: self.amount,
            at: NOW,
        }
    }
}

fn conflict(args: &mut Args, change: fn(&mut CollateralMovement)) {
    let mut known = args.movement();
    change(&mut known);
    args.recorded = Some(Some(known));
}

#[test]
fn a_pledge_is_refused_in_documented_order() {
    assert_precedence(
        &Args::of(CollateralKind::Pledge),
        Args::book,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(BOC, &[Role::Treasurer]);
            }),
            (Error::ZeroAmount, |args| args.amount.minor_units = 0),
            (Error::NetAmountTooLarge, |args| args.amount.minor_units = 1 << 63),
            (Error::ReferenceConflict, |args| {
                conflict(args, |known| known.kind = CollateralKind::Release);
            }),
            (Error::ReferenceConflict, |args| {
                conflict(args, |known| known.amount.minor_units += 1);
            }),
            (Error::ReferenceConflict, |args| {
                conflict(args, |known| known.amount.currency = Currency::HKD);
            }),
            (Error::ReferenceConflict, |args| args.recorded = Some(None)),
            (Error::Paused, |args| args.gate.paused = true),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] = 1),
            (Error::InsufficientFunds, |args| {
                args.position = position(AMOUNT - 1, 5)
            }),
            (Error::NetAmountTooLarge, |args| {
                args.entry.collateral = (1 << 63) - 1_000
            }),
        ],
    );
}

#[test]
fn a_release_is_refused_in_documented_order() {
    assert_precedence(
        &Args::of(CollateralKind::Release),
        Args::book,
        &[
            (Error::MissingRole, |args| args.caller.roles = Roles::default()),
            (Error::ZeroAmount, |args| args.amount.minor_units = 0),
            (Error::NetAmountTooLarge, |args| {
                args.amount.minor_units = u128::MAX
            }),
            (Error::ReferenceConflict, |args| {
                conflict(args, |known| known.kind = CollateralKind::Pledge);
            }),
            (Error::ReferenceConflict, |args| args.recorded = Some(None)),
            (Error::CollateralInUse, |args| args.entry.open -= 1),
            (Error::CollateralInUse, |args| args.entry.closing -= 1),
            (Error::CollateralInUse, |args| args.entry = entry(999, 0, 0, 0)),
        ],
    );
}

#[test]
fn collateral_moves_between_available_and_pledged_and_nowhere_else() {
    for (kind, available, collateral) in [
        (CollateralKind::Pledge, 0, 2_500),
        (CollateralKind::Release, 2 * AMOUNT, 500),
    ] {
        let args = Args::of(kind);
        let change = CollateralChange {
            participant: BOC,
            movement: args.movement(),
            position: position(available, 7),
            entry: NetEntry {
                collateral,
                ..args.entry
            },
        };
        assert_eq!(args.book(), Ok(Outcome::Recorded(change)));
        let mut again = args.clone();
        again.recorded = Some(Some(args.movement()));
        again.gate.paused = true;
        again.position = position(0, 0);
        again.entry = NetEntry::default();
        assert_eq!(again.book(), Ok(Outcome::Repeated(args.movement())));
    }
}

#[test]
fn releases_ignore_the_gate_and_only_treasurers_move_collateral() {
    let mut args = Args::of(CollateralKind::Release);
    args.gate.paused = true;
    args.gate.suspended = [u64::MAX; 4];
    assert!(args.book().is_ok());
    for kind in [CollateralKind::Pledge, CollateralKind::Release] {
        for role in Role::ALL {
            let mut args = Args::of(kind);
            args.caller.roles = Roles::default().with(role);
            assert_eq!(args.book().is_ok(), role == Role::Treasurer, "{role}");
        }
    }
}

#[test]
fn a_cap_is_set_for_admitted_participants_whatever_they_owe() {
    let owing = entry(500, 400, -300, -100);
    assert_eq!(set_cap(&gate(), BOC, owing, 400), Ok(None));
    assert_eq!(
        set_cap(&gate(), BOC, owing, 5),
        Ok(Some(NetEntry { cap: 5, ..owing }))
    );
    assert_eq!(
        set_cap(&gate(), ParticipantId(3), owing, 5),
        Err(Error::UnknownParticipant)
    );
}

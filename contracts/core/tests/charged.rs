//! Fees of transfers in one currency: every error, and what is reserved, paid and released when.

mod common;
#[path = "common/fx.rs"]
mod fx;

use common::*;
use corridor_core::leg::Purpose;
use corridor_core::tariff::{Charges, Fee};
use corridor_core::{
    Books, ChargedTransfer, Currency, Error, Leg, Money, ParticipantId, Position, ReasonCode, Terms,
    TransferStatus,
};
use fx::{fx_charges, CREDITOR_FEE, DEBTOR_FEE, PAYEE};

const D: u128 = DEBTOR_FEE as u128;
const C: u128 = CREDITOR_FEE as u128;

/// What debtor agent, creditor agent and payee of the fees have: available and reserved.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    debtor: Position,
    creditor: Position,
    payee: Position,
}

fn held(debtor: (u128, u128), creditor: (u128, u128), payee: (u128, u128)) -> Held {
    let [debtor, creditor, payee] = [debtor, creditor, payee].map(|has| position(has.0, has.1));
    Held {
        debtor,
        creditor,
        payee,
    }
}

impl Held {
    fn books(self) -> Books {
        let who = [(BOC, self.debtor), (CUP, self.creditor), (PAYEE, self.payee)];
        let keys = who.map(|(participant, _)| (participant, Currency::CNY));
        Books::load(&keys, |participant, _| {
            who.iter()
                .find(|(id, _)| *id == participant)
                .expect("one of them")
                .1
        })
    }

    fn of(books: &Books) -> Self {
        let [debtor, creditor, payee] =
            [BOC, CUP, PAYEE].map(|id| books.get(id, Currency::CNY).expect("loaded"));
        Self {
            debtor,
            creditor,
            payee,
        }
    }
}

fn only(debtor: bool) -> Charges {
    let both = fx_charges();
    Charges {
        debtor: both.debtor.filter(|_| debtor),
        creditor: both.creditor.filter(|_| !debtor),
    }
}

fn leg(from: ParticipantId, minor_units: u128, purpose: Purpose) -> Leg {
    Leg {
        from,
        to: PAYEE,
        money: Money::new(Currency::CNY, minor_units),
        purpose,
    }
}

#[test]
fn a_reservation_is_refused_in_documented_order() {
    let base = (fx_charges(), terms(), held((D, 3), (0, 0), (0, 0)));
    assert_precedence(
        &base,
        |(charges, terms, held)| charges.reserve(terms, &mut held.books()),
        &[
            (Error::FeeExceedsAmount, |(_, terms, _)| {
                terms.interbank_settlement_amount = Money::new(Currency::CNY, C);
            }),
            (Error::InsufficientFunds, |(_, _, held)| {
                held.debtor = position(D - 1, u128::MAX / 2);
            }),
        ],
    );
}

#[test]
fn the_instruction_reserves_the_debtor_agents_fee_alone() {
    for (charges, reserved) in [
        (fx_charges(), D),
        (only(true), D),
        (only(false), 0),
        (Charges::default(), 0),
    ] {
        let mut books = held((100, 3), (50, 5), (1, 1)).books();
        assert_eq!(charges.reserve(&terms(), &mut books), Ok(()));
        let after = held((100 - reserved, 3 + reserved), (50, 5), (1, 1));
        assert_eq!(Held::of(&books), after);
    }
}

#[test]
fn a_creditor_agents_fee_leaves_it_something_of_the_amount() {
    let amount = |minor_units| Terms {
        interbank_settlement_amount: Money::new(Currency::CNY, minor_units),
        ..terms()
    };
    let reserve =
        |minor_units| only(false).reserve(&amount(minor_units), &mut held((0, 0), (0, 0), (0, 0)).books());
    assert_eq!(reserve(C), Err(Error::FeeExceedsAmount));
    assert_eq!(reserve(C + 1), Ok(()));
    // The debtor agent's is on top, so it may be more than the amount.
    let mut books = held((D, 0), (0, 0), (0, 0)).books();
    assert_eq!(only(true).reserve(&amount(1), &mut books), Ok(()));
}

#[test]
fn the_creditor_agents_fee_is_reserved_only_when_asked_for_and_only_if_it_has_it() {
    let mut books = held((0, 0), (C, 2), (0, 0)).books();
    assert_eq!(fx_charges().reserve_creditor(&terms(), &mut books), Ok(()));
    assert_eq!(Held::of(&books), held((0, 0), (0, C + 2), (0, 0)));
    let mut short = held((C, C), (C - 1, C), (C, C)).books();
    let answer = fx_charges().reserve_creditor(&terms(), &mut short);
    assert_eq!(answer, Err(Error::InsufficientFunds));
    assert_eq!(only(true).reserve_creditor(&terms(), &mut short), Ok(()));
}

#[test]
fn both_fees_are_paid_as_legs_of_their_own() {
    let legs = vec![leg(BOC, D, Purpose::DebtorFee), leg(CUP, C, Purpose::CreditorFee)];
    for (status, before) in [
        // Its own money, or what it has just been credited.
        (TransferStatus::Pending, held((0, D + 1), (C, 4), (0, 0))),
        // Reserved when it was queued.
        (TransferStatus::Queued, held((0, D + 1), (0, C + 4), (0, 0))),
    ] {
        let mut books = before.books();
        assert_eq!(fx_charges().pay(&terms(), status, &mut books), Ok(legs.clone()));
        assert_eq!(Held::of(&books), held((0, 1), (0, 4), (D + C, 0)), "{status}");
    }
    let mut books = held((0, 0), (0, 0), (0, 0)).books();
    let nothing = Charges::default().pay(&terms(), TransferStatus::Pending, &mut books);
    assert_eq!(nothing, Ok(Vec::new()));
}

#[test]
fn a_fee_that_is_not_there_is_not_paid() {
    let rich = u128::MAX / 4;
    for (status, before, error) in [
        (
            TransferStatus::Pending,
            held((rich, D - 1), (C, 0), (0, 0)),
            Error::BooksBroken,
        ),
        (
            TransferStatus::Pending,
            held((0, D), (C - 1, rich), (0, 0)),
            Error::InsufficientFunds,
        ),
        (
            TransferStatus::Queued,
            held((0, D), (rich, C - 1), (0, 0)),
            Error::BooksBroken,
        ),
        (
            TransferStatus::Pending,
            held((0, D), (C, 0), (u128::MAX - D + 1, 0)),
            Error::AmountOverflow,
        ),
        (
            TransferStatus::Pending,
            held((0, D), (C, 0), (0, u128::MAX - D)),
            Error::AmountOverflow,
        ),
    ] {
        let paid = fx_charges().pay(&terms(), status, &mut before.books());
        assert_eq!(paid, Err(error), "{before:?}");
    }
}

#[test]
fn who_gets_its_own_fee_pays_with_it() {
    // The payee of both fees is the creditor agent itself only if a rule let it; the books hold even then.
    let fee = |minor_units| Some(Fee { to: CUP, minor_units });
    let charges = Charges {
        debtor: fee(DEBTOR_FEE),
        creditor: fee(CREDITOR_FEE),
    };
    let mut books = held((0, D), (C - D, 0), (0, 0)).books();
    let legs = charges.pay(&terms(), TransferStatus::Pending, &mut books);
    assert_eq!(legs.map(|legs| legs.len()), Ok(2));
    assert_eq!(Held::of(&books), held((0, 0), (C, 0), (0, 0)));
}

#[test]
fn a_release_frees_what_was_reserved_and_no_more() {
    let before = held((1, D), (2, C), (3, 4));
    for (status, after) in [
        (TransferStatus::Pending, held((1 + D, 0), (2, C), (3, 4))),
        (TransferStatus::Queued, held((1 + D, 0), (2 + C, 0), (3, 4))),
    ] {
        let mut books = before.books();
        assert_eq!(fx_charges().release(&terms(), status, &mut books), Ok(()));
        assert_eq!(Held::of(&books), after, "{status}");
    }
    for (status, short) in [
        (TransferStatus::Pending, held((9, D - 1), (9, C), (0, 0))),
        (TransferStatus::Queued, held((9, D), (9, C - 1), (0, 0))),
    ] {
        let answer = fx_charges().release(&terms(), status, &mut short.books());
        assert_eq!(answer, Err(Error::BooksBroken));
    }
}

#[test]
fn another_status_changes_nothing_else() {
    let record = ChargedTransfer {
        transfer: transfer(TransferStatus::PartlyReturned),
        charges: fx_charges(),
    };
    let next = record.with_status(TransferStatus::Settled, NOW + 9);
    let mut expected = record;
    expected.transfer.status = TransferStatus::Settled;
    expected.transfer.updated_at = NOW + 9;
    assert_eq!(next, expected);
    assert_eq!(next.transfer.reason, Some(ReasonCode::AC01));
}

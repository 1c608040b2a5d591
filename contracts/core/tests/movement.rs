//! Deposits and withdrawals: every error of `movement::book`, in documented order.

mod common;

use common::*;
use corridor_core::movement::{book, MovementChange};
use corridor_core::{
    Caller, Currency, Error, Gate, Money, Movement, MovementKind, Outcome, Position, Role, Roles,
};

#[derive(Clone)]
struct Args {
    recorded: Option<Option<Movement>>,
    gate: Gate,
    caller: Caller,
    position: Position,
    kind: MovementKind,
    amount: Money,
}

impl Args {
    fn of(kind: MovementKind) -> Self {
        Self {
            recorded: None,
            gate: gate(),
            caller: caller(BOC),
            position: position(AMOUNT, 7),
            kind,
            amount: Money::new(Currency::CNY, AMOUNT),
        }
    }

    fn book(&self) -> Result<Outcome<MovementChange, Movement>, Error> {
        book(
            self.recorded,
            &self.gate,
            &self.caller,
            self.position,
            self.kind,
            self.amount,
            NOW,
        )
    }

    fn movement(&self) -> Movement {
        Movement {
            kind: self.kind,
            amount: self.amount,
            at: NOW - 60,
        }
    }
}

fn other_amount(args: &mut Args) {
    let amount = Money::new(Currency::CNY, AMOUNT + 1);
    args.recorded = Some(Some(Movement {
        amount,
        ..args.movement()
    }));
}

fn other_currency(args: &mut Args) {
    let amount = Money::new(Currency::HKD, AMOUNT);
    args.recorded = Some(Some(Movement {
        amount,
        ..args.movement()
    }));
}

fn other_direction(args: &mut Args) {
    let kind = match args.kind {
        MovementKind::Deposit => MovementKind::Withdrawal,
        MovementKind::Withdrawal => MovementKind::Deposit,
    };
    args.recorded = Some(Some(Movement {
        kind,
        ..args.movement()
    }));
}

#[test]
fn a_deposit_is_refused_in_documented_order() {
    assert_precedence(
        &Args::of(MovementKind::Deposit),
        Args::book,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(BOC, &[Role::Treasurer]);
            }),
            (Error::ZeroAmount, |args| args.amount.minor_units = 0),
            (Error::ReferenceConflict, other_amount),
            (Error::ReferenceConflict, other_currency),
            (Error::ReferenceConflict, other_direction),
            (Error::ReferenceConflict, |args| args.recorded = Some(None)),
            (Error::Paused, |args| args.gate.paused = true),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] = 1),
            (Error::AmountOverflow, |args| {
                args.position = position(u128::MAX - 7, 7);
            }),
        ],
    );
}

#[test]
fn a_withdrawal_is_refused_in_documented_order() {
    assert_precedence(
        &Args::of(MovementKind::Withdrawal),
        Args::book,
        &[
            (Error::MissingRole, |args| args.caller.roles = Roles::default()),
            (Error::ZeroAmount, |args| args.amount.minor_units = 0),
            (Error::ReferenceConflict, other_amount),
            (Error::ReferenceConflict, other_currency),
            (Error::ReferenceConflict, other_direction),
            (Error::ReferenceConflict, |args| args.recorded = Some(None)),
            (Error::InsufficientFunds, |args| {
                args.position = position(AMOUNT - 1, u128::MAX / 2);
            }),
        ],
    );
}

#[test]
fn only_the_available_part_moves_and_the_record_says_when() {
    for (kind, available) in [(MovementKind::Deposit, 2 * AMOUNT), (MovementKind::Withdrawal, 0)] {
        let args = Args::of(kind);
        let change = MovementChange {
            participant: BOC,
            movement: Movement {
                at: NOW,
                ..args.movement()
            },
            position: position(available, 7),
        };
        assert_eq!(args.book(), Ok(Outcome::Recorded(change)));
    }
}

#[test]
fn a_repeat_answers_what_was_recorded_whatever_gate_and_funds_say() {
    for kind in [MovementKind::Deposit, MovementKind::Withdrawal] {
        let mut args = Args::of(kind);
        args.recorded = Some(Some(args.movement()));
        args.gate = Gate {
            paused: true,
            suspended: [u64::MAX; 4],
            ..gate()
        };
        args.position = position(0, u128::MAX);
        assert_eq!(args.book(), Ok(Outcome::Repeated(args.movement())));
    }
}

#[test]
fn withdrawals_ignore_the_gate() {
    let mut args = Args::of(MovementKind::Withdrawal);
    args.gate = Gate {
        paused: true,
        suspended: [u64::MAX; 4],
        ..gate()
    };
    assert!(matches!(args.book(), Ok(Outcome::Recorded(_))));
}

#[test]
fn no_role_but_treasurer_moves_escrow() {
    for kind in [MovementKind::Deposit, MovementKind::Withdrawal] {
        for role in Role::ALL {
            let mut args = Args::of(kind);
            args.caller.roles = Roles::default().with(role);
            assert_eq!(args.book().is_ok(), role == Role::Treasurer, "{role}");
        }
    }
}

#[test]
fn what_is_reserved_can_be_released_however_much_was_deposited_since() {
    let full = position(u128::MAX - 10, 10);
    assert_eq!(full.credit(1), Err(Error::AmountOverflow));
    assert_eq!(full.release(10), Ok(position(u128::MAX, 0)));
}

#[test]
fn more_than_is_available_is_insufficient_funds_however_large() {
    assert_eq!(position(10, 5).reserve(u128::MAX), Err(Error::InsufficientFunds));
}

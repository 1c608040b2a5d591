//! What ends a pending transfer: every error of accept, reject, cancel and expire, in documented order.

mod common;

use common::*;
use corridor_core::transfer::{accept, cancel, expire, reject, BookChange, DebtorChange};
use corridor_core::{
    Caller, Error, Outcome, Position, ReasonCode, Role, Roles, Transfer, TransferChange, TransferStatus,
};

#[derive(Clone)]
struct Args {
    transfer: Transfer,
    caller: Caller,
    debtor: Position,
    creditor: Position,
    reason: ReasonCode,
    now: u64,
}

fn base(acting: Caller) -> Args {
    Args {
        transfer: transfer(TransferStatus::Pending),
        caller: acting,
        debtor: position(3, AMOUNT + 5),
        creditor: position(40, 4),
        reason: ReasonCode::AC04,
        now: NOW,
    }
}

impl Args {
    fn accept(&self) -> Result<Outcome<BookChange, Transfer>, Error> {
        accept(self.transfer, &self.caller, self.debtor, self.creditor, self.now)
    }

    fn reject(&self) -> Result<Outcome<DebtorChange, Transfer>, Error> {
        reject(self.transfer, &self.caller, self.debtor, self.reason, self.now)
    }

    fn cancel(&self) -> Result<Outcome<DebtorChange, Transfer>, Error> {
        cancel(self.transfer, &self.caller, self.debtor, self.reason, self.now)
    }

    fn expire(&self) -> Result<Outcome<DebtorChange, Transfer>, Error> {
        expire(self.transfer, self.debtor, self.now)
    }
}

#[test]
fn an_acceptance_is_refused_in_documented_order() {
    let wrong: [fn(&mut Args); 3] = [
        |args| args.transfer = transfer(TransferStatus::Rejected),
        |args| args.transfer = transfer(TransferStatus::Cancelled),
        |args| args.transfer = transfer(TransferStatus::Expired),
    ];
    for wrong_status in wrong {
        assert_precedence(
            &base(caller(CUP)),
            Args::accept,
            &[
                (Error::MissingRole, |args| {
                    args.caller = caller_without(args.caller.participant, &[Role::Approver]);
                }),
                (Error::NotCreditorAgent, |args| args.caller.participant = BOC),
                (Error::WrongStatus, wrong_status),
                (Error::Expired, |args| args.now = terms().expires_at),
                (Error::AmountOverflow, |args| {
                    args.creditor = position(u128::MAX - AMOUNT, 1);
                }),
            ],
        );
    }
}

#[test]
fn a_rejection_is_refused_in_documented_order() {
    for status in STATUSES.into_iter().skip(1) {
        let base = base(caller(CUP));
        assert_precedence(
            &(base, status),
            |(args, _)| args.reject(),
            &[
                (Error::MissingRole, |(args, _)| {
                    args.caller =
                        caller_without(args.caller.participant, &[Role::Approver, Role::Compliance]);
                }),
                (Error::NotCreditorAgent, |(args, _)| {
                    args.caller.participant = OTHER
                }),
                (Error::WrongStatus, |(args, status)| {
                    args.transfer = transfer(*status);
                    args.reason = ReasonCode::MS03;
                }),
            ],
        );
    }
}

#[test]
fn a_cancellation_is_refused_in_documented_order() {
    for status in STATUSES.into_iter().skip(1) {
        let base = base(caller(BOC));
        assert_precedence(
            &(base, status),
            |(args, _)| args.cancel(),
            &[
                (Error::MissingRole, |(args, _)| {
                    args.caller =
                        caller_without(args.caller.participant, &[Role::Instructor, Role::Compliance]);
                }),
                (Error::NotDebtorAgent, |(args, _)| args.caller.participant = CUP),
                (Error::WrongStatus, |(args, status)| {
                    args.transfer = transfer(*status)
                }),
            ],
        );
    }
}

#[test]
fn an_expiry_is_refused_in_documented_order() {
    let mut due = base(caller(OTHER));
    due.now = terms().expires_at;
    for status in STATUSES {
        if matches!(status, TransferStatus::Pending | TransferStatus::Expired) {
            continue;
        }
        assert_precedence(
            &(due.clone(), status),
            |(args, _)| args.expire(),
            &[
                (Error::WrongStatus, |(args, status)| {
                    args.transfer = transfer(*status)
                }),
                (Error::NotYetExpired, |(args, _)| {
                    args.now = terms().expires_at - 1
                }),
            ],
        );
    }
}

#[test]
fn acceptance_moves_the_amount_once_from_reserved_to_available() {
    let args = base(caller(CUP));
    let change = BookChange {
        transfer: Transfer {
            status: TransferStatus::Settled,
            updated_at: NOW,
            ..args.transfer
        },
        debtor: position(3, 5),
        creditor: position(40 + AMOUNT, 4),
        event: TransferChange::Settled,
    };
    assert_eq!(args.accept(), Ok(Outcome::Recorded(change)));
}

#[test]
fn acceptance_is_possible_until_the_last_second_and_expiry_from_the_next() {
    let mut args = base(caller(CUP));
    args.now = terms().expires_at - 1;
    assert!(args.accept().is_ok());
    assert_eq!(args.expire(), Err(Error::NotYetExpired));
    args.now += 1;
    assert_eq!(args.accept(), Err(Error::Expired));
    assert!(args.expire().is_ok());
}

#[test]
fn each_other_end_releases_the_amount_to_the_debtor_agent() {
    let mut args = base(caller(CUP));
    let expected = |args: &Args, status, reason, event| {
        let transfer = Transfer {
            status,
            updated_at: args.now,
            reason: Some(reason),
            ..args.transfer
        };
        let debtor = position(3 + AMOUNT, 5);
        Ok(Outcome::Recorded(DebtorChange {
            transfer,
            debtor,
            event,
        }))
    };
    let reason = args.reason;
    assert_eq!(
        args.reject(),
        expected(
            &args,
            TransferStatus::Rejected,
            reason,
            TransferChange::Rejected(reason)
        )
    );
    args.caller = caller(BOC);
    assert_eq!(
        args.cancel(),
        expected(
            &args,
            TransferStatus::Cancelled,
            reason,
            TransferChange::Cancelled(reason)
        )
    );
    args.now = terms().expires_at;
    assert_eq!(
        args.expire(),
        expected(
            &args,
            TransferStatus::Expired,
            ReasonCode::TM01,
            TransferChange::Expired
        )
    );
}

#[test]
fn a_repeat_answers_what_was_recorded_even_past_the_expiry() {
    for now in [NOW, u64::MAX] {
        for status in STATUSES {
            let recorded = transfer(status);
            let args = |participant| Args {
                transfer: recorded,
                now,
                ..base(caller(participant))
            };
            if status.has_settled() {
                assert_eq!(args(CUP).accept(), Ok(Outcome::Repeated(recorded)));
            }
            let same_reason = |args: Args| Args {
                reason: recorded.reason.expect("has one"),
                ..args
            };
            match status {
                TransferStatus::Rejected => {
                    assert_eq!(same_reason(args(CUP)).reject(), Ok(Outcome::Repeated(recorded)));
                }
                TransferStatus::Cancelled => {
                    assert_eq!(same_reason(args(BOC)).cancel(), Ok(Outcome::Repeated(recorded)));
                }
                TransferStatus::Expired => assert_eq!(args(BOC).expire(), Ok(Outcome::Repeated(recorded))),
                _ => {}
            }
        }
    }
}

#[test]
fn another_reason_is_not_a_repeat() {
    let mut args = base(caller(CUP));
    args.transfer = transfer(TransferStatus::Rejected);
    args.reason = ReasonCode::AC01;
    assert_eq!(args.reject(), Err(Error::WrongStatus));
}

#[test]
fn each_command_is_for_its_own_roles_only() {
    for role in Role::ALL {
        let acting = |participant| {
            base(Caller {
                participant,
                roles: Roles::default().with(role),
            })
        };
        assert_eq!(acting(CUP).accept().is_ok(), role == Role::Approver, "{role}");
        let stops_credit = matches!(role, Role::Approver | Role::Compliance);
        assert_eq!(acting(CUP).reject().is_ok(), stops_credit, "{role}");
        let stops_debit = matches!(role, Role::Instructor | Role::Compliance);
        assert_eq!(acting(BOC).cancel().is_ok(), stops_debit, "{role}");
    }
}

#[test]
fn what_was_never_reserved_is_neither_paid_nor_released() {
    let mut args = base(caller(CUP));
    args.debtor = position(u128::MAX / 2, AMOUNT - 1);
    assert_eq!(args.accept().err(), Some(Error::BooksBroken));
    assert_eq!(args.reject().err(), Some(Error::BooksBroken));
    args.caller = caller(BOC);
    assert_eq!(args.cancel().err(), Some(Error::BooksBroken));
    args.now = terms().expires_at;
    assert_eq!(args.expire().err(), Some(Error::BooksBroken));
}

//! Instruction: every error of `transfer::instruct`, in documented order, and its repeat.

mod common;

use common::*;
use corridor_core::terms::MAX_PENDING_SECONDS;
use corridor_core::transfer::{instruct, DebtorChange};
use corridor_core::{
    Caller, ChargeBearer, Currency, Error, Gate, Money, Outcome, ParticipantId, Position, Role, Roles,
    SettlementMethod, Terms, Transfer, TransferChange, TransferStatus, Uetr,
};

#[derive(Clone)]
struct Args {
    recorded: Option<Transfer>,
    gate: Gate,
    caller: Caller,
    debtor: Position,
    uetr: Uetr,
    terms: Terms,
}

fn base() -> Args {
    Args {
        recorded: None,
        gate: gate(),
        caller: caller(BOC),
        debtor: position(AMOUNT, 5),
        uetr: uetr(),
        terms: terms(),
    }
}

impl Args {
    fn instruct(&self) -> Result<Outcome<DebtorChange, Transfer>, Error> {
        let Self {
            recorded,
            gate,
            caller,
            debtor,
            uetr,
            terms,
        } = self;
        instruct(*recorded, gate, caller, *debtor, *uetr, terms, NOW)
    }
}

fn conflict(args: &mut Args) {
    let mut recorded = transfer(TransferStatus::Settled);
    recorded.terms.message_digest = [1; 32];
    args.recorded = Some(recorded);
}

#[test]
fn an_instruction_is_refused_in_documented_order() {
    assert_precedence(
        &base(),
        Args::instruct,
        &[
            (Error::MissingRole, |args| {
                args.caller = caller_without(args.caller.participant, &[Role::Instructor]);
            }),
            (Error::NotDebtorAgent, |args| args.caller.participant = OTHER),
            (Error::WrongMethod, |args| {
                args.terms.settlement_method = SettlementMethod::PaymentVersusPayment;
            }),
            (Error::InvalidUetr, |args| args.uetr = Uetr([0; 16])),
            (Error::ZeroAmount, |args| {
                args.terms.interbank_settlement_amount.minor_units = 0;
            }),
            (Error::SameAgent, |args| args.terms.creditor_agent = BOC),
            (Error::TermsConflict, conflict),
            (Error::Paused, |args| args.gate.paused = true),
            (Error::UnknownParticipant, |args| {
                args.terms.creditor_agent = ParticipantId(3);
            }),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] |= 0b01),
            (Error::ParticipantSuspended, |args| args.gate.suspended[0] |= 0b10),
            (Error::ExpiryPassed, |args| args.terms.expires_at = NOW),
            (Error::ExpiryTooFar, |args| {
                args.terms.expires_at = NOW + MAX_PENDING_SECONDS + 1;
            }),
            (Error::InsufficientFunds, |args| {
                args.debtor = position(AMOUNT - 1, u128::MAX);
            }),
        ],
    );
}

#[test]
fn a_recorded_instruction_reserves_and_says_so() {
    let change = DebtorChange {
        transfer: Transfer {
            terms: terms(),
            status: TransferStatus::Pending,
            instructed_at: NOW,
            updated_at: NOW,
            returned_minor_units: 0,
            reason: None,
        },
        debtor: position(0, AMOUNT + 5),
        event: TransferChange::Instructed(terms()),
    };
    assert_eq!(base().instruct(), Ok(Outcome::Recorded(change)));
}

#[test]
fn the_same_terms_are_answered_in_every_status_whatever_gate_time_and_funds_say() {
    for status in STATUSES {
        let recorded = transfer(status);
        let gate = Gate {
            paused: true,
            suspended: [u64::MAX; 4],
            ..gate()
        };
        for now in [NOW, recorded.terms.expires_at, u64::MAX] {
            let answer = instruct(
                Some(recorded),
                &gate,
                &caller(BOC),
                position(0, 0),
                uetr(),
                &recorded.terms,
                now,
            );
            assert_eq!(answer, Ok(Outcome::Repeated(recorded)), "{status}");
        }
    }
}

#[test]
fn any_other_term_under_the_same_uetr_is_a_conflict_in_every_status() {
    let others: [fn(&mut Terms); 6] = [
        |terms| terms.creditor_agent = OTHER,
        |terms| terms.interbank_settlement_amount = Money::new(Currency::HKD, AMOUNT),
        |terms| terms.interbank_settlement_date += 1,
        |terms| terms.charge_bearer = ChargeBearer::Debt,
        |terms| terms.expires_at += 1,
        |terms| terms.message_digest[31] ^= 1,
    ];
    for status in STATUSES {
        for change in others {
            let mut args = base();
            args.recorded = Some(transfer(status));
            change(&mut args.terms);
            assert_eq!(args.instruct(), Err(Error::TermsConflict), "{status}");
        }
    }
}

#[test]
fn another_debtor_agent_under_the_same_uetr_is_a_conflict() {
    let mut args = base();
    args.recorded = Some(transfer(TransferStatus::Pending));
    args.caller = caller(OTHER);
    args.terms.debtor_agent = OTHER;
    assert_eq!(args.instruct(), Err(Error::TermsConflict));
}

#[test]
fn the_expiry_may_be_the_next_second_and_the_last_of_31_days() {
    for expires_at in [NOW + 1, NOW + MAX_PENDING_SECONDS] {
        let mut args = base();
        args.terms.expires_at = expires_at;
        assert!(args.instruct().is_ok());
    }
}

#[test]
fn no_role_but_instructor_instructs() {
    for role in Role::ALL {
        let mut args = base();
        args.caller.roles = Roles::default().with(role);
        assert_eq!(args.instruct().is_ok(), role == Role::Instructor, "{role}");
    }
}

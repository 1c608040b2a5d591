//! Escrow: what is there, what is free, and what the token says.

use super::stage::*;
use crate::backend::Command;
use corridor_core::{Conservation, Currency, Error, Money, Position};

pub fn more_than_is_available_is_not_instructed(stage: &mut Stage) {
    let terms = stage.terms(FUNDS + 1);
    let instruction = Command::Instruct { uetr: uetr(1), terms };
    stage.refused(BOC_STAFF.instructor, instruction, Error::InsufficientFunds);
    assert_eq!(stage.system.transfer(uetr(1)), None);
    stage.instruct(uetr(2), FUNDS - 10);
    let terms = stage.terms(11);
    let instruction = Command::Instruct { uetr: uetr(3), terms };
    stage.refused(
        BOC_STAFF.instructor,
        instruction.clone(),
        Error::InsufficientFunds,
    );
    // The refused UETR stays free: the same instruction succeeds once funds are there.
    stage.system.fund(BOC_STAFF.treasurer, CNY_TOKEN, 1);
    let amount = Money::new(CNY, 1);
    stage.ok(
        BOC_STAFF.treasurer,
        Command::Deposit {
            reference: reference(1),
            amount,
        },
    );
    stage.ok(BOC_STAFF.instructor, instruction);
    stage.holds(BOC, 0, FUNDS + 1);
}

pub fn more_than_is_available_is_not_withdrawn(stage: &mut Stage) {
    let withdraw = |number, minor_units| Command::Withdraw {
        reference: reference(number),
        amount: Money::new(CNY, minor_units),
    };
    stage.refused(
        BOC_STAFF.treasurer,
        withdraw(1, FUNDS + 1),
        Error::InsufficientFunds,
    );
    stage.refused(CUP_STAFF.treasurer, withdraw(1, 1), Error::InsufficientFunds);
    stage.ok(BOC_STAFF.treasurer, withdraw(1, FUNDS));
    stage.holds(BOC, 0, 0);
    assert_eq!(stage.system.token_balance(BOC_STAFF.treasurer, CNY_TOKEN), FUNDS);
    stage.refused(BOC_STAFF.treasurer, withdraw(2, 1), Error::InsufficientFunds);
}

pub fn what_is_reserved_is_not_withdrawn(stage: &mut Stage) {
    stage.instruct(uetr(1), FUNDS - 10);
    let withdraw = |number, minor_units| Command::Withdraw {
        reference: reference(number),
        amount: Money::new(CNY, minor_units),
    };
    stage.refused(BOC_STAFF.treasurer, withdraw(1, 11), Error::InsufficientFunds);
    stage.ok(BOC_STAFF.treasurer, withdraw(1, 10));
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
    stage.holds(BOC, 0, 0);
    stage.holds(CUP, FUNDS - 10, 0);
}

pub fn zero_is_no_amount(stage: &mut Stage) {
    let terms = stage.terms(0);
    stage.refused(
        BOC_STAFF.instructor,
        Command::Instruct { uetr: uetr(1), terms },
        Error::ZeroAmount,
    );
    let amount = Money::new(CNY, 0);
    let deposit = Command::Deposit {
        reference: reference(1),
        amount,
    };
    stage.refused(BOC_STAFF.treasurer, deposit, Error::ZeroAmount);
    let withdrawal = Command::Withdraw {
        reference: reference(1),
        amount,
    };
    stage.refused(BOC_STAFF.treasurer, withdrawal, Error::ZeroAmount);
    stage.settle(uetr(2), 100);
    stage.refused(CUP_STAFF.approver, return_of(1, uetr(2), 0), Error::ZeroAmount);
}

pub fn an_unknown_currency_is_refused(stage: &mut Stage) {
    let unknown = Currency::new(*b"USD").expect("a code");
    let amount = Money::new(unknown, 100);
    let deposit = Command::Deposit {
        reference: reference(1),
        amount,
    };
    stage.refused(BOC_STAFF.treasurer, deposit, Error::UnknownCurrency);
    // Nobody can have funds in it, which is found out first.
    let withdrawal = Command::Withdraw {
        reference: reference(1),
        amount,
    };
    stage.refused(BOC_STAFF.treasurer, withdrawal, Error::InsufficientFunds);
    let mut terms = stage.terms(100);
    terms.interbank_settlement_amount = amount;
    let instruction = Command::Instruct { uetr: uetr(1), terms };
    stage.refused(BOC_STAFF.instructor, instruction, Error::InsufficientFunds);
    assert_eq!(stage.system.conservation(unknown), Err(Error::UnknownCurrency));
    assert_eq!(stage.system.position(BOC, unknown), Position::default());
}

pub fn stray_tokens_are_credited_to_nobody(stage: &mut Stage) {
    stage.system.send_stray(CNY_TOKEN, 77);
    let expected = Conservation {
        booked: FUNDS,
        held: FUNDS + 77,
        unallocated: 77,
        holds: true,
    };
    assert_eq!(stage.system.conservation(CNY), Ok(expected));
    stage.holds(BOC, FUNDS, 0);
    stage.holds(CUP, 0, 0);
    stage.settle(uetr(1), FUNDS);
    let amount = Money::new(CNY, FUNDS + 1);
    let withdrawal = Command::Withdraw {
        reference: reference(1),
        amount,
    };
    stage.refused(CUP_STAFF.treasurer, withdrawal, Error::InsufficientFunds);
}

pub fn a_deposit_the_token_refuses_is_not_booked(stage: &mut Stage) {
    let amount = Money::new(CNY, 500);
    let deposit = Command::Deposit {
        reference: reference(1),
        amount,
    };
    stage.refused(CUP_STAFF.treasurer, deposit.clone(), Error::TokenRefused);
    stage.system.fund(CUP_STAFF.treasurer, CNY_TOKEN, 499);
    stage.refused(CUP_STAFF.treasurer, deposit.clone(), Error::TokenRefused);
    // The reference is still free.
    stage.system.fund(CUP_STAFF.treasurer, CNY_TOKEN, 1);
    stage.ok(CUP_STAFF.treasurer, deposit);
    stage.holds(CUP, 500, 0);
}

//! Returns: every error of `transfer_return::return_transfer`, in documented order, and their sum.

mod common;

use common::*;
use corridor_core::transfer::BookChange;
use corridor_core::transfer_return::return_transfer;
use corridor_core::{
    Caller, Error, Outcome, Position, ReasonCode, Role, Roles, SettlementMethod, Transfer, TransferChange,
    TransferReturn, TransferStatus, Uetr,
};

#[derive(Clone)]
struct Args {
    recorded: Option<Option<TransferReturn>>,
    transfer: Transfer,
    caller: Caller,
    debtor: Position,
    creditor: Position,
    command: TransferReturn,
}

fn base(minor_units: u128) -> Args {
    Args {
        recorded: None,
        transfer: transfer(TransferStatus::Settled),
        caller: caller(CUP),
        debtor: position(3, 5),
        creditor: position(AMOUNT, 4),
        command: TransferReturn {
            uetr: uetr(),
            minor_units,
            reason: ReasonCode::AC01,
        },
    }
}

impl Args {
    fn run(&self) -> Result<Outcome<BookChange, Transfer>, Error> {
        let Self {
            recorded,
            transfer,
            caller,
            debtor,
            creditor,
            command,
        } = self;
        return_transfer(
            *recorded, *transfer, None, caller, *debtor, *creditor, REFERENCE, command, NOW,
        )
    }
}

fn recorded_as(args: &mut Args, change: fn(&mut TransferReturn)) {
    let mut known = args.command;
    change(&mut known);
    args.recorded = Some(Some(known));
}

#[test]
fn a_return_is_refused_in_documented_order() {
    let wrong: [fn(&mut Args); 4] = [
        |args| args.transfer.status = TransferStatus::Pending,
        |args| args.transfer.status = TransferStatus::Rejected,
        |args| args.transfer.status = TransferStatus::Cancelled,
        |args| args.transfer.status = TransferStatus::Expired,
    ];
    for wrong_status in wrong {
        assert_precedence(
            &base(AMOUNT),
            Args::run,
            &[
                (Error::MissingRole, |args| {
                    args.caller = caller_without(args.caller.participant, &[Role::Approver]);
                }),
                (Error::NotCreditorAgent, |args| args.caller.participant = BOC),
                (Error::WrongMethod, |args| {
                    args.transfer.terms.settlement_method = SettlementMethod::PaymentVersusPayment;
                }),
                (Error::ZeroAmount, |args| args.command.minor_units = 0),
                (Error::ReferenceConflict, |args| {
                    recorded_as(args, |known| known.minor_units += 1)
                }),
                (Error::ReferenceConflict, |args| {
                    recorded_as(args, |known| known.uetr = Uetr([1; 16]))
                }),
                (Error::ReferenceConflict, |args| {
                    recorded_as(args, |known| known.reason = ReasonCode::AC04);
                }),
                (Error::ReferenceConflict, |args| args.recorded = Some(None)),
                (Error::WrongStatus, wrong_status),
                (Error::ReturnExceedsOriginal, |args| {
                    args.transfer.returned_minor_units = 1
                }),
                (Error::InsufficientFunds, |args| {
                    args.creditor = position(AMOUNT - 1, u128::MAX / 2)
                }),
                (Error::AmountOverflow, |args| {
                    args.debtor = position(u128::MAX - AMOUNT, 1)
                }),
            ],
        );
    }
}

#[test]
fn a_part_leaves_the_transfer_partly_returned_and_the_rest_returns_it() {
    for (returned, minor_units, status) in [
        (0, 1, TransferStatus::PartlyReturned),
        (0, AMOUNT - 1, TransferStatus::PartlyReturned),
        (0, AMOUNT, TransferStatus::Returned),
        (AMOUNT / 4, AMOUNT / 4, TransferStatus::PartlyReturned),
        (AMOUNT - 1, 1, TransferStatus::Returned),
    ] {
        let mut args = base(minor_units);
        args.transfer.returned_minor_units = returned;
        if returned > 0 {
            args.transfer.status = TransferStatus::PartlyReturned;
        }
        let returned_minor_units = returned + minor_units;
        let reason = ReasonCode::AC01;
        let change = BookChange {
            transfer: Transfer {
                status,
                updated_at: NOW,
                returned_minor_units,
                reason: Some(reason),
                ..args.transfer
            },
            debtor: position(3 + minor_units, 5),
            creditor: position(AMOUNT - minor_units, 4),
            event: TransferChange::Returned {
                reference: REFERENCE,
                minor_units,
                returned_minor_units,
                reason,
            },
        };
        assert_eq!(args.run(), Ok(Outcome::Recorded(change)));
    }
}

#[test]
fn nothing_is_returned_beyond_the_original_amount() {
    for (status, returned, minor_units) in [
        (TransferStatus::Settled, 0, AMOUNT + 1),
        (TransferStatus::PartlyReturned, 1, AMOUNT),
        (TransferStatus::Returned, AMOUNT, 1),
        (TransferStatus::PartlyReturned, 1, u128::MAX),
    ] {
        let mut args = base(minor_units);
        args.creditor = position(u128::MAX, 0);
        args.transfer.status = status;
        args.transfer.returned_minor_units = returned;
        assert_eq!(args.run().err(), Some(Error::ReturnExceedsOriginal));
    }
}

#[test]
fn a_repeated_return_answers_the_transfer_as_it_is_now() {
    let mut args = base(AMOUNT / 4);
    args.recorded = Some(Some(args.command));
    args.creditor = position(0, 0);
    for status in [TransferStatus::PartlyReturned, TransferStatus::Returned] {
        args.transfer = transfer(status);
        assert_eq!(args.run(), Ok(Outcome::Repeated(args.transfer)));
    }
}

#[test]
fn no_role_but_approver_returns() {
    for role in Role::ALL {
        let mut args = base(AMOUNT);
        args.caller.roles = Roles::default().with(role);
        assert_eq!(args.run().is_ok(), role == Role::Approver, "{role}");
    }
}

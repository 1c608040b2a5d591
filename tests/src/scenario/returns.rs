//! Returns of settled transfers.

use super::stage::*;
use crate::backend::Command;
use corridor_core::{Error, Money, ReasonCode, TransferChange, TransferStatus};

fn returned(number: u8, minor_units: u128, returned_minor_units: u128) -> TransferChange {
    TransferChange::Returned {
        reference: reference(number),
        minor_units,
        returned_minor_units,
        reason: ReasonCode::AC04,
    }
}

pub fn parts_are_returned_up_to_the_original_amount(stage: &mut Stage) {
    stage.settle(uetr(1), 300);
    stage.ok(CUP_STAFF.approver, return_of(1, uetr(1), 100));
    stage.stands(uetr(1), TransferStatus::PartlyReturned, returned(1, 100, 100));
    stage.holds(BOC, FUNDS - 200, 0);
    stage.holds(CUP, 200, 0);
    stage.ok(CUP_STAFF.approver, return_of(2, uetr(1), 50));
    stage.stands(uetr(1), TransferStatus::PartlyReturned, returned(2, 50, 150));
    stage.ok(CUP_STAFF.approver, return_of(3, uetr(1), 150));
    stage.stands(uetr(1), TransferStatus::Returned, returned(3, 150, 300));
    stage.holds(BOC, FUNDS, 0);
    stage.holds(CUP, 0, 0);
}

pub fn nothing_is_returned_above_the_original_amount(stage: &mut Stage) {
    stage.settle(uetr(1), 300);
    // Another transfer's money is there to be taken by mistake.
    stage.settle(uetr(2), 1_000);
    stage.refused(
        CUP_STAFF.approver,
        return_of(1, uetr(1), 301),
        Error::ReturnExceedsOriginal,
    );
    stage.ok(CUP_STAFF.approver, return_of(1, uetr(1), 299));
    stage.refused(
        CUP_STAFF.approver,
        return_of(2, uetr(1), 2),
        Error::ReturnExceedsOriginal,
    );
    stage.refused(
        CUP_STAFF.approver,
        return_of(2, uetr(1), u128::MAX),
        Error::ReturnExceedsOriginal,
    );
    stage.ok(CUP_STAFF.approver, return_of(2, uetr(1), 1));
    stage.refused(
        CUP_STAFF.approver,
        return_of(3, uetr(1), 1),
        Error::ReturnExceedsOriginal,
    );
    stage.holds(CUP, 1_000, 0);
}

pub fn only_what_was_settled_is_returned(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    stage.settle(uetr(9), 1_000);
    stage.instruct(uetr(1), 100);
    stage.refused(CUP_STAFF.approver, return_of(1, uetr(1), 100), Error::WrongStatus);
    stage.ok(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
    );
    stage.refused(CUP_STAFF.approver, return_of(1, uetr(1), 100), Error::WrongStatus);
    stage.instruct(uetr(2), 100);
    stage.ok(
        BOC_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(2),
            reason,
        },
    );
    stage.refused(CUP_STAFF.approver, return_of(1, uetr(2), 100), Error::WrongStatus);
    stage.holds(CUP, 1_000, 0);
}

pub fn a_return_needs_the_creditor_agents_funds(stage: &mut Stage) {
    stage.settle(uetr(1), 300);
    let amount = Money::new(CNY, 201);
    stage.ok(
        CUP_STAFF.treasurer,
        Command::Withdraw {
            reference: reference(1),
            amount,
        },
    );
    stage.refused(
        CUP_STAFF.approver,
        return_of(2, uetr(1), 100),
        Error::InsufficientFunds,
    );
    stage.ok(CUP_STAFF.approver, return_of(2, uetr(1), 99));
    stage.holds(CUP, 0, 0);
}

pub fn a_repeated_return_pays_once(stage: &mut Stage) {
    stage.settle(uetr(1), 300);
    stage.settle(uetr(2), 300);
    stage.ok(CUP_STAFF.approver, return_of(1, uetr(1), 100));
    stage.repeated(CUP_STAFF.approver, return_of(1, uetr(1), 100));
    stage.refused(
        CUP_STAFF.approver,
        return_of(1, uetr(1), 101),
        Error::ReferenceConflict,
    );
    stage.refused(
        CUP_STAFF.approver,
        return_of(1, uetr(2), 100),
        Error::ReferenceConflict,
    );
    stage.ok(CUP_STAFF.approver, return_of(2, uetr(1), 200));
    // Fully returned by now: the earlier returns and the acceptance are still known.
    stage.repeated(CUP_STAFF.approver, return_of(1, uetr(1), 100));
    stage.repeated(CUP_STAFF.approver, return_of(2, uetr(1), 200));
    stage.repeated(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
    stage.holds(CUP, 300, 0);
}

//! Settlement, rejection, cancellation, expiry.

use super::stage::*;
use crate::backend::Command;
use corridor_core::{Error, Money, Position, ReasonCode, TransferChange, TransferStatus};

pub fn accepting_settles(stage: &mut Stage) {
    let terms = stage.instruct(uetr(1), 300);
    stage.stands(
        uetr(1),
        TransferStatus::Pending,
        TransferChange::Instructed(terms),
    );
    stage.holds(BOC, FUNDS - 300, 300);
    stage.holds(CUP, 0, 0);

    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
    stage.stands(uetr(1), TransferStatus::Settled, TransferChange::Settled);
    stage.holds(BOC, FUNDS - 300, 0);
    stage.holds(CUP, 300, 0);
    assert_eq!(
        stage.system.changes(uetr(1)),
        [TransferChange::Instructed(terms), TransferChange::Settled]
    );

    // What was received is the creditor agent's to take out.
    let amount = Money::new(CNY, 300);
    stage.ok(
        CUP_STAFF.treasurer,
        Command::Withdraw {
            reference: reference(1),
            amount,
        },
    );
    stage.holds(CUP, 0, 0);
    assert_eq!(stage.system.token_balance(CUP_STAFF.treasurer, CNY_TOKEN), 300);
}

pub fn rejecting_releases_the_reserved_amount(stage: &mut Stage) {
    stage.instruct(uetr(1), 300);
    let reason = ReasonCode::AC01;
    stage.ok(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
    );
    stage.stands(
        uetr(1),
        TransferStatus::Rejected,
        TransferChange::Rejected(reason),
    );
    stage.holds(BOC, FUNDS, 0);
    stage.holds(CUP, 0, 0);
}

pub fn cancelling_releases_the_reserved_amount(stage: &mut Stage) {
    stage.instruct(uetr(1), 300);
    let reason = ReasonCode::CUST;
    stage.ok(
        BOC_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(1),
            reason,
        },
    );
    stage.stands(
        uetr(1),
        TransferStatus::Cancelled,
        TransferChange::Cancelled(reason),
    );
    stage.holds(BOC, FUNDS, 0);
}

pub fn expiring_before_its_time_is_refused(stage: &mut Stage) {
    stage.instruct(uetr(1), 300);
    stage.refused(STRANGER, Command::Expire { uetr: uetr(1) }, Error::NotYetExpired);
    stage.refused(
        BOC_STAFF.instructor,
        Command::Expire { uetr: uetr(1) },
        Error::NotYetExpired,
    );
}

pub fn a_transfer_ends_once(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    stage.settle(uetr(1), 100);
    stage.instruct(uetr(2), 100);
    stage.ok(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(2),
            reason,
        },
    );
    stage.instruct(uetr(3), 100);
    stage.ok(
        BOC_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(3),
            reason,
        },
    );
    for (number, settled) in [(1, true), (2, false), (3, false)] {
        let uetr = uetr(number);
        let other = ReasonCode::AC04;
        stage.refused(
            CUP_STAFF.approver,
            Command::Reject { uetr, reason: other },
            Error::WrongStatus,
        );
        stage.refused(
            BOC_STAFF.instructor,
            Command::Cancel { uetr, reason: other },
            Error::WrongStatus,
        );
        stage.refused(STRANGER, Command::Expire { uetr }, Error::WrongStatus);
        if !settled {
            stage.refused(CUP_STAFF.approver, Command::Accept { uetr }, Error::WrongStatus);
        }
    }
    stage.holds(BOC, FUNDS - 100, 0);
    stage.holds(CUP, 100, 0);
}

pub fn currencies_do_not_mix(stage: &mut Stage) {
    let mut terms = stage.terms(700);
    terms.interbank_settlement_amount.currency = HKD;
    stage.ok(BOC_STAFF.instructor, Command::Instruct { uetr: uetr(1), terms });
    stage.holds(BOC, FUNDS, 0);
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
    stage.holds(CUP, 0, 0);
    let received = stage.system.position(CUP, HKD);
    assert_eq!(
        received,
        Position {
            available: 700,
            reserved: 0
        }
    );
    let amount = Money::new(CNY, 1);
    let withdrawal = Command::Withdraw {
        reference: reference(1),
        amount,
    };
    stage.refused(CUP_STAFF.treasurer, withdrawal, Error::InsufficientFunds);
}

pub fn expiring_releases_the_reserved_amount(stage: &mut Stage) {
    let mut terms = stage.terms(300);
    terms.expires_at = stage.system.now() + SHORT;
    stage.ok(BOC_STAFF.instructor, Command::Instruct { uetr: uetr(1), terms });
    stage.system.advance_time(SHORT);
    // Anyone may: the debtor agent's escrow must not depend on anyone's good will.
    stage.ok(STRANGER, Command::Expire { uetr: uetr(1) });
    stage.stands(uetr(1), TransferStatus::Expired, TransferChange::Expired);
    stage.holds(BOC, FUNDS, 0);
    stage.repeated(CUP_STAFF.approver, Command::Expire { uetr: uetr(1) });
    stage.refused(
        CUP_STAFF.approver,
        Command::Accept { uetr: uetr(1) },
        Error::WrongStatus,
    );
}

pub fn accepting_after_the_expiry_is_refused(stage: &mut Stage) {
    let mut terms = stage.terms(300);
    terms.expires_at = stage.system.now() + SHORT;
    stage.ok(BOC_STAFF.instructor, Command::Instruct { uetr: uetr(1), terms });
    stage.instruct(uetr(2), 200);
    stage.system.advance_time(SHORT);
    stage.refused(
        CUP_STAFF.approver,
        Command::Accept { uetr: uetr(1) },
        Error::Expired,
    );
    // Until somebody expires it, both agents may still end it.
    let reason = ReasonCode::TM01;
    stage.ok(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
    );
    stage.holds(BOC, FUNDS - 200, 200);
    // Each transfer has its own expiry.
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(2) });
    stage.holds(CUP, 200, 0);
}

//! The same command again, and the same identity for something else.

use super::stage::*;
use crate::backend::{Command, GOVERNOR};
use corridor_core::{ChargeBearer, Error, Money, ReasonCode, Terms};

pub fn a_repeated_instruction_has_no_second_effect_in_any_status(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    let mut instructed = Vec::new();
    for number in 1..=6 {
        let uetr = uetr(number);
        let terms = stage.instruct(uetr, 100);
        stage.repeated(BOC_STAFF.instructor, Command::Instruct { uetr, terms });
        instructed.push((uetr, terms));
    }
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(2) });
    stage.ok(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(3),
            reason,
        },
    );
    stage.ok(
        BOC_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(4),
            reason,
        },
    );
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(5) });
    stage.ok(CUP_STAFF.approver, return_of(1, uetr(5), 40));
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(6) });
    stage.ok(CUP_STAFF.approver, return_of(2, uetr(6), 100));
    // A bank that lost the answer must get it even while new business is stopped.
    stage.ok(GOVERNOR, Command::SetPaused { paused: true });
    for (uetr, terms) in instructed {
        stage.repeated(BOC_STAFF.instructor, Command::Instruct { uetr, terms });
    }
    stage.holds(BOC, FUNDS - 260, 100);
    stage.holds(CUP, 160, 0);
}

pub fn a_repeated_instruction_has_no_second_effect_after_the_expiry(stage: &mut Stage) {
    let mut terms = stage.terms(100);
    terms.expires_at = stage.system.now() + SHORT;
    let instruction = Command::Instruct { uetr: uetr(1), terms };
    stage.ok(BOC_STAFF.instructor, instruction.clone());
    stage.system.advance_time(SHORT);
    stage.repeated(BOC_STAFF.instructor, instruction.clone());
    stage.ok(STRANGER, Command::Expire { uetr: uetr(1) });
    stage.repeated(BOC_STAFF.instructor, instruction);
    stage.holds(BOC, FUNDS, 0);
}

pub fn other_terms_under_the_same_uetr_conflict(stage: &mut Stage) {
    let terms = stage.instruct(uetr(1), 100);
    let others: [fn(&mut Terms); 6] = [
        |terms| terms.interbank_settlement_amount.minor_units += 1,
        |terms| terms.interbank_settlement_amount.currency = HKD,
        |terms| terms.interbank_settlement_date += 1,
        |terms| terms.charge_bearer = ChargeBearer::Debt,
        |terms| terms.expires_at += 1,
        |terms| terms.message_digest[0] ^= 1,
    ];
    let conflicts = |stage: &mut Stage| {
        for change in others {
            let mut terms = terms;
            change(&mut terms);
            let instruction = Command::Instruct { uetr: uetr(1), terms };
            stage.refused(BOC_STAFF.instructor, instruction, Error::TermsConflict);
        }
        // Nor may another institution take over the identity.
        let reversed = Terms {
            debtor_agent: CUP,
            creditor_agent: BOC,
            ..terms
        };
        let instruction = Command::Instruct {
            uetr: uetr(1),
            terms: reversed,
        };
        stage.refused(CUP_STAFF.instructor, instruction, Error::TermsConflict);
    };
    conflicts(stage);
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
    conflicts(stage);
    stage.ok(CUP_STAFF.approver, return_of(1, uetr(1), 100));
    conflicts(stage);
}

pub fn a_repeated_answer_has_no_second_effect(stage: &mut Stage) {
    let reason = ReasonCode::AC01;
    stage.settle(uetr(1), 100);
    stage.repeated(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
    stage.instruct(uetr(2), 100);
    stage.ok(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(2),
            reason,
        },
    );
    stage.repeated(
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
    stage.repeated(
        BOC_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(3),
            reason,
        },
    );
    stage.holds(BOC, FUNDS - 100, 0);
    stage.holds(CUP, 100, 0);
}

pub fn a_repeated_deposit_or_withdrawal_moves_money_once(stage: &mut Stage) {
    let amount = Money::new(CNY, 500);
    let treasurer = CUP_STAFF.treasurer;
    // Enough for three deposits, so that only the contract can stop a second one.
    stage.system.fund(treasurer, CNY_TOKEN, 1_500);
    let deposit = Command::Deposit {
        reference: reference(1),
        amount,
    };
    stage.ok(treasurer, deposit.clone());
    stage.repeated(treasurer, deposit.clone());
    stage.holds(CUP, 500, 0);
    let again = Command::Deposit {
        reference: reference(2),
        amount,
    };
    stage.ok(treasurer, again);
    stage.holds(CUP, 1_000, 0);

    let withdrawal = Command::Withdraw {
        reference: reference(3),
        amount,
    };
    stage.ok(treasurer, withdrawal.clone());
    stage.repeated(treasurer, withdrawal);
    stage.repeated(treasurer, deposit);
    stage.holds(CUP, 500, 0);
    assert_eq!(stage.system.token_balance(treasurer, CNY_TOKEN), 1_000);
}

pub fn a_reference_stands_for_one_operation(stage: &mut Stage) {
    let treasurer = CUP_STAFF.treasurer;
    stage.system.fund(treasurer, CNY_TOKEN, 10_000);
    let amount = Money::new(CNY, 500);
    stage.settle(uetr(1), 300);
    stage.ok(
        treasurer,
        Command::Deposit {
            reference: reference(1),
            amount,
        },
    );
    stage.ok(CUP_STAFF.approver, return_of(2, uetr(1), 100));
    let conflict = Error::ReferenceConflict;
    let more = Money::new(CNY, 501);
    let other = Money::new(HKD, 500);
    stage.refused(
        treasurer,
        Command::Deposit {
            reference: reference(1),
            amount: more,
        },
        conflict,
    );
    stage.refused(
        treasurer,
        Command::Deposit {
            reference: reference(1),
            amount: other,
        },
        conflict,
    );
    stage.refused(
        treasurer,
        Command::Withdraw {
            reference: reference(1),
            amount,
        },
        conflict,
    );
    stage.refused(CUP_STAFF.approver, return_of(1, uetr(1), 100), conflict);
    let returned = Money::new(CNY, 100);
    stage.refused(
        treasurer,
        Command::Deposit {
            reference: reference(2),
            amount: returned,
        },
        conflict,
    );
    stage.refused(
        treasurer,
        Command::Withdraw {
            reference: reference(2),
            amount: returned,
        },
        conflict,
    );
}

pub fn two_participants_may_use_the_same_reference(stage: &mut Stage) {
    stage.system.fund(CUP_STAFF.treasurer, CNY_TOKEN, 500);
    stage.settle(uetr(1), 300);
    let shared = reference(1);
    let amount = Money::new(CNY, 200);
    stage.ok(
        BOC_STAFF.treasurer,
        Command::Withdraw {
            reference: shared,
            amount,
        },
    );
    stage.ok(
        CUP_STAFF.treasurer,
        Command::Deposit {
            reference: shared,
            amount,
        },
    );
    stage.holds(BOC, FUNDS - 500, 0);
    stage.holds(CUP, 500, 0);
}

//! Who may do what.

use super::stage::*;
use crate::backend::{Account, Command, GOVERNOR};
use corridor_core::{Error, Money, ReasonCode, Role, Terms};

pub fn each_command_needs_its_role(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    let terms = stage.instruct(uetr(1), 100);
    stage.settle(uetr(2), 100);
    let (boc, cup) = (BOC_STAFF, CUP_STAFF);
    let amount = Money::new(CNY, 1);
    let all = |staff: Staff| {
        [
            staff.instructor,
            staff.approver,
            staff.treasurer,
            staff.compliance,
        ]
    };
    let without = |staff, allowed: &[Account]| -> Vec<Account> {
        all(staff)
            .into_iter()
            .filter(|account| !allowed.contains(account))
            .collect()
    };
    let cases = [
        (
            Command::Instruct { uetr: uetr(3), terms },
            without(boc, &[boc.instructor]),
        ),
        (
            Command::Cancel {
                uetr: uetr(1),
                reason,
            },
            without(boc, &[boc.instructor, boc.compliance]),
        ),
        (Command::Accept { uetr: uetr(1) }, without(cup, &[cup.approver])),
        (
            Command::Reject {
                uetr: uetr(1),
                reason,
            },
            without(cup, &[cup.approver, cup.compliance]),
        ),
        (return_of(1, uetr(2), 1), without(cup, &[cup.approver])),
        (
            Command::Deposit {
                reference: reference(1),
                amount,
            },
            without(boc, &[boc.treasurer]),
        ),
        (
            Command::Withdraw {
                reference: reference(1),
                amount,
            },
            without(boc, &[boc.treasurer]),
        ),
    ];
    for (command, accounts) in cases {
        for account in accounts {
            stage.refused(account, command.clone(), Error::MissingRole);
        }
    }
}

pub fn compliance_stops_and_starts_nothing(stage: &mut Stage) {
    let reason = ReasonCode::AG01;
    stage.instruct(uetr(1), 100);
    stage.instruct(uetr(2), 100);
    stage.refused(
        CUP_STAFF.compliance,
        Command::Accept { uetr: uetr(1) },
        Error::MissingRole,
    );
    stage.ok(
        CUP_STAFF.compliance,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
    );
    stage.ok(
        BOC_STAFF.compliance,
        Command::Cancel {
            uetr: uetr(2),
            reason,
        },
    );
    stage.holds(BOC, FUNDS, 0);
    // An answer given by one account of the agent is known when another one repeats it.
    stage.repeated(
        CUP_STAFF.approver,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
    );
    stage.repeated(
        BOC_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(2),
            reason,
        },
    );
}

pub fn an_agent_cannot_act_for_the_other(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    let terms = stage.instruct(uetr(1), 100);
    stage.settle(uetr(2), 100);
    let not_debtor = Error::NotDebtorAgent;
    let not_creditor = Error::NotCreditorAgent;
    // The debtor agent cannot accept its own transfer, nor take settled money back.
    stage.refused(
        BOC_STAFF.approver,
        Command::Accept { uetr: uetr(1) },
        not_creditor,
    );
    stage.refused(
        BOC_STAFF.approver,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
        not_creditor,
    );
    stage.refused(
        BOC_STAFF.compliance,
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
        not_creditor,
    );
    stage.refused(BOC_STAFF.approver, return_of(1, uetr(2), 100), not_creditor);
    stage.refused(
        BOC_STAFF.approver,
        Command::Accept { uetr: uetr(2) },
        not_creditor,
    );
    // The creditor agent cannot help itself to the debtor agent's escrow, nor undo its instruction.
    stage.refused(
        CUP_STAFF.instructor,
        Command::Instruct { uetr: uetr(3), terms },
        not_debtor,
    );
    stage.refused(
        CUP_STAFF.instructor,
        Command::Cancel {
            uetr: uetr(1),
            reason,
        },
        not_debtor,
    );
    stage.refused(
        CUP_STAFF.compliance,
        Command::Cancel {
            uetr: uetr(1),
            reason,
        },
        not_debtor,
    );
    // Not even a repeat is answered to the wrong side.
    stage.refused(
        CUP_STAFF.instructor,
        Command::Instruct { uetr: uetr(1), terms },
        not_debtor,
    );
}

pub fn an_unknown_account_may_do_nothing(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    let amount = Money::new(CNY, 1);
    let terms = stage.instruct(uetr(1), 100);
    stage.settle(uetr(2), 100);
    stage.system.fund(STRANGER, CNY_TOKEN, 10);
    for command in [
        Command::Instruct { uetr: uetr(3), terms },
        Command::Instruct { uetr: uetr(1), terms },
        Command::Accept { uetr: uetr(1) },
        Command::Reject {
            uetr: uetr(1),
            reason,
        },
        Command::Cancel {
            uetr: uetr(1),
            reason,
        },
        return_of(1, uetr(2), 1),
        Command::Deposit {
            reference: reference(1),
            amount,
        },
        Command::Withdraw {
            reference: reference(1),
            amount,
        },
    ] {
        stage.refused(STRANGER, command.clone(), Error::UnknownAccount);
        // The governor admits and suspends; it has no part in transfers.
        stage.refused(GOVERNOR, command, Error::UnknownAccount);
    }
}

pub fn an_unknown_transfer_is_named_as_such(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
    let uetr = uetr(77);
    let unknown = Error::UnknownTransfer;
    stage.refused(CUP_STAFF.approver, Command::Accept { uetr }, unknown);
    stage.refused(CUP_STAFF.approver, Command::Reject { uetr, reason }, unknown);
    stage.refused(BOC_STAFF.instructor, Command::Cancel { uetr, reason }, unknown);
    stage.refused(STRANGER, Command::Expire { uetr }, unknown);
    stage.refused(CUP_STAFF.approver, return_of(1, uetr, 1), unknown);
    assert_eq!(stage.system.transfer(uetr), None);
}

pub fn a_revoked_role_is_lost_at_once(stage: &mut Stage) {
    let account = CUP_STAFF.approver;
    let role = Role::Approver;
    stage.instruct(uetr(1), 100);
    let revocation = Command::RevokeRole {
        participant: CUP,
        account,
        role,
    };
    stage.ok(CUP_STAFF.admin, revocation.clone());
    stage.repeated(CUP_STAFF.admin, revocation);
    stage.refused(account, Command::Accept { uetr: uetr(1) }, Error::MissingRole);
    // A stand-in carries on, and the account may be given its role back.
    let stand_in = Account("cup-stand-in");
    stage.ok(
        CUP_STAFF.admin,
        Command::GrantRole {
            participant: CUP,
            account: stand_in,
            role,
        },
    );
    stage.ok(stand_in, Command::Accept { uetr: uetr(1) });
    stage.ok(
        CUP_STAFF.admin,
        Command::GrantRole {
            participant: CUP,
            account,
            role,
        },
    );
    stage.repeated(account, Command::Accept { uetr: uetr(1) });
    stage.holds(CUP, 100, 0);
}

pub fn an_account_serves_one_participant_only(stage: &mut Stage) {
    let account = BOC_STAFF.instructor;
    let taken = Error::AccountOfOtherParticipant;
    for role in [Role::Instructor, Role::Approver, Role::Auditor] {
        let grant = Command::GrantRole {
            participant: CUP,
            account,
            role,
        };
        stage.refused(CUP_STAFF.admin, grant, taken);
    }
    let role = Role::Instructor;
    let foreign = Command::RevokeRole {
        participant: CUP,
        account,
        role,
    };
    stage.refused(CUP_STAFF.admin, foreign, taken);
    // It stays so when the account has lost every role: it never changes sides.
    stage.ok(
        BOC_STAFF.admin,
        Command::RevokeRole {
            participant: BOC,
            account,
            role,
        },
    );
    let grant = Command::GrantRole {
        participant: CUP,
        account,
        role,
    };
    stage.refused(CUP_STAFF.admin, grant, taken);
    // Several roles for its own participant are fine.
    for role in [Role::Instructor, Role::Treasurer] {
        stage.ok(
            BOC_STAFF.admin,
            Command::GrantRole {
                participant: BOC,
                account,
                role,
            },
        );
    }
    stage.instruct(uetr(1), 100);
    let amount = Money::new(CNY, 1);
    stage.ok(
        account,
        Command::Withdraw {
            reference: reference(1),
            amount,
        },
    );
}

pub fn an_admin_has_no_role_of_its_own(stage: &mut Stage) {
    let terms: Terms = stage.instruct(uetr(1), 100);
    let amount = Money::new(CNY, 1);
    let withdrawal = Command::Withdraw {
        reference: reference(1),
        amount,
    };
    stage.refused(
        CUP_STAFF.admin,
        Command::Accept { uetr: uetr(1) },
        Error::UnknownAccount,
    );
    stage.refused(
        BOC_STAFF.admin,
        Command::Instruct { uetr: uetr(2), terms },
        Error::UnknownAccount,
    );
    stage.refused(BOC_STAFF.admin, withdrawal, Error::UnknownAccount);
}

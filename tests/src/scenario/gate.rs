//! Pause, suspension, and terms that are refused whoever sends them.

use super::stage::*;
use crate::backend::{Command, GOVERNOR};
use corridor_core::terms::MAX_PENDING_SECONDS;
use corridor_core::{Error, Money, ParticipantId, ReasonCode, Terms, Uetr};

fn withdraw(number: u8, minor_units: u128) -> Command {
    Command::Withdraw {
        reference: reference(number),
        amount: Money::new(CNY, minor_units),
    }
}

/// Four pending transfers of 100 and a settled one, for winding down.
fn prepare(stage: &mut Stage) {
    stage.settle(uetr(1), 100);
    for number in 2..=4 {
        stage.instruct(uetr(number), 100);
    }
    stage.system.fund(BOC_STAFF.treasurer, CNY_TOKEN, 500);
}

/// What is pending or settled can be ended, and money can leave, whatever the gate says.
fn wind_down(stage: &mut Stage) {
    let reason = ReasonCode::MS03;
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
    stage.ok(CUP_STAFF.approver, return_of(1, uetr(1), 50));
    stage.ok(BOC_STAFF.treasurer, withdraw(2, 1_000));
    stage.ok(CUP_STAFF.treasurer, withdraw(2, 150));
    stage.holds(BOC, FUNDS - 1_150, 0);
    stage.holds(CUP, 0, 0);
}

pub fn a_pause_stops_new_business_only(stage: &mut Stage) {
    prepare(stage);
    let terms = stage.terms(100);
    let instruction = Command::Instruct { uetr: uetr(9), terms };
    let deposit = Command::Deposit {
        reference: reference(9),
        amount: Money::new(CNY, 500),
    };
    stage.ok(GOVERNOR, Command::SetPaused { paused: true });
    stage.repeated(GOVERNOR, Command::SetPaused { paused: true });
    stage.refused(BOC_STAFF.instructor, instruction.clone(), Error::Paused);
    stage.refused(BOC_STAFF.treasurer, deposit.clone(), Error::Paused);
    wind_down(stage);
    stage.ok(GOVERNOR, Command::SetPaused { paused: false });
    stage.ok(BOC_STAFF.treasurer, deposit);
    stage.ok(BOC_STAFF.instructor, instruction);
    stage.holds(BOC, FUNDS - 750, 100);
}

pub fn a_suspension_stops_new_business_of_one_participant_only(stage: &mut Stage) {
    prepare(stage);
    let terms = stage.terms(100);
    let to_cup = Command::Instruct { uetr: uetr(9), terms };
    let to_boc = Command::Instruct {
        uetr: uetr(10),
        terms: Terms {
            debtor_agent: CUP,
            creditor_agent: BOC,
            ..terms
        },
    };
    let deposit = Command::Deposit {
        reference: reference(9),
        amount: Money::new(CNY, 500),
    };
    let suspend = |suspended| Command::SetSuspended {
        participant: CUP,
        suspended,
    };
    stage.ok(GOVERNOR, suspend(true));
    stage.repeated(GOVERNOR, suspend(true));
    stage.refused(BOC_STAFF.instructor, to_cup.clone(), Error::ParticipantSuspended);
    stage.refused(CUP_STAFF.instructor, to_boc.clone(), Error::ParticipantSuspended);
    stage.refused(CUP_STAFF.treasurer, deposit.clone(), Error::ParticipantSuspended);
    stage.ok(BOC_STAFF.treasurer, deposit);
    stage.ok(
        GOVERNOR,
        Command::SetSuspended {
            participant: BOC,
            suspended: true,
        },
    );
    stage.ok(BOC_STAFF.treasurer, withdraw(8, 500));
    wind_down(stage);
    stage.ok(GOVERNOR, suspend(false));
    stage.refused(BOC_STAFF.instructor, to_cup.clone(), Error::ParticipantSuspended);
    stage.ok(
        GOVERNOR,
        Command::SetSuspended {
            participant: BOC,
            suspended: false,
        },
    );
    stage.ok(BOC_STAFF.instructor, to_cup);
    let nobody = Command::SetSuspended {
        participant: ParticipantId(2),
        suspended: true,
    };
    stage.refused(GOVERNOR, nobody, Error::UnknownParticipant);
}

pub fn a_transfer_needs_two_admitted_participants(stage: &mut Stage) {
    let terms = stage.terms(100);
    let instruct = |terms| Command::Instruct { uetr: uetr(1), terms };
    for unknown in [2, 255, 256, u16::MAX] {
        let terms = Terms {
            creditor_agent: ParticipantId(unknown),
            ..terms
        };
        stage.refused(BOC_STAFF.instructor, instruct(terms), Error::UnknownParticipant);
    }
    let to_itself = Terms {
        creditor_agent: BOC,
        ..terms
    };
    stage.refused(BOC_STAFF.instructor, instruct(to_itself), Error::SameAgent);
}

pub fn malformed_terms_are_refused(stage: &mut Stage) {
    let terms = stage.terms(100);
    let mut refused = |uetr, terms, error| {
        stage.refused(BOC_STAFF.instructor, Command::Instruct { uetr, terms }, error);
    };
    refused(Uetr([0x11; 16]), terms, Error::InvalidUetr);
    // `terms` expire a day after now.
    let expiring = |expires_at| Terms { expires_at, ..terms };
    let now = terms.expires_at - DAY;
    refused(uetr(1), expiring(now), Error::ExpiryPassed);
    refused(uetr(1), expiring(0), Error::ExpiryPassed);
    // An hour more than the limit, for clocks that run.
    refused(
        uetr(1),
        expiring(now + MAX_PENDING_SECONDS + 3_600),
        Error::ExpiryTooFar,
    );
    refused(uetr(1), expiring(u64::MAX), Error::ExpiryTooFar);
    stage.ok(
        BOC_STAFF.instructor,
        Command::Instruct {
            uetr: uetr(1),
            terms: expiring(now + MAX_PENDING_SECONDS),
        },
    );
}

//! The governor's and the admins' part: registers, keys.

use super::stage::*;
use crate::backend::{Account, Command, Token, GOVERNOR};
use corridor_core::{Currency, Error, ParticipantId, Role};

pub fn only_the_governor_admits_pauses_and_suspends(stage: &mut Stage) {
    let commands = [
        Command::SetPaused { paused: true },
        Command::SetSuspended {
            participant: CUP,
            suspended: true,
        },
        Command::RegisterParticipant {
            agents: vec![agent_id("HSBCHKHH")],
            admin: STRANGER,
        },
        Command::RegisterCurrency {
            currency: CNY,
            exponent: 2,
            token: CNY_TOKEN,
        },
        Command::ProposeGovernor { successor: STRANGER },
    ];
    for command in commands {
        for caller in [STRANGER, BOC_STAFF.admin, CUP_STAFF.approver] {
            stage.refused(caller, command.clone(), Error::NotGovernor);
        }
    }
    stage.refused(STRANGER, Command::AcceptGovernor, Error::NotProposed);
    stage.instruct(uetr(1), 100);
}

pub fn only_the_admin_grants_and_revokes(stage: &mut Stage) {
    let (account, role) = (STRANGER, Role::Approver);
    let commands = [
        Command::GrantRole {
            participant: CUP,
            account,
            role,
        },
        Command::RevokeRole {
            participant: CUP,
            account: CUP_STAFF.approver,
            role,
        },
        Command::ProposeAdmin {
            participant: CUP,
            successor: STRANGER,
        },
    ];
    for command in commands {
        for caller in [STRANGER, GOVERNOR, BOC_STAFF.admin, CUP_STAFF.approver] {
            stage.refused(caller, command.clone(), Error::NotAdmin);
        }
    }
    stage.refused(
        STRANGER,
        Command::AcceptAdmin { participant: CUP },
        Error::NotProposed,
    );
    let nobody = ParticipantId(2);
    let grant = Command::GrantRole {
        participant: nobody,
        account,
        role,
    };
    stage.refused(CUP_STAFF.admin, grant, Error::UnknownParticipant);
    stage.refused(
        STRANGER,
        Command::AcceptAdmin { participant: nobody },
        Error::UnknownParticipant,
    );
    stage.settle(uetr(1), 100);
}

pub fn the_governors_key_rotates_in_two_steps(stage: &mut Stage) {
    let (mistaken, successor) = (Account("mistaken"), Account("successor"));
    let propose = |successor| Command::ProposeGovernor { successor };
    let pause = |paused| Command::SetPaused { paused };
    stage.ok(GOVERNOR, propose(mistaken));
    stage.ok(GOVERNOR, propose(successor));
    stage.refused(mistaken, Command::AcceptGovernor, Error::NotProposed);
    stage.refused(successor, pause(true), Error::NotGovernor);
    // Until the successor shows it holds the key, nothing is lost.
    stage.ok(GOVERNOR, pause(true));
    stage.ok(successor, Command::AcceptGovernor);
    stage.repeated(successor, Command::AcceptGovernor);
    stage.refused(GOVERNOR, pause(false), Error::NotGovernor);
    stage.refused(GOVERNOR, Command::AcceptGovernor, Error::NotProposed);
    stage.ok(successor, pause(false));
    stage.instruct(uetr(1), 100);
}

pub fn an_admins_key_rotates_in_two_steps(stage: &mut Stage) {
    let participant = CUP;
    let (old, successor) = (CUP_STAFF.admin, Account("successor"));
    let grant = |role| Command::GrantRole {
        participant,
        account: Account("cup-new"),
        role,
    };
    stage.ok(
        old,
        Command::ProposeAdmin {
            participant,
            successor,
        },
    );
    stage.refused(successor, grant(Role::Auditor), Error::NotAdmin);
    stage.refused(
        BOC_STAFF.admin,
        Command::AcceptAdmin { participant },
        Error::NotProposed,
    );
    // A proposal for one participant is none for another.
    stage.refused(
        successor,
        Command::AcceptAdmin { participant: BOC },
        Error::NotProposed,
    );
    stage.ok(old, grant(Role::Approver));
    stage.ok(successor, Command::AcceptAdmin { participant });
    stage.repeated(successor, Command::AcceptAdmin { participant });
    stage.refused(old, grant(Role::Auditor), Error::NotAdmin);
    stage.ok(successor, grant(Role::Auditor));
    // Roles granted by the old key stay.
    stage.instruct(uetr(1), 100);
    stage.ok(CUP_STAFF.approver, Command::Accept { uetr: uetr(1) });
}

pub fn participants_do_not_share_identifiers(stage: &mut Stage) {
    let register = |texts: &[&str], admin| Command::RegisterParticipant {
        agents: texts.iter().map(|text| agent_id(text)).collect(),
        admin,
    };
    stage.repeated(GOVERNOR, register(&["BKCHCNBJ"], BOC_STAFF.admin));
    // BKCHCNBJ and BKCHCNBJXXX are one identifier.
    stage.repeated(GOVERNOR, register(&["BKCHCNBJXXX"], BOC_STAFF.admin));
    let conflict = Error::AgentConflict;
    stage.refused(GOVERNOR, register(&["BKCHCNBJ"], STRANGER), conflict);
    stage.refused(
        GOVERNOR,
        register(&["BKCHCNBJ", "HSBCHKHH"], BOC_STAFF.admin),
        conflict,
    );
    stage.refused(GOVERNOR, register(&["HSBCHKHH", "BKCHCNBJ"], STRANGER), conflict);
    stage.refused(GOVERNOR, register(&[], STRANGER), Error::InvalidAgents);
    stage.refused(
        GOVERNOR,
        register(&["HSBCHKHH", "HSBCHKHHXXX"], STRANGER),
        Error::InvalidAgents,
    );
    stage.refused(
        GOVERNOR,
        register(&["A:1", "A:2", "A:3", "A:4", "A:5"], STRANGER),
        Error::InvalidAgents,
    );
    stage.ok(GOVERNOR, register(&["HSBCHKHH"], STRANGER));
    let role = Role::Approver;
    let participant = ParticipantId(2);
    stage.ok(
        STRANGER,
        Command::GrantRole {
            participant,
            account: Account("third"),
            role,
        },
    );
}

pub fn currencies_do_not_share_tokens(stage: &mut Stage) {
    let (jpy, yen) = (Currency::new(*b"JPY").expect("a code"), Token("jpy-token"));
    let register = |currency, exponent, token| Command::RegisterCurrency {
        currency,
        exponent,
        token,
    };
    stage.system.deploy_token(yen, 0);
    stage.repeated(GOVERNOR, register(CNY, 2, CNY_TOKEN));
    let conflict = Error::CurrencyConflict;
    stage.refused(GOVERNOR, register(CNY, 2, HKD_TOKEN), conflict);
    stage.refused(GOVERNOR, register(CNY, 3, CNY_TOKEN), conflict);
    stage.refused(GOVERNOR, register(jpy, 2, CNY_TOKEN), conflict);
    stage.refused(GOVERNOR, register(jpy, 2, yen), Error::ExponentMismatch);
    stage.refused(
        GOVERNOR,
        register(jpy, 0, Token("never-deployed")),
        Error::NotAToken,
    );
    stage.ok(GOVERNOR, register(jpy, 0, yen));
    assert_eq!(stage.system.conservation(jpy).map(|found| found.holds), Ok(true));
}

//! Every message by everyone: refused with the documented error unless it is for them.

use crate::cast::{self, without_effect, BOC_AUDITOR, CUP_AUDITOR, EVERYONE, SUCCESSOR};
use corridor_core::Error;
use corridor_tests::backend::{Account, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::scenario::stage::{BOC_STAFF, CUP_STAFF};
use std::collections::BTreeSet;

/// Who a message is for, and what everyone else is told.
enum For {
    /// The accounts, and the error of the others.
    Only(&'static [Account], Error),
    /// Accounts with a role: who may, who has the role on the wrong side of the transfer and is told so. Others with
    /// any role lack this one; others without one are unknown.
    Role(&'static [Account], &'static [Account], Error),
    Everyone,
}

const STAFF: [Account; 10] = [
    BOC_STAFF.instructor,
    BOC_STAFF.approver,
    BOC_STAFF.treasurer,
    BOC_STAFF.compliance,
    BOC_AUDITOR,
    CUP_STAFF.instructor,
    CUP_STAFF.approver,
    CUP_STAFF.treasurer,
    CUP_STAFF.compliance,
    CUP_AUDITOR,
];

/// One line for each message. A message without a line fails the test.
const TABLE: [(&str, For); 29] = [
    ("Governance::governance", For::Everyone),
    (
        "Governance::propose_governor",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    (
        "Governance::accept_governor",
        For::Only(&[SUCCESSOR], Error::NotProposed),
    ),
    (
        "Governance::set_paused",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    (
        "Governance::register_currency",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    (
        "Governance::register_participant",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    (
        "Governance::set_suspended",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    (
        "Administration::propose_admin",
        For::Only(&[BOC_STAFF.admin], Error::NotAdmin),
    ),
    (
        "Administration::accept_admin",
        For::Only(&[SUCCESSOR], Error::NotProposed),
    ),
    (
        "Administration::grant_role",
        For::Only(&[BOC_STAFF.admin], Error::NotAdmin),
    ),
    (
        "Administration::revoke_role",
        For::Only(&[BOC_STAFF.admin], Error::NotAdmin),
    ),
    // Each treasurer acts for its own participant, so neither is on the wrong side.
    (
        "Escrow::deposit",
        For::Role(
            &[BOC_STAFF.treasurer, CUP_STAFF.treasurer],
            &[],
            Error::MissingRole,
        ),
    ),
    (
        "Escrow::withdraw",
        For::Role(
            &[BOC_STAFF.treasurer, CUP_STAFF.treasurer],
            &[],
            Error::MissingRole,
        ),
    ),
    (
        "Transfers::instruct",
        For::Role(
            &[BOC_STAFF.instructor],
            &[CUP_STAFF.instructor],
            Error::NotDebtorAgent,
        ),
    ),
    (
        "Transfers::accept",
        For::Role(
            &[CUP_STAFF.approver],
            &[BOC_STAFF.approver],
            Error::NotCreditorAgent,
        ),
    ),
    (
        "Transfers::reject",
        For::Role(
            &[CUP_STAFF.approver, CUP_STAFF.compliance],
            &[BOC_STAFF.approver, BOC_STAFF.compliance],
            Error::NotCreditorAgent,
        ),
    ),
    (
        "Transfers::cancel",
        For::Role(
            &[BOC_STAFF.instructor, BOC_STAFF.compliance],
            &[CUP_STAFF.instructor, CUP_STAFF.compliance],
            Error::NotDebtorAgent,
        ),
    ),
    ("Transfers::expire", For::Everyone),
    (
        "Transfers::return_transfer",
        For::Role(
            &[CUP_STAFF.approver],
            &[BOC_STAFF.approver],
            Error::NotCreditorAgent,
        ),
    ),
    ("Inspection::transfer", For::Everyone),
    ("Inspection::operation", For::Everyone),
    ("Inspection::position", For::Everyone),
    ("Inspection::find_participant", For::Everyone),
    ("Inspection::participants", For::Everyone),
    ("Inspection::account", For::Everyone),
    ("Inspection::accounts", For::Everyone),
    ("Inspection::currency", For::Everyone),
    ("Inspection::currencies", For::Everyone),
    ("Inspection::conservation", For::Everyone),
];

impl For {
    /// What `caller` is told, if the message is not for it.
    fn refusal(&self, caller: Account) -> Option<Error> {
        match self {
            Self::Everyone => None,
            Self::Only(allowed, error) => (!allowed.contains(&caller)).then_some(*error),
            Self::Role(allowed, _, _) if allowed.contains(&caller) => None,
            Self::Role(_, other_side, error) if other_side.contains(&caller) => Some(*error),
            Self::Role(..) if STAFF.contains(&caller) => Some(Error::MissingRole),
            Self::Role(..) => Some(Error::UnknownAccount),
        }
    }
}

#[test]
fn the_table_has_every_message_of_the_metadata() {
    // These have tables of their own, in tests/clearing and tests/exchange.
    let others = ["Netting::", "Batches::", "Exchange::", "Controls::", "Queueing::"];
    // Anyone may leave, and only itself: leaving.rs.
    let elsewhere =
        |name: &String| name == "Administration::leave" || others.iter().any(|group| name.starts_with(group));
    let built: BTreeSet<String> = cast::messages()
        .into_iter()
        .filter(|name| !elsewhere(name))
        .collect();
    let known: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known.len(), TABLE.len());
    assert_eq!(known, built);
    let system = cast::open();
    let commands = cast::commands(&system).into_iter().map(|(name, _, _)| name);
    let queries = cast::queries(&system).into_iter().map(|(name, _)| name);
    let exercised: BTreeSet<String> = commands.chain(queries).map(str::to_owned).collect();
    assert_eq!(exercised, built);
}

#[test]
fn whoever_a_message_is_not_for_is_told_so_and_changes_nothing() {
    let mut system = cast::open();
    let books = system.books();
    let commands = cast::commands(&system);
    let commands = commands
        .into_iter()
        .map(|(name, _, command)| (name, system.call_data(&command)));
    let calls: Vec<_> = commands.chain(cast::queries(&system)).collect();
    let (mut refused, mut allowed) = (0, 0);
    for (name, rule) in &TABLE {
        let (_, data) = calls
            .iter()
            .find(|(called, _)| called == name)
            .expect("call data");
        for caller in EVERYONE {
            match rule.refusal(caller) {
                Some(error) => {
                    let ending = without_effect(&mut system, &books, caller, data.clone());
                    assert_eq!(ending, Ending::Refused(error), "{name} by {}", caller.0);
                    refused += 1;
                }
                None => {
                    let outcome = system.try_out(caller, data.clone());
                    assert!(
                        matches!(outcome, Ending::Answered(_)),
                        "{name} by {}: {outcome:?}",
                        caller.0
                    );
                    allowed += 1;
                }
            }
        }
    }
    assert!(system.books() == books);
    println!("{refused} refused, {allowed} allowed");
    assert_eq!(refused + allowed, TABLE.len() * EVERYONE.len());
}

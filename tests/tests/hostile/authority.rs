//! Every message by everyone: refused with the documented error unless it is for them.

use crate::cast::{self, without_effect, BOC_AUDITOR, CUP_AUDITOR, SUCCESSOR};
use crate::play::{plays, Call, Play};
use corridor_core::Error;
use corridor_tests::backend::{Account, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::scenario::exchange::{HSBC_COMPLIANCE, HSBC_QUOTER, HSBC_TREASURER};
use corridor_tests::scenario::stage::{BOC_STAFF, CUP_STAFF};
use std::collections::BTreeSet;

/// Who a message is for, and what everyone else is told.
enum For {
    /// The accounts, and the error of the others.
    Only(&'static [Account], Error),
    /// Accounts with a role: who may, who has the role on the wrong side of the transfer and is told so. Others with
    /// any role lack this one; others without one are unknown.
    Role(&'static [Account], &'static [Account], Error),
    /// Of something the caller's participant has: who may, who of the participant may not, and what the staff of others
    /// is told.
    Own(&'static [Account], &'static [Account], Error),
    Everyone,
}

/// Accounts with a role, on each stage where they are.
const STAFF: [Account; 13] = [
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
    HSBC_QUOTER,
    HSBC_TREASURER,
    HSBC_COMPLIANCE,
];

/// Whoever sends it is answered, and only its own binding ends: its attacks are in leaving.rs.
const LEAVE: &str = "Administration::leave";

/// One line for each message. A message without a line fails the test.
const TABLE: [(&str, For); 59] = [
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
            &[BOC_STAFF.approver, BOC_STAFF.compliance, HSBC_COMPLIANCE],
            Error::NotCreditorAgent,
        ),
    ),
    (
        "Transfers::cancel",
        For::Role(
            &[BOC_STAFF.instructor, BOC_STAFF.compliance],
            &[CUP_STAFF.instructor, CUP_STAFF.compliance, HSBC_COMPLIANCE],
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
    (
        "Netting::set_schedule",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    ("Netting::set_cap", For::Only(&[GOVERNOR], Error::NotGovernor)),
    // As of escrow.
    (
        "Netting::pledge",
        For::Role(
            &[BOC_STAFF.treasurer, CUP_STAFF.treasurer, HSBC_TREASURER],
            &[],
            Error::MissingRole,
        ),
    ),
    (
        "Netting::release",
        For::Role(
            &[BOC_STAFF.treasurer, CUP_STAFF.treasurer, HSBC_TREASURER],
            &[],
            Error::MissingRole,
        ),
    ),
    ("Netting::close_window", For::Everyone),
    (
        "Netting::abort_window",
        For::Only(&[GOVERNOR], Error::NotGovernor),
    ),
    ("Netting::schedule", For::Everyone),
    ("Netting::net_position", For::Everyone),
    ("Netting::bilateral", For::Everyone),
    ("Netting::window", For::Everyone),
    (
        "Batches::submit_batch",
        For::Role(
            &[BOC_STAFF.instructor],
            &[CUP_STAFF.instructor],
            Error::NotDebtorAgent,
        ),
    ),
    (
        "Batches::accept_batch",
        For::Role(
            &[CUP_STAFF.approver],
            &[BOC_STAFF.approver],
            Error::NotCreditorAgent,
        ),
    ),
    (
        "Batches::reject_batch",
        For::Role(
            &[CUP_STAFF.approver, CUP_STAFF.compliance],
            &[BOC_STAFF.approver, BOC_STAFF.compliance, HSBC_COMPLIANCE],
            Error::NotCreditorAgent,
        ),
    ),
    // It names no debtor agent: the caller's participant is looked up, and has no such batch. That is found out before
    // the caller's role.
    (
        "Batches::cancel_batch",
        For::Own(
            &[BOC_STAFF.instructor, BOC_STAFF.compliance],
            &[BOC_STAFF.approver, BOC_STAFF.treasurer, BOC_AUDITOR],
            Error::UnknownBatch,
        ),
    ),
    ("Batches::expire_batch", For::Everyone),
    ("Batches::batch", For::Everyone),
    ("Batches::last_batch", For::Everyone),
    (
        "Exchange::publish_quote",
        For::Role(&[HSBC_QUOTER], &[], Error::NotQuoteProvider),
    ),
    (
        "Exchange::withdraw_quote",
        For::Role(
            &[HSBC_QUOTER, HSBC_COMPLIANCE],
            &[BOC_STAFF.compliance, CUP_STAFF.compliance],
            Error::NotQuoteProvider,
        ),
    ),
    (
        "Exchange::instruct_fx",
        For::Role(
            &[BOC_STAFF.instructor],
            &[CUP_STAFF.instructor],
            Error::NotDebtorAgent,
        ),
    ),
    (
        "Exchange::return_at_quote",
        For::Role(
            &[CUP_STAFF.approver],
            &[BOC_STAFF.approver],
            Error::NotCreditorAgent,
        ),
    ),
    ("Exchange::quote", For::Everyone),
    ("Exchange::fx_transfer", For::Everyone),
    ("Controls::set_tariff", For::Only(&[GOVERNOR], Error::NotGovernor)),
    ("Controls::set_limits", For::Only(&[GOVERNOR], Error::NotGovernor)),
    ("Controls::tariffs", For::Everyone),
    ("Controls::limits", For::Everyone),
    ("Controls::charges", For::Everyone),
    ("Queueing::resolve_queue", For::Everyone),
    ("Queueing::queue", For::Everyone),
];

impl For {
    /// What `caller` is told, if the message is not for it.
    fn refusal(&self, caller: Account) -> Option<Error> {
        match self {
            Self::Everyone => None,
            Self::Only(allowed, error) => (!allowed.contains(&caller)).then_some(*error),
            Self::Role(allowed, _, _) | Self::Own(allowed, _, _) if allowed.contains(&caller) => None,
            Self::Role(_, other_side, error) if other_side.contains(&caller) => Some(*error),
            Self::Own(_, own, error) if STAFF.contains(&caller) && !own.contains(&caller) => Some(*error),
            Self::Role(..) | Self::Own(..) if STAFF.contains(&caller) => Some(Error::MissingRole),
            Self::Role(..) | Self::Own(..) => Some(Error::UnknownAccount),
        }
    }
}

fn names(calls: &[Call]) -> BTreeSet<String> {
    calls.iter().map(|call| call.name.to_owned()).collect()
}

#[test]
fn the_stages_have_every_message_of_the_metadata() {
    let (mut commands, mut queries) = (BTreeSet::new(), BTreeSet::new());
    for play in plays() {
        commands.extend(names(&play.commands));
        queries.extend(names(&play.queries));
    }
    let mut known_commands = cast::messages(true);
    assert!(known_commands.remove(LEAVE));
    assert_eq!(commands, known_commands, "every command is sent by the attacks");
    assert_eq!(
        queries,
        cast::messages(false),
        "every query is sent by the attacks"
    );
    let known: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known.len(), TABLE.len());
    assert_eq!(known, &commands | &queries);
}

#[test]
fn whoever_a_message_is_not_for_is_told_so_and_changes_nothing() {
    for mut play in plays() {
        let (mut refused, mut allowed) = (0, 0);
        let calls = play.calls();
        let books = play.system.books();
        for call in &calls {
            let line = TABLE.iter().find(|(name, _)| *name == call.name);
            let (_, rule) = line.expect("a line of the table");
            for caller in play.everyone {
                match rule.refusal(*caller) {
                    Some(error) => {
                        let data = call.data.clone();
                        let ending = without_effect(&mut play.system, &books, *caller, data);
                        assert_eq!(ending, Ending::Refused(error), "{} by {}", call.told(), caller.0);
                        refused += 1;
                    }
                    None => {
                        is_carried_out(&mut play, call, *caller);
                        allowed += 1;
                    }
                }
            }
        }
        assert!(play.system.books() == books);
        println!("{refused} refused, {allowed} allowed");
        assert_eq!(refused + allowed, calls.len() * play.everyone.len());
    }
}

/// A query is answered, a command leaves something behind.
fn is_carried_out(play: &mut Play, call: &Call, caller: Account) {
    let books = play.system.books();
    play.system.rehearse(|system| {
        let ending = system.send(caller, call.data.clone());
        let answered = matches!(ending, Ending::Answered(_));
        assert!(answered, "{} by {}: {ending:?}", call.told(), caller.0);
        let changed = system.books() != books;
        assert_eq!(changed, !call.asks, "{} by {}", call.told(), caller.0);
    });
}

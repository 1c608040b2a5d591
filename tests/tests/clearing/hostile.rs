//! Every new message by everyone who may not send it, cut short, with more than it takes, and with extreme amounts.

use crate::stage::{accepted, batch, covered, net, open, pass_cut_off, refused, schedule};
use corridor_core::{Error, Money, ReasonCode};
use corridor_tests::backend::{Account, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP_STAFF, STRANGER};

const EVERYONE: [Account; 12] = [
    STRANGER,
    GOVERNOR,
    BOC_STAFF.admin,
    BOC_STAFF.instructor,
    BOC_STAFF.approver,
    BOC_STAFF.treasurer,
    BOC_STAFF.compliance,
    CUP_STAFF.admin,
    CUP_STAFF.instructor,
    CUP_STAFF.approver,
    CUP_STAFF.treasurer,
    CUP_STAFF.compliance,
];

/// A message, who may send it on this stage, and its call data.
struct Attempt {
    name: &'static str,
    allowed: &'static [Account],
    data: Vec<u8>,
}

/// A stage with a window past its cut-off and a batch nobody has answered, and each message as its sender would send it.
fn stage() -> (BlobBackend, Vec<Attempt>) {
    let mut system = open();
    net(&mut system, 1, 700);
    let (header, items) = batch(&system, 1, 20);
    let hub = system.contract();
    let submit = hub.submit_batch(header, items);
    accepted(&mut system, BOC_STAFF.instructor, submit.data());
    let window = pass_cut_off(&mut system);
    let (next, next_items) = batch(&system, 2, 20);
    let mut longer = schedule();
    longer.exceptions = vec![20_000];
    let reason = ReasonCode::AC04;
    let attempt = |name, allowed, data: &[u8]| Attempt {
        name,
        allowed,
        data: data.to_vec(),
    };
    let treasurers = &[BOC_STAFF.treasurer, CUP_STAFF.treasurer];
    let attempts = vec![
        attempt("set_schedule", &[GOVERNOR], hub.set_schedule(longer).data()),
        attempt("set_cap", &[GOVERNOR], hub.set_cap(BOC, CNY, 1).data()),
        attempt("abort_window", &[GOVERNOR], hub.abort_window(CNY, window).data()),
        attempt(
            "pledge",
            treasurers,
            hub.pledge(reference(77), Money::new(CNY, 5)).data(),
        ),
        attempt(
            "release",
            treasurers,
            hub.release(reference(78), Money::new(CNY, 5)).data(),
        ),
        attempt(
            "submit_batch",
            &[BOC_STAFF.instructor],
            hub.submit_batch(next, next_items).data(),
        ),
        attempt(
            "accept_batch",
            &[CUP_STAFF.approver],
            hub.accept_batch(BOC, 1, None).data(),
        ),
        attempt(
            "reject_batch",
            &[CUP_STAFF.approver, CUP_STAFF.compliance],
            hub.reject_batch(BOC, 1, reason).data(),
        ),
        attempt(
            "cancel_batch",
            &[BOC_STAFF.instructor, BOC_STAFF.compliance],
            hub.cancel_batch(1, reason).data(),
        ),
    ];
    (system, attempts)
}

#[test]
fn the_table_has_every_command_of_the_metadata() {
    let metadata = corridor_tests::blob::artefact::metadata("clearing");
    let messages = metadata["spec"]["messages"].as_array().expect("messages");
    let commands = messages.iter().filter(|message| message["mutates"] == true);
    let built: std::collections::BTreeSet<&str> = commands
        .filter_map(|message| message["label"].as_str()?.split_once("::"))
        .filter(|(group, _)| ["Netting", "Batches"].contains(group))
        .map(|(_, name)| name)
        // Anyone may close a window or expire a batch.
        .filter(|name| !["close_window", "expire_batch"].contains(name))
        .collect();
    let known = stage().1.iter().map(|attempt| attempt.name).collect();
    assert_eq!(built, known);
}

#[test]
fn nobody_but_its_sender_gets_a_message_through() {
    let (mut system, attempts) = stage();
    let books = system.books();
    for Attempt { name, allowed, data } in attempts {
        for caller in EVERYONE {
            system.rehearse(|system| {
                let ending = system.send(caller, data.clone());
                if allowed.contains(&caller) {
                    assert!(
                        matches!(ending, Ending::Answered(_)),
                        "{name} by {}: {ending:?}",
                        caller.0
                    );
                    assert!(system.books() != books, "{name} by {}", caller.0);
                    covered(system);
                    return;
                }
                let authority = matches!(
                    ending,
                    Ending::Refused(
                        Error::NotGovernor
                            | Error::UnknownAccount
                            | Error::MissingRole
                            | Error::NotDebtorAgent
                            | Error::NotCreditorAgent
                            // Another participant's approver looks for a batch of its own.
                            | Error::UnknownBatch
                    )
                );
                assert!(authority, "{name} by {}: {ending:?}", caller.0);
                assert!(system.books() == books, "{name} by {}", caller.0);
            });
        }
    }
}

#[test]
fn call_data_cut_short_or_too_long_changes_nothing() {
    let (mut system, attempts) = stage();
    let books = system.books();
    for Attempt { name, allowed, data } in attempts {
        let longer = [&data[..], &[0]].concat();
        let shorter = (4..data.len().min(120)).map(|length| data[..length].to_vec());
        let last = data[..data.len() - 1].to_vec();
        for bytes in shorter.chain([longer, last]) {
            system.rehearse(|system| {
                let ending = system.send(allowed[0], bytes.clone());
                let refused = matches!(
                    ending,
                    Ending::Refused(_) | Ending::Undecodable | Ending::Stopped(_)
                );
                assert!(refused, "{name}, {} bytes: {ending:?}", bytes.len());
                assert!(system.books() == books, "{name}, {} bytes", bytes.len());
            });
        }
    }
}

#[test]
fn extreme_amounts_are_refused_with_their_error() {
    let mut system = open();
    let hub = system.contract();
    let (treasurer, instructor) = (BOC_STAFF.treasurer, BOC_STAFF.instructor);
    for (minor_units, error) in [
        (0, Error::ZeroAmount),
        (u128::MAX, Error::NetAmountTooLarge),
        (i64::MAX as u128 + 1, Error::NetAmountTooLarge),
        (i64::MAX as u128, Error::InsufficientFunds),
    ] {
        let amount = Money::new(CNY, minor_units);
        refused(
            &mut system,
            treasurer,
            hub.pledge(reference(5), amount).data(),
            error,
        );
    }
    let (mut header, mut items) = batch(&system, 1, 2);
    for item in items.chunks_mut(64) {
        item[16..24].copy_from_slice(&(i64::MAX as u64).to_le_bytes());
    }
    header.control_sum = 2 * (i64::MAX as u128);
    accepted(&mut system, instructor, hub.submit_batch(header, items).data());
    let accept = hub.accept_batch(BOC, 1, None);
    refused(
        &mut system,
        CUP_STAFF.approver,
        accept.data(),
        Error::NetAmountTooLarge,
    );
}

#[test]
fn a_foreign_currency_and_an_unknown_window_are_refused() {
    let mut system = open();
    let hub = system.contract();
    let unknown = "USD".parse().expect("a code");
    let window = pass_cut_off(&mut system);
    refused(
        &mut system,
        STRANGER,
        hub.close_window(unknown, window).data(),
        Error::UnknownCurrency,
    );
    refused(
        &mut system,
        GOVERNOR,
        hub.set_cap(BOC, unknown, 1).data(),
        Error::UnknownCurrency,
    );
    refused(
        &mut system,
        BOC_STAFF.treasurer,
        hub.pledge(reference(5), Money::new(unknown, 5)).data(),
        Error::InsufficientFunds,
    );
    let far = corridor_core::WindowId(u32::MAX);
    refused(
        &mut system,
        STRANGER,
        hub.close_window(CNY, far).data(),
        Error::WindowOpen,
    );
}

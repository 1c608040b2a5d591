//! Every message of exchange and controls by everyone who may not send it, and with call data of another length.

use crate::returns;
use crate::stage::{
    accepted, covered, instructed, on_quote, open, quote, terms, uetr, HSBC, HSBC_ADMIN, HSBC_COMPLIANCE,
    HSBC_QUOTER, HSBC_TREASURER,
};
use corridor_client::LimitScope;
use corridor_core::{Error, Limits, ReasonCode, SettlementMethod, Tariff, TransferReturn, Unwind};
use corridor_tests::backend::{Account, Backend, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::BlobBackend;
use corridor_tests::scenario::stage::{reference, BOC, BOC_STAFF, CNY, CUP, CUP_STAFF, STRANGER};

const EVERYONE: [Account; 16] = [
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
    HSBC_ADMIN,
    HSBC_QUOTER,
    HSBC_TREASURER,
    HSBC_COMPLIANCE,
];

/// A message, who may send it on this stage, and its call data.
struct Attempt {
    name: &'static str,
    allowed: Vec<Account>,
    data: Vec<u8>,
}

/// A stage with transfers in two currencies pending and settled and one that waits, and each message as its sender
/// would send it.
fn stage() -> (BlobBackend, Vec<Attempt>) {
    let mut system = open();
    let (pending, published) = instructed(&mut system, 1, 10_000);
    let (settled, _) = crate::stage::settled(&mut system, 2, 10_000);
    let waiting = terms(&system, 2_000_000, SettlementMethod::QueuedGross);
    let hub = system.contract();
    accepted(
        &mut system,
        BOC_STAFF.instructor,
        hub.instruct(uetr(3), waiting).data(),
    );
    let scope = LimitScope {
        debtor_agent: BOC,
        creditor_agent: None,
        currency: CNY,
    };
    let limits = Limits {
        per_transfer_minor_units: 1,
        period_minor_units: 1,
        period_count: 1,
        bucket_seconds: 1,
    };
    let tariff = Tariff {
        version: 1,
        effective_from: system.now() + 1_000,
        fixed_minor_units: 1,
        basis_points: 1,
        minimum_minor_units: 1,
        maximum_minor_units: 1,
    };
    let command = TransferReturn {
        uetr: settled,
        minor_units: 100,
        reason: ReasonCode::AC01,
    };
    let fx = on_quote(&system, 9, 1_000, &published, None);
    let exchanged = returns::exchanged(&mut system, 4, Unwind::NewQuote);
    let back = returns::back(&system, 5);
    accepted(&mut system, HSBC_QUOTER, hub.publish_quote(back).data());
    let at_quote = returns::command(exchanged, 1_000, &back);
    let attempt = |name, allowed: &[Account], data: &[u8]| Attempt {
        name,
        allowed: allowed.to_vec(),
        data: data.to_vec(),
    };
    let (approver, instructor) = (CUP_STAFF.approver, BOC_STAFF.instructor);
    let attempts = vec![
        attempt(
            "publish_quote",
            &[HSBC_QUOTER],
            hub.publish_quote(quote(&system, 3)).data(),
        ),
        attempt(
            "withdraw_quote",
            &[HSBC_QUOTER, HSBC_COMPLIANCE],
            hub.withdraw_quote(published).data(),
        ),
        attempt("instruct_fx", &[instructor], &fx),
        attempt("accept", &[approver], hub.accept(pending).data()),
        attempt(
            "reject",
            &[approver, CUP_STAFF.compliance],
            hub.reject(pending, ReasonCode::AC04).data(),
        ),
        attempt(
            "cancel",
            &[instructor, BOC_STAFF.compliance],
            hub.cancel(pending, ReasonCode::CUST).data(),
        ),
        attempt(
            "return_transfer",
            &[approver],
            hub.return_transfer(reference(1), command).data(),
        ),
        attempt(
            "return_at_quote",
            &[approver],
            hub.return_at_quote(reference(2), at_quote, None).data(),
        ),
        attempt(
            "accept of one that waits",
            &[approver],
            hub.accept(uetr(3)).data(),
        ),
        attempt(
            "set_tariff",
            &[GOVERNOR],
            hub.set_tariff(BOC, CUP, CNY, HSBC, tariff).data(),
        ),
        attempt(
            "set_limits",
            &[GOVERNOR],
            hub.set_limits(scope, Some(limits)).data(),
        ),
    ];
    (system, attempts)
}

#[test]
fn the_table_has_every_command_of_the_metadata() {
    let mut built = std::collections::BTreeSet::new();
    for piece in ["exchange", "controls", "treasury"] {
        let metadata = corridor_tests::blob::artefact::metadata(piece);
        for message in metadata["spec"]["messages"].as_array().expect("messages") {
            let label = message["label"].as_str().expect("a label");
            let (group, name) = label.split_once("::").expect("trait and message");
            if message["mutates"] == true && !["Transfers", "Escrow"].contains(&group) {
                built.insert(name.to_owned());
            }
        }
    }
    // Anyone may resolve a queue.
    assert!(built.remove("resolve_queue"));
    let (_, attempts) = stage();
    for name in built {
        assert!(attempts.iter().any(|attempt| attempt.name == name), "{name}");
    }
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
                    let done = matches!(ending, Ending::Answered(_));
                    assert!(done, "{name} by {}: {ending:?}", caller.0);
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
                            | Error::NotQuoteProvider
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
        let shorter = (4..data.len()).map(|length| data[..length].to_vec());
        for bytes in shorter.chain([longer]) {
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
fn a_quote_for_currencies_or_counterparties_nobody_knows_is_refused() {
    let mut system = open();
    let hub = system.contract();
    for (change, error) in [
        (
            (|quote: &mut corridor_core::Quote| quote.provider_sells = "USD".parse().expect("a code"))
                as fn(&mut _),
            Error::UnknownCurrency,
        ),
        (
            |quote| quote.counterparty = Some(corridor_core::ParticipantId(9)),
            Error::UnknownParticipant,
        ),
        (|quote| quote.rate.denominator = 0, Error::InvalidRate),
        (|quote| quote.provider_sells = CNY, Error::InvalidQuote),
        (|quote| quote.expires_at = 1, Error::ExpiryPassed),
    ] {
        let mut bad = quote(&system, 1);
        change(&mut bad);
        crate::stage::refused(&mut system, HSBC_QUOTER, hub.publish_quote(bad).data(), error);
    }
}

//! The settlement contract.

use crate::golden;
use crate::registry::Registry;
use corridor_api::{
    BatchRecorded, Codes, ControlsChanged, EscrowMoved, ExchangeRecorded, FeesRecorded, LimitScope,
    NettingRecorded, QueueResolved, QuoteRecorded, RegistryChanged, SignedQuote, TransferRecorded,
};
use corridor_client::{contract::SettlementContract, Exceptions};
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    BatchHeader, ChargeBearer, Currency, FxTerms, Limits, Money, ParticipantId, Quote, QuoteId, QuotedReturn,
    Rate, ReasonCode, Reference, Role, Schedule, SettlementMethod, Tariff, Terms, TransferReturn, Uetr,
    Unwind, WindowId,
};
use corridor_tests::blob::artefact;
use ink::{abi::Ink, env::Event};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the client sends for each message.
fn sent() -> BTreeMap<&'static str, Vec<u8>> {
    let hub = SettlementContract::at([0xAB; 20]);
    let (uetr, reference, reason) = (Uetr([1; 16]), Reference([2; 16]), ReasonCode::AC04);
    let (id, currency, address) = (ParticipantId(3), Currency::CNY, [4; 20]);
    let amount = Money::new(currency, 5);
    let agent: corridor_core::AgentId = "CNAPS:104100000004".parse().expect("an agent");
    let terms = Terms {
        debtor_agent: id,
        creditor_agent: ParticipantId(6),
        interbank_settlement_amount: amount,
        interbank_settlement_date: 7,
        charge_bearer: ChargeBearer::Slev,
        settlement_method: SettlementMethod::Gross,
        expires_at: 8,
        message_digest: [9; 32],
    };
    let command = TransferReturn {
        uetr,
        minor_units: 10,
        reason,
    };
    let entry = CurrencyEntry {
        currency,
        exponent: 2,
        token: address,
    };
    let agents = vec![agent.clone(), "BKCHCNBJ".parse().expect("a BIC")];
    let role = Role::Auditor;
    let window = WindowId(13);
    let schedule = Schedule {
        anchor: 1_800_000_000,
        length: 3_600,
        cut_off: 300,
        utc_offset: 28_800,
        exceptions: vec![20_000, 20_001],
    };
    let header = BatchHeader {
        debtor_agent: id,
        number: 12,
        currency,
        counterparties: vec![ParticipantId(6)],
        items: 1,
        control_sum: 5,
        all_or_nothing: true,
        expires_at: 8,
    };
    let exceptions = Exceptions {
        header: header.clone(),
        chunk_hashes: vec![[14; 32]],
        items: vec![(0, vec![15; 32])],
    };
    let quote_id = QuoteId {
        provider: id,
        reference,
    };
    let quote = Quote {
        id: quote_id,
        provider_buys: currency,
        provider_sells: Currency::HKD,
        rate: Rate {
            numerator: 16,
            denominator: 17,
        },
        spread_basis_points: 18,
        minimum_minor_units: 19,
        maximum_minor_units: 20,
        counterparty: Some(id),
        expires_at: 21,
        hold_seconds: 22,
        unwind_seconds: 23,
    };
    let signed = SignedQuote {
        quote,
        public_key: [24; 32],
        signature: [25; 64],
    };
    let fx = FxTerms {
        quote: quote_id,
        credited: amount,
        unwind: Unwind::NewQuote,
    };
    let quoted = QuotedReturn {
        transfer_return: command,
        quote: quote_id,
        given_back: amount,
    };
    let tariff = Tariff {
        version: 26,
        effective_from: 27,
        fixed_minor_units: 28,
        basis_points: 29,
        minimum_minor_units: 30,
        maximum_minor_units: 31,
    };
    let limits = Limits {
        per_transfer_minor_units: 32,
        period_minor_units: 33,
        period_count: 34,
        bucket_seconds: 35,
    };
    let scope = LimitScope {
        debtor_agent: id,
        creditor_agent: Some(ParticipantId(6)),
        currency,
    };
    BTreeMap::from([
        (
            "Exchange::publish_quote",
            hub.publish_quote(quote).data().to_vec(),
        ),
        (
            "Exchange::withdraw_quote",
            hub.withdraw_quote(quote).data().to_vec(),
        ),
        (
            "Exchange::instruct_fx",
            hub.instruct_fx(uetr, terms, fx, Some(signed)).data().to_vec(),
        ),
        (
            "Exchange::return_at_quote",
            hub.return_at_quote(reference, quoted, Some(signed))
                .data()
                .to_vec(),
        ),
        ("Exchange::quote", hub.quote(quote_id).data().to_vec()),
        ("Exchange::fx_transfer", hub.fx_transfer(uetr).data().to_vec()),
        (
            "Controls::set_tariff",
            hub.set_tariff(id, id, currency, id, tariff).data().to_vec(),
        ),
        (
            "Controls::set_limits",
            hub.set_limits(scope, Some(limits)).data().to_vec(),
        ),
        (
            "Queueing::resolve_queue",
            hub.resolve_queue(currency).data().to_vec(),
        ),
        ("Controls::tariffs", hub.tariffs(id, id, currency).data().to_vec()),
        ("Controls::limits", hub.limits(scope).data().to_vec()),
        ("Controls::charges", hub.charges(uetr).data().to_vec()),
        ("Queueing::queue", hub.queue(currency).data().to_vec()),
        ("Transfers::instruct", hub.instruct(uetr, terms).data().to_vec()),
        ("Transfers::accept", hub.accept(uetr).data().to_vec()),
        ("Transfers::reject", hub.reject(uetr, reason).data().to_vec()),
        ("Transfers::cancel", hub.cancel(uetr, reason).data().to_vec()),
        ("Transfers::expire", hub.expire(uetr).data().to_vec()),
        (
            "Transfers::return_transfer",
            hub.return_transfer(reference, command).data().to_vec(),
        ),
        ("Escrow::deposit", hub.deposit(reference, amount).data().to_vec()),
        (
            "Escrow::withdraw",
            hub.withdraw(reference, amount).data().to_vec(),
        ),
        ("Governance::governance", hub.governance().data().to_vec()),
        (
            "Governance::propose_governor",
            hub.propose_governor(address).data().to_vec(),
        ),
        (
            "Governance::accept_governor",
            hub.accept_governor().data().to_vec(),
        ),
        ("Governance::set_paused", hub.set_paused(true).data().to_vec()),
        (
            "Governance::register_currency",
            hub.register_currency(entry).data().to_vec(),
        ),
        (
            "Governance::register_participant",
            hub.register_participant(agents, address).data().to_vec(),
        ),
        (
            "Governance::set_suspended",
            hub.set_suspended(id, true).data().to_vec(),
        ),
        (
            "Administration::propose_admin",
            hub.propose_admin(id, address).data().to_vec(),
        ),
        (
            "Administration::accept_admin",
            hub.accept_admin(id).data().to_vec(),
        ),
        (
            "Administration::grant_role",
            hub.grant_role(id, address, role).data().to_vec(),
        ),
        (
            "Administration::revoke_role",
            hub.revoke_role(id, address, role).data().to_vec(),
        ),
        ("Administration::leave", hub.leave().data().to_vec()),
        (
            "Netting::set_schedule",
            hub.set_schedule(schedule).data().to_vec(),
        ),
        ("Netting::set_cap", hub.set_cap(id, currency, 11).data().to_vec()),
        ("Netting::pledge", hub.pledge(reference, amount).data().to_vec()),
        ("Netting::release", hub.release(reference, amount).data().to_vec()),
        (
            "Netting::close_window",
            hub.close_window(currency, window).data().to_vec(),
        ),
        (
            "Netting::abort_window",
            hub.abort_window(currency, window).data().to_vec(),
        ),
        ("Netting::schedule", hub.schedule().data().to_vec()),
        (
            "Netting::net_position",
            hub.net_position(id, currency).data().to_vec(),
        ),
        (
            "Netting::bilateral",
            hub.bilateral(id, id, currency).data().to_vec(),
        ),
        (
            "Netting::window",
            hub.window(currency, Some(window)).data().to_vec(),
        ),
        (
            "Batches::submit_batch",
            hub.submit_batch(header.clone(), vec![1, 2, 3]).data().to_vec(),
        ),
        (
            "Batches::accept_batch",
            hub.accept_batch(id, 12, Some(exceptions)).data().to_vec(),
        ),
        (
            "Batches::reject_batch",
            hub.reject_batch(id, 12, reason).data().to_vec(),
        ),
        (
            "Batches::cancel_batch",
            hub.cancel_batch(12, reason).data().to_vec(),
        ),
        ("Batches::expire_batch", hub.expire_batch(id, 12).data().to_vec()),
        ("Batches::batch", hub.batch(id, 12).data().to_vec()),
        ("Batches::last_batch", hub.last_batch(id).data().to_vec()),
        ("Inspection::transfer", hub.transfer(uetr).data().to_vec()),
        (
            "Inspection::operation",
            hub.operation(id, reference).data().to_vec(),
        ),
        ("Inspection::position", hub.position(id, currency).data().to_vec()),
        (
            "Inspection::find_participant",
            hub.find_participant(agent).data().to_vec(),
        ),
        ("Inspection::participants", hub.participants(1, 2).data().to_vec()),
        ("Inspection::account", hub.account(address).data().to_vec()),
        ("Inspection::accounts", hub.accounts(id, 1, 2).data().to_vec()),
        ("Inspection::currency", hub.currency(currency).data().to_vec()),
        ("Inspection::currencies", hub.currencies(1, 2).data().to_vec()),
        (
            "Inspection::conservation",
            hub.conservation(currency).data().to_vec(),
        ),
    ])
}

fn spec<'a>(metadata: &'a Value, what: &str) -> &'a [Value] {
    metadata["spec"][what].as_array().expect("a list").as_slice()
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().expect("a text")
}

fn type_of(argument: &Value) -> u64 {
    argument["type"]["type"].as_u64().expect("a type")
}

#[test]
fn every_message_is_sent_with_its_selector_and_arguments() {
    let registry = Registry(artefact::metadata("settlement"));
    let mut sent = sent();
    for message in spec(&registry.0, "messages") {
        let label = text(message, "label");
        let data = sent
            .remove(label)
            .unwrap_or_else(|| panic!("the client does not send {label}"));
        assert_eq!(
            format!("0x{}", hex::encode(&data[..4])),
            text(message, "selector"),
            "{label}"
        );
        let mut arguments = &data[4..];
        for argument in message["args"].as_array().expect("arguments") {
            registry.take(type_of(argument), &mut arguments);
        }
        assert!(
            arguments.is_empty(),
            "{label}: {} bytes too many",
            arguments.len()
        );
        assert_eq!(message["payable"], false, "{label} takes coins");
    }
    assert!(sent.is_empty(), "no such messages: {:?}", sent.keys());
}

#[test]
fn constructors_are_called_by_their_selectors() {
    let codes = Codes {
        backoffice: [1; 20].into(),
        clearing: [2; 20].into(),
        exchange: [3; 20].into(),
        controls: [4; 20].into(),
        treasury: [7; 20].into(),
    };
    for (contract, data, arguments) in [
        (
            "settlement",
            SettlementContract::constructor(codes, [5; 32], [6; 20]),
            3,
        ),
        ("backoffice", SettlementContract::piece_constructor(), 0),
        ("clearing", SettlementContract::piece_constructor(), 0),
        ("exchange", SettlementContract::piece_constructor(), 0),
        ("controls", SettlementContract::piece_constructor(), 0),
        ("treasury", SettlementContract::piece_constructor(), 0),
    ] {
        let registry = Registry(artefact::metadata(contract));
        let [constructor] = spec(&registry.0, "constructors") else {
            panic!("one constructor")
        };
        assert_eq!(
            format!("0x{}", hex::encode(&data[..4])),
            text(constructor, "selector")
        );
        assert_eq!(constructor["args"].as_array().map(Vec::len), Some(arguments));
        let mut rest = &data[4..];
        for argument in constructor["args"].as_array().expect("arguments") {
            registry.take(type_of(argument), &mut rest);
        }
        assert!(rest.is_empty());
        assert_eq!(constructor["payable"], false);
    }
}

/// The hub hands call data on as it is, so all pieces of code must read it alike.
#[test]
fn the_other_pieces_of_code_have_the_hubs_messages() {
    let describe = |contract: &str| -> BTreeMap<String, String> {
        let registry = Registry(artefact::metadata(contract));
        let messages = spec(&registry.0, "messages").iter();
        messages
            .map(|message| {
                (
                    text(message, "label").to_owned(),
                    describe_message(&registry, message),
                )
            })
            .collect()
    };
    let mut pieces = describe("backoffice");
    for piece in ["clearing", "exchange", "controls", "treasury"] {
        for (label, message) in describe(piece) {
            let shared = label.starts_with("Transfers::").then(|| message.clone());
            assert_eq!(pieces.insert(label, message), shared, "in two pieces of code");
        }
    }
    assert_eq!(describe("settlement"), pieces);
}

#[test]
fn every_event_has_the_topic_the_client_looks_for() {
    let metadata = artefact::metadata("settlement");
    let topic = |topic: Option<[u8; 32]>| format!("0x{}", hex::encode(topic.expect("a named event")));
    let known = BTreeMap::from([
        (
            "TransferRecorded",
            topic(<TransferRecorded as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        ("EscrowMoved", topic(<EscrowMoved as Event<Ink>>::SIGNATURE_TOPIC)),
        (
            "RegistryChanged",
            topic(<RegistryChanged as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "NettingRecorded",
            topic(<NettingRecorded as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "BatchRecorded",
            topic(<BatchRecorded as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "QuoteRecorded",
            topic(<QuoteRecorded as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "ExchangeRecorded",
            topic(<ExchangeRecorded as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "FeesRecorded",
            topic(<FeesRecorded as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "ControlsChanged",
            topic(<ControlsChanged as Event<Ink>>::SIGNATURE_TOPIC),
        ),
        (
            "QueueResolved",
            topic(<QueueResolved as Event<Ink>>::SIGNATURE_TOPIC),
        ),
    ]);
    let built: BTreeMap<_, _> = spec(&metadata, "events")
        .iter()
        .map(|event| (text(event, "label"), text(event, "signature_topic").to_owned()))
        .collect();
    assert_eq!(built, known);
    for (name, topic) in known {
        let preimage = format!("corridor/event/v1/{name}");
        let hash = sp_crypto_hashing::blake2_256(preimage.as_bytes());
        assert_eq!(topic, format!("0x{}", hex::encode(hash)), "{name}");
    }
}

fn describe_message(registry: &Registry, message: &Value) -> String {
    let arguments = message["args"]
        .as_array()
        .expect("arguments")
        .iter()
        .map(|argument| {
            format!(
                "{}: {}",
                text(argument, "label"),
                registry.name(type_of(argument))
            )
        });
    let arguments: Vec<String> = arguments.collect();
    let returned = message["returnType"]["type"]
        .as_u64()
        .map_or("()".into(), |id| registry.name(id));
    let kind = if message["mutates"] == true {
        "command"
    } else {
        "query"
    };
    let (selector, label) = (text(message, "selector"), text(message, "label"));
    format!(
        "{selector} {kind} {label}({}) -> {returned}",
        arguments.join(", ")
    )
}

#[test]
fn the_wire_format_is_as_it_was() {
    let registry = Registry(artefact::metadata("settlement"));
    let mut lines = vec!["# Messages".to_owned()];
    lines.extend(
        spec(&registry.0, "messages")
            .iter()
            .map(|message| describe_message(&registry, message)),
    );
    lines.extend([String::new(), "# Events".to_owned()]);
    for event in spec(&registry.0, "events") {
        let fields = event["args"].as_array().expect("fields").iter().map(|field| {
            let topic = if field["indexed"] == true { "topic " } else { "" };
            format!(
                "{topic}{}: {}",
                text(field, "label"),
                registry.name(type_of(field))
            )
        });
        let fields: Vec<String> = fields.collect();
        let (topic, label) = (text(event, "signature_topic"), text(event, "label"));
        lines.push(format!("{topic} {label} {{ {} }}", fields.join(", ")));
    }
    lines.extend([String::new(), "# Types".to_owned()]);
    lines.extend(registry.definitions());
    golden("settlement.txt", &(lines.join("\n") + "\n"));
}

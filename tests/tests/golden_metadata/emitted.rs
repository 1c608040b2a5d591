//! Events as the code emits them: topics and bytes, one of each kind.

use crate::golden;
use crate::registry::Registry;
use corridor_client::SettlementEvent;
use corridor_core::{Money, ReasonCode, Role};
use corridor_devnet_runtime::testing::ContractEvent;
use corridor_tests::backend::{Account, Backend, Command, Token, GOVERNOR};
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::{artefact, BlobBackend};
use corridor_tests::scenario::stage::{
    agent_id, reference, return_of, uetr, Stage, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, DAY,
    STRANGER,
};
use serde_json::Value;

const USD_TOKEN: Token = Token("usd-token");
/// What stands for its address in the golden file.
const ANY_TOKEN: [u8; 20] = [0x70; 20];

/// A story in which everything that can happen happens.
fn story(system: &mut BlobBackend) -> Vec<ContractEvent> {
    let stage = Stage::open(system);
    stage.system.deploy_token(USD_TOKEN, 2);
    let reason = ReasonCode::AC04;
    let instruct = |number| Command::Instruct {
        uetr: uetr(number),
        terms: stage.terms(1_000 + u128::from(number)),
    };
    let mut commands: Vec<(Account, Command)> = (1..=4)
        .map(|number| (BOC_STAFF.instructor, instruct(number)))
        .collect();
    let amount = Money::new(CNY, 77);
    stage.system.fund(BOC_STAFF.treasurer, CNY_TOKEN, 1_000);
    commands.extend([
        (CUP_STAFF.approver, Command::Accept { uetr: uetr(1) }),
        (
            CUP_STAFF.approver,
            Command::Reject {
                uetr: uetr(2),
                reason,
            },
        ),
        (
            BOC_STAFF.instructor,
            Command::Cancel {
                uetr: uetr(3),
                reason,
            },
        ),
        (CUP_STAFF.approver, return_of(1, uetr(1), 1)),
        (CUP_STAFF.approver, return_of(2, uetr(1), 1_000)),
        (
            BOC_STAFF.treasurer,
            Command::Deposit {
                reference: reference(7),
                amount,
            },
        ),
        (
            BOC_STAFF.treasurer,
            Command::Withdraw {
                reference: reference(8),
                amount,
            },
        ),
        (
            GOVERNOR,
            Command::RegisterCurrency {
                currency: "USD".parse().expect("a code"),
                exponent: 2,
                token: USD_TOKEN,
            },
        ),
        (
            GOVERNOR,
            Command::RegisterParticipant {
                agents: vec![
                    agent_id("HSBCHKHH"),
                    agent_id("54930053HGCFWVHYZX42"),
                    agent_id("CNAPS:501"),
                ],
                admin: STRANGER,
            },
        ),
        (
            GOVERNOR,
            Command::SetSuspended {
                participant: CUP,
                suspended: true,
            },
        ),
        (GOVERNOR, Command::SetPaused { paused: true }),
        (
            BOC_STAFF.admin,
            Command::GrantRole {
                participant: BOC,
                account: STRANGER,
                role: Role::Auditor,
            },
        ),
        (
            BOC_STAFF.admin,
            Command::ProposeAdmin {
                participant: BOC,
                successor: STRANGER,
            },
        ),
        (STRANGER, Command::AcceptAdmin { participant: BOC }),
        (GOVERNOR, Command::ProposeGovernor { successor: STRANGER }),
        (STRANGER, Command::AcceptGovernor),
    ]);
    let mut events = Vec::new();
    for (caller, command) in &commands {
        events.push(emitted(system, *caller, command));
    }
    system.advance_time(DAY);
    events.push(emitted(system, STRANGER, &Command::Expire { uetr: uetr(4) }));
    events
}

/// The one event of the settlement contract that a command makes it emit.
fn emitted(system: &mut BlobBackend, caller: Account, command: &Command) -> ContractEvent {
    let (hub, data) = (system.hub(), system.call_data(command));
    let outcome = system.must(caller, hub, data);
    let mut own = outcome
        .events
        .into_iter()
        .filter(|(emitter, _, _)| emitter.0 == hub);
    match (own.next(), own.next()) {
        (Some(event), None) => event,
        other => panic!("{command:?}: {other:?}"),
    }
}

#[test]
fn every_event_is_what_metadata_and_client_say() {
    let registry = Registry(artefact::metadata("settlement"));
    let mut system = BlobBackend::new(Tokens::Plain);
    let mut lines = Vec::new();
    for (_, data, topics) in story(&mut system) {
        let raw: Vec<[u8; 32]> = topics.iter().map(|topic| topic.0).collect();
        let read = SettlementEvent::decode(&raw, &data)
            .expect("its own data")
            .expect("a known event");
        let signature = format!("0x{}", hex::encode(raw[0]));
        let specs = registry.0["spec"]["events"].as_array().expect("events");
        let spec = specs
            .iter()
            .find(|spec| spec["signature_topic"] == signature.as_str());
        let spec = spec.expect("an event of the metadata");
        let (mut rest, mut next_topic) = (&data[..], 1);
        for field in spec["args"].as_array().expect("fields") {
            let before = rest;
            registry.take(field["type"]["type"].as_u64().expect("a type"), &mut rest);
            let value = &before[..before.len() - rest.len()];
            if field["indexed"] == Value::Bool(true) {
                let mut padded = [0; 32];
                padded[..value.len()].copy_from_slice(value);
                assert_eq!(raw[next_topic], padded, "{}", field["label"]);
                next_topic += 1;
            }
        }
        assert!(rest.is_empty(), "{read:?}");
        assert_eq!(next_topic, raw.len(), "{read:?}");
        let name = spec["label"].as_str().expect("a name");
        lines.push(format!("{name} {}\n    {read:?}", hex::encode(&data)));
    }
    // The token's address depends on its code, and so on the compiler.
    let token = system.token_address(USD_TOKEN);
    let text = lines
        .join("\n")
        .replace(&hex::encode(token), &hex::encode(ANY_TOKEN))
        .replace(&format!("{token:?}"), &format!("{ANY_TOKEN:?}"));
    golden("events.txt", &(text + "\n"));
}

//! The stage of all attacks: two institutions with money and transfers in every state that matters.

use corridor_client::Codes;
use corridor_core::{Address, ChargeBearer, Money, ReasonCode, Role, SettlementMethod, Terms};
use corridor_tests::backend::{Account, Backend, Command, Token, GOVERNOR};
use corridor_tests::blob::command::Ending;
use corridor_tests::blob::money::Money as Tokens;
use corridor_tests::blob::storage::Books;
use corridor_tests::blob::{BlobBackend, DEPLOYER};
use corridor_tests::scenario::stage::{
    agent_id, reference, return_of, uetr, Stage, BOC, BOC_STAFF, CNY, CNY_TOKEN, CUP, CUP_STAFF, DAY, FUNDS,
    HKD, STRANGER,
};
use std::collections::BTreeSet;

pub const BOC_AUDITOR: Account = Account("boc-auditor");
pub const CUP_AUDITOR: Account = Account("cup-auditor");
/// Proposed as the governor, and as BOC's admin.
pub const SUCCESSOR: Account = Account("successor");

/// Everyone who may try something.
pub const EVERYONE: [Account; 16] = [
    STRANGER,
    DEPLOYER,
    GOVERNOR,
    SUCCESSOR,
    BOC_STAFF.admin,
    BOC_STAFF.instructor,
    BOC_STAFF.approver,
    BOC_STAFF.treasurer,
    BOC_STAFF.compliance,
    BOC_AUDITOR,
    CUP_STAFF.admin,
    CUP_STAFF.instructor,
    CUP_STAFF.approver,
    CUP_STAFF.treasurer,
    CUP_STAFF.compliance,
    CUP_AUDITOR,
];

/// A pending transfer of 1,000 from BOC to CUP.
pub const PENDING: u8 = 1;
/// A settled one.
pub const SETTLED: u8 = 2;
/// A pending one whose time has passed.
pub const LATE: u8 = 3;

/// The stage on the contract's code.
pub fn open() -> BlobBackend {
    let mut system = BlobBackend::new(Tokens::Plain);
    prepare(&mut system);
    system
}

/// Sets the stage: CUP holds 1,000 and has 5,000 tokens outside, BOC 10,000.
pub fn prepare(system: &mut dyn Backend) {
    let mut stage = Stage::open(system);
    for (participant, admin, account) in [
        (BOC, BOC_STAFF.admin, BOC_AUDITOR),
        (CUP, CUP_STAFF.admin, CUP_AUDITOR),
    ] {
        let role = Role::Auditor;
        let command = Command::GrantRole {
            participant,
            account,
            role,
        };
        stage.ok(admin, command);
    }
    stage.instruct(uetr(LATE), 1_000);
    stage.system.advance_time(2 * DAY);
    stage.instruct(uetr(PENDING), 1_000);
    stage.settle(uetr(SETTLED), 1_000);
    let successor = SUCCESSOR;
    stage.ok(GOVERNOR, Command::ProposeGovernor { successor });
    let participant = BOC;
    let command = Command::ProposeAdmin {
        participant,
        successor,
    };
    stage.ok(BOC_STAFF.admin, command);
    stage.system.deploy_token(NEW_TOKEN, 2);
    for (account, minor_units) in [(CUP_STAFF.treasurer, 5_000), (BOC_STAFF.treasurer, 10_000)] {
        stage.system.fund(account, CNY_TOKEN, minor_units);
    }
    stage.holds(BOC, FUNDS - 3_000, 2_000);
    stage.holds(CUP, 1_000, 0);
}

/// Deployed and not registered.
pub const NEW_TOKEN: Token = Token("new-token");

/// BOC pays CUP so many fen, to be accepted within a day.
pub fn usual_terms(system: &BlobBackend, minor_units: u128) -> Terms {
    let now = system.now();
    Terms {
        debtor_agent: BOC,
        creditor_agent: CUP,
        interbank_settlement_amount: Money::new(CNY, minor_units),
        interbank_settlement_date: 19_675,
        charge_bearer: ChargeBearer::Shar,
        settlement_method: SettlementMethod::Gross,
        expires_at: now + DAY,
        message_digest: [0xD1; 32],
    }
}

/// A command of each kind that the right caller could carry out on the stage, with that caller.
pub fn commands(system: &BlobBackend) -> Vec<(&'static str, Account, Command)> {
    let terms = usual_terms(system, 100);
    let successor = STRANGER;
    let participant = BOC;
    let account = STRANGER;
    let amount = Money::new(CNY, 100);
    let reason = ReasonCode::AC04;
    let pending = uetr(PENDING);
    vec![
        (
            "Governance::propose_governor",
            GOVERNOR,
            Command::ProposeGovernor { successor },
        ),
        ("Governance::accept_governor", SUCCESSOR, Command::AcceptGovernor),
        (
            "Governance::set_paused",
            GOVERNOR,
            Command::SetPaused { paused: true },
        ),
        (
            "Governance::register_currency",
            GOVERNOR,
            Command::RegisterCurrency {
                currency: "USD".parse().expect("a code"),
                exponent: 2,
                token: NEW_TOKEN,
            },
        ),
        (
            "Governance::register_participant",
            GOVERNOR,
            Command::RegisterParticipant {
                agents: vec![agent_id("HSBCHKHH"), agent_id("CNAPS:501")],
                admin: STRANGER,
            },
        ),
        (
            "Governance::set_suspended",
            GOVERNOR,
            Command::SetSuspended {
                participant,
                suspended: true,
            },
        ),
        (
            "Administration::propose_admin",
            BOC_STAFF.admin,
            Command::ProposeAdmin {
                participant,
                successor,
            },
        ),
        (
            "Administration::accept_admin",
            SUCCESSOR,
            Command::AcceptAdmin { participant },
        ),
        (
            "Administration::grant_role",
            BOC_STAFF.admin,
            Command::GrantRole {
                participant,
                account,
                role: Role::Treasurer,
            },
        ),
        (
            "Administration::revoke_role",
            BOC_STAFF.admin,
            Command::RevokeRole {
                participant,
                account: BOC_STAFF.instructor,
                role: Role::Instructor,
            },
        ),
        (
            "Escrow::deposit",
            BOC_STAFF.treasurer,
            Command::Deposit {
                reference: reference(1),
                amount,
            },
        ),
        (
            "Escrow::withdraw",
            BOC_STAFF.treasurer,
            Command::Withdraw {
                reference: reference(1),
                amount,
            },
        ),
        (
            "Transfers::instruct",
            BOC_STAFF.instructor,
            Command::Instruct { uetr: uetr(9), terms },
        ),
        (
            "Transfers::accept",
            CUP_STAFF.approver,
            Command::Accept { uetr: pending },
        ),
        (
            "Transfers::reject",
            CUP_STAFF.approver,
            Command::Reject {
                uetr: pending,
                reason,
            },
        ),
        (
            "Transfers::cancel",
            BOC_STAFF.instructor,
            Command::Cancel {
                uetr: pending,
                reason,
            },
        ),
        (
            "Transfers::expire",
            STRANGER,
            Command::Expire { uetr: uetr(LATE) },
        ),
        (
            "Transfers::return_transfer",
            CUP_STAFF.approver,
            return_of(1, uetr(SETTLED), 100),
        ),
    ]
}

/// Every query, with arguments that find something.
pub fn queries(system: &BlobBackend) -> Vec<(&'static str, Vec<u8>)> {
    let hub = system.contract();
    let agent = agent_id("BKCHCNBJ");
    let treasurer = system.address_of(BOC_STAFF.treasurer);
    vec![
        ("Governance::governance", hub.governance().data().to_vec()),
        (
            "Inspection::transfer",
            hub.transfer(uetr(PENDING)).data().to_vec(),
        ),
        (
            "Inspection::operation",
            hub.operation(BOC, reference(254)).data().to_vec(),
        ),
        ("Inspection::position", hub.position(BOC, CNY).data().to_vec()),
        (
            "Inspection::find_participant",
            hub.find_participant(agent).data().to_vec(),
        ),
        (
            "Inspection::participants",
            hub.participants(0, 10).data().to_vec(),
        ),
        ("Inspection::account", hub.account(treasurer).data().to_vec()),
        ("Inspection::accounts", hub.accounts(BOC, 0, 10).data().to_vec()),
        ("Inspection::currency", hub.currency(HKD).data().to_vec()),
        ("Inspection::currencies", hub.currencies(0, 10).data().to_vec()),
        ("Inspection::conservation", hub.conservation(CNY).data().to_vec()),
    ]
}

/// The contracts whose code the hub executes: back office, clearing, exchange, controls, treasury.
pub fn pieces(system: &BlobBackend) -> [Address; 5] {
    let codes = system.codes();
    let Codes {
        backoffice,
        clearing,
        exchange,
        controls,
        treasury,
    } = codes;
    [backoffice, clearing, exchange, controls, treasury].map(|code| code.0)
}

/// Names of the messages in the contract's own metadata: those that change something, or those that do not.
pub fn messages(mutate: bool) -> BTreeSet<String> {
    let metadata = corridor_tests::blob::artefact::metadata("settlement");
    let messages = metadata["spec"]["messages"].as_array().expect("messages");
    let messages = messages.iter().filter(|message| message["mutates"] == mutate);
    let label = |message: &serde_json::Value| message["label"].as_str().expect("a label").to_owned();
    messages.map(label).collect()
}

/// Sends bytes that must have no effect whatever the answer is, and returns the answer.
#[track_caller]
pub fn without_effect(system: &mut BlobBackend, books: &Books, caller: Account, data: Vec<u8>) -> Ending {
    let (events, bytes) = (system.events().len(), hex::encode(&data));
    let ending = system.send(caller, data);
    assert_eq!(system.events().len(), events, "{} 0x{bytes}: an event", caller.0);
    assert!(
        system.books() == *books,
        "{} 0x{bytes}: the books changed",
        caller.0
    );
    ending
}

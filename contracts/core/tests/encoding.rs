//! Golden SCALE bytes. What is stored or emitted is read for ever: a failure here means that an encoding
//! changed, not that the golden needs an update.

mod common;

use common::*;
use corridor_core::batch::ItemFault;
use corridor_core::batch_life::{Leg, LegStatus};
use corridor_core::participant::Participant;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    AgentId, BatchChange, BatchHeader, BatchRecord, Caller, ChargeBearer, CollateralKind, CollateralMovement,
    Currency, Error, Gate, Item, ItemTotal, Money, Movement, MovementKind, NetChange, NetEntry, NetPage,
    NetPages, NetResult, Operation, PairPage, ParticipantId, PositionPage, ReasonCode, Role, Roles, Schedule,
    SettlementMethod, TransferChange, TransferReturn, TransferStatus, WindowId, WindowRecord, WindowStatus,
};
use scale_codec::{Decode, Encode};
use std::fmt::Debug;

const TERMS: &str = "0000 0100 434e59 e8030000000000000000000000000000 db4c0000 02 00 10ff536500000000 \
                     abababababababababababababababababababababababababababababababab";

/// The bytes are `golden` (hexadecimal; spaces mark the fields) and read back.
fn pinned<T: Encode + Decode + PartialEq + Debug>(value: &T, golden: &str) {
    let hex: String = value.encode().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, golden.split_whitespace().collect::<String>(), "{value:?}");
    assert_eq!(T::decode(&mut &value.encode()[..]).as_ref(), Ok(value));
}

#[test]
fn terms_are_pinned() {
    pinned(&terms(), TERMS);
}

#[test]
fn transfers_are_pinned() {
    let instructed = "d4f0536500000000 c4f0536500000000";
    assert_eq!(NOW - 60, 0x6553_f0c4);
    let mut pending = transfer(TransferStatus::Pending);
    pending.instructed_at = NOW - 44;
    pinned(&pending, &format!("{TERMS} 00 {instructed} {:032} 00", 0));
    let mut returned = transfer(TransferStatus::PartlyReturned);
    returned.instructed_at = NOW - 44;
    let tail = "fa000000000000000000000000000000 01 41433031";
    pinned(&returned, &format!("{TERMS} 05 {instructed} {tail}"));
}

#[test]
fn position_pages_are_pinned() {
    let mut page = PositionPage::default();
    pinned(&page, "00");
    page.set(ParticipantId(13), position(0x0102, 0x03));
    let zero = "00".repeat(32);
    let entry = format!("0201{} 03{}", "00".repeat(14), "00".repeat(15));
    pinned(&page, &format!("08 {zero} {entry}"));
}

#[test]
fn changes_are_pinned() {
    let reason = ReasonCode::CUST;
    pinned(&TransferChange::Instructed(terms()), &format!("00 {TERMS}"));
    pinned(&TransferChange::Settled, "01");
    pinned(&TransferChange::Rejected(reason), "02 43555354");
    pinned(&TransferChange::Cancelled(reason), "03 43555354");
    pinned(&TransferChange::Expired, "04");
    let returned = TransferChange::Returned {
        reference: REFERENCE,
        minor_units: 1,
        returned_minor_units: 0x0200,
        reason,
    };
    let (part, all) = (
        format!("01{}", "00".repeat(15)),
        format!("0002{}", "00".repeat(14)),
    );
    pinned(
        &returned,
        &format!("05 {} {part} {all} 43555354", "09".repeat(16)),
    );
}

#[test]
fn errors_keep_their_numbers() {
    let names = [
        "NotGovernor",
        "NotAdmin",
        "NotProposed",
        "UnknownAccount",
        "MissingRole",
        "NotDebtorAgent",
        "NotCreditorAgent",
        "InvalidUetr",
        "ZeroAmount",
        "SameAgent",
        "InvalidAgents",
        "TermsConflict",
        "ReferenceConflict",
        "CurrencyConflict",
        "AgentConflict",
        "AccountOfOtherParticipant",
        "Paused",
        "UnknownParticipant",
        "ParticipantSuspended",
        "UnknownCurrency",
        "UnknownTransfer",
        "WrongStatus",
        "ExpiryPassed",
        "ExpiryTooFar",
        "Expired",
        "NotYetExpired",
        "InsufficientFunds",
        "ReturnExceedsOriginal",
        "AmountOverflow",
        "CurrencyMismatch",
        "ExponentMismatch",
        "TooMany",
        "TokenRefused",
        "TokenMismatch",
        "NotAToken",
        "BooksBroken",
        "MalformedInput",
        "InvalidSchedule",
        "NoSchedule",
        "WrongMethod",
        "NetAmountTooLarge",
        "NetDebitCap",
        "CollateralInUse",
        "WindowNotClosed",
        "WindowOpen",
        "WindowEnded",
        "WindowNotSettled",
        "InvalidBatch",
        "InvalidItems",
        "ControlSum",
        "BatchConflict",
        "BatchNumber",
        "UnknownBatch",
        "InvalidProof",
        "InvalidException",
    ];
    for (number, name) in (0u8..).zip(names) {
        let error = Error::ALL[usize::from(number)];
        assert_eq!(error.name(), name);
        assert_eq!(error.number(), number);
        assert_eq!(error.encode(), [number]);
    }
    let past = u8::try_from(Error::ALL.len()).expect("fits a byte");
    assert!(Error::decode(&mut &[past][..]).is_err());
}

#[test]
fn choices_are_pinned() {
    for (number, status) in (0u8..).zip(STATUSES) {
        let content: &[u8] = match status {
            TransferStatus::Netted(_) => &[4, 3, 2, 1],
            _ => &[],
        };
        assert_eq!(status.encode(), [&[number], content].concat());
    }
    for (number, role) in (0u8..).zip(Role::ALL) {
        assert_eq!(role.encode(), [number]);
        assert_eq!(Roles::default().with(role).encode(), [1 << number]);
    }
    let bearers = [
        ChargeBearer::Debt,
        ChargeBearer::Cred,
        ChargeBearer::Shar,
        ChargeBearer::Slev,
    ];
    for (number, bearer) in (0u8..).zip(bearers) {
        assert_eq!(bearer.encode(), [number]);
    }
}

#[test]
fn what_else_is_stored_is_pinned() {
    let amount = Money::new(Currency::HKD, 0xFF);
    let money = format!("484b44 ff{}", "00".repeat(15));
    let withdrawal = Movement {
        kind: MovementKind::Withdrawal,
        amount,
        at: 1,
    };
    pinned(&withdrawal, &format!("01 {money} 0100000000000000"));
    let part = TransferReturn {
        uetr: uetr(),
        minor_units: 2,
        reason: ReasonCode::AM04,
    };
    let two = format!("02{}", "00".repeat(15));
    pinned(&part, &format!("8a562c67ca1648bab07465581be6f001 {two} 414d3034"));
    pinned(
        &Caller {
            participant: CUP,
            roles: Roles(5),
        },
        "0100 05",
    );
    let entry = CurrencyEntry {
        currency: Currency::CNY,
        exponent: 2,
        token: [0xEE; 20],
    };
    pinned(&entry, &format!("434e59 02 {}", "ee".repeat(20)));
    let gate = Gate {
        paused: true,
        participants: 3,
        suspended: [4, 0, 0, 1 << 63],
    };
    let flags = format!("0400000000000000 {} 0000000000000080", "00".repeat(16));
    pinned(&gate, &format!("01 0300 {flags}"));
}

#[test]
fn participants_and_their_identifiers_are_pinned() {
    let agents: Vec<AgentId> = ["BKCHCNBJ", "54930053HGCFWVHYZX42", "CNAPS:104"]
        .iter()
        .map(|text| text.parse().expect("an agent"))
        .collect();
    let bic = "00 424b4348434e424a585858";
    let lei = "01 3534393330303533484743465756485 95a583432";
    let member = "02 14 434e415053 0c 313034";
    pinned(&agents[0], bic);
    pinned(&agents[1], lei);
    pinned(&agents[2], member);
    let record = Participant {
        agents,
        admin: [1; 20],
        proposed_admin: Some([2; 20]),
        accounts: 5,
    };
    let keys = format!("{} 01 {}", "01".repeat(20), "02".repeat(20));
    pinned(&record, &format!("0c {bic} {lei} {member} {keys} 05000000"));
}

#[test]
fn net_settlement_is_pinned() {
    let entry = NetEntry {
        collateral: 5,
        cap: 6,
        open: -2,
        closing: 1,
    };
    let mut page = NetPage::default();
    let nothing = |words: usize| "00".repeat(8 * words);
    pinned(&page, &nothing(33));
    page.roll(WINDOW).expect("nothing waits");
    page.set(ParticipantId(13), entry);
    let covered = NetEntry {
        collateral: 9,
        cap: 9,
        ..NetEntry::default()
    };
    page.set(ParticipantId(12), covered);
    let mut pages = NetPages {
        debtor: page,
        creditor: None,
    };
    let (owes, owed) = (ParticipantId(12), ParticipantId(13));
    pages.post(owes, owed, 7, WINDOW).expect("covered");
    let page = pages.debtor;
    let amounts = "0500000000000000 0600000000000000 0500000000000000 0100000000000000";
    let debtor = "0900000000000000 0900000000000000 f9ffffffffffffff 0000000000000000";
    let (gross, pair) = ("0700000000000000", "f9ffffffffffffff");
    pinned(
        &page,
        &format!(
            "04030201 00000000 {gross} {} {debtor} {amounts} {} {pair} {}",
            nothing(1),
            nothing(8),
            nothing(13)
        ),
    );
    let far = ParticipantId(5);
    let mut pairs = PairPage::default();
    pinned(&pairs, &nothing(33));
    pairs.roll(WINDOW, |_| Ok(None)).expect("empty");
    let mut debtor = NetPage::default();
    debtor.set(ParticipantId(2), covered);
    let mut pages = NetPages {
        debtor,
        creditor: Some((NetPage::default(), pairs)),
    };
    pages.post(ParticipantId(2), far, 7, WINDOW).expect("covered");
    let (_, pairs) = pages.creditor.expect("on another page");
    let pinned_pairs = format!("04030201 00000000 {} {pair} {}", nothing(9), nothing(22));
    pinned(&pairs, &pinned_pairs);
    let schedule = Schedule {
        anchor: 1,
        length: 2,
        cut_off: 3,
        utc_offset: -1,
        exceptions: vec![0x0102],
    };
    pinned(&schedule, "0100000000000000 02000000 03000000 ffffffff 04 0201");
    let record = WindowRecord {
        window: WINDOW,
        status: WindowStatus::Aborted,
        closed_at: 1,
        settles_in: WindowId(2),
        net_minor_units: 3,
        gross_minor_units: 4,
        participants: 5,
    };
    let amounts = format!("03{} 04{}", "00".repeat(15), "00".repeat(15));
    let record_bytes = format!("04030201 03 0100000000000000 02000000 {amounts} 0500");
    pinned(&record, &record_bytes);
    let movement = CollateralMovement {
        kind: CollateralKind::Release,
        amount: Money::new(Currency::HKD, 0xFF),
        at: 1,
    };
    let movement_bytes = format!("01 484b44 ff{} 0100000000000000", "00".repeat(15));
    pinned(&movement, &movement_bytes);
    pinned(&Operation::Collateral(movement), &format!("02 {movement_bytes}"));
    pinned(&TransferChange::Netted(WINDOW), "06 04030201");
    for (change, golden) in [
        (
            NetChange::Collateral {
                participant: CUP,
                movement,
                collateral_minor_units: 7,
            },
            format!("00 0100 {movement_bytes} 0700000000000000"),
        ),
        (
            NetChange::CapSet {
                participant: CUP,
                cap_minor_units: 8,
            },
            "01 0100 0800000000000000".into(),
        ),
        (
            NetChange::Results {
                window: WINDOW,
                results: vec![NetResult {
                    participant: CUP,
                    net_minor_units: -1,
                }],
            },
            "02 04030201 04 0100 ffffffffffffffff".into(),
        ),
        (NetChange::Ended(record), format!("03 {record_bytes}")),
    ] {
        pinned(&change, &golden);
    }
    assert_eq!(SettlementMethod::Net.encode(), [1]);
}

#[test]
fn batches_are_pinned() {
    let header = BatchHeader {
        debtor_agent: CUP,
        number: 7,
        currency: Currency::CNY,
        counterparties: vec![BOC, OTHER],
        items: 3,
        control_sum: 4,
        all_or_nothing: true,
        expires_at: 5,
    };
    let sum = format!("04{}", "00".repeat(15));
    pinned(
        &header,
        &format!("0100 07000000 434e59 08 0000 0200 0300 {sum} 01 0500000000000000"),
    );
    let total = ItemTotal {
        minor_units: 6,
        items: 1,
    };
    let legs = [
        (LegStatus::Pending, "00"),
        (
            LegStatus::Accepted {
                window: WINDOW,
                excepted: total,
                fingerprint: 0x0807_0605_0403_0201,
            },
            "01 04030201 0600000000000000 0100 0102030405060708",
        ),
        (LegStatus::Rejected(ReasonCode::AC04), "02 41433034"),
        (LegStatus::Cancelled(ReasonCode::CUST), "03 43555354"),
        (LegStatus::Expired, "04"),
    ];
    for (status, golden) in legs {
        let record = BatchRecord {
            root: [0xAA; 32],
            debtor_agent: CUP,
            currency: Currency::CNY,
            submitted_at: 1,
            expires_at: 2,
            legs: vec![Leg {
                creditor_agent: OTHER,
                total,
                limit: 3,
                status,
            }],
        };
        let fixed = "0100 434e59 0100000000000000 0200000000000000";
        let leg = format!("04 0200 0600000000000000 0100 0300000000000000 {golden}");
        pinned(&record, &format!("{} {fixed} {leg}", "aa".repeat(32)));
    }
    let item = Item {
        uetr: uetr(),
        minor_units: 0x0102,
        counterparty: 1,
        message_digest: [0xAB; 32],
    };
    let bytes: String = item.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let golden = format!(
        "8a562c67ca1648bab07465581be6f001 0201000000000000 01 00000000000000 {}",
        "ab".repeat(32)
    );
    assert_eq!(bytes, golden.split_whitespace().collect::<String>());
    let accepted = BatchChange::Accepted {
        creditor_agent: OTHER,
        window: WINDOW,
        minor_units: 9,
        excepted: vec![2],
    };
    pinned(&accepted, "01 0200 04030201 0900000000000000 04 0200");
    pinned(&BatchChange::Expired, "04");
    let submitted = BatchChange::Submitted {
        root: [0xAA; 32],
        totals: vec![(OTHER, total)],
        rejected: vec![(2, ItemFault::Reserved)],
    };
    let sums = "04 0200 0600000000000000 0100 04 0200 04";
    pinned(&submitted, &format!("00 {} {sums}", "aa".repeat(32)));
}

#[test]
fn stored_values_fit_what_the_chain_stores() {
    let longest: AgentId = "CNAPS:1234567890123456789012345678".parse().expect("an agent");
    let record = Participant {
        agents: vec![longest; 4],
        admin: [1; 20],
        proposed_admin: Some([2; 20]),
        accounts: u32::MAX,
    };
    assert!(record.encoded_size() <= 416);
    assert!(transfer(TransferStatus::Returned).encoded_size() <= 416);
}

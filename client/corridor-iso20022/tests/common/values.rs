//! Generators of values every message has.

use super::{agent, time};
use corridor_core::{ChargeBearer, Currency, Money, Uetr};
use corridor_iso20022::pacs008::Purpose;
use corridor_iso20022::{
    Account, Agent, BusinessHeader, Date, DateTime, OriginalGroup, OriginalTransaction, Reason, StatusReason,
    TransactionStatus,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

/// Any text XML can carry and a message accepts, quotes, markup and line ends included.
pub fn text(max: usize) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => proptest::char::range(' ', '~'),
        1 => prop::sample::select(vec!['&', '<', '>', '"', '\'', '\r', '\n', '\t', ']', '中', '\u{1F600}']),
        1 => proptest::char::range('\u{A0}', '\u{D7FF}'),
    ];
    vec(character, 1..=max)
        .prop_map(|characters| characters.into_iter().collect::<String>())
        .prop_filter("not only spaces", |text| !text.trim().is_empty())
}

pub fn an_agent() -> impl Strategy<Value = Agent> {
    let identifiers = prop::sample::subsequence(
        vec!["BKCHCNBJ300", "CNAPS:104100000004", "54930053HGCFWVHYZX42"],
        1..=3,
    );
    (identifiers, of(text(140))).prop_map(|(identifiers, name)| {
        let agent = Agent::new(identifiers.iter().map(|id| id.parse().expect("an identifier")));
        match name {
            Some(name) => agent.named(name),
            None => agent,
        }
    })
}

pub fn an_account() -> impl Strategy<Value = Account> {
    prop_oneof![
        Just(Account::Iban("GB82WEST12345698765432".into())),
        text(34).prop_map(Account::Other),
    ]
}

pub fn an_amount() -> impl Strategy<Value = Money> {
    let currency = prop::sample::select(vec!["CNY", "HKD", "JPY", "KWD"]);
    (currency, 1u128..1_000_000_000_000).prop_map(|(code, minor_units)| {
        let currency: Currency = code.parse().expect("a currency");
        Money::new(currency, minor_units)
    })
}

pub fn a_date() -> impl Strategy<Value = Date> {
    (0u32..2_932_896).prop_map(|days| Date::from_days_since_epoch(days).expect("in range"))
}

pub fn a_time() -> impl Strategy<Value = DateTime> {
    (0u64..4_000_000_000).prop_map(|seconds| DateTime::from_unix_seconds(seconds).expect("in range"))
}

pub fn a_uetr() -> impl Strategy<Value = Uetr> {
    any::<[u8; 16]>().prop_map(Uetr::from_random_bytes)
}

pub fn a_bearer() -> impl Strategy<Value = ChargeBearer> {
    prop::sample::select(vec![
        ChargeBearer::Debt,
        ChargeBearer::Cred,
        ChargeBearer::Shar,
        ChargeBearer::Slev,
    ])
}

pub fn a_purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![
        "[A-Z]{1,4}".prop_map(Purpose::Code),
        text(35).prop_map(Purpose::Proprietary),
    ]
}

pub fn business_header(message: &str) -> BusinessHeader {
    BusinessHeader {
        version: 2,
        from: Some(agent("BKCHCNBJ")),
        to: Some(agent("CHUPCNSH")),
        business_message_id: "B1".into(),
        message_definition_id: message.into(),
        created_at: time("2026-11-24T01:30:00Z"),
    }
}

pub fn a_reason() -> impl Strategy<Value = StatusReason> {
    let reason = prop_oneof![
        "[A-Z0-9]{4}".prop_map(|code| Reason::Code(code.parse().expect("a code"))),
        text(35).prop_map(Reason::Proprietary),
    ];
    (reason, vec(text(105), 0..3)).prop_map(|(reason, additional)| StatusReason { reason, additional })
}

pub fn an_original_group() -> impl Strategy<Value = OriginalGroup> {
    (text(35), of(a_time())).prop_map(|(message_id, created_at)| OriginalGroup {
        message_id,
        message_name_id: "pacs.008.001.08".into(),
        created_at,
    })
}

pub fn an_original() -> impl Strategy<Value = OriginalTransaction> {
    let group = of(an_original_group());
    (group, of(text(35)), of(text(35)), of(text(35)), of(a_uetr())).prop_map(
        |(group, instruction_id, end_to_end_id, transaction_id, uetr)| OriginalTransaction {
            group,
            instruction_id,
            end_to_end_id,
            transaction_id,
            uetr,
        },
    )
}

pub fn a_status() -> impl Strategy<Value = TransactionStatus> {
    prop::sample::select(vec!["PDNG", "ACSC", "RJCT", "CANC", "ACTC"]).prop_map(TransactionStatus::from_code)
}

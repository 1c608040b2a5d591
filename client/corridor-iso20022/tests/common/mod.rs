//! What the tests share: the sample files and a message to begin from.
#![allow(dead_code)] // Each test binary uses its own part.

pub mod cases;
pub mod statements;
pub mod transfers;
pub mod values;

use corridor_core::{ChargeBearer, Currency, Money, Uetr};
use corridor_iso20022::pacs008::{
    CreditTransferTransaction, CustomerCreditTransfer, GroupHeader, SettlementMethod,
};
use corridor_iso20022::{Agent, Date, DateTime};
use std::path::PathBuf;

/// A file of `tests/data` at the root of the repository.
pub fn sample(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "tests", "data", name]
        .iter()
        .collect();
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The same as text.
pub fn sample_text(name: &str) -> String {
    String::from_utf8(sample(name)).expect("samples are UTF-8")
}

/// The message every invalid sample is a variation of.
pub fn valid() -> String {
    sample_text("invalid/valid.xml")
}

pub fn agent(text: &str) -> Agent {
    Agent::new([text.parse().expect("an agent's identifier")])
}

pub fn time(text: &str) -> DateTime {
    text.parse().expect("a time")
}

pub fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// A message of one transfer from BOC to CUP.
pub fn message() -> CustomerCreditTransfer {
    let transaction = CreditTransferTransaction::new(
        "INV-88",
        Uetr::from_random_bytes([7; 16]),
        Money::new(Currency::CNY, 125_050),
        date("2026-11-24"),
        ChargeBearer::Shar,
        agent("BKCHCNBJ"),
        agent("CNAPS:905290000008"),
    );
    CustomerCreditTransfer {
        version: 8,
        business_header: None,
        group_header: GroupHeader {
            message_id: "BOC-20261124-0001".into(),
            created_at: time("2026-11-24T09:30:00+08:00"),
            expires_at: None,
            control_sum: None,
            total_interbank_settlement_amount: None,
            interbank_settlement_date: None,
            settlement_method: SettlementMethod::ClearingSystem,
            instructing_agent: None,
            instructed_agent: None,
        },
        transactions: vec![transaction],
    }
}

/// Holds a text against its golden file, byte for byte. `BLESS=1 cargo test` writes the files anew.
pub fn check_golden(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("writable");
    }
    let golden = std::fs::read_to_string(&path).expect("BLESS=1 makes it");
    assert_eq!(text, golden, "{name}");
}

//! No file that somebody calls a ledger makes its readers panic.
//!
//! `CORRIDOR_FUZZ_SECONDS=600 cargo test -p corridor-statements --test fuzz -- --nocapture` goes on for ten minutes, and says the
//! seed: `CORRIDOR_FUZZ_SEED` begins there again.

#[path = "../../corridor-iso20022/tests/common/soak.rs"]
#[allow(dead_code)]
mod soak;

use corridor_client::core::Currency;
use corridor_statements::{
    reconcile::{Ledger, LedgerFormat, Signs},
    Zone,
};
use proptest::{collection::vec, prelude::*};

/// Pieces that mean something to a reader of ledgers.
const PIECES: &[&str] = &[
    "record",
    "uetr",
    "reference",
    "amount",
    "side",
    "balance",
    "currency",
    "date",
    "status",
    "kind",
    ",",
    ",,",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "opening",
    "entry",
    "closing",
    "-",
    "+",
    ".",
    "0",
    "1",
    "9999999999999999999999999999999999999999",
    "-0.01",
    "1.005",
    "1e5",
    "NaN",
    "CNY",
    "JPY",
    "booked",
    "BOOK",
    "pending",
    "netted",
    "credit",
    "debit",
    "CRDT",
    "2026-11-24",
    "2026-02-30",
    "0000-00-00",
    "2026-11-24T09:00:00+08:00",
    "24.11.2026",
    "\u{feff}",
    "\u{0}",
    "中",
    ";",
    "11111111-1111-4111-8111-111111111111",
    "<",
    "<Document>",
    "</Ntry>",
    "<Amt Ccy=\"CNY\">",
];

const CSV: &str = "record,date,uetr,reference,kind,status,side,currency,amount,balance\n\
    opening,2026-11-24,,,,,,CNY,,9500.00\n\
    entry,2026-11-24,,DEPOSIT,deposit,booked,credit,CNY,500.00,\n\
    entry,2026-11-24,11111111-1111-4111-8111-111111111111,,payment,booked,debit,CNY,128.60,\n\
    closing,2026-11-24,,,,,,CNY,,9871.40\n";

fn samples() -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/day.camt053.xml");
    vec![CSV.into(), std::fs::read(path).expect("a statement")]
}

/// A ledger with some places changed.
fn mutant() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec(
        (
            any::<prop::sample::Index>(),
            prop::sample::select(PIECES),
            0usize..12,
        ),
        1..6,
    );
    (prop::sample::select(samples()), changes).prop_map(|(mut bytes, changes)| {
        for (at, piece, removed) in changes {
            let start = at.index(bytes.len());
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        bytes
    })
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => mutant(),
        2 => vec(prop::sample::select(PIECES), 0..200).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => any::<Vec<u8>>(),
    ]
}

fn read_all(bytes: &[u8]) {
    for format in [
        LedgerFormat::guess(bytes),
        LedgerFormat::Csv,
        LedgerFormat::Camt053,
    ] {
        for currency in [Currency::CNY, Currency::new(*b"JPY").expect("a currency")] {
            match Ledger::read("ledger", bytes, format, currency, Zone::BEIJING) {
                // Twice mirrored is as it was.
                Ok(ledger) => {
                    let twice = ledger
                        .clone()
                        .seen_from(Signs::Mirrored)
                        .seen_from(Signs::Mirrored);
                    assert_eq!(twice, ledger);
                }
                Err(error) => {
                    assert!(!error.code().is_empty() && !error.advice().is_empty());
                    assert!(error.to_string().len() < 70_000);
                }
            }
        }
    }
}

#[test]
fn soak_of_ledgers() {
    for sample in samples() {
        let format = LedgerFormat::guess(&sample);
        Ledger::read("ledger", &sample, format, Currency::CNY, Zone::BEIJING).expect("a ledger");
    }
    let ledgers = soak::soak("ledgers", &input(), |bytes| read_all(bytes), Clone::clone);
    assert!(ledgers > 0);
}

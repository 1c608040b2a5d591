//! No file that somebody calls a ledger or a statement makes its readers panic; what is compared is told once, and what is proven is what
//! the chain says.
//!
//! `CORRIDOR_FUZZ_SECONDS=600 cargo test -p corridor-statements --test fuzz -- --nocapture` goes on for ten minutes each, and says the
//! seed: `CORRIDOR_FUZZ_SEED` begins there again.

#[path = "common/genuine.rs"]
mod genuine;
#[path = "../../corridor-iso20022/tests/common/soak.rs"]
#[allow(dead_code)]
mod soak;

use corridor_client::core::{Currency, ParticipantId, WindowId};
use corridor_indexer::query::movements::Balances;
use corridor_iso20022::{camt052, statement::EntryStatus, Book, BookAccount, Limits};
use corridor_statements::{
    proven,
    reconcile::{reconcile, Finding, Ledger, LedgerFormat, Signs},
    Drawn, PaidWindow, Period, Zone,
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
    "BKCHCNBJXXX",
    "CHUPCNSHXXX",
    "2026-11-25T00:00:00+14:00",
    "+99:99",
    "\"owner\": [],",
    "\"from\": \"",
    "<Ownr>",
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

/// A file with some places changed.
fn mutant(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec(
        (
            any::<prop::sample::Index>(),
            prop::sample::select(PIECES),
            0usize..12,
        ),
        1..6,
    );
    (prop::sample::select(samples), changes).prop_map(|(mut bytes, changes)| {
        for (at, piece, removed) in changes {
            let start = at.index(bytes.len());
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        bytes
    })
}

fn input(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => mutant(samples),
        2 => vec(prop::sample::select(PIECES), 0..200).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => any::<Vec<u8>>(),
    ]
}

fn read_all(bytes: &[u8], drawn: &Drawn) {
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
                    compare(&ledger, drawn);
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
    let drawn = drawn();
    let read = |bytes: &Vec<u8>| read_all(bytes, &drawn);
    let ledgers = soak::soak("ledgers", &input(samples()), read, Clone::clone);
    assert!(ledgers > 0);
}

/// A day with a bit of everything, whose window is paid.
fn drawn() -> Drawn {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/day.camt052.xml");
    let bytes = std::fs::read(path).expect("a report");
    let message = camt052::read(&bytes, &Limits::default()).expect("a report");
    let statement = message.statements.into_iter().next().expect("one");
    let told = statement
        .entries
        .iter()
        .filter(|entry| entry.status == EntryStatus::Information);
    let net = statement
        .entries
        .iter()
        .find(|entry| entry.code.kind() == Some(corridor_iso20022::statement::EntryKind::NetSettlement));
    let window = PaidWindow {
        window: WindowId(1),
        paid_at: 1_795_480_171,
        entry: net.expect("a net position").reference.clone(),
        entries: told.filter_map(|entry| entry.reference.clone()).collect(),
    };
    assert_eq!(window.entries.len(), 1);
    Drawn {
        statement,
        blocks: 0..1,
        closing_block: 0,
        opening: Balances::default(),
        closing: Balances::default(),
        over: true,
        windows: vec![window],
    }
}

/// Every line of both sides is told once, and the differences are those of the sums.
fn compare(ledger: &Ledger, drawn: &Drawn) {
    let account = BookAccount {
        book: Book::Escrow,
        participant: ParticipantId(0),
        currency: Currency::CNY,
    };
    let day = "2026-11-24".parse().expect("a day");
    let period = Period::day(day, Zone::BEIJING).expect("a day");
    let result = reconcile(account, period, drawn, ledger);
    let of = |side: fn(&Finding) -> bool| result.findings.iter().filter(|finding| side(finding)).count();
    assert_eq!(
        of(|finding| finding.chain.is_some()),
        drawn.statement.entries.len()
    );
    assert_eq!(
        of(|finding| finding.ledger.is_some()) + result.outside_period,
        ledger.lines.len()
    );
}

/// Changed files of a statement that is proven: each is refused, or says of its end what the chain does.
#[test]
fn soak_of_proven_statements() {
    let evidence = genuine::evidence();
    let verified = evidence.verify(None).expect("holds");
    let at = evidence.block.time_ms / 1_000;
    let books = [
        (Book::Escrow, genuine::HELD),
        (Book::Collateral, genuine::PLEDGED),
    ];
    let written = books.map(|(book, held)| genuine::written(&genuine::statement(book, held)));
    let written = written.into_iter().flatten();
    let samples: Vec<Vec<u8>> = written.map(|(_, file)| file.into_bytes()).collect();
    // Whether it is proven.
    let verdict = |bytes: &[u8]| {
        let Ok((claimed, _)) = proven::read(bytes) else {
            return false;
        };
        if proven::check(&claimed, &verified).is_err() {
            return false;
        }
        let held = match claimed.account.book {
            Book::Escrow => genuine::HELD,
            Book::Collateral => genuine::PLEDGED,
        };
        assert_eq!(claimed.account.participant, ParticipantId(0));
        assert_eq!(u128::try_from(claimed.closing), Ok(held));
        assert_eq!(claimed.block.hash, evidence.block.hash.0);
        assert!(claimed.moments.contains(&at), "{:?}", claimed.moments);
        let owner = genuine::agents(&["BKCHCNBJXXX"]).expect("one");
        let stated = claimed.owner.unwrap_or_default();
        assert!(
            stated.iter().all(|agent| owner.identifiers().contains(agent)),
            "{stated:?}"
        );
        true
    };
    for sample in &samples {
        assert!(proven::looks_like_statement(sample) && verdict(sample));
    }
    let read = |bytes: &Vec<u8>| {
        verdict(bytes);
    };
    let statements = soak::soak("proven-statements", &input(samples), read, Clone::clone);
    assert!(statements > 0);
}

//! A statement that evidence of a real chain proves, and the ways it is written.

#![allow(dead_code)] // Each test binary uses a part.

use corridor_client::{
    core::{Currency, Money, ParticipantId},
    proof::Evidence,
};
use corridor_iso20022::{
    statement::{
        Balance, BalanceKind, CreditDebit, DateOrTime, Period, StateEvidence, Statement, StatementAccount,
    },
    Agent, Book, BookAccount, Date, DateTime,
};
use corridor_statements::{format::json_with_evidence, Format};

/// Made on a chain by the demo at 08:29:31 in Beijing: participant 0 holds 3,556,158.86 CNY and has pledged 25,000.00.
pub const POSITIONS: &str = include_str!("../../../corridor-proof/tests/data/positions.json");
pub const HELD: u128 = 355_615_886;
pub const PLEDGED: u128 = 2_500_000;

pub fn evidence() -> Evidence {
    Evidence::from_json(POSITIONS.as_bytes()).expect("evidence")
}

pub fn balance(kind: BalanceKind, minor_units: u128) -> Balance {
    Balance {
        kind,
        amount: Money::new(Currency::CNY, minor_units),
        side: CreditDebit::Credit,
        at: on(24),
    }
}

pub fn on(day: u8) -> DateOrTime {
    DateOrTime::Date(Date::from_calendar(2026, 11, day).expect("a day"))
}

pub fn time(text: &str) -> DateTime {
    text.parse().expect("a time")
}

/// From a midnight in Beijing to another one.
pub fn period(from: u8, to: u8) -> Option<Period> {
    let midnight = |day| time(&format!("2026-11-{day}T00:00:00+08:00"));
    Some(Period {
        from: midnight(from),
        to: midnight(to),
    })
}

pub fn agents(names: &[&str]) -> Option<Agent> {
    let agents = names.iter().map(|name| name.parse().expect("an identifier"));
    Some(Agent::new(agents))
}

/// A day on which nothing moved.
pub fn statement(book: Book, held: u128) -> Statement {
    let evidence = evidence();
    let account = BookAccount {
        book,
        participant: ParticipantId(0),
        currency: Currency::CNY,
    };
    let own = |word: &str| BalanceKind::Proprietary(word.into());
    let further = match book {
        Book::Escrow => vec![
            balance(BalanceKind::ClosingAvailable, held),
            balance(own("RESERVED"), 0),
            balance(own("COLLATERAL"), PLEDGED),
            balance(own("UNSETTLED NET"), 0),
        ],
        Book::Collateral => vec![],
    };
    Statement {
        id: format!("{account}-20261124"),
        sequence_number: Some(20_781),
        created_at: Some(now()),
        period: period(24, 25),
        account: StatementAccount {
            id: account.account(),
            currency: Currency::CNY,
            name: None,
            owner: agents(&["BKCHCNBJXXX"]),
            servicer: None,
        },
        opening: Some(balance(BalanceKind::OpeningBooked, held)),
        closing: Some(balance(BalanceKind::ClosingBooked, held)),
        further_balances: further,
        entries: vec![],
        evidence: Some(StateEvidence {
            block_number: evidence.block.number,
            block_hash: evidence.block.hash.0,
            genesis_hash: evidence.genesis.0,
            contract: evidence.settlement.0,
        }),
        additional: Some("evidence: day.xml.evidence.json".into()),
    }
}

pub fn now() -> DateTime {
    DateTime::from_unix_seconds(1_795_460_500).expect("a time")
}

pub fn written(statement: &Statement) -> Vec<(&'static str, String)> {
    let write = |format: Format| format.write(statement, now()).expect("it ties");
    let mut files: Vec<_> = [Format::Camt052, Format::Camt053, Format::Csv]
        .map(|format| (format.name(), write(format)))
        .into();
    for (format, name) in [
        (Format::Camt052, "camt052 with header"),
        (Format::Camt053, "camt053 with header"),
    ] {
        let text = format.write_with_header(statement, now());
        files.push((name, text.expect("it ties")));
    }
    files.push((
        "json",
        json_with_evidence(statement, &evidence()).expect("it ties"),
    ));
    files
}

//! A statement's end is what evidence of a real chain proves, or it is refused.

use corridor_client::{
    core::{Currency, Money, ParticipantId},
    proof::Evidence,
};
use corridor_iso20022::{
    statement::{Balance, BalanceKind, CreditDebit, DateOrTime, StateEvidence, Statement, StatementAccount},
    Book, BookAccount, Date, DateTime,
};
use corridor_statements::{
    format::json_with_evidence,
    proven::{check, looks_like_statement, read, Unproven, Unreadable},
    Format,
};

/// Made on a chain by the demo: participant 0 holds 3,556,158.86 CNY and has pledged 25,000.00.
const POSITIONS: &str = include_str!("../../corridor-proof/tests/data/positions.json");
const HELD: u128 = 355_615_886;
const PLEDGED: u128 = 2_500_000;

fn evidence() -> Evidence {
    Evidence::from_json(POSITIONS.as_bytes()).expect("evidence")
}

fn balance(kind: BalanceKind, minor_units: u128) -> Balance {
    Balance {
        kind,
        amount: Money::new(Currency::CNY, minor_units),
        side: CreditDebit::Credit,
        at: DateOrTime::Date(Date::from_calendar(2026, 11, 24).expect("a day")),
    }
}

/// A day on which nothing moved.
fn statement(book: Book, held: u128) -> Statement {
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
        period: None,
        account: StatementAccount {
            id: account.account(),
            currency: Currency::CNY,
            name: None,
            owner: None,
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

fn now() -> DateTime {
    DateTime::from_unix_seconds(1_795_460_500).expect("a time")
}

/// Whether the file's end is proven by the evidence it carries, or else by the chain's.
fn verdict(file: &str) -> Result<(), Unproven> {
    assert!(looks_like_statement(file.as_bytes()), "{file}");
    let (claimed, carried) = read(file.as_bytes()).expect("a statement");
    let evidence = carried.unwrap_or_else(evidence);
    let verified = evidence.verify(None).expect("holds");
    check(&claimed, &verified)
}

fn written(statement: &Statement) -> Vec<(&'static str, String)> {
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

#[test]
fn a_true_statement_is_proven_however_it_is_written() {
    for statement in [
        statement(Book::Escrow, HELD),
        statement(Book::Collateral, PLEDGED),
    ] {
        for (format, file) in written(&statement) {
            assert_eq!(verdict(&file), Ok(()), "{} as {format}", statement.id);
        }
    }
}

#[test]
fn another_amount_is_refused_though_it_ties() {
    for (book, amount) in [(Book::Escrow, HELD + 1), (Book::Collateral, PLEDGED - 1)] {
        for (format, file) in written(&statement(book, amount)) {
            let fault = verdict(&file).expect_err(format);
            assert_eq!(fault.code(), "statement.differs", "{format}: {fault}");
        }
    }
}

#[test]
fn another_further_balance_is_refused() {
    for at in 0..4 {
        let mut changed = statement(Book::Escrow, HELD);
        changed.further_balances[at].amount.minor_units += 1;
        for (format, file) in written(&changed)
            .into_iter()
            .filter(|(format, _)| *format != "csv")
        {
            assert_eq!(
                verdict(&file).expect_err(format).code(),
                "statement.differs",
                "{format}"
            );
        }
    }
}

#[test]
fn another_block_chain_or_contract_is_refused() {
    let changes: [fn(&mut StateEvidence); 4] = [
        |state| state.block_hash[0] ^= 1,
        |state| state.block_number += 1,
        |state| state.genesis_hash[31] ^= 1,
        |state| state.contract[0] ^= 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut changed = statement(Book::Escrow, HELD);
        change(changed.evidence.as_mut().expect("evidence"));
        for (format, file) in written(&changed) {
            // A CSV names the block only.
            if number < 2 || format != "csv" {
                let fault = verdict(&file).expect_err(format);
                assert_eq!(fault.code(), "statement.elsewhere", "{format}: {fault}");
            }
        }
    }
}

#[test]
fn a_changed_proof_does_not_hold() {
    let file = json_with_evidence(&statement(Book::Escrow, HELD), &evidence()).expect("it ties");
    let mut value: serde_json::Value = serde_json::from_str(&file).expect("JSON");
    let claims = value["proof"]["claims"].as_array_mut().expect("claims");
    claims[0]["available"] = (HELD + 1).to_string().into();
    let (_, carried) = read(value.to_string().as_bytes()).expect("a statement");
    assert_eq!(
        carried
            .expect("carried")
            .verify(None)
            .expect_err("changed")
            .code(),
        "proof.differs"
    );
}

#[test]
fn evidence_of_somebody_else_proves_nothing() {
    let mut other = statement(Book::Escrow, HELD);
    let account = BookAccount {
        book: Book::Escrow,
        participant: ParticipantId(7),
        currency: Currency::CNY,
    };
    other.account.id = account.account();
    for (format, file) in written(&other) {
        assert_eq!(
            verdict(&file).expect_err(format).code(),
            "statement.not_proven",
            "{format}"
        );
    }
}

#[test]
fn what_does_not_add_up_or_is_no_statement_is_not_read() {
    let file = json_with_evidence(&statement(Book::Escrow, HELD), &evidence()).expect("it ties");
    let changed = file.replacen("3556158.86", "3556158.87", 1);
    assert!(matches!(
        read(changed.as_bytes()),
        Err(Unreadable::DoesNotTie { .. })
    ));
    let csv = Format::Csv
        .write(&statement(Book::Escrow, HELD), now())
        .expect("it ties");
    let changed = csv.replacen("3556158.86", "3556158.87", 1);
    assert!(matches!(
        read(changed.as_bytes()),
        Err(Unreadable::DoesNotTie { .. })
    ));
    let notification = Format::Camt054.write(
        &Statement {
            opening: None,
            closing: None,
            further_balances: vec![],
            ..statement(Book::Escrow, HELD)
        },
        now(),
    );
    for other in ["", "{}", "<a/>", "statement,account", POSITIONS] {
        assert!(!looks_like_statement(other.as_bytes()), "{other}");
        assert!(read(other.as_bytes()).is_err(), "{other}");
    }
    if let Ok(notification) = notification {
        assert!(!looks_like_statement(notification.as_bytes()));
    }
    // A header that announces another message than follows it.
    let enveloped = Format::Camt053.write_with_header(&statement(Book::Escrow, HELD), now());
    let enveloped = enveloped.expect("it ties");
    let changed = enveloped.replacen("<MsgDefIdr>camt.053", "<MsgDefIdr>camt.052", 1);
    assert!(looks_like_statement(changed.as_bytes()));
    let fault = read(changed.as_bytes()).expect_err("it announces another message");
    assert!(
        fault.to_string().contains("the header announces camt.052.001.08"),
        "{fault}"
    );
}

//! A statement's end is what evidence of a real chain proves, or it is refused.

#[path = "common/genuine.rs"]
mod genuine;

use corridor_client::{
    core::{Currency, ParticipantId},
    proof::Subject,
};
use corridor_iso20022::{
    statement::{BalanceKind, DateOrTime, Period, StateEvidence, Statement},
    Agent, Book, BookAccount,
};
use corridor_statements::{
    format::json_with_evidence,
    proven::{check, looks_like_statement, read, subjects, Unproven, Unreadable},
    Format,
};
use genuine::{agents, evidence, now, on, period, statement, time, written, HELD, PLEDGED, POSITIONS};

/// Whether the file's end is proven by the evidence it carries, or else by the chain's.
fn verdict(file: &str) -> Result<(), Unproven> {
    assert!(looks_like_statement(file.as_bytes()), "{file}");
    let (claimed, carried) = read(file.as_bytes()).expect("a statement");
    let evidence = carried.unwrap_or_else(evidence);
    let verified = evidence.verify(None).expect("holds");
    let owner = check(&claimed, &verified)?;
    assert_eq!(owner, [&"BKCHCNBJXXX".parse().expect("an identifier")]);
    Ok(())
}

/// That every way of writing it is refused with this code, but for those of `silent`, which do not say what is wrong.
fn refused(statement: &Statement, code: &str, silent: &[&str]) {
    for (format, file) in written(statement) {
        match silent.contains(&format) {
            true => assert_eq!(verdict(&file), Ok(()), "{format}"),
            false => {
                let fault = verdict(&file).expect_err(format);
                assert_eq!(fault.code(), code, "{format}: {fault}");
                assert!(!fault.advice().is_empty());
            }
        }
    }
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
fn the_account_of_another_owner_is_refused() {
    let other = "CHUPCNSHXXX";
    for owner in [
        agents(&[other]),
        // Beside a true name, too.
        agents(&["BKCHCNBJXXX", "CNAPS:102100099996"]),
        Some(Agent::new([]).named("Another bank")),
    ] {
        let mut changed = statement(Book::Escrow, HELD);
        let named_only = owner.as_ref().is_some_and(|owner| owner.identifiers().is_empty());
        changed.account.owner = owner;
        // A CSV names no owner, and JSON none that has no identifier.
        let silent: &[&str] = if named_only { &["csv", "json"] } else { &["csv"] };
        refused(&changed, "statement.another_owner", silent);
    }
    let mut unnamed = statement(Book::Escrow, HELD);
    unnamed.account.owner = None;
    refused(
        &unnamed,
        "",
        &[
            "camt052",
            "camt053",
            "camt052 with header",
            "camt053 with header",
            "csv",
            "json",
        ],
    );
}

#[test]
fn an_owner_is_to_be_proven_by_every_identifier_it_is_named_by() {
    let owner = agents(&["BKCHCNBJXXX", "CNAPS:104100000004"]).expect("two");
    let asked = subjects(owner.identifiers(), Currency::CNY);
    assert_eq!(asked.len(), 4);
    for agent in owner.identifiers() {
        let of = |subject: &&Subject| match subject {
            Subject::Position { agent: of, .. } | Subject::NetPosition { agent: of, .. } => of == agent,
            _ => false,
        };
        assert_eq!(asked.iter().filter(of).count(), 2, "{agent}");
    }
}

#[test]
fn a_statement_of_other_days_than_the_blocks_is_refused() {
    let of_days = |period: Option<Period>, first: u8, last: u8| {
        let mut changed = statement(Book::Escrow, HELD);
        changed.period = period;
        changed.opening.as_mut().expect("a balance").at = on(first);
        changed.closing.as_mut().expect("a balance").at = on(last);
        changed
    };
    let fault = "statement.another_time";
    // The day before, and the days after, on which nothing moved.
    refused(&of_days(period(22, 23), 22, 22), fault, &[]);
    refused(&of_days(period(26, 28), 26, 27), fault, &[]);
    // A CSV says no zone: it may be the 23rd somewhere.
    refused(&of_days(period(23, 24), 23, 23), fault, &["csv"]);
    refused(&of_days(period(25, 26), 25, 25), fault, &[]);
    // In the period or in the balances alone.
    refused(&of_days(period(24, 25), 25, 25), fault, &[]);
    refused(&of_days(period(24, 25), 23, 23), fault, &["csv"]);
    refused(&of_days(period(25, 26), 24, 24), fault, &["csv"]);
    refused(&of_days(period(23, 24), 24, 24), fault, &["csv"]);
    // In the zone alone: there the 24th has not begun.
    let mut west = statement(Book::Escrow, HELD);
    west.period = Some(Period {
        from: time("2026-11-24T00:00:00-10:00"),
        to: time("2026-11-25T00:00:00-10:00"),
    });
    refused(&west, fault, &["csv"]);
    // Several days, of which the block is on the last.
    for (format, file) in written(&of_days(period(20, 25), 20, 24)) {
        assert_eq!(verdict(&file), Ok(()), "{format}");
    }
}

#[test]
fn a_report_of_the_day_so_far_ends_with_its_block() {
    let report = |closing: &str| {
        let mut report = statement(Book::Escrow, HELD);
        report.period.as_mut().expect("one").to = time(closing);
        let last = report.closing.as_mut().expect("a balance");
        (last.kind, last.at) = (BalanceKind::InterimBooked, DateOrTime::Time(time(closing)));
        let files = written(&report).into_iter();
        files
            .filter(|(format, _)| !format.starts_with("camt053"))
            .collect::<Vec<_>>()
    };
    for (format, file) in report("2026-11-24T08:29:31+08:00") {
        assert_eq!(verdict(&file), Ok(()), "{format}");
    }
    let (before, after) = (
        report("2026-11-24T08:29:30+08:00"),
        report("2026-11-24T08:29:32+08:00"),
    );
    for (format, file) in before.into_iter().chain(after) {
        let fault = verdict(&file).expect_err(format);
        assert_eq!(fault.code(), "statement.another_time", "{format}: {fault}");
        assert!(
            fault
                .to_string()
                .contains("the evidence is of 2026-11-24T00:29:31Z"),
            "{fault}"
        );
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

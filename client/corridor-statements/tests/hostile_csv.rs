//! No statement in CSV holds a formula, whatever an index holds.

mod common;

use corridor_client::core::{Currency, Money};
use corridor_iso20022::statement::{
    to_csv, BankTransactionCode, CreditDebit, DateOrTime, Entry, EntryDetails, ProprietaryCode,
};
use corridor_iso20022::Book;
use corridor_statements::{draw_up, Form};

#[tokio::test]
async fn a_field_that_a_spreadsheet_would_run_is_a_text() {
    let (writer, _directory) = common::indexed(&common::fixed_day()).await;
    let day = common::day(common::date("2026-11-24"));
    let request = common::request(common::BOC, Currency::CNY, Book::Escrow, day, Form::Notification);
    let mut statement = draw_up(writer.index(), &request)
        .await
        .expect("a statement")
        .statement;
    for formula in [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=HYPERLINK(\"http://x\",\"y\")",
    ] {
        let code = BankTransactionCode {
            domain: None,
            proprietary: Some(ProprietaryCode {
                code: formula.into(),
                issuer: None,
            }),
        };
        let at = DateOrTime::Date(common::date("2026-11-24"));
        statement.entries.push(Entry {
            reference: Some(formula.into()),
            details: vec![EntryDetails {
                instruction_id: Some(formula.into()),
                end_to_end_id: Some(formula.into()),
                ..EntryDetails::default()
            }],
            ..Entry::booked(Money::new(Currency::CNY, 1), CreditDebit::Debit, code, at)
        });
    }
    let text = to_csv(&statement).expect("written");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let amounts: Vec<usize> = reader
        .headers()
        .expect("names")
        .iter()
        .enumerate()
        .filter(|(_, name)| matches!(*name, "amount" | "balance"))
        .map(|(at, _)| at)
        .collect();
    let mut guarded = 0;
    for record in reader.records() {
        for (at, field) in record.expect("fields").iter().enumerate() {
            let runs = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
            // A negative amount is a number and nothing else.
            let number = amounts.contains(&at)
                && field
                    .trim_start_matches('-')
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.');
            assert!(!runs || number, "{field:?}");
            guarded += usize::from(field.starts_with('\''));
        }
    }
    assert!(guarded >= 7 * 4, "{guarded}");
}

//! Statements in an envelope with a business application header: what it says, its order, and that it is read back.

mod common;

use common::{check_golden, date, day, fixed_day, indexed, BOC};
use corridor_client::core::Currency;
use corridor_iso20022::{
    camt052, camt053, camt054,
    statement::{Statement, StatementMessage},
    Agent, Book, Iso20022Error, Limits,
};
use corridor_statements::{
    draw_up,
    reconcile::{Ledger, LedgerFormat},
    Form, Format, Zone,
};

const MESSAGES: [Format; 3] = [Format::Camt052, Format::Camt053, Format::Camt054];

async fn statement(form: Form) -> Statement {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let request = common::request(BOC, Currency::CNY, Book::Escrow, day(date("2026-11-24")), form);
    let drawn = draw_up(writer.index(), &request).await.expect("a statement");
    drawn.statement
}

fn enveloped(format: Format, statement: &Statement) -> String {
    let created = statement.created_at.clone().expect("a time");
    format.write_with_header(statement, created).expect("written")
}

fn read(format: Format, text: &str) -> Result<StatementMessage, Iso20022Error> {
    let (bytes, limits) = (text.as_bytes(), Limits::default());
    match format {
        Format::Camt052 => camt052::read(bytes, &limits),
        Format::Camt054 => camt054::read(bytes, &limits),
        _ => camt053::read(bytes, &limits),
    }
}

/// The AppHdr of a file.
fn header(text: &str) -> &str {
    let from = text.find("<AppHdr").expect("a header");
    let end = text.find("</AppHdr>").expect("its end") + "</AppHdr>\n".len();
    &text[from..end]
}

#[tokio::test]
async fn the_header_says_what_the_message_does_and_both_are_read_back() {
    for format in MESSAGES {
        let mut statement = statement(format.form()).await;
        statement.account.servicer = Some(Agent::new(["CORRCNBJ".parse().expect("a BIC")]));
        let text = enveloped(format, &statement);
        let message = read(format, &text).expect("valid");
        let header = message.business_header.as_ref().expect("a header");
        assert_eq!(header.version, 2);
        assert_eq!(header.business_message_id, message.message_id);
        assert!(header.business_message_id.len() <= 35);
        assert_eq!(header.created_at, message.created_at);
        let name = format.name().replace("camt", "camt.");
        assert_eq!(header.message_definition_id, format!("{name}.001.08"));
        assert_eq!(header.from, statement.account.servicer);
        assert_eq!(header.to, statement.account.owner);
        assert!(header.to.is_some());
        assert_eq!(message.statements, [common::as_written(format, &statement)]);

        // Without its header it is the plain message.
        let created = statement.created_at.clone().expect("a time");
        let plain = read(format, &format.write(&statement, created).expect("written")).expect("valid");
        assert_eq!(plain.business_header, None);
        assert_eq!(plain.statements, message.statements);
        assert_eq!(plain.message_id, message.message_id);
        assert_eq!(plain.created_at, message.created_at);
    }
}

#[tokio::test]
async fn a_header_byte_for_byte_in_the_standards_order() {
    let statement = statement(Form::Statement).await;
    let text = enveloped(Format::Camt053, &statement);
    // Nobody is named as servicer: the ledger goes by its name.
    check_golden("header.xml", header(&text));
    let places = [
        "<Fr>",
        "<To>",
        "<BizMsgIdr>",
        "<MsgDefIdr>",
        "<CreDt>",
        "</AppHdr>",
    ];
    let places = places.map(|tag| text.find(tag).expect("there"));
    assert!(places.is_sorted(), "{places:?}");
    assert!(text.find("<BizMsgEnvlp>") < text.find("<AppHdr"));
    assert!(text.find("</AppHdr>") < text.find("<Document"));
    assert!(text.trim_end().ends_with("</BizMsgEnvlp>"));
}

#[tokio::test]
async fn a_header_of_another_message_is_refused() {
    let statement = statement(Form::Statement).await;
    let text = enveloped(Format::Camt053, &statement);
    for other in ["camt.054.001.08", "camt.053.001.09", "pacs.008.001.08"] {
        let changed = text.replacen("<MsgDefIdr>camt.053.001.08<", &format!("<MsgDefIdr>{other}<"), 1);
        assert_ne!(changed, text);
        let error = read(Format::Camt053, &changed).expect_err(other);
        assert_eq!(error.code(), "header-mismatch");
        assert_eq!(error.path(), "AppHdr/MsgDefIdr");
        let told = error.to_string();
        let said = format!("the header announces {other}, the Document is camt.053.001.08");
        assert!(
            told.contains(&said) && told.contains("Correct MsgDefIdr"),
            "{told}"
        );
    }
    let long = text.replacen(
        &format!("<BizMsgIdr>{}<", statement.id),
        &format!("<BizMsgIdr>{}<", "x".repeat(36)),
        1,
    );
    assert_eq!(
        read(Format::Camt053, &long).expect_err("36 characters").code(),
        "text-too-long"
    );
    let twice = text.replacen("<BizMsgIdr>", "<BizMsgIdr>1</BizMsgIdr><BizMsgIdr>", 1);
    assert!(read(Format::Camt053, &twice).is_err());
}

#[tokio::test]
async fn what_does_not_fit_the_header_is_not_written() {
    let mut statement = statement(Form::Statement).await;
    let created = statement.created_at.clone().expect("a time");
    statement.id = "x".repeat(36);
    let error = Format::Camt053
        .write_with_header(&statement, created.clone())
        .expect_err("36 characters");
    assert!(error.to_string().contains("BizMsgIdr"), "{error}");
    for format in [Format::Csv, Format::Json] {
        assert!(!format.is_message());
        let error = format
            .write_with_header(&statement, created.clone())
            .expect_err("no message");
        assert_eq!(error.code(), "statement.no_header");
        assert!(error.to_string().contains(format.name()), "{error}");
        assert!(error.advice().contains("camt053") && !error.is_transient());
    }
}

#[tokio::test]
async fn an_enveloped_statement_is_a_ledger_like_the_plain_one() {
    let statement = statement(Form::Statement).await;
    let created = statement.created_at.clone().expect("a time");
    let plain = Format::Camt053.write(&statement, created).expect("written");
    let read = |text: &str| {
        let bytes = text.as_bytes();
        let format = LedgerFormat::guess(bytes);
        Ledger::read("ledger", bytes, format, Currency::CNY, Zone::BEIJING).expect("a ledger")
    };
    let (plain, enveloped) = (read(&plain), read(&enveloped(Format::Camt053, &statement)));
    assert!(!plain.lines.is_empty());
    assert_eq!(enveloped.lines, plain.lines);
    assert_eq!(
        (enveloped.opening, enveloped.closing),
        (plain.opening, plain.closing)
    );
}

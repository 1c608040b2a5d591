//! A day of BOC's escrow, byte for byte, in every form. `BLESS=1 cargo test` writes the files anew.

mod common;

use common::{agent, check_golden, date, time};
use corridor_core::{Currency, Money, ParticipantId, Reference, Uetr};
use corridor_iso20022::statement::{
    to_csv, to_json, Balance, BalanceKind, BlockEvidence, CreditDebit, DateOrTime, Entry, EntryDetails,
    EntryKind, EntryStatus, Period, StateEvidence, Statement, StatementAccount, StatementMessage,
};
use corridor_iso20022::{camt052, camt053, camt054, Book, BookAccount, BusinessHeader, Limits, StatusReason};

const CNY: fn(u128) -> Money = |minor_units| Money::new(Currency::CNY, minor_units);

fn balance(kind: BalanceKind, amount: Money, at: &str) -> Balance {
    Balance {
        kind,
        amount,
        side: CreditDebit::Credit,
        at: DateOrTime::Time(time(at)),
    }
}

fn entry(kind: EntryKind, side: CreditDebit, amount: Money, block: u64, details: EntryDetails) -> Entry {
    let at = DateOrTime::Time(time(&format!("2026-11-24T0{}:00:00Z", block % 10)));
    let evidence = Some(BlockEvidence {
        block_number: block,
        block_hash: [block as u8; 32],
        extrinsic_index: Some(2),
    });
    Entry {
        reference: Some(format!("{block}-2")),
        value_date: Some(DateOrTime::Date(date("2026-11-24"))),
        details: vec![EntryDetails { evidence, ..details }],
        ..Entry::booked(amount, side, kind.code(side), at)
    }
}

fn transfer(uetr: &str, end_to_end_id: &str, from: &str, to: &str) -> EntryDetails {
    EntryDetails {
        end_to_end_id: Some(end_to_end_id.into()),
        debtor_agent: Some(agent(from)),
        creditor_agent: Some(agent(to)),
        interbank_settlement_date: Some(date("2026-11-24")),
        ..EntryDetails::of(uetr.parse().expect("a UETR"))
    }
}

fn day() -> Statement {
    let (boc, cup) = ("BKCHCNBJ", "CHUPCNSH");
    let funded = EntryDetails {
        message_id: Some("BOC-FUND-20261124-1".into()),
        ..EntryDetails::of(Uetr::from_random_bytes(Reference([9; 16]).0))
    };
    let mut back = transfer(
        "004498f4-b987-47c1-8c9c-26a813678d7a",
        "BOCCUP-CNY-0007",
        boc,
        cup,
    );
    back.return_reason =
        Some(StatusReason::new("AM09".parse().expect("a code")).explained("100 of 300 lenses"));
    let mut waiting = entry(
        EntryKind::Transfer,
        CreditDebit::Debit,
        CNY(640_050),
        7,
        transfer(
            "f1260ebc-7d56-4b56-b714-dc919b27dbdf",
            "BOCCUP-CNY-0004",
            boc,
            cup,
        ),
    );
    waiting.status = EntryStatus::Pending;
    Statement {
        id: "ESCROW-1-CNY-20261124".into(),
        sequence_number: Some(328),
        created_at: Some(time("2026-11-24T16:00:05Z")),
        period: Some(Period {
            from: time("2026-11-23T16:00:00Z"),
            to: time("2026-11-24T16:00:00Z"),
        }),
        account: StatementAccount {
            id: BookAccount {
                book: Book::Escrow,
                participant: ParticipantId(1),
                currency: Currency::CNY,
            }
            .account(),
            currency: Currency::CNY,
            name: Some("Escrow with Corridor".into()),
            owner: Some(agent(boc).named("Bank of China")),
            servicer: None,
        },
        opening: Some(balance(
            BalanceKind::OpeningBooked,
            CNY(200_000_000),
            "2026-11-23T16:00:00Z",
        )),
        closing: Some(balance(
            BalanceKind::ClosingBooked,
            CNY(225_209_145),
            "2026-11-24T16:00:00Z",
        )),
        further_balances: vec![balance(
            BalanceKind::ClosingAvailable,
            CNY(224_569_095),
            "2026-11-24T16:00:00Z",
        )],
        entries: vec![
            entry(
                EntryKind::Deposit,
                CreditDebit::Credit,
                CNY(50_000_000),
                1,
                funded,
            ),
            entry(
                EntryKind::Transfer,
                CreditDebit::Debit,
                CNY(1_286_000),
                2,
                transfer(
                    "f3c95789-ace1-4954-ac5d-6baed2eac902",
                    "BOCCUP-CNY-0001",
                    boc,
                    cup,
                ),
            ),
            entry(
                EntryKind::Transfer,
                CreditDebit::Debit,
                CNY(8_880),
                3,
                transfer(
                    "cbf27734-ac10-4525-8b66-402800e03d2c",
                    "=1+1, \"quoted\"",
                    boc,
                    cup,
                ),
            ),
            entry(EntryKind::Return, CreditDebit::Credit, CNY(1_504_025), 4, back),
            entry(
                EntryKind::NetSettlement,
                CreditDebit::Debit,
                CNY(25_000_000),
                5,
                EntryDetails::default(),
            ),
            waiting,
        ],
        evidence: Some(StateEvidence {
            block_number: 18_204,
            block_hash: [0xab; 32],
            genesis_hash: [0x1c; 32],
            contract: [0x5e; 20],
        }),
        additional: Some("Times are UTC; the day is Beijing's.".into()),
    }
}

fn message(name: &str, statements: Vec<Statement>) -> StatementMessage {
    StatementMessage {
        version: 8,
        business_header: Some(BusinessHeader {
            version: 2,
            from: Some(agent("BKCHCNBJ")),
            to: Some(agent("BKCHCNBJ")),
            business_message_id: "STMT-20261124-1".into(),
            message_definition_id: format!("{name}.001.08"),
            created_at: time("2026-11-24T16:00:05Z"),
        }),
        message_id: "STMT-20261124-1".into(),
        created_at: time("2026-11-24T16:00:05Z"),
        statements,
    }
}

#[test]
fn a_statement_of_a_day() {
    let message = message("camt.053", vec![day()]);
    let text = camt053::write(&message).expect("ties");
    check_golden("day.camt053.xml", &text);
    assert_eq!(camt053::read(text.as_bytes(), &Limits::default()), Ok(message));
}

#[test]
fn a_report_within_the_day() {
    let mut so_far = day();
    so_far.entries.truncate(2);
    let closing = balance(
        BalanceKind::InterimBooked,
        CNY(248_714_000),
        "2026-11-24T02:30:00Z",
    );
    so_far.closing = Some(closing);
    so_far.further_balances.clear();
    let text = camt052::write(&message("camt.052", vec![so_far])).expect("ties");
    check_golden("so-far.camt052.xml", &text);
}

#[test]
fn a_notification_of_an_entry() {
    let mut one = day();
    one.entries.drain(1..);
    (one.opening, one.closing, one.evidence) = (None, None, None);
    one.further_balances.clear();
    let text = camt054::write(&message("camt.054", vec![one])).expect("fits");
    check_golden("funded.camt054.xml", &text);
}

#[test]
fn a_statement_for_spreadsheets_and_programs() {
    check_golden("day.csv", &to_csv(&day()).expect("ties"));
    let json = to_json(&day()).expect("ties");
    check_golden("day.json", &json);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["closing"]["amount"], "2252091.45");
    assert_eq!(value["entries"].as_array().map(Vec::len), Some(6));
}

//! Clearing batches in statements: the items that were booked are listed, and come to the entry.

mod common;

use common::{check_golden, date, day, indexed, ledger::Ledger, story, BOC, CUP};
use corridor_client::core::{closing::Ending, BatchHeader, Currency, Item, Money, ParticipantId, Uetr};
use corridor_indexer::Writer;
use corridor_iso20022::{
    camt052, camt053,
    statement::{to_csv, to_json, CreditDebit, Entry, EntryStatus, Statement},
    Book, BookAccount, Iso20022Error, Limits,
};
use corridor_statements::{
    draw_up,
    reconcile::{
        chain_lines, explain, reconcile, FindingKind, Ledger as BankLedger, LedgerFormat, LineStatus,
        Reconciliation,
    },
    Drawn, Form, Format, Period, StatementRequest, Zone,
};

const CNY: Currency = Currency::CNY;
const HSBC: ParticipantId = ParticipantId(2);

/// Whose an item is, and how much.
type Given = (u8, u64);

fn uetr(index: usize) -> Uetr {
    let mut bytes = [0x5a; 16];
    bytes[..2].copy_from_slice(&(index as u16).to_be_bytes());
    Uetr::from_random_bytes(bytes)
}

/// The same of one counterparty, by a contract of BOC's.
fn submitted_by_a_contract() -> Ledger {
    played(
        &[(0, 10_000), (0, 250), (0, 7)],
        &[],
        Ledger::by_a_contract,
        Some(2),
    )
}

/// 2026-11-24: a batch of BOC's for CUP (0) and HSBC (1), both accept, CUP without `excepted`; the window is settled.
fn ledger(given: &[Given], excepted: &[u16]) -> Ledger {
    played(given, excepted, |_| {}, Some(2))
}

/// `submitted` does what it likes with the submission; the window is settled after so many hours, if at all.
fn played(
    given: &[Given],
    excepted: &[u16],
    submitted: impl Fn(&mut Ledger),
    settled: Option<u64>,
) -> Ledger {
    let mut ledger = story::opening();
    ledger.now = Zone::BEIJING.midnight(date("2026-11-24")).expect("after 1970") + 9 * 3_600;
    let item = |(index, (counterparty, minor_units)): (usize, &Given)| Item {
        uetr: uetr(index),
        minor_units: *minor_units,
        counterparty: *counterparty,
        message_digest: [7; 32],
    };
    let items: Vec<Item> = given.iter().enumerate().map(item).collect();
    let header = BatchHeader {
        debtor_agent: BOC,
        number: 1,
        currency: CNY,
        counterparties: vec![CUP, HSBC],
        items: items.len() as u16,
        control_sum: items.iter().map(|item| u128::from(item.minor_units)).sum(),
        all_or_nothing: false,
        expires_at: ledger.now + 3_600,
    };
    ledger.submit_batch(header, items);
    submitted(&mut ledger);
    ledger.seal(1);
    assert!(ledger.accept_batch((BOC, 1), CUP, excepted));
    if given.iter().any(|(counterparty, _)| *counterparty == 1) {
        assert!(ledger.accept_batch((BOC, 1), HSBC, &[]));
    }
    ledger.seal(1);
    let window = ledger.net(CNY).open_window();
    if let Some(hours) = settled {
        ledger.now += hours * 3_600;
        assert!(ledger.end_window(CNY, window, Ending::Settle));
        ledger.seal(1);
    }
    ledger.now += 24 * 3_600;
    ledger.seal(1);
    ledger
}

/// Five items: the third has a fault, the fourth CUP does not take.
const FIVE: [Given; 5] = [(0, 10_000), (1, 250), (0, 0), (0, 40), (0, 7)];

fn five() -> Ledger {
    ledger(&FIVE, &[3])
}

async fn statement(writer: &Writer, of: ParticipantId, form: Form, items: usize) -> Statement {
    let request = StatementRequest {
        items,
        ..common::request(of, CNY, Book::Escrow, day(date("2026-11-24")), form)
    };
    let drawn = draw_up(writer.index(), &request).await.expect("a statement");
    drawn.statement
}

fn batches(statement: &Statement) -> Vec<&Entry> {
    let entries = statement.entries.iter();
    entries.filter(|entry| entry.batch.is_some()).collect()
}

/// The items an entry lists: which, and how much.
fn listed(entry: &Entry) -> Vec<(Option<Uetr>, u128)> {
    let items = entry.details.iter();
    items
        .filter_map(|item| Some((item.uetr, item.amount?.minor_units)))
        .collect()
}

fn written(statement: &Statement) -> String {
    let created = statement.created_at.clone().expect("a time");
    Format::Camt052.write(statement, created).expect("written")
}

fn read(text: &str) -> Result<Statement, Iso20022Error> {
    let message = camt052::read(text.as_bytes(), &Limits::default())?;
    Ok(message.statements.into_iter().next().expect("one"))
}

#[tokio::test]
async fn the_items_that_were_booked_are_listed_and_come_to_the_entry() {
    let (writer, _directory) = indexed(&five()).await;
    let item = |index, minor_units| (Some(uetr(index)), minor_units);
    let (to_cup, to_hsbc) = (vec![item(0, 10_000), item(4, 7)], vec![item(1, 250)]);
    for (of, side, expected) in [
        (BOC, CreditDebit::Debit, vec![to_cup.clone(), to_hsbc.clone()]),
        (CUP, CreditDebit::Credit, vec![to_cup]),
        (HSBC, CreditDebit::Credit, vec![to_hsbc]),
    ] {
        let statement = statement(&writer, of, Form::Statement, 1_000).await;
        let found = batches(&statement);
        assert_eq!(
            found.iter().map(|entry| listed(entry)).collect::<Vec<_>>(),
            expected
        );
        for entry in found {
            assert_eq!((entry.side, &entry.status), (side, &EntryStatus::Information));
            let batch = entry.batch.as_ref().expect("one");
            assert_eq!(batch.reference.as_deref(), Some("BATCH-0-1"));
            assert_eq!(batch.transactions, Some(entry.details.len() as u64));
            assert_eq!((batch.total, batch.side), (Some(entry.amount), Some(side)));
            let sum: u128 = listed(entry).iter().map(|(_, minor_units)| minor_units).sum();
            assert_eq!(sum, entry.amount.minor_units);
            let first = entry.details.first().expect("an item");
            assert!(
                first.evidence.is_some() && first.debtor_agent.is_some() && first.creditor_agent.is_some()
            );
        }
        // What is written is read back, batch and items.
        assert_eq!(read(&written(&statement)).as_ref(), Ok(&statement));
    }
}

#[tokio::test]
async fn a_notification_has_the_batches_and_what_was_booked() {
    let (writer, _directory) = indexed(&five()).await;
    let statement = statement(&writer, CUP, Form::Notification, 1_000).await;
    let states: Vec<_> = statement
        .entries
        .iter()
        .map(|entry| {
            (
                entry.status.code(),
                entry.batch.is_some(),
                entry.amount.minor_units,
            )
        })
        .collect();
    // The batch, and the net position that pays it.
    assert_eq!(states, [("INFO", true, 10_007), ("BOOK", false, 10_007)]);
    let created = statement.created_at.clone().expect("a time");
    let text = Format::Camt054.write(&statement, created).expect("written");
    check_golden("batch.camt054.xml", &text);
}

#[tokio::test]
async fn a_camt053_has_booked_entries_only_and_they_tie() {
    let (writer, _directory) = indexed(&five()).await;
    for of in [BOC, CUP, HSBC] {
        let drawn = statement(&writer, of, Form::Statement, 1_000).await;
        assert!(drawn
            .entries
            .iter()
            .any(|entry| entry.status != EntryStatus::Booked));
        let created = drawn.created_at.clone().expect("a time");
        for text in [
            Format::Camt053.write(&drawn, created.clone()).expect("written"),
            Format::Camt053
                .write_with_header(&drawn, created.clone())
                .expect("written"),
        ] {
            let message = camt053::read(text.as_bytes(), &Limits::default()).expect("it ties");
            let [read] = &message.statements[..] else {
                panic!("one statement");
            };
            let booked = drawn
                .entries
                .iter()
                .filter(|entry| entry.status == EntryStatus::Booked);
            assert!(read.entries.iter().eq(booked));
            let count = format!("<TtlNtries><NbOfNtries>{}<", read.entries.len());
            assert!(text.replace(char::is_whitespace, "").contains(&count), "{text}");
        }
    }
}

#[tokio::test]
async fn a_batch_that_a_contract_submitted_is_stated_without_its_items() {
    let (writer, _directory) = indexed(&submitted_by_a_contract()).await;
    for of in [BOC, CUP] {
        let statement = statement(&writer, of, Form::Statement, 1_000).await;
        let [entry] = batches(&statement)[..] else {
            panic!("one batch");
        };
        assert_eq!(listed(entry), []);
        assert_eq!(entry.amount.minor_units, 10_257);
        let told = entry.additional.as_deref().expect("a text");
        assert!(
            told.ends_with("items not on the chain: a contract submitted the batch"),
            "{told}"
        );
        let booked = statement
            .entries
            .iter()
            .filter(|entry| entry.status == EntryStatus::Booked);
        assert_eq!(booked.count(), 1);
    }
}

#[tokio::test]
async fn items_past_the_bound_are_counted_and_not_listed() {
    let (writer, _directory) = indexed(&five()).await;
    // BOC's entries are of two items and of one.
    for (bound, expected) in [(3, [2, 1]), (2, [2, 0]), (1, [0, 1]), (0, [0, 0])] {
        let statement = statement(&writer, BOC, Form::Statement, bound).await;
        let found = batches(&statement);
        let lengths: Vec<_> = found.iter().map(|entry| listed(entry).len()).collect();
        assert_eq!(lengths, expected, "{bound}");
        for (entry, items) in found.iter().zip([2, 1]) {
            let batch = entry.batch.as_ref().expect("one");
            assert_eq!(
                (batch.transactions, batch.total),
                (Some(items), Some(entry.amount))
            );
            let told = entry.additional.as_deref().expect("a text");
            assert_eq!(
                told.ends_with("; items not listed"),
                listed(entry).is_empty(),
                "{told}"
            );
            // The block stands there all the same.
            assert!(entry.details[0].evidence.is_some());
        }
        assert_eq!(read(&written(&statement)).as_ref(), Ok(&statement));
    }
}

#[tokio::test]
async fn the_largest_batch_fits_an_entry() {
    let given: Vec<Given> = (0..2_000).map(|index| (0, 1 + index % 20)).collect();
    let (writer, _directory) = indexed(&ledger(&given, &[])).await;
    let whole = statement(&writer, CUP, Form::Statement, 2_000).await;
    let [entry] = batches(&whole)[..] else {
        panic!("one batch");
    };
    assert_eq!(listed(entry).len(), 2_000);
    assert_eq!(entry.amount.minor_units, 21_000);
    // The limits of the library's readers admit it.
    assert_eq!(read(&written(&whole)).as_ref(), Ok(&whole));
    let less = statement(&writer, CUP, Form::Statement, 1_999).await;
    assert!(listed(batches(&less)[0]).is_empty());
}

#[tokio::test]
async fn items_that_do_not_come_to_the_entry_are_refused() {
    let (writer, _directory) = indexed(&five()).await;
    let statement = statement(&writer, CUP, Form::Statement, 1_000).await;
    let text = written(&statement);
    // Without its second item.
    let cut = |text: &str| {
        let item = text.find(&uetr(4).to_string()).expect("the item");
        let from = text[..item].rfind("<TxDtls>").expect("its tag");
        let end = from + text[from..].find("</TxDtls>").expect("its end") + "</TxDtls>".len();
        format!("{}{}", &text[..from], &text[end..])
    };
    for (changed, code, said) in [
        (
            text.replacen("\"CNY\">0.07<", "\"CNY\">0.08<", 1),
            "batch-total",
            "CNY 100.08",
        ),
        (
            text.replacen("<NbOfTxs>2<", "<NbOfTxs>3<", 1),
            "batch-items",
            "announces 3",
        ),
        (
            text.replacen("<TtlAmt Ccy=\"CNY\">100.07<", "<TtlAmt Ccy=\"CNY\">100.06<", 1),
            "batch-total",
            "CNY 100.06",
        ),
        (cut(&text), "batch-items", "lists 1"),
    ] {
        assert_ne!(changed, text);
        let error = read(&changed).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(
            error.path().contains("Ntry[") && error.path().ends_with("NtryDtls"),
            "{error}"
        );
    }
    // Nor are they written, in any form.
    let mut wrong = statement.clone();
    let entry = wrong.entries.iter_mut().find(|entry| entry.batch.is_some());
    entry.expect("a batch").details[1].amount = Some(Money::new(CNY, 8));
    for format in Format::ALL {
        // A notification has no balances to tie, and a camt.053 no such entry.
        if !matches!(format, Format::Camt053 | Format::Camt054) {
            let created = statement.created_at.clone().expect("a time");
            let error = format.write(&wrong, created).expect_err(format.name());
            assert!(
                error.to_string().contains("its batch comes to CNY 100.08"),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_line_of_csv_and_an_object_of_json_name_the_batch() {
    let (writer, _directory) = indexed(&five()).await;
    for items in [0, 1_000] {
        let statement = statement(&writer, BOC, Form::Statement, items).await;
        let csv = to_csv(&statement).expect("ties");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let names = reader.headers().expect("names").clone();
        let column = |name: &str| names.iter().position(|one| one == name).expect("a column");
        let mut found = 0;
        for row in reader.records() {
            let row = row.expect("a line");
            let of_batch = !row[column("batch")].is_empty();
            assert_eq!(of_batch, &row[column("status")] == "INFO");
            if of_batch {
                found += 1;
                assert_eq!(&row[column("batch")], "BATCH-0-1");
                assert_eq!(&row[column("uetr")], "");
                assert!(!row[column("block_hash")].is_empty() && !row[column("extrinsic")].is_empty());
                assert_eq!(&row[column("debtor_agent")], "BKCHCNBJXXX");
            }
        }
        assert_eq!(found, 2);
    }
    let statement = statement(&writer, CUP, Form::Statement, 1_000).await;
    let json: serde_json::Value = serde_json::from_str(&to_json(&statement).expect("ties")).expect("JSON");
    let entries = json["entries"].as_array().expect("a list");
    let entry = entries
        .iter()
        .find(|entry| !entry["batch"].is_null())
        .expect("the batch");
    assert_eq!(entry["batch"]["reference"], "BATCH-0-1");
    assert_eq!(entry["batch"]["transactions"], 2);
    assert_eq!(entry["batch"]["total"]["amount"], "100.07");
    let items = entry["transactions"].as_array().expect("items");
    let amounts: Vec<_> = items
        .iter()
        .map(|item| item["amount"]["amount"].as_str())
        .collect();
    assert_eq!(amounts, [Some("100.00"), Some("0.07")]);
    assert_eq!(items[1]["uetr"], uetr(4).to_string());
}

#[tokio::test]
async fn a_batch_is_compared_as_one_and_goes_by_no_items_name() {
    let (writer, _directory) = indexed(&five()).await;
    let statement = statement(&writer, CUP, Form::Statement, 1_000).await;
    let lines = chain_lines(&statement, Zone::BEIJING);
    let line = lines
        .iter()
        .find(|line| line.references.iter().any(|name| name == "BATCH-0-1"));
    let line = line.expect("the batch");
    assert_eq!((line.uetr, line.amount), (None, 10_007));
    assert!(line.extrinsic.is_some());
}

/// A ledger of lines against what was drawn up.
fn compared(
    of: ParticipantId,
    period: Period,
    drawn: &Drawn,
    lines: &[(String, &str, &str)],
) -> Reconciliation {
    let mut text = String::from("uetr,reference,date,amount\n");
    for (name, date, amount) in lines {
        // A UETR has its own column.
        let names = match name.parse::<Uetr>() {
            Ok(uetr) => format!("{uetr},"),
            Err(_) => format!(",{name}"),
        };
        text += &format!("{names},{date},{amount}\n");
    }
    let ledger = BankLedger::read(
        "ledger.csv",
        text.as_bytes(),
        LedgerFormat::Csv,
        CNY,
        Zone::BEIJING,
    );
    let account = BookAccount {
        book: Book::Escrow,
        participant: of,
        currency: CNY,
    };
    reconcile(account, period, drawn, &ledger.expect("a ledger"))
}

async fn drawn(writer: &Writer, of: ParticipantId, period: Period) -> Drawn {
    let request = StatementRequest {
        items: 1_000,
        ..common::request(of, CNY, Book::Escrow, period, Form::Either)
    };
    draw_up(writer.index(), &request).await.expect("a statement")
}

fn item(index: usize) -> String {
    uetr(index).to_string()
}

fn batch() -> String {
    "BATCH-0-1".into()
}

#[tokio::test]
async fn a_ledger_may_have_the_items_of_a_batch_or_the_batch_or_the_net_position() {
    let (writer, _directory) = indexed(&five()).await;
    let (today, on) = (day(date("2026-11-24")), "2026-11-24");
    for of in [BOC, CUP] {
        let drawn = drawn(&writer, of, today).await;
        let compare = |lines: &[(String, &str, &str)]| compared(of, today, &drawn, lines);
        let (net, items, parts) = match of {
            BOC => (
                "-102.57",
                vec![
                    (item(0), on, "-100.00"),
                    (item(1), on, "-2.50"),
                    (item(4), on, "-0.07"),
                ],
                vec![(batch(), on, "-100.07"), (batch(), on, "-2.50")],
            ),
            _ => (
                "100.07",
                vec![(item(0), on, "100.00"), (item(4), on, "0.07")],
                vec![(batch(), on, "100.07")],
            ),
        };
        let entries = drawn.statement.entries.iter();
        let paid = entries.filter(|entry| entry.status == EntryStatus::Booked);
        let paid = paid.filter_map(|entry| entry.reference.clone()).next();
        for lines in [&items, &parts] {
            let result = compare(lines);
            assert!(result.agrees(), "{result:#?}");
            // And the net position, which they explain.
            assert_eq!(result.of(FindingKind::Matched).count(), lines.len() + 1);
            // One less is one missing, if any is left that tells how the ledger counts.
            let less = compare(&lines[1..]);
            assert_eq!(less.of(FindingKind::MissingInLedger).count(), 1, "{less:#?}");
            assert!(!less.agrees());
        }
        let by_net = compare(&[(paid.expect("the net position"), on, net)]);
        assert!(by_net.agrees(), "{by_net:#?}");
        // A batch in another amount is told as such.
        let mut wrong = parts.clone();
        wrong[0].2 = "0.01";
        let wrong = compare(&wrong);
        assert_eq!(wrong.of(FindingKind::Amount).count(), 1, "{wrong:#?}");
        assert_eq!(wrong.of(FindingKind::Matched).count(), parts.len(), "{wrong:#?}");
    }
}

#[tokio::test]
async fn a_batch_may_be_booked_when_it_is_accepted_or_when_it_is_paid() {
    // Accepted on the 24th, paid on the 25th.
    let (writer, _directory) = indexed(&played(&FIVE, &[3], |_| {}, Some(20))).await;
    let (accepted, paid) = ("2026-11-24", "2026-11-25");
    let days = Period::new(date(accepted), date(paid), Zone::BEIJING).expect("two days");
    let drawn = drawn(&writer, BOC, days).await;
    for (of_cup, of_hsbc) in [
        (accepted, accepted),
        (accepted, paid),
        (paid, accepted),
        (paid, paid),
    ] {
        let by_batch = [(batch(), of_cup, "-100.07"), (batch(), of_hsbc, "-2.50")];
        let mixed = [(batch(), of_cup, "-100.07"), (item(1), of_hsbc, "-2.50")];
        for lines in [by_batch, mixed] {
            let result = compared(BOC, days, &drawn, &lines);
            assert!(result.agrees(), "{lines:?}: {result:#?}");
        }
    }
    let other = [(batch(), "2026-11-26", "-100.07"), (batch(), paid, "-2.50")];
    let result = compared(BOC, days, &drawn, &other);
    assert_eq!(result.of(FindingKind::Date).count(), 1, "{result:#?}");
}

#[tokio::test]
async fn an_item_that_is_not_paid_yet_or_never_will_be_is_explained() {
    let (writer, _directory) = indexed(&played(&FIVE, &[3], |_| {}, None)).await;
    let (today, on) = (day(date("2026-11-24")), "2026-11-24");
    let told = async |of: ParticipantId, index: usize, status: Option<LineStatus>| {
        let drawn = drawn(&writer, of, today).await;
        let mut result = compared(of, today, &drawn, &[(item(index), on, "-1.00")]);
        for line in result
            .findings
            .iter_mut()
            .filter_map(|finding| finding.ledger.as_mut())
        {
            line.status = status;
        }
        explain(writer.index(), &mut result).await.expect("an index");
        let finding = result
            .findings
            .into_iter()
            .find(|finding| finding.ledger.is_some());
        let finding = finding.expect("the ledger's");
        (finding.kind, finding.note)
    };
    let (kind, note) = told(BOC, 0, None).await;
    assert_eq!(kind, FindingKind::MissingOnChain);
    assert!(
        note.starts_with("an item of BATCH-0-1, accepted on the chain on 2026-11-24, in settlement window "),
        "{note}"
    );
    for (index, expected) in [
        (2, "an item of BATCH-0-1, left out on the chain, zero amount"),
        (3, "an item of BATCH-0-1, excepted on the chain on 2026-11-24"),
    ] {
        let booked = told(BOC, index, None).await;
        assert_eq!(booked, (FindingKind::Status, expected.into()));
        let ended = told(CUP, index, Some(LineStatus::Ended)).await;
        assert_eq!(ended, (FindingKind::Matched, expected.into()));
    }
    // One of HSBC's is none of CUP's.
    let (kind, note) = told(CUP, 1, None).await;
    assert_eq!(
        (kind, note.as_str()),
        (
            FindingKind::MissingOnChain,
            "the transfer is between other participants"
        )
    );
}

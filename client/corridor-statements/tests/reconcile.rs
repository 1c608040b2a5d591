//! Ledgers against the chain: every kind of difference, hostile files, wrong files.

mod common;

use common::{
    account, check_golden, csv, date, day, fixed_day, indexed, kinds, today, Days, BOC, CUP, NETTED, PAID,
    RECEIVED, REJECTED, WAITING,
};
use corridor_client::core::{Currency, Money, SettlementMethod};
use corridor_indexer::Writer;
use corridor_iso20022::{Book, BookAccount};
use corridor_statements::{
    draw_up,
    reconcile::{
        chain_lines, explain, reconcile, to_html, to_json, FindingKind, Ledger, LedgerFormat, Line,
        LineStatus, Reconciliation, Signs,
    },
    Drawn, Form, Format, Zone,
};
use proptest::prelude::*;

const CNY: Currency = Currency::CNY;

async fn drawn(writer: &Writer) -> Drawn {
    let request = common::request(BOC, CNY, Book::Escrow, today(), Form::Statement);
    draw_up(writer.index(), &request).await.expect("a statement")
}

/// What the bank's books would say if they were right.
const RIGHT: &str = "\
record,date,uetr,reference,kind,status,amount,balance
opening,2026-11-24,,,,,,9500.00
entry,2026-11-24,,DEPOSIT,deposit,booked,500.00,
entry,2026-11-24,11111111-1111-4111-8111-111111111111,,payment,booked,-128.60,
entry,2026-11-24,22222222-2222-4222-8222-222222222222,,payment,booked,44.50,
entry,2026-11-24,11111111-1111-4111-8111-111111111111,,return,booked,0.60,
entry,2026-11-24,11111111-1111-4111-8111-111111111111,,return,booked,0.40,
entry,2026-11-24,,PLEDGE,pledge,booked,-10.00,
entry,2026-11-24,,WINDOW,net settlement,booked,-7.00,
entry,2026-11-24,,WITHDRAWAL,withdrawal,booked,-0.05,
entry,,44444444-4444-4444-8444-444444444444,,payment,pending,-8.88,
closing,2026-11-24,,,,,,9899.85
";

/// The same, with the names the chain has for what the bank cannot know.
fn right(drawn: &Drawn) -> String {
    let lines = chain_lines(&drawn.statement, Zone::BEIJING);
    let of = |kind: &str| {
        let line = lines.iter().find(|line| line.kind == kind).expect(kind);
        line.references.first().expect("a name").clone()
    };
    RIGHT
        .replace("DEPOSIT", &of("deposit"))
        .replace("PLEDGE", &hyphened(&of("pledge")))
        .replace("WITHDRAWAL", &of("withdrawal"))
        .replace("WINDOW", &of("netsettlement"))
}

/// A reference as the bank may write it, too.
fn hyphened(digits: &str) -> String {
    let (a, b, c, d, e) = (
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    );
    format!("{a}-{b}-{c}-{d}-{e}").to_uppercase()
}

async fn compare(writer: &Writer, text: &str) -> Reconciliation {
    let drawn = drawn(writer).await;
    let mut result = reconcile(account(), today(), &drawn, &csv(text));
    explain(writer.index(), &mut result).await.expect("an index");
    result
}

fn count(result: &Reconciliation, kind: FindingKind) -> usize {
    result.of(kind).count()
}

#[tokio::test]
async fn books_that_are_right_agree() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let text = right(&drawn(&writer).await);
    let result = compare(&writer, &text).await;
    assert!(result.agrees(), "{result:#?}");
    // The transfer that is paid with its window is told by the chain only.
    assert_eq!(kinds(&result), [("matched", 9), ("open", 1)]);
    assert_eq!(result.balances.len(), 2);
    assert!(result.balances.iter().all(|line| line.ledger == Some(line.chain)));
}

#[tokio::test]
async fn a_ledger_of_mirrored_signs_agrees_when_it_is_said_to_be_one() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let drawn = drawn(&writer).await;
    let mirrored = csv(&right(&drawn)).seen_from(Signs::Mirrored);
    assert!(!reconcile(account(), today(), &drawn, &mirrored).agrees());
    assert!(reconcile(account(), today(), &drawn, &mirrored.seen_from(Signs::Mirrored)).agrees());
}

#[tokio::test]
async fn every_difference_is_found_and_called_by_its_name() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let right = right(&drawn(&writer).await);
    let paid = format!("entry,2026-11-24,{PAID},,payment,booked,-128.60,\n");
    let stranger = "entry,2026-11-24,99999999-9999-4999-8999-999999999999,,payment,booked,-1.00,\n";
    let mistaken = right.replace(
        &paid,
        "entry,2026-11-24,99999999-9999-4999-8999-999999999999,PLACE,payment,booked,-128.60,\n",
    );
    let rejected = format!("entry,2026-11-24,{REJECTED},,payment,booked,-0.99,\n");
    let waiting = format!("entry,,{WAITING},,payment,pending,-8.88,\n");
    assert!(right.contains(&paid));
    for (what, text, expected) in [
        (
            "an entry less",
            right.replace(&paid, ""),
            vec![("matched", 8), ("open", 1), ("missing_in_ledger", 1)],
        ),
        (
            "a stranger",
            right.clone() + stranger,
            vec![("matched", 9), ("open", 1), ("missing_on_chain", 1)],
        ),
        (
            "another transfer at the same place",
            mistaken.replace("PLACE", "107-0"),
            vec![
                ("matched", 8),
                ("open", 1),
                ("missing_in_ledger", 1),
                ("missing_on_chain", 1),
            ],
        ),
        (
            "an amount",
            right.replace("-128.60", "-128.61"),
            vec![("matched", 8), ("open", 1), ("amount", 1)],
        ),
        (
            "a side",
            right.replace(",44.50", ",-44.50"),
            vec![("matched", 8), ("open", 1), ("amount", 1)],
        ),
        (
            "a status",
            right.replace("pending,-8.88", "booked,-8.88"),
            vec![("matched", 8), ("open", 1), ("status", 1)],
        ),
        (
            "a day",
            right.replace(&paid, &paid.replace("24", "25")),
            vec![("matched", 8), ("open", 1), ("date", 1)],
        ),
        (
            "twice",
            right.clone() + &paid,
            vec![("matched", 9), ("open", 1), ("duplicate", 1)],
        ),
        (
            "twice, and a return less",
            right.replace(",return,booked,0.60", ",payment,booked,-128.60"),
            vec![
                ("matched", 8),
                ("open", 1),
                ("missing_in_ledger", 1),
                ("duplicate", 1),
            ],
        ),
        (
            "rejected on the chain",
            right.clone() + &rejected,
            vec![("matched", 9), ("open", 1), ("status", 1)],
        ),
        (
            "rejected on both sides",
            right.clone() + &rejected.replace("booked", "rejected"),
            vec![("matched", 10), ("open", 1)],
        ),
        (
            "not told",
            right.replace(&waiting, ""),
            vec![("matched", 8), ("open", 2)],
        ),
    ] {
        let result = compare(&writer, &text).await;
        assert_eq!(kinds(&result), expected, "{what}: {result:#?}");
        let agrees = expected
            .iter()
            .all(|(kind, _)| matches!(*kind, "matched" | "open"));
        assert_eq!(result.agrees(), agrees, "{what}");
    }
}

#[tokio::test]
async fn statuses_of_the_chain_are_explained() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let right = right(&drawn(&writer).await);
    let result = compare(
        &writer,
        &format!("{right}entry,2026-11-24,{REJECTED},,payment,booked,-0.99,\n"),
    )
    .await;
    let finding = result.of(FindingKind::Status).next().expect("a status");
    assert_eq!(finding.note, "rejected on the chain on 2026-11-24, AC04");
    assert_eq!(finding.difference(), -99);
    let netted = compare(
        &writer,
        &format!("{right}entry,2026-11-24,{NETTED},,payment,booked,-7.00,\n"),
    )
    .await;
    let finding = netted.of(FindingKind::Status).next().expect("a status");
    assert_eq!(finding.note, "information on the chain, booked in the ledger");
    let unknown =
        format!("{right}entry,2026-11-24,99999999-9999-4999-8999-999999999999,,payment,booked,-1.00,\n");
    let finding = compare(&writer, &unknown).await;
    let finding = finding.of(FindingKind::MissingOnChain).next().expect("missing");
    assert_eq!(finding.note, "there is no such transfer");
}

/// The right books of a bank that books the transfers of a window and not what they come to.
fn singly(drawn: &Drawn, booked: &str) -> String {
    let right = right(drawn);
    let line = |line: &&str| line.contains("net settlement");
    let net = right.lines().find(line).expect("the net position");
    right.replace(&format!("{net}\n"), booked)
}

#[tokio::test]
async fn single_transfers_of_a_settled_window_agree_with_the_net_position_that_paid_them() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let drawn = drawn(&writer).await;
    let single = format!("entry,2026-11-24,{NETTED},,payment,booked,-7.00,\n");
    let result = compare(&writer, &singly(&drawn, &single)).await;
    assert!(result.agrees(), "{result:#?}");
    assert_eq!(kinds(&result), [("matched", 10)]);
    assert_eq!(
        result.totals().iter().map(|total| total.difference).sum::<i128>(),
        0
    );
    // One that the ledger has with another amount is told as such, and the net position stays explained.
    let wrong = single.replace("-7.00", "-7.01");
    let result = compare(&writer, &singly(&drawn, &wrong)).await;
    assert_eq!(kinds(&result), [("matched", 9), ("amount", 1)], "{result:#?}");
    // In the ledger both ways it is there once too often.
    let both = format!("{}{single}", right(&drawn));
    let result = compare(&writer, &both).await;
    assert_eq!(kinds(&result), [("matched", 9), ("status", 1)], "{result:#?}");
    // Neither way: what counts is missing.
    let result = compare(&writer, &singly(&drawn, "")).await;
    assert_eq!(
        kinds(&result),
        [("matched", 8), ("open", 1), ("missing_in_ledger", 1)],
        "{result:#?}"
    );
}

#[tokio::test]
async fn a_transfer_whose_window_is_not_settled_does_not_count_in_a_ledger() {
    let mut ledger = fixed_day();
    let id = "66666666-6666-4666-8666-666666666666";
    // On the day after, on which its window stays open.
    let terms = common::story::terms(&ledger, BOC, CUP, Money::new(CNY, 300), SettlementMethod::Net);
    assert!(ledger.instruct(common::uetr(id), terms) && ledger.accept(common::uetr(id)));
    ledger.seal(1);
    let (writer, _directory) = indexed(&ledger).await;
    let tomorrow = day(date("2026-11-25"));
    let request = common::request(BOC, CNY, Book::Escrow, tomorrow, Form::Report);
    let drawn = draw_up(writer.index(), &request).await.expect("a report");
    let text = format!(
        "uetr,date,status,amount\n{id},2026-11-25,booked,-3.00\n{WAITING},2026-11-25,pending,-8.88\n"
    );
    let result = reconcile(account(), tomorrow, &drawn, &csv(&text));
    assert_eq!(kinds(&result), [("matched", 1), ("status", 1)], "{result:#?}");
}

#[tokio::test]
async fn a_balance_that_differs_is_a_difference() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let right = right(&drawn(&writer).await);
    let result = compare(&writer, &right.replace("9899.85", "9899.86")).await;
    assert!(!result.agrees());
    assert_eq!(result.balances.iter().filter(|line| line.differs()).count(), 1);
    let silent = compare(&writer, &right.replace("closing,2026-11-24,,,,,,9899.85\n", "")).await;
    assert!(silent.agrees());
}

#[tokio::test]
async fn lines_of_other_days_and_currencies_are_left_out_and_counted() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let drawn = drawn(&writer).await;
    let right = right(&drawn)
        .replace(",balance\n", ",balance,currency\n")
        .replace(",\n", ",,\n")
        .replace(".00\n", ".00,CNY\n")
        .replace(".85\n", ".85,\n");
    let text = right
        + "entry,2026-11-20,99999999-9999-4999-8999-999999999999,,payment,booked,-1.00,,cny\n"
        + "entry,2026-11-24,99999999-9999-4999-8999-999999999998,,payment,booked,-1.000,,HKD\n";
    let result = compare(&writer, &text).await;
    assert!(result.agrees(), "{result:#?}");
    assert_eq!((result.outside_period, result.other_currency), (1, 1));
}

#[tokio::test]
async fn a_statement_of_corridors_own_is_a_ledger_that_agrees() {
    let days = Days::play(5, 2, 200).await;
    for end in &days.ends {
        for id in [BOC, CUP] {
            for (form, format) in [
                (LedgerFormat::Csv, Format::Csv),
                (LedgerFormat::Camt053, Format::Camt053),
            ] {
                let period = day(end.date);
                let drawn = days
                    .draw(id, CNY, Book::Escrow, period, Form::Statement)
                    .await
                    .expect("a statement");
                let created = drawn.statement.created_at.clone().expect("a time");
                let text = format.write(&drawn.statement, created).expect("written");
                assert_eq!(LedgerFormat::guess(text.as_bytes()), form);
                let ledger =
                    Ledger::read("own", text.as_bytes(), form, CNY, Zone::BEIJING).expect("a ledger");
                let account = BookAccount {
                    participant: id,
                    ..account()
                };
                let result = reconcile(account, period, &drawn, &ledger);
                assert!(result.agrees(), "{result:#?}");
                assert_eq!(
                    count(&result, FindingKind::Matched),
                    common::as_written(format, &drawn.statement).entries.len()
                );
                assert!(result.balances.iter().all(|line| line.ledger.is_some()));
            }
        }
    }
}

#[test]
fn what_is_no_ledger_is_refused_with_its_line() {
    let read = |text: &[u8]| Ledger::read("a.csv", text, LedgerFormat::Csv, CNY, Zone::BEIJING);
    for (text, expected) in [
        ("", "there is no column amount"),
        ("uetr,value\n", "there is no column amount"),
        ("amount\n1.00\n", "there is neither a column uetr nor a column reference: entries cannot be told apart"),
        ("uetr,amount,Amount\n", "there are two columns for amount"),
        ("reference,amount\nA,1.00\nB\n", "line 3: it has 1 fields, the first line 2"),
        ("reference,amount\nA,\n", "line 2: the amount is missing"),
        ("reference,amount\nA,1.005\n", "line 2: \"1.005\" is no amount of CNY: digits, a point and its decimals"),
        ("reference,amount\nA,1e3\n", "line 2: \"1e3\" is no amount of CNY: digits, a point and its decimals"),
        ("reference,amount\nA,\"1,000.00\"\n", "line 2: \"1,000.00\" is no amount of CNY: digits, a point and its decimals"),
        ("reference,amount\nA,--1\n", "line 2: \"--1\" is no amount of CNY: digits, a point and its decimals"),
        ("reference,amount\nA,340282366920938463463374607431768211455\n", "line 2: \"340282366920938463463374607431768211455\" is no amount of CNY: digits, a point and its decimals"),
        ("reference,amount,side\nA,-1,CRDT\n", "line 2: an amount with a side has no sign"),
        ("reference,amount,side\nA,1,left\n", "line 2: side is \"left\", not CRDT or DBIT"),
        ("reference,amount\n,1.00\n", "line 2: it has neither a uetr nor a reference"),
        ("uetr,amount\n123,1.00\n", "line 2: uetr is \"123\", which is no UUID"),
        ("reference,amount,date\nA,1,24/11/2026\n", "line 2: \"24/11/2026\" is no date: 2026-11-24, or a time such as 2026-11-24T09:30:00+08:00"),
        ("reference,amount,status\nA,1,done?\n", "line 2: status is \"done?\", not booked, pending, information, rejected, cancelled or expired"),
        ("reference,amount,currency\nA,1,YUAN\n", "line 2: \"YUAN\" is no currency"),
        ("reference,amount,record\nA,1,total\n", "line 2: record is \"total\", not opening, entry or closing"),
        ("reference,amount,record\nA,1,opening\nA,1,opening\n", "line 3: it is the second balance of its kind"),
    ] {
        let error = read(text.as_bytes()).expect_err(text);
        assert_eq!(error.to_string(), expected);
        assert!(!error.advice().is_empty() && error.code().starts_with("ledger."));
    }
    assert_eq!(
        read(b"reference,amount\n\xff\xfe,1\n")
            .expect_err("bytes")
            .to_string(),
        "line 2: it is not UTF-8"
    );
    let long = format!("reference,amount\n{},1\n", "A".repeat(2_000));
    assert!(read(long.as_bytes())
        .expect_err("long")
        .to_string()
        .contains("more than 1024 bytes"));
    let two = "<Document/>";
    assert_eq!(LedgerFormat::guess(two.as_bytes()), LedgerFormat::Camt053);
    let error = Ledger::read("a.xml", two.as_bytes(), LedgerFormat::Camt053, CNY, Zone::BEIJING);
    assert_eq!(error.expect_err("no message").code(), "ledger.message");
}

#[test]
fn sides_words_and_times_are_read_as_banks_write_them() {
    let ledger = csv("Reference,AMOUNT,Side,Booked_At,Status,other\n\
        A,12.50,D,2026-11-23T16:00:00Z,SETTLED,x\n\
        '=B,+12.5,Credit,2026-11-24 09:00:00,Posted,y\n\
        C,7,crdt,,,z\n");
    let told: Vec<_> = ledger
        .lines
        .iter()
        .map(|line| (line.name(), line.amount, line.date, line.status))
        .collect();
    let today = Some(date("2026-11-24"));
    let booked = Some(LineStatus::Booked);
    assert_eq!(
        told,
        [
            ("A".into(), -1_250, today, booked),
            ("=B".into(), 1_250, today, booked),
            ("C".into(), 700, None, None)
        ]
    );
}

#[tokio::test]
async fn a_hostile_ledger_is_text_and_nothing_else() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let drawn = drawn(&writer).await;
    let hostile = "record,reference,kind,amount\n\
        entry,<script>alert(1)</script>,\"\"\"><img src=x onerror=alert(2)>\",1.00\n\
        entry,=cmd|' /C calc'!A0,@SUM(1+1),2.00\n\
        entry,\u{202e}evil,&amp;<b>,3.00\n";
    let ledger = Ledger::read(
        "<svg/onload=alert(3)>.csv",
        hostile.as_bytes(),
        LedgerFormat::Csv,
        CNY,
        Zone::BEIJING,
    )
    .expect("a ledger");
    let mut result = reconcile(account(), today(), &drawn, &ledger);
    explain(writer.index(), &mut result).await.expect("an index");
    assert_eq!(count(&result, FindingKind::MissingOnChain), 3);
    let page = to_html(&result);
    for tag in ["<script", "<img", "<b>", "<svg/", "onerror=alert(2)>\""] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("Content-Security-Policy") && page.contains("prefers-color-scheme: dark"));
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("url("));
    assert!(to_json(&result).contains("<script>alert(1)</script>"));
}

#[tokio::test]
async fn a_report_byte_for_byte() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let right = right(&drawn(&writer).await);
    let text = right
        .replace("-128.60", "-128.61")
        .replace("9899.85", "9899.84")
        .replace("pending,-8.88", "booked,-8.88")
        + &format!("entry,2026-11-24,{RECEIVED},,payment,booked,44.50,\n")
        + "entry,2026-11-24,99999999-9999-4999-8999-999999999999,,payment,booked,-1.00,\n";
    let result = compare(&writer, &text).await;
    check_golden("differences.json", &to_json(&result));
    check_golden("differences.html", &to_html(&result));
}

/// What a ledger may have gone through.
#[derive(Clone, Debug)]
enum Fault {
    Lost(usize),
    Doubled(usize),
    Changed(usize, i128),
    Invented(u128, i128),
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let fault = prop_oneof![
        any::<usize>().prop_map(Fault::Lost),
        any::<usize>().prop_map(Fault::Doubled),
        (any::<usize>(), -500i128..500).prop_map(|(at, by)| Fault::Changed(at, by)),
        (any::<u128>(), -500i128..500).prop_map(|(name, amount)| Fault::Invented(name, amount)),
    ];
    proptest::collection::vec(fault, 0..12)
}

fn spoilt(mut lines: Vec<Line>, faults: &[Fault]) -> Vec<Line> {
    for fault in faults {
        let place = |at: &usize| at.checked_rem(lines.len()).filter(|_| !lines.is_empty());
        match fault {
            Fault::Lost(at) => drop(place(at).map(|at| lines.remove(at))),
            Fault::Doubled(at) => {
                if let Some(line) = place(at).map(|at| lines[at].clone()) {
                    lines.push(line);
                }
            }
            Fault::Changed(at, by) => {
                if let Some(at) = place(at) {
                    lines[at].amount += by;
                }
            }
            Fault::Invented(name, amount) => lines.push(Line {
                place: "line 0".into(),
                uetr: None,
                references: vec![format!("{name:x}")],
                amount: *amount,
                status: None,
                date: None,
                kind: String::new(),
                extrinsic: None,
            }),
        }
    }
    lines
}

#[test]
fn whatever_happened_to_a_ledger_every_line_is_told_once_and_differences_add_up() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let days = runtime.block_on(Days::play(6, 1, 160));
    let period = day(days.ends[0].date);
    let drawn = runtime
        .block_on(days.draw(BOC, CNY, Book::Escrow, period, Form::Statement))
        .expect("a statement");
    let chain = chain_lines(&drawn.statement, Zone::BEIJING);
    assert!(chain.len() > 15);
    let booked = |lines: &[Line]| -> i128 {
        let booked = lines.iter().filter(|line| line.status() == LineStatus::Booked);
        booked.map(|line| line.amount).sum()
    };
    proptest!(ProptestConfig::with_cases(400), |(faults in faults())| {
        let lines = spoilt(chain.clone(), &faults);
        let ledger = Ledger { name: "spoilt".into(), lines: lines.clone(), opening: None, closing: None, other_currency: 0 };
        let result = reconcile(account(), period, &drawn, &ledger);
        let of_chain = result.findings.iter().filter(|finding| finding.chain.is_some()).count();
        let of_ledger = result.findings.iter().filter(|finding| finding.ledger.is_some()).count();
        prop_assert_eq!((of_chain, of_ledger), (chain.len(), lines.len()));
        let differences: i128 = result.findings.iter().map(corridor_statements::reconcile::Finding::difference).sum();
        prop_assert_eq!(differences, booked(&lines) - booked(&chain));
        let same = lines == chain;
        prop_assert!(!same || result.agrees());
        if booked(&lines) != booked(&chain) {
            prop_assert!(!result.agrees());
        }
    });
}

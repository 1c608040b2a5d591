//! Statements of random business: they tie, follow each other, and are what the contract's rules say.

mod common;

use common::{
    check_golden, databases::on_both, date, day, fixed_day, indexed, ledger::Ledger, story, uetr, Days, BOC,
    CUP, DAY,
};
use corridor_client::{
    core::{Currency, Money, MovementKind, ParticipantId, SettlementMethod, TransferChange, TransferStatus},
    TransferRecorded,
};
use corridor_indexer::{Index, Writer};
use corridor_iso20022::{
    camt053,
    statement::{to_csv, BalanceKind, DateOrTime, EntryStatus},
    Book, Limits,
};
use corridor_statements::{draw_up, Drawn, Form, Format, Period, StatementError, StatementRequest, Zone};
use std::collections::HashSet;

fn booked_sum(drawn: &Drawn) -> i128 {
    drawn.statement.net_booked().expect("countable")
}

fn opening(drawn: &Drawn) -> i128 {
    let balance = drawn.statement.opening.as_ref().expect("an opening balance");
    balance.signed().expect("countable")
}

fn closing(drawn: &Drawn) -> i128 {
    let balance = drawn.statement.closing.as_ref().expect("a closing balance");
    balance.signed().expect("countable")
}

#[tokio::test]
async fn every_day_ties_follows_the_day_before_and_ends_with_what_the_rules_say() {
    let (mut entries, mut pending, mut informed, mut batches) = (0, 0, 0, 0);
    for seed in 1..=4 {
        let days = Days::play(seed, 4, 120).await;
        for (at, end) in days.ends.iter().enumerate() {
            for (id, currency, position, collateral) in &end.held {
                let escrow = days
                    .draw(*id, *currency, Book::Escrow, day(end.date), Form::Statement)
                    .await
                    .expect("a statement");
                assert_eq!(closing(&escrow), (position.available + position.reserved) as i128);
                assert_eq!(opening(&escrow) + booked_sum(&escrow), closing(&escrow));
                let further: Vec<_> = escrow
                    .statement
                    .further_balances
                    .iter()
                    .map(|balance| {
                        (
                            balance.kind.code().to_owned(),
                            balance.signed().expect("countable"),
                        )
                    })
                    .collect();
                assert_eq!(further[0], ("CLAV".into(), position.available as i128));
                assert_eq!(further[1], ("RESERVED".into(), position.reserved as i128));
                assert_eq!(further[2], ("COLLATERAL".into(), i128::from(*collateral)));
                let of = |status: EntryStatus| {
                    escrow
                        .statement
                        .entries
                        .iter()
                        .filter(move |entry| entry.status == status)
                };
                // What is pending explains, transfer by transfer, what is reserved.
                let waiting: u128 = of(EntryStatus::Pending)
                    .map(|entry| entry.amount.minor_units)
                    .sum();
                assert_eq!(waiting, position.reserved);
                pending += of(EntryStatus::Pending).count();
                informed += of(EntryStatus::Information).count();
                entries += of(EntryStatus::Booked).count();
                let names: HashSet<_> = escrow
                    .statement
                    .entries
                    .iter()
                    .map(|entry| entry.reference.clone())
                    .collect();
                assert_eq!(names.len(), escrow.statement.entries.len());
                for entry in &escrow.statement.entries {
                    if let Some(batch) = &entry.batch {
                        let items = entry.details.iter().filter_map(|item| item.amount);
                        let (mut count, mut sum) = (0, 0);
                        for item in items {
                            (count, sum) = (count + 1, sum + item.minor_units);
                        }
                        assert_eq!((Some(count), sum), (batch.transactions, entry.amount.minor_units));
                        batches += 1;
                    }
                    let evidence = entry.details[0].evidence.as_ref();
                    assert_eq!(evidence.is_some(), entry.status != EntryStatus::Pending);
                    assert!(evidence.is_none_or(|block| escrow.blocks.contains(&block.block_number)));
                }

                let cover = days
                    .draw(*id, *currency, Book::Collateral, day(end.date), Form::Statement)
                    .await
                    .expect("a statement");
                assert_eq!(closing(&cover), i128::from(*collateral));
                assert_eq!(opening(&cover) + booked_sum(&cover), closing(&cover));

                if let Some(next) = days.ends.get(at + 1) {
                    let after = days
                        .draw(*id, *currency, Book::Escrow, day(next.date), Form::Statement)
                        .await
                        .expect("a statement");
                    assert_eq!(opening(&after), closing(&escrow));
                    assert_eq!(after.blocks.start, escrow.blocks.end);
                    let before = escrow.statement.sequence_number.expect("a number");
                    assert_eq!(after.statement.sequence_number, Some(before + 1));
                }
            }
        }
        // All days together are the days one by one.
        let (first, last) = (days.ends[0].date, days.ends[3].date);
        let all = Period::new(first, last, Zone::BEIJING).expect("a period");
        let together = days
            .draw(BOC, Currency::CNY, Book::Escrow, all, Form::Statement)
            .await
            .expect("a statement");
        let mut sum = 0;
        for end in &days.ends {
            sum += booked_sum(
                &days
                    .draw(BOC, Currency::CNY, Book::Escrow, day(end.date), Form::Statement)
                    .await
                    .expect("a statement"),
            );
        }
        assert_eq!(booked_sum(&together), sum);
        assert!(together.statement.id.len() <= 35 && together.statement.id.ends_with("-4D"));
    }
    assert!(
        entries > 400 && pending > 20 && informed > 50 && batches > 10,
        "{entries} {pending} {informed} {batches}"
    );
}

#[tokio::test]
async fn every_format_is_written_and_a_message_is_read_back_as_it_was() {
    let days = Days::play(9, 2, 150).await;
    for id in story::PARTICIPANTS {
        for format in Format::ALL {
            let drawn = days
                .draw(
                    id,
                    Currency::HKD,
                    Book::Escrow,
                    day(days.ends[0].date),
                    format.form(),
                )
                .await
                .expect("a statement");
            let created = drawn.statement.created_at.clone().expect("a time");
            let text = format.write(&drawn.statement, created).expect("written");
            if format == Format::Camt053 {
                let read = camt053::read(text.as_bytes(), &Limits::default()).expect("valid");
                assert_eq!(read.statements, [common::as_written(format, &drawn.statement)]);
            }
            if format == Format::Camt054 {
                assert!(drawn.statement.opening.is_none() && drawn.statement.further_balances.is_empty());
                assert!(drawn
                    .statement
                    .entries
                    .iter()
                    .all(|entry| entry.status == EntryStatus::Booked || entry.batch.is_some()));
            }
            assert!(!drawn.statement.entries.is_empty());
        }
    }
    for (word, format) in [
        ("camt053", Format::Camt053),
        ("camt.052", Format::Camt052),
        ("CSV", Format::Csv),
    ] {
        assert_eq!(word.parse(), Ok(format));
    }
    assert!("mt940".parse::<Format>().is_err());
}

/// One deposit a second before local midnight, one at midnight, one a day later.
fn deposits_around_midnight() -> Ledger {
    let mut ledger = story::opening();
    let midnight = Zone::BEIJING.midnight(date("2026-11-25")).expect("after 1970");
    for (at, minor_units) in [(midnight - 1, 111), (midnight, 222), (midnight + DAY, 333)] {
        ledger.now = at;
        assert!(ledger.move_escrow(BOC, MovementKind::Deposit, Money::new(Currency::CNY, minor_units)));
        ledger.seal(1);
    }
    ledger
}

async fn deposits(index: &Index, date: &str, zone: Zone) -> Vec<u128> {
    let period = Period::day(common::date(date), zone).expect("a day");
    let request = common::request(BOC, Currency::CNY, Book::Escrow, period, Form::Either);
    let drawn = draw_up(index, &request).await.expect("a statement");
    let amounts = drawn
        .statement
        .entries
        .iter()
        .map(|entry| entry.amount.minor_units);
    amounts.filter(|amount| *amount < 1_000).collect()
}

#[tokio::test]
async fn a_day_begins_at_midnight_where_money_is_settled() {
    let (writer, _directory) = indexed(&deposits_around_midnight()).await;
    let index = writer.index();
    assert_eq!(deposits(index, "2026-11-24", Zone::BEIJING).await, [111]);
    assert_eq!(deposits(index, "2026-11-25", Zone::BEIJING).await, [222]);
    assert_eq!(
        deposits(index, "2026-11-24", "+07:59".parse().expect("a zone")).await,
        [111, 222]
    );
    assert_eq!(
        deposits(index, "2026-11-25", "+08:01".parse().expect("a zone")).await,
        [111, 222]
    );
}

#[tokio::test]
async fn a_day_that_is_not_over_is_a_report_and_no_statement() {
    let (writer, _directory) = indexed(&deposits_around_midnight()).await;
    let request =
        |day: &str, form| common::request(BOC, Currency::CNY, Book::Escrow, common::day(date(day)), form);
    let index = writer.index();
    let refused = draw_up(index, &request("2026-11-26", Form::Statement))
        .await
        .expect_err("not over");
    assert_eq!(refused.code(), "statement.not_over");
    assert!(
        refused.is_transient() && refused.to_string().contains("2026-11-26T00:00:00+08:00"),
        "{refused}"
    );
    let report = draw_up(index, &request("2026-11-26", Form::Report))
        .await
        .expect("a report");
    let closing = report.statement.closing.expect("a balance");
    assert_eq!((closing.kind, report.over), (BalanceKind::InterimBooked, false));
    assert!(matches!(closing.at, DateOrTime::Time(_)));
    assert_eq!(report.statement.sequence_number, None);
    let whole = draw_up(index, &request("2026-11-25", Form::Either))
        .await
        .expect("a statement");
    let closing = whole.statement.closing.expect("a balance");
    assert_eq!(
        (closing.kind, closing.at),
        (BalanceKind::ClosingBooked, DateOrTime::Date(date("2026-11-25")))
    );
}

#[tokio::test]
async fn a_day_without_blocks_ends_as_it_began() {
    let mut ledger = story::opening();
    ledger.now += 3 * DAY;
    ledger.seal(1);
    let (writer, _directory) = indexed(&ledger).await;
    let request = common::request(
        BOC,
        Currency::CNY,
        Book::Escrow,
        day(date("2026-11-24")),
        Form::Statement,
    );
    let drawn = draw_up(writer.index(), &request).await.expect("a statement");
    assert!(drawn.blocks.is_empty() && drawn.statement.entries.is_empty());
    assert_eq!(opening(&drawn), closing(&drawn));
    assert_eq!(opening(&drawn), 950_000);
    let evidence = drawn.statement.evidence.expect("evidence");
    assert_eq!(evidence.block_number, drawn.closing_block);
    assert_eq!(drawn.closing_block + 1, drawn.blocks.start);
}

#[tokio::test]
async fn what_cannot_be_known_is_refused() {
    let (writer, _directory) = indexed(&deposits_around_midnight()).await;
    for (id, currency, day, code) in [
        (7, Currency::CNY, "2026-11-24", "statement.participant"),
        (
            0,
            "JPY".parse().expect("a currency"),
            "2026-11-24",
            "statement.currency",
        ),
        (0, Currency::CNY, "2026-11-27", "statement.not_begun"),
        (0, Currency::CNY, "2026-11-22", "statement.before_index"),
    ] {
        let request = common::request(
            ParticipantId(id),
            currency,
            Book::Escrow,
            common::day(date(day)),
            Form::Either,
        );
        let error = draw_up(writer.index(), &request).await.expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        assert!(!error.advice().is_empty());
    }
}

#[tokio::test]
async fn an_event_that_was_not_taken_in_makes_later_balances_doubtful_and_no_earlier_one() {
    let mut ledger = deposits_around_midnight();
    ledger.now += DAY;
    ledger.emit("EscrowMoved", &[1u8, 2, 3]);
    ledger.seal(1);
    let (writer, _directory) = indexed(&ledger).await;
    let request = |day: &str| {
        common::request(
            BOC,
            Currency::CNY,
            Book::Escrow,
            common::day(date(day)),
            Form::Either,
        )
    };
    let error = draw_up(writer.index(), &request("2026-11-27"))
        .await
        .expect_err("a problem");
    assert!(matches!(error, StatementError::Problems { .. }), "{error}");
    assert!(draw_up(writer.index(), &request("2026-11-26")).await.is_ok());
}

#[tokio::test]
async fn what_is_wrong_in_one_currency_or_with_a_token_stops_no_other_statement() {
    let mut ledger = deposits_around_midnight();
    ledger.now += DAY;
    // Of a transfer in HKD that moves more than there is.
    let terms = story::terms(
        &ledger,
        BOC,
        CUP,
        Money::new(Currency::HKD, u128::MAX / 4),
        SettlementMethod::Gross,
    );
    let change = TransferChange::Instructed(terms);
    ledger.emit(
        "TransferRecorded",
        &TransferRecorded {
            uetr: uetr(common::PAID),
            debtor_agent: BOC,
            creditor_agent: CUP,
            status: TransferStatus::Pending,
            change,
        },
    );
    ledger.emit_raw(
        story::TOKENS[0],
        vec![sp_crypto_hashing::keccak_256(
            b"Transfer(address,address,uint256)",
        )],
        vec![1, 2, 3],
    );
    ledger.seal(1);
    let (writer, _directory) = indexed(&ledger).await;
    let draw = async |currency| {
        let request = common::request(
            BOC,
            currency,
            Book::Escrow,
            common::day(date("2026-11-27")),
            Form::Either,
        );
        draw_up(writer.index(), &request).await
    };
    let error = draw(Currency::HKD).await.expect_err("doubtful");
    assert!(matches!(error, StatementError::Problems { .. }), "{error}");
    draw(Currency::CNY).await.expect("its books are right");
}

#[tokio::test]
async fn a_day_in_every_format_byte_for_byte() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let draw = async |book, form| {
        let request = common::request(BOC, Currency::CNY, book, day(date("2026-11-24")), form);
        draw_up(writer.index(), &request)
            .await
            .expect("a statement")
            .statement
    };
    for (format, file) in [
        (Format::Camt052, "day.camt052.xml"),
        (Format::Camt053, "day.camt053.xml"),
        (Format::Camt054, "day.camt054.xml"),
        (Format::Csv, "day.csv"),
        (Format::Json, "day.json"),
    ] {
        let statement = draw(Book::Escrow, format.form()).await;
        let created = statement.created_at.clone().expect("a time");
        check_golden(file, &format.write(&statement, created).expect("written"));
    }
    let cover = draw(Book::Collateral, Form::Statement).await;
    check_golden("collateral.csv", &to_csv(&cover).expect("ties"));
}

#[tokio::test]
async fn a_statement_is_the_same_from_either_database() {
    let ledger = fixed_day();
    let (writer, _directory) = indexed(&ledger).await;
    let request = common::request(
        BOC,
        Currency::CNY,
        Book::Escrow,
        day(date("2026-11-24")),
        Form::Statement,
    );
    let expected = draw_up(writer.index(), &request).await.expect("a statement");
    let (blocks, request, expected) = (&ledger.blocks, &request, &expected);
    on_both(|databases| async move {
        let location = databases.make("statement");
        let mut writer = Writer::open(&location, story::source()).await.expect("a writer");
        writer.write(blocks).await.expect("blocks in order");
        assert_eq!(
            &draw_up(writer.index(), request).await.expect("a statement"),
            expected
        );
    })
    .await;
}

#[tokio::test]
async fn a_statement_of_more_entries_than_there_may_be_is_not_written() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    for form in [Form::Statement, Form::Notification] {
        let request = common::request(BOC, Currency::CNY, Book::Escrow, day(date("2026-11-24")), form);
        let limited = |most| StatementRequest {
            most_entries: most,
            ..request.clone()
        };
        let whole = draw_up(writer.index(), &limited(None))
            .await
            .expect("a statement");
        // What is told of a notification was more before some of it was left out.
        let enough = match form {
            Form::Statement => whole.statement.entries.len(),
            _ => 1_000,
        };
        let same = draw_up(writer.index(), &limited(Some(enough))).await;
        assert_eq!(same.expect("it has room"), whole);
        for most in [0, whole.statement.entries.len() - 1] {
            let error = draw_up(writer.index(), &limited(Some(most)))
                .await
                .expect_err("too many");
            assert!(
                matches!(error, StatementError::TooMany(limit) if limit == most),
                "{error}"
            );
            assert!(error.advice().contains("Shorten the period"));
        }
    }
}

#[tokio::test]
async fn what_is_still_reserved_counts_among_the_entries() {
    let (writer, _directory) = indexed(&fixed_day()).await;
    let request = common::request(
        BOC,
        Currency::CNY,
        Book::Escrow,
        day(date("2026-11-24")),
        Form::Statement,
    );
    let whole = draw_up(writer.index(), &request).await.expect("a statement");
    let entries = &whole.statement.entries;
    let pending = entries
        .iter()
        .filter(|entry| entry.status == EntryStatus::Pending)
        .count();
    assert!(pending > 0, "{entries:?}");
    let request = StatementRequest {
        most_entries: Some(entries.len() - pending),
        ..request
    };
    let error = draw_up(writer.index(), &request).await.expect_err("too many");
    assert_eq!(error.code(), "statement.too_many");
}

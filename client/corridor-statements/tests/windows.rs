//! Ledgers against settlement windows over several days, exchanges and many returns.

mod common;

use common::{account, csv, date, day, fixed_day, indexed, kinds, today, BOC, CUP, NETTED, PAID};
use corridor_client::core::{
    closing::Ending, Currency, Money, ParticipantId, ReasonCode, SettlementMethod, Uetr, WindowId,
};
use corridor_iso20022::{
    statement::{Entry, EntryKind, EntryStatus},
    Book, BookAccount,
};
use corridor_statements::{
    draw_up,
    reconcile::{explain, reconcile, FindingKind, Ledger, LedgerFormat},
    Form, PaidWindow, Period, Zone,
};

const CNY: Currency = Currency::CNY;

#[tokio::test]
async fn a_net_transfer_that_went_back_is_of_the_day_the_ledger_books_it_on() {
    let mut ledger = common::story::opening();
    let nine = Zone::BEIJING.midnight(date("2026-11-24")).expect("after 1970") + 9 * 3_600;
    ledger.now = nine;
    let terms = common::story::terms(&ledger, BOC, CUP, Money::new(CNY, 700), SettlementMethod::Net);
    assert!(ledger.instruct(common::uetr(NETTED), terms) && ledger.accept(common::uetr(NETTED)));
    ledger.seal(1);
    // Paid on the day after, and sent back in part.
    let window = ledger.net(CNY).open_window();
    ledger.now = nine + common::DAY;
    assert!(ledger.end_window(CNY, window, Ending::Settle));
    ledger.seal(1);
    assert!(ledger.give_back(common::uetr(NETTED), 300));
    ledger.seal(1);
    ledger.now += common::DAY;
    ledger.seal(1);
    let (writer, _directory) = indexed(&ledger).await;
    let days = Period::new(date("2026-11-24"), date("2026-11-25"), Zone::BEIJING).expect("two days");
    let request = common::request(BOC, CNY, Book::Escrow, days, Form::Statement);
    let drawn = draw_up(writer.index(), &request).await.expect("a statement");
    for booked_on in ["2026-11-24", "2026-11-25"] {
        let transfer = format!("{NETTED},{booked_on},-7.00\n");
        let sent_back = format!("{NETTED},2026-11-25,3.00\n");
        for lines in [[&transfer, &sent_back], [&sent_back, &transfer]] {
            let text = format!("uetr,date,amount\n{}{}", lines[0], lines[1]);
            let result = reconcile(account(), days, &drawn, &csv(&text));
            assert_eq!(kinds(&result), [("matched", 3)], "{text}{result:#?}");
        }
    }
}

#[tokio::test]
async fn a_rejected_transfer_in_two_currencies_is_matched_by_whoever_it_concerned() {
    let (mut ledger, mut dice) = (common::fixed_day(), common::story::Dice::new(1));
    let id = "77777777-7777-4777-8777-777777777777";
    let hsbc = ParticipantId(2);
    let mut quote = common::story::new_quote(&mut ledger, &mut dice, CNY);
    quote.id.provider = hsbc;
    let method = SettlementMethod::PaymentVersusPayment;
    let mut terms = common::story::terms(&ledger, BOC, CUP, Money::new(CNY, 1_000), method);
    // Within the time the quote is held.
    terms.expires_at = ledger.now + 60;
    assert!(ledger.instruct_fx(common::uetr(id), terms, quote, true));
    assert!(ledger.reject(common::uetr(id), ReasonCode::AC04));
    ledger.seal(1);
    let (writer, _directory) = indexed(&ledger).await;
    let tomorrow = day(date("2026-11-25"));
    let hkd: Currency = "HKD".parse().expect("a currency");
    let jpy: Currency = "JPY".parse().expect("a currency");
    for (participant, currency) in [(BOC, CNY), (CUP, hkd), (hsbc, CNY), (hsbc, hkd)] {
        let request = common::request(participant, currency, Book::Escrow, tomorrow, Form::Report);
        let drawn = draw_up(writer.index(), &request).await.expect("a report");
        for (status, expected) in [
            ("rejected", FindingKind::Matched),
            ("booked", FindingKind::Status),
        ] {
            let text = format!("uetr,date,status,amount\n{id},2026-11-25,{status},-1.00\n");
            let ledger = Ledger::read("a", text.as_bytes(), LedgerFormat::Csv, currency, Zone::BEIJING);
            let account = BookAccount {
                participant,
                currency,
                ..account()
            };
            let mut result = reconcile(account, tomorrow, &drawn, &ledger.expect("a ledger"));
            explain(writer.index(), &mut result).await.expect("an index");
            let finding = result.findings.iter().find(|finding| finding.ledger.is_some());
            let finding = finding.expect("the ledger's");
            assert_eq!(finding.kind, expected, "{participant} {currency}: {finding:?}");
            assert_eq!(finding.note, "rejected on the chain on 2026-11-25, AC04");
        }
    }
    // In a third currency it is not.
    let request = common::request(BOC, CNY, Book::Escrow, tomorrow, Form::Report);
    let drawn = draw_up(writer.index(), &request).await.expect("a report");
    let text = format!("uetr,date,status,amount\n{id},2026-11-25,rejected,-1\n");
    let ledger = Ledger::read("a", text.as_bytes(), LedgerFormat::Csv, jpy, Zone::BEIJING);
    let account = BookAccount {
        currency: jpy,
        ..account()
    };
    let mut result = reconcile(account, tomorrow, &drawn, &ledger.expect("a ledger"));
    explain(writer.index(), &mut result).await.expect("an index");
    let finding = result.of(FindingKind::MissingOnChain).next().expect("missing");
    assert!(
        finding.note.starts_with("the transfer is of CNY 10.00 for HKD "),
        "{finding:?}"
    );
}

#[tokio::test]
async fn ten_thousand_returns_of_one_transfer_are_compared_within_seconds() {
    const RETURNS: usize = 10_000;
    let (writer, _directory) = indexed(&fixed_day()).await;
    let request = common::request(BOC, CNY, Book::Escrow, today(), Form::Statement);
    let mut drawn = draw_up(writer.index(), &request).await.expect("a statement");
    let entries = drawn.statement.entries.iter();
    let of_kind = |kind| {
        entries
            .clone()
            .find(|entry| entry.code.kind() == Some(kind))
            .expect("one")
            .clone()
    };
    let (returned, netted) = (of_kind(EntryKind::Return), of_kind(EntryKind::Transfer));
    let id = common::uetr(PAID);
    let at = |number: usize| Some(format!("{number}-0"));
    drawn.statement.entries = (0..RETURNS)
        .map(|number| Entry {
            reference: at(number),
            amount: Money::new(CNY, 1),
            ..returned.clone()
        })
        .collect();
    // And as many transfers, each of a window of its own that came to nothing else.
    drawn.windows = (0..RETURNS)
        .map(|number| PaidWindow {
            window: WindowId(1),
            paid_at: 0,
            entry: at(2 * RETURNS + number),
            entries: at(RETURNS + number).into_iter().collect(),
        })
        .collect();
    for number in RETURNS..3 * RETURNS {
        let (status, of) = match number < 2 * RETURNS {
            true => (EntryStatus::Information, number),
            false => (EntryStatus::Booked, number - RETURNS),
        };
        let mut entry = Entry {
            reference: at(number),
            status,
            ..netted.clone()
        };
        entry.details[0].uetr = (number == of).then(|| numbered(of));
        drawn.statement.entries.push(entry);
    }
    // Every return twice: the others are duplicates.
    let mut text = String::from("uetr,date,amount\n");
    let amount = netted.signed().expect("an amount");
    for number in 0..RETURNS {
        text += &format!("{id},2026-11-24,0.01\n{id},2026-11-24,0.01\n");
        let sign = if amount < 0 { "-" } else { "" };
        text += &format!(
            "{},,{sign}{}\n",
            numbered(RETURNS + number),
            netted.amount.to_decimal()
        );
    }
    let ledger = csv(&text);
    let begun = std::time::Instant::now();
    let result = reconcile(account(), today(), &drawn, &ledger);
    let seconds = begun.elapsed().as_secs();
    assert_eq!(
        kinds(&result),
        [("matched", 3 * RETURNS), ("duplicate", RETURNS)],
        "in {seconds} s"
    );
    assert!(seconds < 20, "{seconds} s");
}

fn numbered(number: usize) -> Uetr {
    let mut bytes = [0x5a; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Uetr::from_random_bytes(bytes)
}

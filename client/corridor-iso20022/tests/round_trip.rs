//! What is written is read back the same, whatever it is.

mod common;

use common::cases::{a_cancellation_request, a_liquidity_transfer, a_resolution};
use common::statements::a_statement_message;
use common::transfers::*;
use common::values::business_header;
use common::{agent, date, time};
use corridor_core::{Currency, Money};
use corridor_iso20022::pacs008::CustomerCreditTransfer;
use corridor_iso20022::{
    camt029, camt050, camt052, camt053, camt054, camt056, pacs002, pacs004, pacs008, pacs009, pacs028,
    Account, Agent, Limits,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_pacs008_is_read_as_it_was_written(message in a_message()) {
        let text = pacs008::write(&message).expect("what the generator makes fits");
        let mut read = pacs008::read(text.as_bytes(), &Limits::default()).expect("readable");
        prop_assert_eq!(pacs008::write(&read), Ok(text));
        for transaction in &mut read.transactions {
            prop_assert!(!std::mem::take(&mut transaction.canonical_form).is_empty());
        }
        prop_assert_eq!(read, message);
    }

    #[test]
    fn a_derived_uetr_survives(mut message in a_message()) {
        for (position, transaction) in message.transactions.iter_mut().enumerate() {
            transaction.uetr_derived = true;
            transaction.transaction_id = Some(position.to_string());
        }
        let text = pacs008::write(&message).expect("fits");
        let first = pacs008::read(text.as_bytes(), &Limits::default()).expect("readable");
        let again = pacs008::write(&first).expect("fits");
        let second = pacs008::read(again.as_bytes(), &Limits::default()).expect("readable");
        prop_assert_eq!(first, second);
    }

    #[test]
    fn a_pacs002_is_read_as_it_was_written(report in a_report()) {
        let text = pacs002::write(&report).expect("fits");
        prop_assert_eq!(pacs002::read(text.as_bytes(), &Limits::default()), Ok(report));
    }

    #[test]
    fn a_pacs004_is_read_as_it_was_written(message in a_return()) {
        let text = pacs004::write(&message).expect("fits");
        prop_assert_eq!(pacs004::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_pacs009_is_read_as_it_was_written(message in an_institution_transfer()) {
        let text = pacs009::write(&message).expect("fits");
        let mut read = pacs009::read(text.as_bytes(), &Limits::default()).expect("readable");
        for transaction in &mut read.transactions {
            prop_assert!(!std::mem::take(&mut transaction.canonical_form).is_empty());
        }
        prop_assert_eq!(read, message);
    }

    #[test]
    fn a_pacs028_is_read_as_it_was_written(message in a_status_request()) {
        let text = pacs028::write(&message).expect("fits");
        prop_assert_eq!(pacs028::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_camt056_is_read_as_it_was_written(message in a_cancellation_request()) {
        let text = camt056::write(&message).expect("fits");
        prop_assert_eq!(camt056::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_camt029_is_read_as_it_was_written(message in a_resolution()) {
        let text = camt029::write(&message).expect("fits");
        prop_assert_eq!(camt029::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_camt050_is_read_as_it_was_written(message in a_liquidity_transfer()) {
        let text = camt050::write(&message).expect("fits");
        prop_assert_eq!(camt050::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_camt052_is_read_as_it_was_written(message in a_statement_message("camt.052")) {
        let text = camt052::write(&message).expect("fits");
        prop_assert_eq!(camt052::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_camt053_is_read_as_it_was_written(message in a_statement_message("camt.053")) {
        let text = camt053::write(&message).expect("fits");
        prop_assert_eq!(camt053::read(text.as_bytes(), &Limits::default()), Ok(message));
    }

    #[test]
    fn a_camt054_is_read_as_it_was_written(message in a_statement_message("camt.054")) {
        let text = camt054::write(&message).expect("fits");
        prop_assert_eq!(camt054::read(text.as_bytes(), &Limits::default()), Ok(message));
    }
}

#[test]
fn what_could_not_be_read_is_not_written() {
    type Change = fn(&mut CustomerCreditTransfer);
    let changes: [(&str, Change); 14] = [
        ("unsupported-version", |message| message.version = 7),
        ("header-mismatch", |message| {
            message.business_header = Some(business_header("pacs.009.001.08"));
        }),
        ("missing-element", |message| message.transactions.clear()),
        ("text-too-long", |message| {
            message.group_header.message_id = "x".repeat(36)
        }),
        ("empty-text", |message| {
            message.group_header.message_id = " ".into()
        }),
        ("unexpected-element", |message| {
            message.group_header.expires_at = Some(time("2026-11-25T00:00:00Z"));
        }),
        ("invalid-value", |message| {
            message.transactions[0].end_to_end_id = "a\u{0}b".into()
        }),
        ("invalid-value", |message| {
            message.transactions[0].creditor_account = Some(Account::Iban("GB82WEST12345698765433".into()));
        }),
        ("invalid-amount", |message| {
            message.transactions[0].interbank_settlement_amount = Money::new(Currency::CNY, u128::MAX);
        }),
        ("invalid-amount", |message| {
            let gold = "XAU".parse().expect("a code");
            message.transactions[0].interbank_settlement_amount = Money::new(gold, 1);
        }),
        ("zero-amount", |message| {
            message.transactions[0].interbank_settlement_amount = Money::new(Currency::CNY, 0);
        }),
        ("also-in-group-header", |message| {
            message.group_header.instructing_agent = Some(agent("ICBKCNBJ"));
        }),
        ("also-in-group-header", |message| {
            message.group_header.interbank_settlement_date = Some(date("2026-11-25"));
        }),
        ("agent-without-identifier", |message| {
            message.transactions[0].instructing_agent = Agent::new([]).named("Somebody");
        }),
    ];
    for (code, change) in changes {
        let mut message = common::message();
        change(&mut message);
        let error = pacs008::write(&message).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
    }
}

//! What is written is read back the same, whatever it is.

mod common;

use common::{agent, date, time};
use corridor_core::{ChargeBearer, Currency, Money, Uetr};
use corridor_iso20022::pacs002::{self, GroupStatus, PaymentStatusReport, TransactionReport};
use corridor_iso20022::pacs004::{self, PaymentReturn, ReturnTransaction};
use corridor_iso20022::pacs008::{self, CreditTransferTransaction, CustomerCreditTransfer, Purpose};
use corridor_iso20022::{
    Account, Agent, BusinessHeader, Date, DateTime, Decimal, Limits, OriginalGroup, OriginalTransaction,
    Reason, StatusReason, TransactionStatus,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

/// Any text XML can carry and a message accepts, quotes, markup and line ends included.
fn text(max: usize) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => proptest::char::range(' ', '~'),
        1 => prop::sample::select(vec!['&', '<', '>', '"', '\'', '\r', '\n', '\t', ']', '中', '\u{1F600}']),
        1 => proptest::char::range('\u{A0}', '\u{D7FF}'),
    ];
    vec(character, 1..=max)
        .prop_map(|characters| characters.into_iter().collect::<String>())
        .prop_filter("not only spaces", |text| !text.trim().is_empty())
}

fn an_agent() -> impl Strategy<Value = Agent> {
    let identifiers = prop::sample::subsequence(
        vec!["BKCHCNBJ300", "CNAPS:104100000004", "54930053HGCFWVHYZX42"],
        1..=3,
    );
    (identifiers, of(text(140))).prop_map(|(identifiers, name)| {
        let agent = Agent::new(identifiers.iter().map(|id| id.parse().expect("an identifier")));
        match name {
            Some(name) => agent.named(name),
            None => agent,
        }
    })
}

fn an_account() -> impl Strategy<Value = Account> {
    prop_oneof![
        Just(Account::Iban("GB82WEST12345698765432".into())),
        text(34).prop_map(Account::Other),
    ]
}

fn an_amount() -> impl Strategy<Value = Money> {
    let currency = prop::sample::select(vec!["CNY", "HKD", "JPY", "KWD"]);
    (currency, 1u128..1_000_000_000_000).prop_map(|(code, minor_units)| {
        let currency: Currency = code.parse().expect("a currency");
        Money::new(currency, minor_units)
    })
}

fn a_date() -> impl Strategy<Value = Date> {
    (0u32..2_932_896).prop_map(|days| Date::from_days_since_epoch(days).expect("in range"))
}

fn a_time() -> impl Strategy<Value = DateTime> {
    (0u64..4_000_000_000).prop_map(|seconds| DateTime::from_unix_seconds(seconds).expect("in range"))
}

fn a_uetr() -> impl Strategy<Value = Uetr> {
    any::<[u8; 16]>().prop_map(Uetr::from_random_bytes)
}

fn a_bearer() -> impl Strategy<Value = ChargeBearer> {
    prop::sample::select(vec![
        ChargeBearer::Debt,
        ChargeBearer::Cred,
        ChargeBearer::Shar,
        ChargeBearer::Slev,
    ])
}

fn a_purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![
        "[A-Z]{1,4}".prop_map(Purpose::Code),
        text(35).prop_map(Purpose::Proprietary),
    ]
}

prop_compose! {
    fn a_transaction()(
        ids in (of(text(35)), text(35), of(text(35))),
        uetr in a_uetr(),
        amounts in (an_amount(), of(an_amount())),
        date in a_date(),
        charge_bearer in a_bearer(),
        agents in (an_agent(), an_agent(), an_agent(), an_agent()),
        names in (of(text(140)), of(text(140))),
        accounts in (of(an_account()), of(an_account())),
        purpose in of(a_purpose()),
        remittance in vec(text(140), 0..3),
    ) -> CreditTransferTransaction {
        let (instruction_id, end_to_end_id, transaction_id) = ids;
        let (debtor_agent, creditor_agent, instructing_agent, instructed_agent) = agents;
        CreditTransferTransaction {
            instruction_id,
            transaction_id,
            instructed_amount: amounts.1,
            instructing_agent,
            instructed_agent,
            debtor_name: names.0,
            creditor_name: names.1,
            debtor_account: accounts.0,
            creditor_account: accounts.1,
            purpose,
            remittance,
            ..CreditTransferTransaction::new(
                end_to_end_id, uetr, amounts.0, date, charge_bearer, debtor_agent, creditor_agent,
            )
        }
    }
}

prop_compose! {
    fn a_message()(
        version in 8u8..=13,
        message_id in text(35),
        created_at in a_time(),
        in_header in (of(an_agent()), of(an_agent()), of(a_date())),
        mut transactions in vec(a_transaction(), 1..5),
        with_header in any::<bool>(),
    ) -> CustomerCreditTransfer {
        let (instructing_agent, instructed_agent, date) = in_header;
        for (position, one) in transactions.iter_mut().enumerate() {
            one.index = position + 1;
            if let Some(agent) = &instructing_agent {
                one.instructing_agent = agent.clone();
            }
            if let Some(agent) = &instructed_agent {
                one.instructed_agent = agent.clone();
            }
            if let Some(date) = date {
                one.interbank_settlement_date = date;
            }
        }
        let mut message = common::message();
        message.version = version;
        message.business_header = with_header.then(|| business_header(&format!("pacs.008.001.{version:02}")));
        let header = &mut message.group_header;
        header.message_id = message_id;
        header.created_at = created_at;
        header.instructing_agent = instructing_agent;
        header.instructed_agent = instructed_agent;
        header.interbank_settlement_date = date;
        header.control_sum = Decimal::sum(transactions.iter().map(|one| &one.interbank_settlement_amount));
        message.transactions = transactions;
        message
    }
}

fn business_header(message: &str) -> BusinessHeader {
    BusinessHeader {
        version: 2,
        from: Some(agent("BKCHCNBJ")),
        to: Some(agent("CHUPCNSH")),
        business_message_id: "B1".into(),
        message_definition_id: message.into(),
        created_at: time("2026-11-24T01:30:00Z"),
    }
}

fn a_reason() -> impl Strategy<Value = StatusReason> {
    let reason = prop_oneof![
        "[A-Z0-9]{4}".prop_map(|code| Reason::Code(code.parse().expect("a code"))),
        text(35).prop_map(Reason::Proprietary),
    ];
    (reason, vec(text(105), 0..3)).prop_map(|(reason, additional)| StatusReason { reason, additional })
}

fn an_original_group() -> impl Strategy<Value = OriginalGroup> {
    (text(35), of(a_time())).prop_map(|(message_id, created_at)| OriginalGroup {
        message_id,
        message_name_id: "pacs.008.001.08".into(),
        created_at,
    })
}

fn an_original() -> impl Strategy<Value = OriginalTransaction> {
    let group = of(an_original_group());
    (group, of(text(35)), of(text(35)), of(text(35)), of(a_uetr())).prop_map(
        |(group, instruction_id, end_to_end_id, transaction_id, uetr)| OriginalTransaction {
            group,
            instruction_id,
            end_to_end_id,
            transaction_id,
            uetr,
        },
    )
}

fn a_status() -> impl Strategy<Value = TransactionStatus> {
    prop::sample::select(vec!["PDNG", "ACSC", "RJCT", "CANC", "ACTC"]).prop_map(TransactionStatus::from_code)
}

prop_compose! {
    fn a_report()(
        version in 10u8..=14,
        message_id in text(35),
        agents in (of(an_agent()), of(an_agent())),
        groups in vec((an_original_group(), of(a_status()), vec(a_reason(), 0..2)), 0..3),
        transactions in vec(
            (of(text(35)), an_original(), of(a_status()), vec(a_reason(), 0..3), of(a_time()), of(an_agent())),
            0..4,
        ),
    ) -> PaymentStatusReport {
        PaymentStatusReport {
            version,
            business_header: Some(business_header(&format!("pacs.002.001.{version:02}"))),
            message_id,
            created_at: time("2026-11-24T10:00:00Z"),
            instructing_agent: agents.0,
            instructed_agent: agents.1,
            groups: groups
                .into_iter()
                .map(|(original, status, reasons)| GroupStatus { original, status, reasons })
                .collect(),
            transactions: transactions
                .into_iter()
                .map(|(status_id, original, status, reasons, accepted_at, agent)| TransactionReport {
                    status_id,
                    original,
                    status,
                    reasons,
                    accepted_at,
                    instructing_agent: agent.clone(),
                    instructed_agent: agent,
                })
                .collect(),
        }
    }
}

prop_compose! {
    fn a_return()(
        version in 9u8..=13,
        message_id in text(35),
        original_group in of(an_original_group()),
        in_header in (of(an_agent()), of(a_date())),
        transactions in vec(
            (an_original(), an_amount(), of(a_date()), of(a_bearer()), of(an_agent()), vec(a_reason(), 1..3)),
            1..4,
        ),
    ) -> PaymentReturn {
        let (in_header, date) = in_header;
        let transactions: Vec<ReturnTransaction> = transactions
            .into_iter()
            .enumerate()
            .map(|(position, (original, returned_amount, own_date, charge_bearer, agent, reasons))| {
                ReturnTransaction {
                    index: position + 1,
                    return_id: Some(format!("RTR-{position}")),
                    original,
                    original_amount: Some(returned_amount),
                    original_date: own_date,
                    returned_amount,
                    interbank_settlement_date: date.or(own_date),
                    charge_bearer,
                    instructing_agent: in_header.clone().or_else(|| agent.clone()),
                    instructed_agent: agent,
                    reasons,
                }
            })
            .collect();
        PaymentReturn {
            version,
            business_header: None,
            group_header: pacs004::GroupHeader {
                message_id,
                created_at: time("2026-11-25T10:00:00Z"),
                control_sum: Decimal::sum(transactions.iter().map(|one| &one.returned_amount)),
                total_returned_amount: None,
                interbank_settlement_date: date,
                settlement_method: pacs008::SettlementMethod::ClearingSystem,
                instructing_agent: in_header,
                instructed_agent: None,
            },
            original_group,
            transactions,
        }
    }
}

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

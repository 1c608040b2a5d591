//! The messages written, byte for byte. `BLESS=1 cargo test` writes the files anew; look at the difference.

mod common;

use common::{agent, check_golden as check, date, sample, time};
use corridor_core::{
    ChargeBearer, Money, ParticipantId, ReasonCode, SettlementMethod, Terms, Transfer, TransferStatus,
    WindowId,
};
use corridor_iso20022::pacs002::{self, GroupStatus, PaymentStatusReport, TransactionReport};
use corridor_iso20022::pacs004::{self, GroupHeader, PaymentReturn, ReturnTransaction};
use corridor_iso20022::pacs008::{self, CreditTransferTransaction, CustomerCreditTransfer};
use corridor_iso20022::{
    Decimal, Limits, OriginalGroup, OriginalTransaction, StatusReason, TransactionStatus,
};

fn instructed() -> CustomerCreditTransfer {
    pacs008::read(&sample("boc-to-cup-cny.pacs008.xml"), &Limits::default()).expect("valid")
}

/// What the contract would have recorded of a transaction.
fn recorded(
    transaction: &CreditTransferTransaction,
    status: TransferStatus,
    reason: Option<ReasonCode>,
) -> Transfer {
    let terms = Terms {
        debtor_agent: ParticipantId(1),
        creditor_agent: ParticipantId(2),
        interbank_settlement_amount: transaction.interbank_settlement_amount,
        interbank_settlement_date: transaction.interbank_settlement_date.days_since_epoch(),
        charge_bearer: transaction.charge_bearer,
        settlement_method: SettlementMethod::Gross,
        expires_at: 1_795_600_000,
        message_digest: [0; 32],
    };
    Transfer {
        terms,
        status,
        instructed_at: 1_795_512_600,
        updated_at: 1_795_512_660,
        returned_minor_units: 0,
        reason,
    }
}

fn report(message: &CustomerCreditTransfer, transactions: Vec<TransactionReport>) -> PaymentStatusReport {
    PaymentStatusReport {
        version: 10,
        business_header: None,
        message_id: "CUP-STS-20261124-0001".into(),
        created_at: time("2026-11-24T09:31:05Z"),
        instructing_agent: Some(agent("CHUPCNSH")),
        instructed_agent: Some(agent("BKCHCNBJ")),
        groups: vec![GroupStatus {
            original: OriginalGroup::of(message),
            status: None,
            reasons: Vec::new(),
        }],
        transactions,
    }
}

#[test]
fn a_report_of_every_status() {
    let message = instructed();
    let statuses = [
        (TransferStatus::Settled, None),
        (TransferStatus::Pending, None),
        (TransferStatus::PartlyReturned, Some(ReasonCode::CUST)),
        (TransferStatus::Rejected, Some(ReasonCode::AC04)),
        (TransferStatus::Expired, Some(ReasonCode::TM01)),
        (TransferStatus::Cancelled, Some(ReasonCode::CUST)),
    ];
    let mut transactions: Vec<TransactionReport> = message
        .transactions
        .iter()
        .zip(statuses)
        .map(|(transaction, (status, reason))| {
            let transfer = recorded(transaction, status, reason);
            TransactionReport::of(OriginalTransaction::of(transaction), &transfer)
        })
        .collect();
    let refused = OriginalTransaction::of(&message.transactions[6]);
    transactions.push(TransactionReport::refused(
        refused,
        corridor_core::Error::InsufficientFunds,
    ));
    let text = pacs002::write(&report(&message, transactions)).expect("fits");
    check("every-status.pacs002.xml", &text);
}

#[test]
fn a_report_that_a_whole_message_was_refused() {
    let bytes = sample("invalid/wrong-control-sum.xml");
    let error = pacs008::read(&bytes, &Limits::default()).expect_err("wrong sum");
    let mut report = report(&instructed(), Vec::new());
    report.groups[0].status = Some(TransactionStatus::Rejected);
    report.groups[0].reasons = vec![StatusReason::from(&error)];
    check(
        "refused-message.pacs002.xml",
        &pacs002::write(&report).expect("fits"),
    );
}

#[test]
fn a_return_of_a_part() {
    let message = instructed();
    let original = &message.transactions[6];
    let returned_amount = Money::new(original.interbank_settlement_amount.currency, 1_504_025);
    let back = PaymentReturn {
        version: 9,
        business_header: None,
        group_header: GroupHeader {
            message_id: "CUP-RTR-20261125-0001".into(),
            created_at: time("2026-11-25T14:10:00+08:00"),
            control_sum: Decimal::sum([&returned_amount]),
            total_returned_amount: Some(returned_amount),
            interbank_settlement_date: Some(date("2026-11-25")),
            settlement_method: pacs008::SettlementMethod::ClearingSystem,
            instructing_agent: Some(original.instructed_agent.clone()),
            instructed_agent: Some(original.instructing_agent.clone()),
        },
        original_group: Some(OriginalGroup::of(&message)),
        transactions: vec![ReturnTransaction {
            index: 1,
            return_id: Some("CUP-RTR-0001".into()),
            original: OriginalTransaction::of(original),
            original_amount: Some(original.interbank_settlement_amount),
            original_date: Some(original.interbank_settlement_date),
            returned_amount,
            interbank_settlement_date: Some(date("2026-11-25")),
            charge_bearer: Some(ChargeBearer::Slev),
            instructing_agent: Some(original.instructed_agent.clone()),
            instructed_agent: Some(original.instructing_agent.clone()),
            reasons: vec![StatusReason::new("AM09".parse().expect("a code"))
                .explained("100 of 300 lenses were not delivered")],
        }],
    };
    let text = pacs004::write(&back).expect("fits");
    check("part.pacs004.xml", &text);
    // The sample is this message, but for its comment.
    let sampled = pacs004::read(&sample("cup-return-part.pacs004.xml"), &Limits::default());
    assert_eq!(sampled.as_ref(), Ok(&back));
    let reference = back.transactions[0].reference(&back.group_header);
    let again = PaymentReturn {
        group_header: GroupHeader {
            message_id: "CUP-RTR-20261126-0009".into(),
            ..back.group_header.clone()
        },
        ..back.clone()
    };
    assert_eq!(again.transactions[0].reference(&again.group_header), reference);
}

#[test]
fn a_transfer_with_a_header() {
    let bytes = sample("boc-to-cup-hkd.pacs008.xml");
    let mut message = pacs008::read(&bytes, &Limits::default()).expect("valid");
    message.transactions.truncate(2);
    message.group_header.control_sum = None;
    check("transfer.pacs008.xml", &pacs008::write(&message).expect("fits"));
}

#[test]
fn a_netted_transfer_is_settled_when_its_window_is() {
    let message = instructed();
    let transaction = &message.transactions[0];
    let netted = recorded(transaction, TransferStatus::Netted(WindowId(3)), None);
    let open = TransactionReport::of(OriginalTransaction::of(transaction), &netted);
    let status = |report: &TransactionReport| report.status.as_ref().map(|status| status.code().to_owned());
    assert_eq!(status(&open).as_deref(), Some("ACSP"));
    assert_eq!(open.clone().paid(None), open);
    let paid = open.paid(Some(1_795_513_200));
    assert_eq!(status(&paid).as_deref(), Some("ACSC"));
    assert_eq!(
        paid.accepted_at,
        corridor_iso20022::DateTime::from_unix_seconds(1_795_513_200)
    );
}

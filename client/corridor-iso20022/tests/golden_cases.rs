//! Requests and answers about transfers, byte for byte. `BLESS=1 cargo test` writes the files anew.

mod common;

use common::{agent, check_golden, date, sample, time};
use corridor_core::{Currency, Money, ParticipantId, ReasonCode, TransferStatus, Uetr, WindowId};
use corridor_iso20022::camt029::{CancellationAnswer, CancellationResolution, CancellationStatus};
use corridor_iso20022::camt050::{CollateralMovement, LiquidityTransfer, LiquidityTransferId};
use corridor_iso20022::camt056::{CancellationRequest, CancellationTransaction};
use corridor_iso20022::pacs008::{self, GroupHeader, SettlementMethod};
use corridor_iso20022::pacs009::{InstitutionCreditTransfer, InstitutionTransaction};
use corridor_iso20022::pacs028::{PaymentStatusRequest, RequestedTransaction};
use corridor_iso20022::{
    camt029, camt050, camt056, pacs009, pacs028, Book, BookAccount, Case, CaseAssignment, Decimal, Limits,
    OriginalGroup, OriginalTransaction, StatusReason,
};

fn instructed() -> pacs008::CustomerCreditTransfer {
    pacs008::read(&sample("boc-to-cup-cny.pacs008.xml"), &Limits::default()).expect("valid")
}

fn request() -> CancellationRequest {
    let message = instructed();
    let transactions: Vec<CancellationTransaction> = message.transactions[..3]
        .iter()
        .map(|one| CancellationTransaction {
            cancellation_id: Some(format!("CXL-{}", one.index)),
            original: OriginalTransaction {
                group: Some(OriginalGroup::of(&message)),
                ..OriginalTransaction::of(one)
            },
            original_amount: Some(one.interbank_settlement_amount),
            original_date: Some(one.interbank_settlement_date),
            reasons: vec![StatusReason::new(ReasonCode::DUPL).explained("sent twice by mistake")],
            ..CancellationTransaction::default()
        })
        .collect();
    CancellationRequest {
        version: 8,
        business_header: None,
        assignment: CaseAssignment {
            id: "BOC-CXL-20261124-0001".into(),
            assigner: agent("BKCHCNBJ"),
            assignee: agent("CHUPCNSH"),
            created_at: time("2026-11-24T10:00:00+08:00"),
        },
        case: Some(Case {
            id: "BOC-CASE-17".into(),
            creator: agent("BKCHCNBJ"),
        }),
        control_sum: Decimal::sum(transactions.iter().flat_map(|one| &one.original_amount)),
        transactions,
    }
}

#[test]
fn a_request_to_cancel_and_its_answer() {
    let request = request();
    let text = camt056::write(&request).expect("fits");
    check_golden("three.camt056.xml", &text);
    assert_eq!(
        camt056::read(text.as_bytes(), &Limits::default()),
        Ok(request.clone())
    );
    let outcomes = [
        Some(TransferStatus::Cancelled),
        Some(TransferStatus::Settled),
        None,
    ];
    let asked = request.transactions.iter().zip(outcomes);
    let answers = asked
        .map(|(asked, recorded)| CancellationAnswer::of(asked, recorded))
        .collect();
    let at = time("2026-11-24T02:00:09Z");
    let answer = CancellationResolution::answer(&request, "CXR-1".into(), at, answers);
    assert_eq!(answer.confirmation, "PECR");
    check_golden("three.camt029.xml", &camt029::write(&answer).expect("fits"));
}

#[test]
fn every_state_of_a_transfer_answers_a_request_to_cancel() {
    use CancellationStatus::{Accepted, Pending, Rejected};
    let request = request();
    for (recorded, status, reason, whole) in [
        (Some(TransferStatus::Cancelled), Accepted, None, "CNCL"),
        (Some(TransferStatus::Pending), Pending, Some("NARR"), "PDCR"),
        (Some(TransferStatus::Queued), Pending, Some("NARR"), "PDCR"),
        (Some(TransferStatus::Settled), Rejected, Some("PTNA"), "RJCR"),
        (
            Some(TransferStatus::Netted(WindowId(3))),
            Rejected,
            Some("PTNA"),
            "RJCR",
        ),
        (
            Some(TransferStatus::PartlyReturned),
            Rejected,
            Some("PTNA"),
            "RJCR",
        ),
        (Some(TransferStatus::Returned), Rejected, Some("ARDT"), "RJCR"),
        (Some(TransferStatus::Rejected), Rejected, Some("ARDT"), "RJCR"),
        (Some(TransferStatus::Expired), Rejected, Some("ARDT"), "RJCR"),
        (None, Rejected, Some("NOOR"), "RJCR"),
    ] {
        let answer = CancellationAnswer::of(&request.transactions[0], recorded);
        assert_eq!(answer.status, Some(status), "{recorded:?}");
        let given = answer
            .reasons
            .first()
            .map(|reason| reason.reason.code().to_string());
        assert_eq!(given.as_deref(), reason, "{recorded:?}");
        let at = time("2026-11-24T02:00:09Z");
        let message = CancellationResolution::answer(&request, "CXR-2".into(), at, vec![answer]);
        assert_eq!(message.confirmation, whole, "{recorded:?}");
        assert_eq!(message.assignment.assigner, request.assignment.assignee);
    }
}

#[test]
fn a_request_for_status() {
    let message = instructed();
    let request = PaymentStatusRequest {
        version: 3,
        business_header: None,
        message_id: "BOC-STSREQ-20261124-0001".into(),
        created_at: time("2026-11-24T11:00:00+08:00"),
        instructing_agent: Some(agent("BKCHCNBJ")),
        instructed_agent: Some(agent("CHUPCNSH")),
        groups: vec![OriginalGroup::of(&message)],
        transactions: vec![RequestedTransaction {
            request_id: Some("SR-1".into()),
            original: OriginalTransaction::of(&message.transactions[1]),
            ..RequestedTransaction::default()
        }],
    };
    check_golden("one.pacs028.xml", &pacs028::write(&request).expect("fits"));
}

fn account(book: Book) -> corridor_iso20022::Account {
    let account = BookAccount {
        book,
        participant: ParticipantId(1),
        currency: Currency::CNY,
    };
    account.account()
}

#[test]
fn a_participant_funds_its_escrow() {
    let amount = Money::new(Currency::CNY, 50_000_000);
    let transaction = InstitutionTransaction {
        creditor_account: Some(account(Book::Escrow)),
        remittance: vec!["Funding for 24 November".into()],
        ..InstitutionTransaction::new(
            "BOC-FUND-1",
            Uetr::from_random_bytes([9; 16]),
            amount,
            date("2026-11-24"),
            agent("BKCHCNBJ"),
            agent("BKCHCNBJ"),
        )
    };
    let message = InstitutionCreditTransfer {
        version: 8,
        business_header: None,
        group_header: GroupHeader {
            message_id: "BOC-FUND-20261124-1".into(),
            created_at: time("2026-11-24T08:55:00+08:00"),
            expires_at: None,
            control_sum: Decimal::sum([&amount]),
            total_interbank_settlement_amount: Some(amount),
            interbank_settlement_date: None,
            settlement_method: SettlementMethod::ClearingSystem,
            instructing_agent: None,
            instructed_agent: None,
        },
        transactions: vec![transaction],
    };
    let text = pacs009::write(&message).expect("fits");
    check_golden("funding.pacs009.xml", &text);
    let read = pacs009::read(text.as_bytes(), &Limits::default()).expect("valid");
    assert_eq!(read.transactions[0].reference().0, read.transactions[0].uetr.0);
}

#[test]
fn a_participant_pledges_collateral() {
    let mut message = LiquidityTransfer {
        version: 5,
        business_header: None,
        message_id: "BOC-PLEDGE-20261124-1".into(),
        created_at: Some(time("2026-11-24T08:56:00+08:00")),
        transfer_id: Some(LiquidityTransferId {
            instruction_id: None,
            end_to_end_id: "BOC-PLEDGE-1".into(),
            transaction_id: None,
            uetr: None,
        }),
        creditor: Some(agent("BKCHCNBJ")),
        creditor_account: Some(account(Book::Collateral)),
        amount: Money::new(Currency::CNY, 20_000_000),
        debtor: Some(agent("BKCHCNBJ")),
        debtor_account: Some(account(Book::Escrow)),
        settlement_date: Some(date("2026-11-24")),
    };
    check_golden("pledge.camt050.xml", &camt050::write(&message).expect("fits"));
    let boc = ParticipantId(1);
    assert_eq!(message.movement(), Some(CollateralMovement::Pledge(boc)));
    let reference = message.reference();
    std::mem::swap(&mut message.creditor_account, &mut message.debtor_account);
    assert_eq!(message.movement(), Some(CollateralMovement::Release(boc)));
    assert_eq!(
        message.reference(),
        reference,
        "the same message, the same reference"
    );
    message.amount = Money::new(Currency::HKD, 1);
    assert_eq!(message.movement(), None, "accounts in another currency");
    message.amount = Money::new(Currency::CNY, 1);
    message.debtor_account = Some(account(Book::Escrow));
    message.creditor_account = Some(account(Book::Escrow));
    assert_eq!(message.movement(), None, "from escrow to escrow");
}

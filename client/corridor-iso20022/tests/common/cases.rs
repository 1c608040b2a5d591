//! Generators of cases and liquidity transfers.

use super::values::*;
use corridor_core::{Currency, Money, ParticipantId};
use corridor_iso20022::camt029::{CancellationAnswer, CancellationResolution, CancellationStatus};
use corridor_iso20022::camt050::{LiquidityTransfer, LiquidityTransferId};
use corridor_iso20022::camt056::{CancellationRequest, CancellationTransaction};
use corridor_iso20022::{Account, Book, BookAccount, Case, CaseAssignment, Decimal};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn an_assignment() -> impl Strategy<Value = CaseAssignment> {
    (text(35), an_agent(), an_agent(), a_time()).prop_map(|(id, assigner, assignee, created_at)| {
        CaseAssignment {
            id,
            assigner,
            assignee,
            created_at,
        }
    })
}

fn a_case() -> impl Strategy<Value = Case> {
    (text(35), an_agent()).prop_map(|(id, creator)| Case { id, creator })
}

prop_compose! {
    fn a_cancellation()(
        cancellation_id in of(text(35)),
        case in of(a_case()),
        original in an_original(),
        original_amount in of(an_amount()),
        original_date in of(a_date()),
        reasons in vec(a_reason(), 0..3),
    ) -> CancellationTransaction {
        CancellationTransaction {
            cancellation_id,
            case,
            original,
            original_amount,
            original_date,
            reasons,
        }
    }
}

prop_compose! {
    /// A camt.056 of a version from 8 on.
    pub fn a_cancellation_request()(
        version in 8u8..=11,
        assignment in an_assignment(),
        case in of(a_case()),
        transactions in vec(a_cancellation(), 1..4),
        with_sum in any::<bool>(),
        with_header in any::<bool>(),
    ) -> CancellationRequest {
        let name = format!("camt.056.001.{version:02}");
        let amounts = transactions.iter().flat_map(|one| &one.original_amount);
        CancellationRequest {
            version,
            business_header: with_header.then(|| business_header(&name)),
            assignment,
            case,
            control_sum: Decimal::sum(amounts).filter(|_| with_sum),
            transactions,
        }
    }
}

fn a_cancellation_status() -> impl Strategy<Value = CancellationStatus> {
    prop::sample::select(vec![
        CancellationStatus::Accepted,
        CancellationStatus::Pending,
        CancellationStatus::Rejected,
    ])
}

prop_compose! {
    /// A camt.029 of a version from 9 on.
    pub fn a_resolution()(
        version in 9u8..=12,
        assignment in an_assignment(),
        resolved_case in of(a_case()),
        confirmation in "[A-Z]{1,4}",
        transactions in vec((a_cancellation(), of(a_cancellation_status())), 0..4),
        with_header in any::<bool>(),
    ) -> CancellationResolution {
        let name = format!("camt.029.001.{version:02}");
        CancellationResolution {
            version,
            business_header: with_header.then(|| business_header(&name)),
            assignment,
            resolved_case,
            confirmation,
            transactions: transactions
                .into_iter()
                .map(|(asked, status)| CancellationAnswer {
                    status_id: asked.cancellation_id,
                    resolved_case: asked.case,
                    original: asked.original,
                    status,
                    reasons: asked.reasons,
                    original_amount: asked.original_amount,
                    original_date: asked.original_date,
                })
                .collect(),
        }
    }
}

fn a_transfer_id() -> impl Strategy<Value = LiquidityTransferId> {
    (of(text(35)), text(35), of(text(35)), of(a_uetr())).prop_map(
        |(instruction_id, end_to_end_id, transaction_id, uetr)| LiquidityTransferId {
            instruction_id,
            end_to_end_id,
            transaction_id,
            uetr,
        },
    )
}

/// Any account, one with Corridor among them.
pub fn a_book_account() -> impl Strategy<Value = Account> {
    let book = prop::sample::select(vec![Book::Escrow, Book::Collateral]);
    let own = (book, any::<u16>()).prop_map(|(book, participant)| {
        let account = BookAccount {
            book,
            participant: ParticipantId(participant),
            currency: Currency::CNY,
        };
        account.account()
    });
    prop_oneof![own, an_account()]
}

prop_compose! {
    /// A camt.050.
    pub fn a_liquidity_transfer()(
        message_id in text(35),
        created_at in of(a_time()),
        transfer_id in of(a_transfer_id()),
        agents in (of(an_agent()), of(an_agent())),
        accounts in (of(a_book_account()), of(a_book_account())),
        minor_units in 1u128..1_000_000_000_000,
        settlement_date in of(a_date()),
        with_header in any::<bool>(),
    ) -> LiquidityTransfer {
        LiquidityTransfer {
            version: 5,
            business_header: with_header.then(|| business_header("camt.050.001.05")),
            message_id,
            created_at,
            transfer_id,
            creditor: agents.0,
            creditor_account: accounts.0,
            amount: Money::new(Currency::CNY, minor_units),
            debtor: agents.1,
            debtor_account: accounts.1,
            settlement_date,
        }
    }
}

//! Generators of messages about transfers.

use super::values::*;
use super::{message, time};
use corridor_iso20022::pacs002::{GroupStatus, PaymentStatusReport, TransactionReport};
use corridor_iso20022::pacs004::{self, PaymentReturn, ReturnTransaction};
use corridor_iso20022::pacs008::{self, CreditTransferTransaction, CustomerCreditTransfer};
use corridor_iso20022::pacs009::{InstitutionCreditTransfer, InstitutionTransaction};
use corridor_iso20022::pacs028::{PaymentStatusRequest, RequestedTransaction};
use corridor_iso20022::Decimal;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

prop_compose! {
    pub fn a_transaction()(
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
    pub fn a_message()(
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
        let mut message = message();
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

prop_compose! {
    pub fn a_report()(
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
    pub fn a_return()(
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

prop_compose! {
    fn an_institution_transaction()(
        ids in (of(text(35)), text(35), of(text(35))),
        uetr in a_uetr(),
        amount in an_amount(),
        date in a_date(),
        settling in (an_agent(), an_agent()),
        parties in (an_agent(), an_agent(), of(an_agent()), of(an_agent())),
        accounts in (of(an_account()), of(an_account())),
        purpose in of(a_purpose()),
        remittance in vec(text(140), 0..3),
    ) -> InstitutionTransaction {
        let (instruction_id, end_to_end_id, transaction_id) = ids;
        let (debtor, creditor, debtor_agent, creditor_agent) = parties;
        InstitutionTransaction {
            instruction_id,
            transaction_id,
            instructing_agent: settling.0,
            instructed_agent: settling.1,
            debtor_account: accounts.0,
            debtor_agent,
            creditor_agent,
            creditor_account: accounts.1,
            purpose,
            remittance,
            ..InstitutionTransaction::new(end_to_end_id, uetr, amount, date, debtor, creditor)
        }
    }
}

prop_compose! {
    /// A pacs.009 of a version from 8 on.
    pub fn an_institution_transfer()(
        version in 8u8..=10,
        message_id in text(35),
        in_header in (of(an_agent()), of(a_date())),
        mut transactions in vec(an_institution_transaction(), 1..4),
        with_header in any::<bool>(),
    ) -> InstitutionCreditTransfer {
        let mut group_header = message().group_header;
        group_header.message_id = message_id;
        (group_header.instructing_agent, group_header.interbank_settlement_date) = in_header;
        group_header.control_sum =
            Decimal::sum(transactions.iter().map(|one| &one.interbank_settlement_amount));
        for (position, one) in transactions.iter_mut().enumerate() {
            one.index = position + 1;
            if let Some(agent) = &group_header.instructing_agent {
                one.instructing_agent = agent.clone();
            }
            if let Some(date) = group_header.interbank_settlement_date {
                one.interbank_settlement_date = date;
            }
        }
        let name = format!("pacs.009.001.{version:02}");
        InstitutionCreditTransfer {
            version,
            business_header: with_header.then(|| business_header(&name)),
            group_header,
            transactions,
        }
    }
}

prop_compose! {
    /// A pacs.028 of a version from 3 on.
    pub fn a_status_request()(
        version in 3u8..=5,
        message_id in text(35),
        created_at in a_time(),
        agents in (of(an_agent()), of(an_agent())),
        groups in vec(an_original_group(), 0..3),
        transactions in vec((of(text(35)), an_original(), of(an_agent()), of(an_agent())), 1..4),
        with_header in any::<bool>(),
    ) -> PaymentStatusRequest {
        let name = format!("pacs.028.001.{version:02}");
        PaymentStatusRequest {
            version,
            business_header: with_header.then(|| business_header(&name)),
            message_id,
            created_at,
            instructing_agent: agents.0,
            instructed_agent: agents.1,
            groups,
            transactions: transactions
                .into_iter()
                .map(|(request_id, original, instructing_agent, instructed_agent)| RequestedTransaction {
                    request_id,
                    original,
                    instructing_agent,
                    instructed_agent,
                })
                .collect(),
        }
    }
}

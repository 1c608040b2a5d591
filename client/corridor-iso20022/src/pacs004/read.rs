//! Reading pacs.004.

use super::schema::{GROUP_HEADER, ORIGINAL_GROUP, SHAPE, TRANSACTION};
use super::{GroupHeader, PaymentReturn, ReturnTransaction};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::{read_reason, OriginalGroup, OriginalTransaction};
use crate::pacs008::read_settlement_method;
use crate::totals::{check_control_sum, check_count, check_total};
use crate::xml::message;
use crate::xml::tree::{Node, Tree};
use crate::{Agent, Limits};
use corridor_core::Reference;
use std::collections::hash_map::{Entry, HashMap};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Reads a pacs.004.001.09 or later, plain or with a business application header in an outer element.
///
/// Checked as a pacs.008 is: structure, lengths, codes, amounts, number of transactions, control sum and
/// total, no return twice, and no return of more than the original amount it states.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<PaymentReturn> {
    let mut header: Option<(Tree<'_>, GroupHeader)> = None;
    let mut original_group = None;
    let mut transactions = Vec::new();
    let mut references = HashMap::new();
    let missing_header = || {
        let path = "Document/PmtRtr/GrpHdr".into();
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    };
    let frame = message::read(bytes, limits, &SHAPE, &mut |tree, index| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match (node.name(), index) {
            ("GrpHdr", _) => {
                let read = read_group_header(node)?;
                header = Some((tree, read));
            }
            ("OrgnlGrpInf", _) => {
                node.check(ORIGINAL_GROUP)?;
                original_group = Some(OriginalGroup::read_within(node)?);
            }
            (_, Some(index)) => {
                let (_, header) = header.as_ref().ok_or_else(missing_header)?;
                let transaction = read_transaction(node, index, header)?;
                refuse_duplicate(node, header, &transaction, &mut references)?;
                transactions.push(transaction);
            }
            _ => {}
        }
        Ok(())
    })?;
    let (tree, group_header) = header.ok_or_else(missing_header)?;
    if let Some(node) = tree.root() {
        check_count(node, transactions.len())?;
        let amounts = || transactions.iter().map(|one| &one.returned_amount);
        check_control_sum(node, group_header.control_sum, amounts())?;
        let total = group_header.total_returned_amount;
        check_total(node, "TtlRtrdIntrBkSttlmAmt", total, amounts())?;
    }
    Ok(PaymentReturn {
        version: frame.version,
        business_header: frame.business_header,
        group_header,
        original_group,
        transactions,
    })
}

fn read_group_header(node: Node<'_>) -> Result<GroupHeader> {
    node.check(GROUP_HEADER)?;
    node.required("NbOfTxs")?.count()?;
    Ok(GroupHeader {
        message_id: node.required_text("MsgId", MAX_35)?,
        created_at: node.required("CreDtTm")?.date_time()?,
        control_sum: node.optional_with("CtrlSum", Node::decimal)?,
        total_returned_amount: node.optional_with("TtlRtrdIntrBkSttlmAmt", Node::money)?,
        interbank_settlement_date: node.optional_with("IntrBkSttlmDt", Node::date)?,
        settlement_method: read_settlement_method(node.required("SttlmInf")?)?,
        instructing_agent: node.optional_with("InstgAgt", Agent::read_identified)?,
        instructed_agent: node.optional_with("InstdAgt", Agent::read_identified)?,
    })
}

fn read_transaction(node: Node<'_>, index: usize, header: &GroupHeader) -> Result<ReturnTransaction> {
    node.check(TRANSACTION)?;
    let returned = node.required("RtrdIntrBkSttlmAmt")?;
    let returned_amount = returned.money_to_settle()?;
    let original_amount = node.optional_with("OrgnlIntrBkSttlmAmt", Node::money)?;
    if let Some(original) = original_amount {
        if original.currency != returned_amount.currency {
            return Err(returned.error(ErrorKind::OtherCurrency {
                found: returned_amount.currency.to_string(),
                expected: original.currency.to_string(),
            }));
        }
        if returned_amount.minor_units > original.minor_units {
            let text = returned_amount.to_decimal();
            return Err(returned.invalid(&text, "at most the original amount"));
        }
    }
    Ok(ReturnTransaction {
        index,
        return_id: node.optional_text("RtrId", MAX_35)?,
        original: OriginalTransaction::read_within(node)?,
        original_amount,
        original_date: node.optional_with("OrgnlIntrBkSttlmDt", Node::date)?,
        returned_amount,
        interbank_settlement_date: once(
            node,
            "IntrBkSttlmDt",
            header.interbank_settlement_date,
            Node::date,
        )?,
        charge_bearer: node.optional_with("ChrgBr", Node::charge_bearer)?,
        instructing_agent: once(
            node,
            "InstgAgt",
            header.instructing_agent.clone(),
            Agent::read_identified,
        )?,
        instructed_agent: once(
            node,
            "InstdAgt",
            header.instructed_agent.clone(),
            Agent::read_identified,
        )?,
        reasons: node.all("RtrRsnInf").map(read_reason).collect::<Result<_>>()?,
    })
}

/// What stands in the return or in the group header; the standard does not allow both.
fn once<'t, T>(
    node: Node<'t>,
    name: &'static str,
    in_header: Option<T>,
    read: impl FnOnce(Node<'t>) -> Result<T>,
) -> Result<Option<T>> {
    match (node.optional(name)?, in_header) {
        (Some(own), None) => read(own).map(Some),
        (Some(own), Some(_)) => Err(own.error(ErrorKind::AlsoInGroupHeader)),
        (None, in_header) => Ok(in_header),
    }
}

/// Two returns under one reference would be recorded as one, while the control sum counts both.
fn refuse_duplicate(
    node: Node<'_>,
    header: &GroupHeader,
    transaction: &ReturnTransaction,
    seen: &mut HashMap<Reference, crate::error::TransactionRef>,
) -> Result<()> {
    match seen.entry(transaction.reference(header)) {
        Entry::Vacant(free) => {
            free.insert(crate::error::TransactionRef {
                index: transaction.index,
                end_to_end_id: transaction.original.end_to_end_id.clone(),
            });
            Ok(())
        }
        Entry::Occupied(taken) => {
            let first = taken.get().clone();
            Err(node.error(ErrorKind::DuplicateTransaction { first }))
        }
    }
}

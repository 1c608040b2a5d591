//! A statement as JSON, for programs.

use super::csv::kind_text;
use super::{Balance, CreditDebit, Entry, EntryBatch, EntryDetails, Statement};
use crate::error::Iso20022Error;
use crate::{Agent, StatusReason};
use corridor_core::Money;
use serde::Serialize;

/// Writes a statement as JSON. Amounts are decimals in strings, without sign, beside `CRDT` or `DBIT`.
///
/// # Errors
/// As [`Statement::check`]: a statement that does not tie is not written.
pub fn to_json(statement: &Statement) -> Result<String, Iso20022Error> {
    to_json_with_proof(statement, None)
}

/// The same with a field `proof`, where there is one: whatever lets a reader check the closing balance.
///
/// # Errors
/// As [`to_json`].
pub fn to_json_with_proof(
    statement: &Statement,
    proof: Option<serde_json::Value>,
) -> Result<String, Iso20022Error> {
    statement.check()?;
    let view = StatementView {
        proof,
        ..StatementView::of(statement)
    };
    // Strings, numbers and lists: there is nothing in it that JSON cannot hold.
    Ok(serde_json::to_string_pretty(&view).unwrap_or_default())
}

#[derive(Serialize)]
struct StatementView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    account: String,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    owner: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    servicer: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<BalanceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closing: Option<BalanceView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further_balances: Vec<BalanceView>,
    entries: Vec<EntryView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<StateView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct BalanceView {
    kind: String,
    amount: String,
    side: &'static str,
    at: String,
}

#[derive(Serialize)]
struct EntryView {
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    kind: String,
    amount: String,
    side: &'static str,
    status: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reversal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    booked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    servicer_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<BatchView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<DetailsView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional: Option<String>,
}

#[derive(Serialize)]
struct BatchView {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<AmountView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
}

#[derive(Serialize)]
struct DetailsView {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uetr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<AmountView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    debtor_agent: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    creditor_agent: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remittance: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interbank_settlement_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<BlockView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional: Option<String>,
}

#[derive(Serialize)]
struct AmountView {
    currency: String,
    amount: String,
}

#[derive(Serialize)]
struct BlockView {
    number: u64,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    extrinsic_index: Option<u32>,
}

#[derive(Serialize)]
struct StateView {
    block_number: u64,
    block_hash: String,
    genesis_hash: String,
    contract: String,
}

impl StatementView {
    fn of(statement: &Statement) -> Self {
        let account = &statement.account;
        let moment = |time: &crate::DateTime| time.as_str().to_owned();
        Self {
            id: statement.id.clone(),
            sequence_number: statement.sequence_number,
            created_at: statement.created_at.as_ref().map(moment),
            from: statement.period.as_ref().map(|period| moment(&period.from)),
            to: statement.period.as_ref().map(|period| moment(&period.to)),
            account: account.id.number().to_owned(),
            currency: account.currency.to_string(),
            account_name: account.name.clone(),
            owner: identifiers(&account.owner),
            servicer: identifiers(&account.servicer),
            opening: statement.opening.as_ref().map(BalanceView::of),
            closing: statement.closing.as_ref().map(BalanceView::of),
            further_balances: statement.further_balances.iter().map(BalanceView::of).collect(),
            entries: statement.entries.iter().map(EntryView::of).collect(),
            evidence: statement.evidence.as_ref().map(|state| StateView {
                block_number: state.block_number,
                block_hash: hash(&state.block_hash),
                genesis_hash: hash(&state.genesis_hash),
                contract: hash(&state.contract),
            }),
            additional: statement.additional.clone(),
            proof: None,
        }
    }
}

impl BalanceView {
    fn of(balance: &Balance) -> Self {
        Self {
            kind: balance.kind.code().to_owned(),
            amount: balance.amount.to_decimal(),
            side: balance.side.code(),
            at: balance.at.to_string(),
        }
    }
}

impl EntryView {
    fn of(entry: &Entry) -> Self {
        Self {
            reference: entry.reference.clone(),
            kind: kind_text(entry),
            amount: entry.amount.to_decimal(),
            side: entry.side.code(),
            status: entry.status.code().to_owned(),
            reversal: entry.reversal,
            booked_at: entry.booked_at.as_ref().map(ToString::to_string),
            value_date: entry.value_date.as_ref().map(ToString::to_string),
            servicer_reference: entry.servicer_reference.clone(),
            batch: entry.batch.as_ref().map(BatchView::of),
            transactions: entry.details.iter().map(DetailsView::of).collect(),
            additional: entry.additional.clone(),
        }
    }
}

impl BatchView {
    fn of(batch: &EntryBatch) -> Self {
        Self {
            message_id: batch.message_id.clone(),
            reference: batch.reference.clone(),
            transactions: batch.transactions,
            total: batch.total.as_ref().map(AmountView::of),
            side: batch.side.map(CreditDebit::code),
        }
    }
}

impl DetailsView {
    fn of(details: &EntryDetails) -> Self {
        Self {
            message_id: details.message_id.clone(),
            instruction_id: details.instruction_id.clone(),
            end_to_end_id: details.end_to_end_id.clone(),
            uetr: details.uetr.map(|uetr| uetr.to_string()),
            transaction_id: details.transaction_id.clone(),
            amount: details.amount.as_ref().map(AmountView::of),
            side: details.side.map(CreditDebit::code),
            debtor_agent: identifiers(&details.debtor_agent),
            creditor_agent: identifiers(&details.creditor_agent),
            remittance: details.remittance.clone(),
            interbank_settlement_date: details.interbank_settlement_date.map(|date| date.to_string()),
            return_reason: details.return_reason.as_ref().map(reason),
            block: details.evidence.as_ref().map(|block| BlockView {
                number: block.block_number,
                hash: hash(&block.block_hash),
                extrinsic_index: block.extrinsic_index,
            }),
            additional: details.additional.clone(),
        }
    }
}

impl AmountView {
    fn of(amount: &Money) -> Self {
        Self {
            currency: amount.currency.to_string(),
            amount: amount.to_decimal(),
        }
    }
}

fn identifiers(agent: &Option<Agent>) -> Vec<String> {
    let identifiers = agent.iter().flat_map(Agent::identifiers);
    identifiers.map(ToString::to_string).collect()
}

fn reason(reason: &StatusReason) -> String {
    match &reason.reason {
        crate::Reason::Code(code) => code.to_string(),
        crate::Reason::Proprietary(text) => text.clone(),
    }
}

fn hash(bytes: &[u8]) -> String {
    format!("0x{}", super::evidence::hex(bytes))
}

//! Reading pacs.009.

use super::schema::{SHAPE, TRANSACTION};
use super::{uetr, InstitutionCreditTransfer, InstitutionTransaction};
use crate::error::{ErrorKind, Iso20022Error, TransactionRef};
use crate::fields::MAX_35;
use crate::pacs008::{
    canonical_form, check_totals, read_group_header, read_purpose, read_remittance, settlement_date,
    settling_agent, GroupHeader, PAYMENT_ID,
};
use crate::xml::message;
use crate::xml::tree::{Node, Tree};
use crate::{Account, Agent, Limits};
use corridor_core::Uetr;
use std::collections::HashMap;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Names the canonical form of a transaction.
const CANONICAL_DOMAIN: &str = "corridor/pacs.009/transaction/v1";

/// Reads a pacs.009.001.08 or later, plain or with a business application header in an outer element.
///
/// Checked as a pacs.008 is: structure, lengths, codes, amounts, number of transactions, control sum and
/// total, no UETR twice.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<InstitutionCreditTransfer> {
    let mut header: Option<(Tree<'_>, GroupHeader)> = None;
    let mut transactions = Vec::new();
    let mut seen = HashMap::new();
    let missing_header = || {
        let path = "Document/FICdtTrf/GrpHdr".into();
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
            (_, Some(index)) => {
                let (header_tree, header) = header.as_ref().ok_or_else(missing_header)?;
                let mut transaction = read_transaction(node, index, header)?;
                transaction.canonical_form = canonical_form(CANONICAL_DOMAIN, node, header_tree)?;
                refuse_duplicate(node, &transaction, &mut seen)?;
                transactions.push(transaction);
            }
            _ => {}
        }
        Ok(())
    })?;
    let (tree, group_header) = header.ok_or_else(missing_header)?;
    if let Some(node) = tree.root() {
        let amounts = transactions
            .iter()
            .map(|one: &InstitutionTransaction| &one.interbank_settlement_amount);
        check_totals(node, &group_header, amounts)?;
    }
    Ok(InstitutionCreditTransfer {
        version: frame.version,
        business_header: frame.business_header,
        group_header,
        transactions,
    })
}

fn read_transaction(node: Node<'_>, index: usize, header: &GroupHeader) -> Result<InstitutionTransaction> {
    node.check(TRANSACTION)?;
    if let Some(underlying) = node.optional("UndrlygCstmrCdtTrf")? {
        return Err(underlying.error(ErrorKind::CoverPayment));
    }
    let payment_id = node.required("PmtId")?;
    payment_id.check(PAYMENT_ID)?;
    let uetr = payment_id.optional_with("UETR", Node::uetr)?;
    let (debtor, creditor) = (node.required("Dbtr")?, node.required("Cdtr")?);
    let settling = |name, in_header: &Option<Agent>, otherwise| {
        settling_agent(node, name, in_header.as_ref(), otherwise)
    };
    let mut transaction = InstitutionTransaction {
        index,
        instruction_id: payment_id.optional_text("InstrId", MAX_35)?,
        end_to_end_id: payment_id.required_text("EndToEndId", MAX_35)?,
        transaction_id: payment_id.optional_text("TxId", MAX_35)?,
        uetr: uetr.unwrap_or(Uetr([0; 16])),
        uetr_derived: uetr.is_none(),
        interbank_settlement_amount: node.required("IntrBkSttlmAmt")?.money_to_settle()?,
        interbank_settlement_date: settlement_date(node, header)?,
        instructing_agent: settling("InstgAgt", &header.instructing_agent, debtor)?,
        instructed_agent: settling("InstdAgt", &header.instructed_agent, creditor)?,
        debtor: Agent::read(debtor)?,
        debtor_account: node.optional_with("DbtrAcct", Account::read)?.flatten(),
        debtor_agent: node.optional_with("DbtrAgt", Agent::read)?,
        creditor_agent: node.optional_with("CdtrAgt", Agent::read)?,
        creditor: Agent::read(creditor)?,
        creditor_account: node.optional_with("CdtrAcct", Account::read)?.flatten(),
        purpose: node.optional_with("Purp", read_purpose)?,
        remittance: read_remittance(node)?,
        canonical_form: Vec::new(),
    };
    if transaction.uetr_derived {
        transaction.uetr = uetr::derive(header, &transaction);
    }
    Ok(transaction)
}

/// One UETR is one movement, while the control sum would count it twice.
fn refuse_duplicate(
    node: Node<'_>,
    transaction: &InstitutionTransaction,
    seen: &mut HashMap<Uetr, TransactionRef>,
) -> Result<()> {
    let this = TransactionRef {
        index: transaction.index,
        end_to_end_id: Some(transaction.end_to_end_id.clone()),
    };
    match seen.insert(transaction.uetr, this) {
        None => Ok(()),
        Some(first) if transaction.uetr_derived => Err(node.error(ErrorKind::DuplicateTransaction { first })),
        Some(first) => Err(node.error(ErrorKind::DuplicateUetr { first })),
    }
}

//! Reading pacs.008.

use super::checks::{check_totals, Duplicates};
use super::schema::{GROUP_HEADER, PAYMENT_ID, SHAPE, TRANSACTION};
use super::{CreditTransferTransaction, CustomerCreditTransfer, GroupHeader, Purpose, SettlementMethod};
use crate::canonical::Canonical;
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::{MAX_140, MAX_35};
use crate::xml::message;
use crate::xml::tree::{Node, Tree};
use crate::{Account, Agent, Limits};
use corridor_core::Uetr;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Names the canonical form of a transaction.
const CANONICAL_DOMAIN: &str = "corridor/pacs.008/transaction/v1";

/// Reads a pacs.008.001.08 or later, plain or with a business application header in an outer element.
///
/// The whole message is checked before any of it is returned: well-formed XML within `limits`, required
/// elements, order, lengths and codes, amounts against their currency's exponent, number of transactions,
/// control sum and total, no UETR twice. What the message does not say is never guessed.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<CustomerCreditTransfer> {
    let mut header: Option<(Tree<'_>, GroupHeader)> = None;
    let mut transactions = Vec::new();
    let mut duplicates = Duplicates::default();
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
                // The group header comes first in every version: what it says counts for what follows.
                let missing = || {
                    let path = "Document/FIToFICstmrCdtTrf/GrpHdr".into();
                    Iso20022Error::new(ErrorKind::MissingElement, path, None)
                };
                let (header_tree, header) = header.as_ref().ok_or_else(missing)?;
                let mut transaction = read_transaction(node, index, header_tree, header)?;
                duplicates.take(node, header, &mut transaction)?;
                transactions.push(transaction);
            }
            _ => {}
        }
        Ok(())
    })?;
    let Some((header_tree, group_header)) = header else {
        let path = "Document/FIToFICstmrCdtTrf/GrpHdr".into();
        return Err(Iso20022Error::new(ErrorKind::MissingElement, path, None));
    };
    if let Some(node) = header_tree.root() {
        let amounts = transactions.iter().map(|one| &one.interbank_settlement_amount);
        check_totals(node, &group_header, amounts)?;
    }
    Ok(CustomerCreditTransfer {
        version: frame.version,
        business_header: frame.business_header,
        group_header,
        transactions,
    })
}

/// Reads the group header pacs.008 shares with pacs.009.
pub(crate) fn read_group_header(node: Node<'_>) -> Result<GroupHeader> {
    node.check(GROUP_HEADER)?;
    // Read now, so that a malformed one is named before any transaction.
    node.required("NbOfTxs")?.count()?;
    Ok(GroupHeader {
        message_id: node.required_text("MsgId", MAX_35)?,
        created_at: node.required("CreDtTm")?.date_time()?,
        expires_at: node.optional_with("XpryDtTm", Node::date_time)?,
        control_sum: node.optional_with("CtrlSum", Node::decimal)?,
        total_interbank_settlement_amount: node.optional_with("TtlIntrBkSttlmAmt", Node::money)?,
        interbank_settlement_date: node.optional_with("IntrBkSttlmDt", Node::date)?,
        settlement_method: read_settlement_method(node.required("SttlmInf")?)?,
        instructing_agent: node.optional_with("InstgAgt", Agent::read_identified)?,
        instructed_agent: node.optional_with("InstdAgt", Agent::read_identified)?,
    })
}

/// `SettlementInstruction`: only the method is of concern, the accounts are those of the escrow.
pub(crate) fn read_settlement_method(node: Node<'_>) -> Result<SettlementMethod> {
    let method = node.required("SttlmMtd")?;
    let code = method.text(MAX_35)?;
    if code == "COVE" {
        let found = code.to_owned();
        return Err(method.error(ErrorKind::SettledElsewhere { found }));
    }
    SettlementMethod::from_code(code)
        .ok_or_else(|| method.invalid(code, "a settlement method: CLRG, INDA or INGA"))
}

fn read_transaction(
    node: Node<'_>,
    index: usize,
    header_tree: &Tree<'_>,
    header: &GroupHeader,
) -> Result<CreditTransferTransaction> {
    node.check(TRANSACTION)?;
    let payment_id = node.required("PmtId")?;
    payment_id.check(PAYMENT_ID)?;
    let uetr = payment_id.optional_with("UETR", Node::uetr)?;
    let debtor_agent = node.required("DbtrAgt")?;
    let creditor_agent = node.required("CdtrAgt")?;
    let settling = |name, in_header: &Option<Agent>, otherwise| {
        settling_agent(node, name, in_header.as_ref(), otherwise)
    };
    Ok(CreditTransferTransaction {
        index,
        instruction_id: payment_id.optional_text("InstrId", MAX_35)?,
        end_to_end_id: payment_id.required_text("EndToEndId", MAX_35)?,
        transaction_id: payment_id.optional_text("TxId", MAX_35)?,
        // An absent one is derived once the transaction is complete.
        uetr: uetr.unwrap_or(Uetr([0; 16])),
        uetr_derived: uetr.is_none(),
        interbank_settlement_amount: node.required("IntrBkSttlmAmt")?.money_to_settle()?,
        interbank_settlement_date: settlement_date(node, header)?,
        instructed_amount: node.optional_with("InstdAmt", Node::money)?,
        charge_bearer: node.required("ChrgBr")?.charge_bearer()?,
        instructing_agent: settling("InstgAgt", &header.instructing_agent, debtor_agent)?,
        instructed_agent: settling("InstdAgt", &header.instructed_agent, creditor_agent)?,
        debtor_name: node.required("Dbtr")?.optional_text("Nm", MAX_140)?,
        debtor_account: node.optional_with("DbtrAcct", Account::read)?.flatten(),
        debtor_agent: Agent::read(debtor_agent)?,
        creditor_agent: Agent::read(creditor_agent)?,
        creditor_name: node.required("Cdtr")?.optional_text("Nm", MAX_140)?,
        creditor_account: node.optional_with("CdtrAcct", Account::read)?.flatten(),
        purpose: node.optional_with("Purp", read_purpose)?,
        remittance: read_remittance(node)?,
        canonical_form: canonical_form(CANONICAL_DOMAIN, node, header_tree)?,
    })
}

/// The standard allows the date in the group header or in each transaction, not in both.
pub(crate) fn settlement_date(node: Node<'_>, header: &GroupHeader) -> Result<crate::Date> {
    const NAME: &str = "IntrBkSttlmDt";
    match (node.optional(NAME)?, header.interbank_settlement_date) {
        (Some(date), None) => date.date(),
        (None, Some(date)) => Ok(date),
        (None, None) => Err(node.missing(NAME)),
        (Some(date), Some(_)) => Err(date.error(ErrorKind::AlsoInGroupHeader)),
    }
}

/// A party of the settlement: given in the transaction, else in the group header, else the debtor's or
/// creditor's own bank. The standard allows the first or the second, not both.
pub(crate) fn settling_agent(
    node: Node<'_>,
    name: &'static str,
    in_header: Option<&Agent>,
    otherwise: Node<'_>,
) -> Result<Agent> {
    match (node.optional(name)?, in_header) {
        (Some(agent), None) => Agent::read_identified(agent),
        (None, Some(agent)) => Ok(agent.clone()),
        (None, None) => Agent::read_identified(otherwise),
        (Some(agent), Some(_)) => Err(agent.error(ErrorKind::AlsoInGroupHeader)),
    }
}

pub(crate) fn read_purpose(node: Node<'_>) -> Result<Purpose> {
    match node.optional_text("Cd", 4)? {
        Some(code) => Ok(Purpose::Code(code)),
        None => Ok(Purpose::Proprietary(node.required_text("Prtry", MAX_35)?)),
    }
}

/// The lines of text; what is structured is not interpreted.
pub(crate) fn read_remittance(node: Node<'_>) -> Result<Vec<String>> {
    let Some(remittance) = node.optional("RmtInf")? else {
        return Ok(Vec::new());
    };
    let lines = remittance.all("Ustrd");
    lines.map(|line| line.text(MAX_140).map(str::to_owned)).collect()
}

/// The transaction and what it takes from the group header.
///
/// `MsgId` and `CreDtTm` are left out: a transfer sent again under its UETR in another message is the same.
pub(crate) fn canonical_form(domain: &str, node: Node<'_>, header: &Tree<'_>) -> Result<Vec<u8>> {
    let mut canonical = Canonical::new(domain);
    for name in ["IntrBkSttlmDt", "SttlmInf", "PmtTpInf", "InstgAgt", "InstdAgt"] {
        let inherited = header.root().map_or(Ok(None), |root| root.optional(name))?;
        canonical.optional_element(inherited);
    }
    canonical.element(node);
    Ok(canonical.finish())
}

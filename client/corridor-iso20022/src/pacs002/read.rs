//! Reading pacs.002.

use super::schema::{GROUP_HEADER, GROUP_STATUS, SHAPE, TRANSACTION};
use super::{GroupStatus, PaymentStatusReport, TransactionReport};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::{read_reason, OriginalGroup, OriginalTransaction};
use crate::xml::message;
use crate::xml::tree::Node;
use crate::{Agent, DateTime, Limits, StatusReason, TransactionStatus};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Reads a pacs.002.001.10 or later, plain or with a business application header in an outer element.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<PaymentStatusReport> {
    let mut header = None;
    let mut groups = Vec::new();
    let mut transactions = Vec::new();
    let frame = message::read(bytes, limits, &SHAPE, &mut |tree, _| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match node.name() {
            "GrpHdr" => header = Some(read_group_header(node)?),
            "OrgnlGrpInfAndSts" => groups.push(read_group(node)?),
            "TxInfAndSts" => transactions.push(read_transaction(node)?),
            _ => {}
        }
        Ok(())
    })?;
    let header = header.ok_or_else(|| {
        let path = "Document/FIToFIPmtStsRpt/GrpHdr".into();
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    })?;
    Ok(PaymentStatusReport {
        version: frame.version,
        business_header: frame.business_header,
        message_id: header.message_id,
        created_at: header.created_at,
        instructing_agent: header.instructing_agent,
        instructed_agent: header.instructed_agent,
        groups,
        transactions,
    })
}

struct GroupHeader {
    message_id: String,
    created_at: DateTime,
    instructing_agent: Option<Agent>,
    instructed_agent: Option<Agent>,
}

fn read_group_header(node: Node<'_>) -> Result<GroupHeader> {
    node.check(GROUP_HEADER)?;
    Ok(GroupHeader {
        message_id: node.required_text("MsgId", MAX_35)?,
        created_at: node.required("CreDtTm")?.date_time()?,
        instructing_agent: node.optional_with("InstgAgt", Agent::read_identified)?,
        instructed_agent: node.optional_with("InstdAgt", Agent::read_identified)?,
    })
}

fn read_group(node: Node<'_>) -> Result<GroupStatus> {
    node.check(GROUP_STATUS)?;
    Ok(GroupStatus {
        original: OriginalGroup::read_within(node)?,
        status: node.optional_with("GrpSts", read_status)?,
        reasons: read_reasons(node)?,
    })
}

fn read_transaction(node: Node<'_>) -> Result<TransactionReport> {
    node.check(TRANSACTION)?;
    Ok(TransactionReport {
        status_id: node.optional_text("StsId", MAX_35)?,
        original: OriginalTransaction::read_within(node)?,
        status: node.optional_with("TxSts", read_status)?,
        reasons: read_reasons(node)?,
        accepted_at: node.optional_with("AccptncDtTm", Node::date_time)?,
        instructing_agent: node.optional_with("InstgAgt", Agent::read_identified)?,
        instructed_agent: node.optional_with("InstdAgt", Agent::read_identified)?,
    })
}

/// An external code: one to four characters.
fn read_status(node: Node<'_>) -> Result<TransactionStatus> {
    node.text(4).map(TransactionStatus::from_code)
}

fn read_reasons(node: Node<'_>) -> Result<Vec<StatusReason>> {
    node.all("StsRsnInf").map(read_reason).collect()
}

//! Reading pacs.028.

use super::schema::{GROUP_HEADER, ORIGINAL_GROUP, SHAPE, TRANSACTION};
use super::{PaymentStatusRequest, RequestedTransaction};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::{OriginalGroup, OriginalTransaction};
use crate::xml::message;
use crate::xml::tree::Node;
use crate::{Agent, Limits};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Reads a pacs.028.001.03 or later, plain or with a business application header in an outer element.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<PaymentStatusRequest> {
    let mut request = None;
    let mut groups = Vec::new();
    let mut transactions = Vec::new();
    let frame = message::read(bytes, limits, &SHAPE, &mut |tree, _| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match node.name() {
            "GrpHdr" => request = Some(read_group_header(node)?),
            "OrgnlGrpInf" => {
                node.check(ORIGINAL_GROUP)?;
                groups.push(OriginalGroup::read_within(node)?);
            }
            "TxInf" => transactions.push(read_transaction(node)?),
            _ => {}
        }
        Ok(())
    })?;
    let missing = |name: &str| {
        let path = format!("Document/FIToFIPmtStsReq/{name}");
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    };
    let request = request.ok_or_else(|| missing("GrpHdr"))?;
    if groups.is_empty() && transactions.is_empty() {
        return Err(missing("TxInf"));
    }
    Ok(PaymentStatusRequest {
        version: frame.version,
        business_header: frame.business_header,
        groups,
        transactions,
        ..request
    })
}

/// The message as far as the group header tells.
fn read_group_header(node: Node<'_>) -> Result<PaymentStatusRequest> {
    node.check(GROUP_HEADER)?;
    Ok(PaymentStatusRequest {
        version: 0,
        business_header: None,
        message_id: node.required_text("MsgId", MAX_35)?,
        created_at: node.required("CreDtTm")?.date_time()?,
        instructing_agent: node.optional_with("InstgAgt", Agent::read_identified)?,
        instructed_agent: node.optional_with("InstdAgt", Agent::read_identified)?,
        groups: Vec::new(),
        transactions: Vec::new(),
    })
}

fn read_transaction(node: Node<'_>) -> Result<RequestedTransaction> {
    node.check(TRANSACTION)?;
    Ok(RequestedTransaction {
        request_id: node.optional_text("StsReqId", MAX_35)?,
        original: OriginalTransaction::read_within(node)?,
        instructing_agent: node.optional_with("InstgAgt", Agent::read_identified)?,
        instructed_agent: node.optional_with("InstdAgt", Agent::read_identified)?,
    })
}

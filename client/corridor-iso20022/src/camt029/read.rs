//! Reading camt.029.

use super::schema::{ORIGINAL_GROUP, SHAPE, TRANSACTION};
use super::{CancellationAnswer, CancellationResolution, CancellationStatus};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::{read_reason, OriginalGroup, OriginalTransaction};
use crate::xml::message;
use crate::xml::tree::Node;
use crate::{Case, CaseAssignment, Limits};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Reads a camt.029.001.09 or later that answers a request to cancel, plain or with a business application
/// header in an outer element.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<CancellationResolution> {
    let (mut assignment, mut resolved_case, mut confirmation) = (None, None, None);
    let mut group: Option<OriginalGroup> = None;
    let mut transactions = Vec::new();
    let frame = message::read(bytes, limits, &SHAPE, &mut |tree, _| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match node.name() {
            "Assgnmt" => assignment = Some(CaseAssignment::read(node)?),
            "RslvdCase" => resolved_case = Some(Case::read(node)?),
            "Sts" => confirmation = Some(node.required_text("Conf", 4)?),
            "CxlDtls" => group = None,
            "OrgnlGrpInfAndSts" => {
                node.check(ORIGINAL_GROUP)?;
                group = Some(OriginalGroup::read_within(node)?);
            }
            "TxInfAndSts" => transactions.push(read_transaction(node, group.as_ref())?),
            _ => {}
        }
        Ok(())
    })?;
    let missing = |name: &str| {
        let path = format!("Document/RsltnOfInvstgtn/{name}");
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    };
    Ok(CancellationResolution {
        version: frame.version,
        business_header: frame.business_header,
        assignment: assignment.ok_or_else(|| missing("Assgnmt"))?,
        resolved_case,
        confirmation: confirmation.ok_or_else(|| missing("Sts"))?,
        transactions,
    })
}

fn read_transaction(node: Node<'_>, group: Option<&OriginalGroup>) -> Result<CancellationAnswer> {
    node.check(TRANSACTION)?;
    let mut original = OriginalTransaction::read_within(node)?;
    original.group = original.group.or_else(|| group.cloned());
    Ok(CancellationAnswer {
        status_id: node.optional_text("CxlStsId", MAX_35)?,
        resolved_case: node.optional_with("RslvdCase", Case::read)?,
        original,
        status: node.optional_with("TxCxlSts", read_status)?,
        reasons: node.all("CxlStsRsnInf").map(read_reason).collect::<Result<_>>()?,
        original_amount: node.optional_with("OrgnlIntrBkSttlmAmt", Node::money)?,
        original_date: node.optional_with("OrgnlIntrBkSttlmDt", Node::date)?,
    })
}

fn read_status(node: Node<'_>) -> Result<CancellationStatus> {
    let code = node.text(4)?;
    CancellationStatus::from_code(code).ok_or_else(|| node.invalid(code, "ACCR, PDCR or RJCR"))
}

//! Reading camt.056.

use super::schema::{CONTROL, ORIGINAL_GROUP, SHAPE, TRANSACTION};
use super::{CancellationRequest, CancellationTransaction};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::{read_reason, OriginalGroup, OriginalTransaction};
use crate::totals::{check_control_sum, check_count};
use crate::xml::message;
use crate::xml::tree::{Node, Tree};
use crate::{Case, CaseAssignment, Limits};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Reads a camt.056.001.08 or later, plain or with a business application header in an outer element.
///
/// The number of transfers and the control sum are checked where they are given.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<CancellationRequest> {
    let (mut assignment, mut case) = (None, None);
    let mut control: Option<Tree<'_>> = None;
    let mut group: Option<OriginalGroup> = None;
    let mut transactions: Vec<CancellationTransaction> = Vec::new();
    let frame = message::read(bytes, limits, &SHAPE, &mut |tree, _| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match node.name() {
            "Assgnmt" => assignment = Some(CaseAssignment::read(node)?),
            "Case" => case = Some(Case::read(node)?),
            "CtrlData" => {
                node.check(CONTROL)?;
                control = Some(tree);
            }
            "Undrlyg" => group = None,
            "OrgnlGrpInfAndCxl" => group = Some(read_group(node)?),
            "TxInf" => transactions.push(read_transaction(node, group.as_ref())?),
            _ => {}
        }
        Ok(())
    })?;
    let mut control_sum = None;
    if let Some(control) = control.as_ref().and_then(Tree::root) {
        check_count(control, transactions.len())?;
        control_sum = control.optional_with("CtrlSum", Node::decimal)?;
        let amounts = transactions.iter().flat_map(|one| &one.original_amount);
        check_control_sum(control, control_sum, amounts)?;
    }
    let assignment = assignment.ok_or_else(|| {
        let path = "Document/FIToFIPmtCxlReq/Assgnmt".into();
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    })?;
    Ok(CancellationRequest {
        version: frame.version,
        business_header: frame.business_header,
        assignment,
        case,
        control_sum,
        transactions,
    })
}

/// What the transfers of one group share. Cancelling the group as such is refused.
fn read_group(node: Node<'_>) -> Result<OriginalGroup> {
    node.check(ORIGINAL_GROUP)?;
    if let Some(whole) = node.optional("GrpCxl")? {
        if whole.indicator()? {
            return Err(whole.invalid("true", "false: each transfer is cancelled by itself, in a TxInf"));
        }
    }
    OriginalGroup::read_within(node)
}

fn read_transaction(node: Node<'_>, group: Option<&OriginalGroup>) -> Result<CancellationTransaction> {
    node.check(TRANSACTION)?;
    let mut original = OriginalTransaction::read_within(node)?;
    original.group = original.group.or_else(|| group.cloned());
    Ok(CancellationTransaction {
        cancellation_id: node.optional_text("CxlId", MAX_35)?,
        case: node.optional_with("Case", Case::read)?,
        original,
        original_amount: node.optional_with("OrgnlIntrBkSttlmAmt", Node::money)?,
        original_date: node.optional_with("OrgnlIntrBkSttlmDt", Node::date)?,
        reasons: node.all("CxlRsnInf").map(read_reason).collect::<Result<_>>()?,
    })
}

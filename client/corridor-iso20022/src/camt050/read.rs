//! Reading camt.050.

use super::schema::{MESSAGE_HEADER, SHAPE, TRANSFER, TRANSFER_ID};
use super::{LiquidityTransfer, LiquidityTransferId};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::xml::message;
use crate::xml::tree::Node;
use crate::{Account, Agent, DateTime, Limits};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Reads a camt.050.001.05 or later, plain or with a business application header in an outer element.
///
/// An amount without its currency (`AmtWthtCcy`) is refused.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<LiquidityTransfer> {
    let mut header: Option<(String, Option<DateTime>)> = None;
    let mut transfer = None;
    let frame = message::read(bytes, limits, &SHAPE, &mut |tree, _| {
        let Some(node) = tree.root() else {
            return Ok(());
        };
        match node.name() {
            "MsgHdr" => {
                node.check(MESSAGE_HEADER)?;
                let id = node.required_text("MsgId", MAX_35)?;
                header = Some((id, node.optional_with("CreDtTm", Node::date_time)?));
            }
            "LqdtyCdtTrf" => transfer = Some(read_transfer(node)?),
            _ => {}
        }
        Ok(())
    })?;
    let missing = |name: &str| {
        let path = format!("Document/LqdtyCdtTrf/{name}");
        Iso20022Error::new(ErrorKind::MissingElement, path, None)
    };
    let (message_id, created_at) = header.ok_or_else(|| missing("MsgHdr"))?;
    Ok(LiquidityTransfer {
        version: frame.version,
        business_header: frame.business_header,
        message_id,
        created_at,
        ..transfer.ok_or_else(|| missing("LqdtyCdtTrf"))?
    })
}

/// The message as far as the transfer tells.
fn read_transfer(node: Node<'_>) -> Result<LiquidityTransfer> {
    node.check(TRANSFER)?;
    let amount = node.required("TrfdAmt")?.required("AmtWthCcy")?;
    Ok(LiquidityTransfer {
        version: 0,
        business_header: None,
        message_id: String::new(),
        created_at: None,
        transfer_id: node.optional_with("LqdtyTrfId", read_id)?,
        creditor: node.optional_with("Cdtr", Agent::read)?,
        creditor_account: node.optional_with("CdtrAcct", Account::read)?.flatten(),
        amount: amount.money_to_settle()?,
        debtor: node.optional_with("Dbtr", Agent::read)?,
        debtor_account: node.optional_with("DbtrAcct", Account::read)?.flatten(),
        settlement_date: node.optional_with("SttlmDt", Node::date)?,
    })
}

fn read_id(node: Node<'_>) -> Result<LiquidityTransferId> {
    node.check(TRANSFER_ID)?;
    Ok(LiquidityTransferId {
        instruction_id: node.optional_text("InstrId", MAX_35)?,
        end_to_end_id: node.required_text("EndToEndId", MAX_35)?,
        transaction_id: node.optional_text("TxId", MAX_35)?,
        uetr: node.optional_with("UETR", Node::uetr)?,
    })
}

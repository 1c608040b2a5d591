//! Writing camt.050.

use super::schema::SHAPE;
use super::{LiquidityTransfer, LiquidityTransferId};
use crate::document;
use crate::error::Iso20022Error;
use crate::fields::MAX_35;
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the message.
pub fn write(message: &LiquidityTransfer) -> Result<String> {
    let header = message.business_header.as_ref();
    document::write(&SHAPE, message.version, header, |writer| {
        writer.element("MsgHdr", |writer| {
            writer.text("MsgId", &message.message_id, MAX_35)?;
            writer.optional_value("CreDtTm", message.created_at.as_ref());
            Ok(())
        })?;
        writer.element("LqdtyCdtTrf", |writer| write_transfer(message, writer))
    })
}

fn write_transfer(message: &LiquidityTransfer, writer: &mut Writer) -> Result<()> {
    if let Some(id) = &message.transfer_id {
        writer.element("LqdtyTrfId", |writer| write_id(id, writer))?;
    }
    let write_side = |agent: &Option<crate::Agent>,
                      name,
                      account: &Option<crate::Account>,
                      number,
                      writer: &mut Writer| {
        if let Some(agent) = agent {
            agent.write(writer, name)?;
        }
        match account {
            Some(account) => account.write(writer, number),
            None => Ok(()),
        }
    };
    write_side(
        &message.creditor,
        "Cdtr",
        &message.creditor_account,
        "CdtrAcct",
        writer,
    )?;
    writer.element("TrfdAmt", |writer| {
        writer.amount_to_settle("AmtWthCcy", &message.amount)
    })?;
    write_side(
        &message.debtor,
        "Dbtr",
        &message.debtor_account,
        "DbtrAcct",
        writer,
    )?;
    writer.optional_value("SttlmDt", message.settlement_date);
    Ok(())
}

fn write_id(id: &LiquidityTransferId, writer: &mut Writer) -> Result<()> {
    writer.optional_text("InstrId", id.instruction_id.as_deref(), MAX_35)?;
    writer.text("EndToEndId", &id.end_to_end_id, MAX_35)?;
    writer.optional_text("TxId", id.transaction_id.as_deref(), MAX_35)?;
    writer.optional_value("UETR", id.uetr);
    Ok(())
}

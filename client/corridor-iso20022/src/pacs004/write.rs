//! Writing pacs.004.

use super::schema::SHAPE;
use super::{GroupHeader, PaymentReturn, ReturnTransaction};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::write_reason;
use crate::xml::writer::Writer;
use crate::{document, Agent};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the return. `NbOfTxs` is counted; control sum and total are written as given.
///
/// What the group header gives (agents, date) is left out of the returns, which must agree with it.
pub fn write(message: &PaymentReturn) -> Result<String> {
    let header = message.business_header.as_ref();
    document::write(&SHAPE, message.version, header, |writer| {
        writer.element("GrpHdr", |writer| {
            write_group_header(&message.group_header, message.transactions.len(), writer)
        })?;
        if let Some(original) = &message.original_group {
            writer.element("OrgnlGrpInf", |writer| original.write_within(writer))?;
        }
        for (position, transaction) in message.transactions.iter().enumerate() {
            let end_to_end_id = transaction.original.end_to_end_id.as_deref();
            writer
                .element("TxInf", |writer| {
                    write_transaction(transaction, &message.group_header, writer)
                })
                .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
        }
        Ok(())
    })
}

fn write_group_header(header: &GroupHeader, count: usize, writer: &mut Writer) -> Result<()> {
    if count == 0 {
        return Err(writer.error("NbOfTxs", ErrorKind::MissingElement));
    }
    writer.text("MsgId", &header.message_id, MAX_35)?;
    writer.value("CreDtTm", &header.created_at);
    writer.value("NbOfTxs", count);
    if let Some(sum) = header.control_sum {
        writer.decimal("CtrlSum", sum)?;
    }
    if let Some(total) = &header.total_returned_amount {
        writer.amount("TtlRtrdIntrBkSttlmAmt", total)?;
    }
    writer.optional_value("IntrBkSttlmDt", header.interbank_settlement_date);
    writer.element("SttlmInf", |writer| {
        writer.value("SttlmMtd", header.settlement_method.code());
        Ok(())
    })?;
    document::write_agent("InstgAgt", header.instructing_agent.as_ref(), writer)?;
    document::write_agent("InstdAgt", header.instructed_agent.as_ref(), writer)
}

fn write_transaction(
    transaction: &ReturnTransaction,
    header: &GroupHeader,
    writer: &mut Writer,
) -> Result<()> {
    writer.optional_text("RtrId", transaction.return_id.as_deref(), MAX_35)?;
    transaction.original.write_within(writer)?;
    if let Some(amount) = &transaction.original_amount {
        writer.amount("OrgnlIntrBkSttlmAmt", amount)?;
    }
    writer.optional_value("OrgnlIntrBkSttlmDt", transaction.original_date);
    writer.amount_to_settle("RtrdIntrBkSttlmAmt", &transaction.returned_amount)?;
    match (
        header.interbank_settlement_date,
        transaction.interbank_settlement_date,
    ) {
        (None, date) => writer.optional_value("IntrBkSttlmDt", date),
        (in_header, date) if in_header == date => {}
        _ => return Err(writer.error("IntrBkSttlmDt", ErrorKind::AlsoInGroupHeader)),
    }
    let charge_bearer = transaction.charge_bearer.map(|bearer| bearer.code());
    writer.optional_value("ChrgBr", charge_bearer);
    let (instructing, instructed) = (&transaction.instructing_agent, &transaction.instructed_agent);
    write_agent("InstgAgt", instructing, &header.instructing_agent, writer)?;
    write_agent("InstdAgt", instructed, &header.instructed_agent, writer)?;
    if transaction.reasons.is_empty() {
        return Err(writer.error("RtrRsnInf", ErrorKind::MissingElement));
    }
    let mut reasons = transaction.reasons.iter();
    reasons.try_for_each(|reason| write_reason("RtrRsnInf", reason, writer))
}

fn write_agent(
    name: &'static str,
    agent: &Option<Agent>,
    in_header: &Option<Agent>,
    writer: &mut Writer,
) -> Result<()> {
    if in_header.is_none() {
        return document::write_agent(name, agent.as_ref(), writer);
    }
    if in_header == agent {
        return Ok(());
    }
    Err(writer.error(name, ErrorKind::AlsoInGroupHeader))
}

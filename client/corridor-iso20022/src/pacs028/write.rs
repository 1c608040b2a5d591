//! Writing pacs.028.

use super::schema::SHAPE;
use super::{PaymentStatusRequest, RequestedTransaction};
use crate::document;
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the request.
pub fn write(request: &PaymentStatusRequest) -> Result<String> {
    let header = request.business_header.as_ref();
    document::write(&SHAPE, request.version, header, |writer| {
        writer.element("GrpHdr", |writer| {
            writer.text("MsgId", &request.message_id, MAX_35)?;
            writer.value("CreDtTm", &request.created_at);
            document::write_agent("InstgAgt", request.instructing_agent.as_ref(), writer)?;
            document::write_agent("InstdAgt", request.instructed_agent.as_ref(), writer)
        })?;
        if request.groups.is_empty() && request.transactions.is_empty() {
            return Err(writer.error("TxInf", ErrorKind::MissingElement));
        }
        for group in &request.groups {
            writer.element("OrgnlGrpInf", |writer| group.write_within(writer))?;
        }
        for (position, transaction) in request.transactions.iter().enumerate() {
            let end_to_end_id = transaction.original.end_to_end_id.as_deref();
            writer
                .element("TxInf", |writer| write_transaction(transaction, writer))
                .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
        }
        Ok(())
    })
}

fn write_transaction(transaction: &RequestedTransaction, writer: &mut Writer) -> Result<()> {
    writer.optional_text("StsReqId", transaction.request_id.as_deref(), MAX_35)?;
    transaction.original.write_within(writer)?;
    document::write_agent("InstgAgt", transaction.instructing_agent.as_ref(), writer)?;
    document::write_agent("InstdAgt", transaction.instructed_agent.as_ref(), writer)
}

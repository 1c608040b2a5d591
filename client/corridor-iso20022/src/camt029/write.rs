//! Writing camt.029.

use super::schema::SHAPE;
use super::{CancellationAnswer, CancellationResolution, CancellationStatus};
use crate::document;
use crate::error::Iso20022Error;
use crate::fields::MAX_35;
use crate::original::write_reason;
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the answer.
pub fn write(message: &CancellationResolution) -> Result<String> {
    let header = message.business_header.as_ref();
    document::write(&SHAPE, message.version, header, |writer| {
        message.assignment.write(writer)?;
        if let Some(case) = &message.resolved_case {
            case.write("RslvdCase", writer)?;
        }
        writer.element("Sts", |writer| writer.text("Conf", &message.confirmation, 4))?;
        writer.element_unless_empty("CxlDtls", |writer| {
            for (position, transaction) in message.transactions.iter().enumerate() {
                let end_to_end_id = transaction.original.end_to_end_id.as_deref();
                writer
                    .element("TxInfAndSts", |writer| write_transaction(transaction, writer))
                    .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
            }
            Ok(())
        })
    })
}

fn write_transaction(transaction: &CancellationAnswer, writer: &mut Writer) -> Result<()> {
    writer.optional_text("CxlStsId", transaction.status_id.as_deref(), MAX_35)?;
    if let Some(case) = &transaction.resolved_case {
        case.write("RslvdCase", writer)?;
    }
    transaction.original.write_within(writer)?;
    writer.optional_value("TxCxlSts", transaction.status.map(CancellationStatus::code));
    let mut reasons = transaction.reasons.iter();
    reasons.try_for_each(|reason| write_reason("CxlStsRsnInf", reason, writer))?;
    if let Some(amount) = &transaction.original_amount {
        writer.amount("OrgnlIntrBkSttlmAmt", amount)?;
    }
    writer.optional_value("OrgnlIntrBkSttlmDt", transaction.original_date);
    Ok(())
}

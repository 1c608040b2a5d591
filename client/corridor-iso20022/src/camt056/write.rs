//! Writing camt.056.

use super::schema::SHAPE;
use super::{CancellationRequest, CancellationTransaction};
use crate::document;
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::original::write_reason;
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the request. `NbOfTxs` is counted; the control sum is written as given.
pub fn write(request: &CancellationRequest) -> Result<String> {
    let header = request.business_header.as_ref();
    document::write(&SHAPE, request.version, header, |writer| {
        request.assignment.write(writer)?;
        if let Some(case) = &request.case {
            case.write("Case", writer)?;
        }
        writer.element("CtrlData", |writer| {
            writer.value("NbOfTxs", request.transactions.len());
            match request.control_sum {
                Some(sum) => writer.decimal("CtrlSum", sum),
                None => Ok(()),
            }
        })?;
        writer.element("Undrlyg", |writer| {
            if request.transactions.is_empty() {
                return Err(writer.error("TxInf", ErrorKind::MissingElement));
            }
            for (position, transaction) in request.transactions.iter().enumerate() {
                let end_to_end_id = transaction.original.end_to_end_id.as_deref();
                writer
                    .element("TxInf", |writer| write_transaction(transaction, writer))
                    .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
            }
            Ok(())
        })
    })
}

fn write_transaction(transaction: &CancellationTransaction, writer: &mut Writer) -> Result<()> {
    writer.optional_text("CxlId", transaction.cancellation_id.as_deref(), MAX_35)?;
    if let Some(case) = &transaction.case {
        case.write("Case", writer)?;
    }
    transaction.original.write_within(writer)?;
    if let Some(amount) = &transaction.original_amount {
        writer.amount("OrgnlIntrBkSttlmAmt", amount)?;
    }
    writer.optional_value("OrgnlIntrBkSttlmDt", transaction.original_date);
    let mut reasons = transaction.reasons.iter();
    reasons.try_for_each(|reason| write_reason("CxlRsnInf", reason, writer))
}

//! Writing pacs.002.

use super::schema::SHAPE;
use super::{GroupStatus, PaymentStatusReport, TransactionReport};
use crate::error::Iso20022Error;
use crate::fields::MAX_35;
use crate::original::write_reason;
use crate::xml::writer::Writer;
use crate::{document, StatusReason};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the report.
pub fn write(report: &PaymentStatusReport) -> Result<String> {
    let header = report.business_header.as_ref();
    document::write(&SHAPE, report.version, header, |writer| {
        writer.element("GrpHdr", |writer| {
            writer.text("MsgId", &report.message_id, MAX_35)?;
            writer.value("CreDtTm", &report.created_at);
            document::write_agent("InstgAgt", report.instructing_agent.as_ref(), writer)?;
            document::write_agent("InstdAgt", report.instructed_agent.as_ref(), writer)
        })?;
        for group in &report.groups {
            writer.element("OrgnlGrpInfAndSts", |writer| write_group(group, writer))?;
        }
        for (position, transaction) in report.transactions.iter().enumerate() {
            let end_to_end_id = transaction.original.end_to_end_id.as_deref();
            writer
                .element("TxInfAndSts", |writer| write_transaction(transaction, writer))
                .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
        }
        Ok(())
    })
}

fn write_group(group: &GroupStatus, writer: &mut Writer) -> Result<()> {
    group.original.write_within(writer)?;
    let status = group.status.as_ref().map(|status| status.code());
    writer.optional_text("GrpSts", status, 4)?;
    write_reasons(&group.reasons, writer)
}

fn write_transaction(transaction: &TransactionReport, writer: &mut Writer) -> Result<()> {
    writer.optional_text("StsId", transaction.status_id.as_deref(), MAX_35)?;
    transaction.original.write_within(writer)?;
    let status = transaction.status.as_ref().map(|status| status.code());
    writer.optional_text("TxSts", status, 4)?;
    write_reasons(&transaction.reasons, writer)?;
    writer.optional_value("AccptncDtTm", transaction.accepted_at.as_ref());
    document::write_agent("InstgAgt", transaction.instructing_agent.as_ref(), writer)?;
    document::write_agent("InstdAgt", transaction.instructed_agent.as_ref(), writer)
}

fn write_reasons(reasons: &[StatusReason], writer: &mut Writer) -> Result<()> {
    let mut reasons = reasons.iter();
    reasons.try_for_each(|reason| write_reason("StsRsnInf", reason, writer))
}

//! Writing pacs.008.

use super::schema::SHAPE;
use super::{CreditTransferTransaction, CustomerCreditTransfer, GroupHeader, Purpose};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::{MAX_140, MAX_35};
use crate::xml::writer::Writer;
use crate::{document, Agent, Date};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// The first version whose group header is known to have `XpryDtTm`.
const HAS_EXPIRY: u8 = 13;

/// Writes the message. `NbOfTxs` is counted; control sum and total are written as given.
///
/// What the group header gives (agents, date) is left out of the transactions, which must agree with it. A
/// derived UETR is left out, as it was when the message was read. Texts that are too long or empty, amounts
/// that do not fit their currency and versions that are not read are refused.
pub fn write(message: &CustomerCreditTransfer) -> Result<String> {
    let header = message.business_header.as_ref();
    document::write(&SHAPE, message.version, header, |writer| {
        let (count, has_expiry) = (message.transactions.len(), message.version >= HAS_EXPIRY);
        writer.element("GrpHdr", |writer| {
            write_group_header(&message.group_header, count, has_expiry, writer)
        })?;
        for (position, transaction) in message.transactions.iter().enumerate() {
            writer
                .element("CdtTrfTxInf", |writer| {
                    write_transaction(transaction, &message.group_header, writer)
                })
                .map_err(|error| {
                    error.in_transaction(position.saturating_add(1), Some(&transaction.end_to_end_id))
                })?;
        }
        Ok(())
    })
}

/// Writes the group header pacs.008 shares with pacs.009.
pub(crate) fn write_group_header(
    header: &GroupHeader,
    count: usize,
    has_expiry: bool,
    writer: &mut Writer,
) -> Result<()> {
    if count == 0 {
        return Err(writer.error("NbOfTxs", ErrorKind::MissingElement));
    }
    if header.expires_at.is_some() && !has_expiry {
        return Err(writer.error("XpryDtTm", ErrorKind::UnexpectedElement));
    }
    writer.text("MsgId", &header.message_id, MAX_35)?;
    writer.value("CreDtTm", &header.created_at);
    writer.optional_value("XpryDtTm", header.expires_at.as_ref());
    writer.value("NbOfTxs", count);
    if let Some(sum) = header.control_sum {
        writer.decimal("CtrlSum", sum)?;
    }
    if let Some(total) = &header.total_interbank_settlement_amount {
        writer.amount("TtlIntrBkSttlmAmt", total)?;
    }
    writer.optional_value("IntrBkSttlmDt", header.interbank_settlement_date);
    writer.element("SttlmInf", |writer| {
        writer.value("SttlmMtd", header.settlement_method.code());
        Ok(())
    })?;
    document::write_agent("InstgAgt", header.instructing_agent.as_ref(), writer)?;
    document::write_agent("InstdAgt", header.instructed_agent.as_ref(), writer)
}

/// Writes the date of a transaction, unless the group header gives it.
fn write_settlement_date(date: Date, header: &GroupHeader, writer: &mut Writer) -> Result<()> {
    match header.interbank_settlement_date {
        None => writer.value("IntrBkSttlmDt", date),
        Some(in_header) if in_header == date => {}
        Some(_) => return Err(writer.error("IntrBkSttlmDt", ErrorKind::AlsoInGroupHeader)),
    }
    Ok(())
}

/// Writes the purpose, if there is one.
pub(crate) fn write_purpose(purpose: Option<&Purpose>, writer: &mut Writer) -> Result<()> {
    match purpose {
        Some(Purpose::Code(code)) => writer.element("Purp", |writer| writer.text("Cd", code, 4)),
        Some(Purpose::Proprietary(text)) => {
            writer.element("Purp", |writer| writer.text("Prtry", text, MAX_35))
        }
        None => Ok(()),
    }
}

/// Writes the lines of text, if there are any.
pub(crate) fn write_remittance(lines: &[String], writer: &mut Writer) -> Result<()> {
    writer.element_unless_empty("RmtInf", |writer| {
        let mut lines = lines.iter();
        lines.try_for_each(|line| writer.text("Ustrd", line, MAX_140))
    })
}

fn write_transaction(
    transaction: &CreditTransferTransaction,
    header: &GroupHeader,
    writer: &mut Writer,
) -> Result<()> {
    write_payment(transaction, header, writer)?;
    if let Some(amount) = &transaction.instructed_amount {
        writer.amount("InstdAmt", amount)?;
    }
    writer.value("ChrgBr", transaction.charge_bearer.code());
    write_settling_agents(transaction, header, writer)?;
    write_parties(transaction, writer)?;
    write_purpose(transaction.purpose.as_ref(), writer)?;
    write_remittance(&transaction.remittance, writer)
}

/// Writes what a transaction of pacs.008 and of pacs.009 begins with: its names, amount and date.
pub(crate) fn write_payment(
    transaction: &CreditTransferTransaction,
    header: &GroupHeader,
    writer: &mut Writer,
) -> Result<()> {
    writer.element("PmtId", |writer| {
        writer.optional_text("InstrId", transaction.instruction_id.as_deref(), MAX_35)?;
        writer.text("EndToEndId", &transaction.end_to_end_id, MAX_35)?;
        writer.optional_text("TxId", transaction.transaction_id.as_deref(), MAX_35)?;
        if !transaction.uetr_derived {
            writer.value("UETR", transaction.uetr);
        }
        Ok(())
    })?;
    writer.amount_to_settle("IntrBkSttlmAmt", &transaction.interbank_settlement_amount)?;
    write_settlement_date(transaction.interbank_settlement_date, header, writer)
}

/// Writes who settles, in either message.
pub(crate) fn write_settling_agents(
    transaction: &CreditTransferTransaction,
    header: &GroupHeader,
    writer: &mut Writer,
) -> Result<()> {
    for (name, agent, in_header, otherwise) in [
        (
            "InstgAgt",
            &transaction.instructing_agent,
            &header.instructing_agent,
            &transaction.debtor_agent,
        ),
        (
            "InstdAgt",
            &transaction.instructed_agent,
            &header.instructed_agent,
            &transaction.creditor_agent,
        ),
    ] {
        write_settling_agent(name, agent, in_header.as_ref(), otherwise, writer)?;
    }
    Ok(())
}

/// Writes a party of the settlement, unless the reader finds it without: in the group header, or in the
/// debtor's or creditor's own bank.
fn write_settling_agent(
    name: &'static str,
    agent: &Agent,
    in_header: Option<&Agent>,
    otherwise: &Agent,
    writer: &mut Writer,
) -> Result<()> {
    match in_header {
        Some(in_header) if in_header == agent => Ok(()),
        Some(_) => Err(writer.error(name, ErrorKind::AlsoInGroupHeader)),
        None if agent.identifiers().is_empty() => Err(writer.error(name, ErrorKind::AgentWithoutIdentifier)),
        None if agent == otherwise => Ok(()),
        None => agent.write(writer, name),
    }
}

fn write_parties(transaction: &CreditTransferTransaction, writer: &mut Writer) -> Result<()> {
    let party = |writer: &mut Writer, name, of: &Option<String>| {
        writer.element(name, |writer| writer.optional_text("Nm", of.as_deref(), MAX_140))
    };
    party(writer, "Dbtr", &transaction.debtor_name)?;
    if let Some(account) = &transaction.debtor_account {
        account.write(writer, "DbtrAcct")?;
    }
    transaction.debtor_agent.write(writer, "DbtrAgt")?;
    transaction.creditor_agent.write(writer, "CdtrAgt")?;
    party(writer, "Cdtr", &transaction.creditor_name)?;
    if let Some(account) = &transaction.creditor_account {
        account.write(writer, "CdtrAcct")?;
    }
    Ok(())
}

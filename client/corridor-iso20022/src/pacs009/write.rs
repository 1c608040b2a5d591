//! Writing pacs.009.

use super::schema::SHAPE;
use super::{InstitutionCreditTransfer, InstitutionTransaction};
use crate::document;
use crate::error::Iso20022Error;
use crate::pacs008::{
    write_group_header, write_payment, write_purpose, write_remittance, write_settling_agents, GroupHeader,
};
use crate::xml::writer::Writer;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes the message, as a pacs.008 is written.
pub fn write(message: &InstitutionCreditTransfer) -> Result<String> {
    let header = message.business_header.as_ref();
    document::write(&SHAPE, message.version, header, |writer| {
        let count = message.transactions.len();
        writer.element("GrpHdr", |writer| {
            write_group_header(&message.group_header, count, false, writer)
        })?;
        for (position, transaction) in message.transactions.iter().enumerate() {
            let end_to_end_id = Some(transaction.end_to_end_id.as_str());
            writer
                .element("CdtTrfTxInf", |writer| {
                    write_transaction(transaction, &message.group_header, writer)
                })
                .map_err(|error| error.in_transaction(position.saturating_add(1), end_to_end_id))?;
        }
        Ok(())
    })
}

fn write_transaction(
    transaction: &InstitutionTransaction,
    header: &GroupHeader,
    writer: &mut Writer,
) -> Result<()> {
    let customer = transaction.credit_transfer();
    write_payment(&customer, header, writer)?;
    write_settling_agents(&customer, header, writer)?;
    transaction.debtor.write(writer, "Dbtr")?;
    if let Some(account) = &transaction.debtor_account {
        account.write(writer, "DbtrAcct")?;
    }
    if let Some(agent) = &transaction.debtor_agent {
        agent.write(writer, "DbtrAgt")?;
    }
    if let Some(agent) = &transaction.creditor_agent {
        agent.write(writer, "CdtrAgt")?;
    }
    transaction.creditor.write(writer, "Cdtr")?;
    if let Some(account) = &transaction.creditor_account {
        account.write(writer, "CdtrAcct")?;
    }
    write_purpose(transaction.purpose.as_ref(), writer)?;
    write_remittance(&transaction.remittance, writer)
}

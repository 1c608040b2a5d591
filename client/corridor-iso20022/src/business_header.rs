//! The business application header (head.001) that may precede a message.

use crate::error::Iso20022Error;
use crate::fields::MAX_35;
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use crate::{Agent, DateTime};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `AppHdr` (head.001.001.01 and later): what is sent, by whom, to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessHeader {
    /// The last part of the header's name: 2 for head.001.001.02.
    pub version: u8,
    /// `Fr/FIId`, when the sender is a financial institution.
    pub from: Option<Agent>,
    /// `To/FIId`, when the receiver is a financial institution.
    pub to: Option<Agent>,
    /// `BizMsgIdr`.
    pub business_message_id: String,
    /// `MsgDefIdr`: the message in the document, such as `pacs.008.001.08`. Checked against it.
    pub message_definition_id: String,
    /// `CreDt`.
    pub created_at: DateTime,
}

pub(crate) fn read(node: Node<'_>, version: u8) -> Result<BusinessHeader> {
    let party = |name| -> Result<Option<Agent>> { node.required(name)?.optional_with("FIId", Agent::read) };
    let created = node.required("CreDt")?;
    Ok(BusinessHeader {
        version,
        from: party("Fr")?,
        to: party("To")?,
        business_message_id: node.required_text("BizMsgIdr", MAX_35)?,
        message_definition_id: node.required_text("MsgDefIdr", MAX_35)?,
        created_at: created.date_time()?,
    })
}

/// Writes the header; the envelope around it and the document is the caller's.
pub(crate) fn write(header: &BusinessHeader, writer: &mut Writer) -> Result<()> {
    let namespace = format!(
        "urn:iso:std:iso:20022:tech:xsd:head.001.001.{:02}",
        header.version
    );
    writer.open_in_namespace("AppHdr", &namespace);
    for (name, party) in [("Fr", &header.from), ("To", &header.to)] {
        writer.element(name, |writer| match party {
            Some(agent) => agent.write(writer, "FIId"),
            // The standard wants a choice here; an institution without particulars is the least of it.
            None => writer.element("FIId", |writer| writer.element("FinInstnId", |_| Ok(()))),
        })?;
    }
    writer.text("BizMsgIdr", &header.business_message_id, MAX_35)?;
    writer.text("MsgDefIdr", &header.message_definition_id, MAX_35)?;
    writer.value("CreDt", &header.created_at);
    writer.close();
    Ok(())
}

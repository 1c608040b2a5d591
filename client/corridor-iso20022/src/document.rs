//! What all written messages share: namespace, envelope, group header agents.

use crate::business_header::{self, BusinessHeader};
use crate::error::{ErrorKind, Iso20022Error};
use crate::xml::message::Shape;
use crate::xml::writer::Writer;
use crate::Agent;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// Writes a document with what `content` writes in the message's element; with a business application
/// header, both in a `BizMsgEnvlp`.
pub(crate) fn write(
    shape: &Shape,
    version: u8,
    header: Option<&BusinessHeader>,
    content: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<String> {
    let mut writer = Writer::new();
    if !shape.supports(version) {
        let kind = ErrorKind::UnsupportedVersion {
            found: shape.namespace(version),
            supported: shape.supported(),
        };
        return Err(writer.error("Document", kind));
    }
    let Some(header) = header else {
        write_document(shape, version, &mut writer, content)?;
        return Ok(writer.finish());
    };
    if header.message_definition_id != shape.name(version) {
        let kind = ErrorKind::HeaderMismatch {
            announced: header.message_definition_id.clone(),
            found: shape.name(version),
        };
        return Err(writer.error("AppHdr/MsgDefIdr", kind));
    }
    writer.element("BizMsgEnvlp", |writer| {
        business_header::write(header, writer)?;
        write_document(shape, version, writer, content)
    })?;
    Ok(writer.finish())
}

fn write_document(
    shape: &Shape,
    version: u8,
    writer: &mut Writer,
    content: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<()> {
    writer.open_in_namespace("Document", &shape.namespace(version));
    writer.element(shape.root, content)?;
    writer.close();
    Ok(())
}

/// Writes an optional agent that takes part in the settlement.
pub(crate) fn write_agent(name: &'static str, agent: Option<&Agent>, writer: &mut Writer) -> Result<()> {
    match agent {
        Some(agent) if agent.identifiers().is_empty() => {
            Err(writer.error(name, ErrorKind::AgentWithoutIdentifier))
        }
        Some(agent) => agent.write(writer, name),
        None => Ok(()),
    }
}

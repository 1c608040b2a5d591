//! Cases: what banks hand each other when one asks the other to look into a transfer.

use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::xml::schema::{one, optional, Child};
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use crate::{Agent, DateTime};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `CaseAssignment5` and later.
const ASSIGNMENT: &[Child] = &[one("Id"), one("Assgnr"), one("Assgne"), one("CreDtTm")];
/// `Case5` and later.
const CASE: &[Child] = &[one("Id"), one("Cretr"), optional("ReopCaseIndctn")];

/// `Assgnmt`: who hands the case to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseAssignment {
    /// `Id`: what a group header's `MsgId` is elsewhere, at most 35 characters.
    pub id: String,
    /// `Assgnr`: the sender.
    pub assigner: Agent,
    /// `Assgne`: the receiver.
    pub assignee: Agent,
    /// `CreDtTm`.
    pub created_at: DateTime,
}

/// `Case`: the case itself, which keeps its name as it is handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `Id`, at most 35 characters.
    pub id: String,
    /// `Cretr`: who opened it.
    pub creator: Agent,
}

impl CaseAssignment {
    pub(crate) fn read(node: Node<'_>) -> Result<Self> {
        node.check(ASSIGNMENT)?;
        Ok(Self {
            id: node.required_text("Id", MAX_35)?,
            assigner: read_party(node.required("Assgnr")?)?,
            assignee: read_party(node.required("Assgne")?)?,
            created_at: node.required("CreDtTm")?.date_time()?,
        })
    }

    pub(crate) fn write(&self, writer: &mut Writer) -> Result<()> {
        writer.element("Assgnmt", |writer| {
            writer.text("Id", &self.id, MAX_35)?;
            write_party("Assgnr", &self.assigner, writer)?;
            write_party("Assgne", &self.assignee, writer)?;
            writer.value("CreDtTm", &self.created_at);
            Ok(())
        })
    }
}

impl Case {
    pub(crate) fn read(node: Node<'_>) -> Result<Self> {
        node.check(CASE)?;
        Ok(Self {
            id: node.required_text("Id", MAX_35)?,
            creator: read_party(node.required("Cretr")?)?,
        })
    }

    /// Writes the element `name`.
    pub(crate) fn write(&self, name: &'static str, writer: &mut Writer) -> Result<()> {
        writer.element(name, |writer| {
            writer.text("Id", &self.id, MAX_35)?;
            write_party("Cretr", &self.creator, writer)
        })
    }
}

/// `Party40Choice`: a party, or an agent.
fn read_party(node: Node<'_>) -> Result<Agent> {
    match (node.optional("Pty")?, node.optional("Agt")?) {
        (Some(party), None) => Agent::read_party(party),
        (None, Some(agent)) => Agent::read(agent),
        (None, None) => Err(node.missing("Agt")),
        (Some(_), Some(agent)) => Err(agent.error(ErrorKind::UnexpectedElement)),
    }
}

fn write_party(name: &'static str, agent: &Agent, writer: &mut Writer) -> Result<()> {
    writer.element(name, |writer| agent.write(writer, "Agt"))
}

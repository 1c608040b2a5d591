//! Financial institutions in messages.

use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::{MAX_140, MAX_35};
use crate::xml::schema::{one, optional, Child};
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use corridor_core::agent::{Bicfi, Lei};
use corridor_core::text::ShortText;
use corridor_core::AgentId;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `BranchAndFinancialInstitutionIdentification`.
const BRANCH_AND_INSTITUTION: &[Child] = &[one("FinInstnId"), optional("BrnchId")];
/// `FinancialInstitutionIdentification`.
const INSTITUTION: &[Child] = &[
    optional("BICFI"),
    optional("ClrSysMmbId"),
    optional("LEI"),
    optional("Nm"),
    optional("PstlAdr"),
    optional("Othr"),
];
/// `PartyIdentification`.
const PARTY: &[Child] = &[
    optional("Nm"),
    optional("PstlAdr"),
    optional("Id"),
    optional("CtryOfRes"),
    optional("CtctDtls"),
];
/// `OrganisationIdentification`.
const ORGANISATION: &[Child] = &[
    optional("AnyBIC"),
    optional("LEI"),
    crate::xml::schema::any("Othr"),
];
/// `ClearingSystemMemberIdentification`.
const MEMBER: &[Child] = &[optional("ClrSysId"), one("MmbId")];

/// A financial institution, by every identifier the message gives
/// (`BranchAndFinancialInstitutionIdentification`).
///
/// One institution may carry a BICFI, a clearing-system member id and an LEI at once. Whoever looks them
/// up should look up each, and refuse the message when two name different participants. Branch, address
/// and proprietary identifications (`Othr`) identify nobody here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agent {
    /// BICFI, then clearing-system member, then LEI; at most one of each.
    identifiers: Vec<AgentId>,
    /// `Nm`.
    name: Option<String>,
}

impl Agent {
    /// An institution by its identifiers; of each kind the first counts.
    pub fn new(identifiers: impl IntoIterator<Item = AgentId>) -> Self {
        let given: Vec<AgentId> = identifiers.into_iter().collect();
        let identifiers = [0, 1, 2]
            .into_iter()
            .filter_map(|rank| given.iter().find(|id| self::rank(id) == rank).cloned())
            .collect();
        Self {
            identifiers,
            name: None,
        }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Every identifier given; empty for an institution that is only named.
    #[must_use]
    pub fn identifiers(&self) -> &[AgentId] {
        &self.identifiers
    }

    /// `Nm`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Reads what stands in an element such as `DbtrAgt`.
    pub(crate) fn read(node: Node<'_>) -> Result<Self> {
        node.check(BRANCH_AND_INSTITUTION)?;
        let institution = node.required("FinInstnId")?;
        institution.check(INSTITUTION)?;
        let found = [
            institution.optional_with("BICFI", read_bicfi)?,
            institution.optional_with("ClrSysMmbId", read_member)?.flatten(),
            institution.optional_with("LEI", read_lei)?,
        ];
        Ok(Self {
            identifiers: found.into_iter().flatten().collect(),
            name: institution.optional_text("Nm", MAX_140)?,
        })
    }

    /// The same for an agent that takes part in the settlement: it must be identified.
    pub(crate) fn read_identified(node: Node<'_>) -> Result<Self> {
        let agent = Self::read(node)?;
        if agent.identifiers.is_empty() {
            return Err(node.error(ErrorKind::AgentWithoutIdentifier));
        }
        Ok(agent)
    }

    /// Writes the element `name`.
    pub(crate) fn write(&self, writer: &mut Writer, name: &'static str) -> Result<()> {
        writer.element(name, |writer| {
            writer.element("FinInstnId", |writer| {
                for identifier in &self.identifiers {
                    write_identifier(writer, identifier)?;
                }
                writer.optional_text("Nm", self.name(), MAX_140)
            })
        })
    }
}

/// Where the standard has a party, which need not be a bank, an institution is told by `Id/OrgId`.
impl Agent {
    /// Reads what stands in an element such as `Ownr`. A private person, or an organisation by identifiers of
    /// other kinds, is only named.
    pub(crate) fn read_party(node: Node<'_>) -> Result<Self> {
        node.check(PARTY)?;
        let organisation = match node.optional("Id")? {
            Some(id) => id.optional("OrgId")?,
            None => None,
        };
        let mut found = Vec::new();
        if let Some(organisation) = organisation {
            organisation.check(ORGANISATION)?;
            found.extend(organisation.optional_with("AnyBIC", read_bicfi)?);
            found.extend(organisation.optional_with("LEI", read_lei)?);
            for other in organisation.all("Othr") {
                found.extend(read_issued_id(other)?);
            }
        }
        let agent = Self::new(found);
        Ok(Self {
            name: node.optional_text("Nm", MAX_140)?,
            ..agent
        })
    }

    /// Writes the element `name`.
    pub(crate) fn write_party(&self, writer: &mut Writer, name: &'static str) -> Result<()> {
        writer.element(name, |writer| {
            writer.optional_text("Nm", self.name(), MAX_140)?;
            writer.element_unless_empty("Id", |writer| {
                writer.element_unless_empty("OrgId", |writer| self.write_organisation(writer))
            })
        })
    }

    fn write_organisation(&self, writer: &mut Writer) -> Result<()> {
        let (mut bic, mut lei, mut member) = (None, None, None);
        for identifier in &self.identifiers {
            match identifier {
                AgentId::Bicfi(_) => bic = Some(identifier),
                AgentId::Lei(_) => lei = Some(identifier),
                AgentId::ClearingMember { system, member: id } => member = Some((system, id)),
            }
        }
        writer.optional_value("AnyBIC", bic);
        writer.optional_value("LEI", lei);
        let Some((system, member)) = member else {
            return Ok(());
        };
        writer.element("Othr", |writer| {
            writer.text("Id", member.as_str(), 28)?;
            writer.text("Issr", system.as_str(), 5)
        })
    }
}

/// `GenericOrganisationIdentification1`: a clearing-system member when the issuer is a clearing system's code.
fn read_issued_id(node: Node<'_>) -> Result<Option<AgentId>> {
    let id = node.required_text("Id", MAX_35)?;
    let issuer = node.optional_text("Issr", MAX_35)?;
    let (Some(member), Some(system)) = (
        ShortText::new(id.as_bytes()),
        issuer.and_then(|issuer| ShortText::new(issuer.as_bytes())),
    ) else {
        return Ok(None);
    };
    Ok(Some(AgentId::ClearingMember { system, member }))
}

/// The place of an identifier among those of an institution, which is the standard's order.
fn rank(identifier: &AgentId) -> u8 {
    match identifier {
        AgentId::Bicfi(_) => 0,
        AgentId::ClearingMember { .. } => 1,
        AgentId::Lei(_) => 2,
    }
}

fn read_bicfi(node: Node<'_>) -> Result<AgentId> {
    let text = node.text(MAX_140)?;
    let bicfi = Bicfi::new(text.as_bytes()).map(AgentId::Bicfi);
    bicfi.ok_or_else(|| invalid(node, text, "a BIC of 8 or 11 characters, such as BKCHCNBJ"))
}

fn read_lei(node: Node<'_>) -> Result<AgentId> {
    let text = node.text(MAX_140)?;
    let lei = text.as_bytes().try_into().ok().and_then(Lei::new);
    let lei = lei.map(AgentId::Lei);
    lei.ok_or_else(|| invalid(node, text, "an LEI of 20 characters with valid check digits"))
}

/// A member id says nothing without its clearing system, so one without `ClrSysId` is no identifier.
fn read_member(node: Node<'_>) -> Result<Option<AgentId>> {
    node.check(MEMBER)?;
    let id = node.required("MmbId")?;
    let member = id.text(MAX_35)?;
    let Some(choice) = node.optional("ClrSysId")? else {
        return Ok(None);
    };
    let code = match choice.optional("Cd")? {
        Some(code) => code,
        None => choice.required("Prtry")?,
    };
    let system = code.text(MAX_35)?;
    let expected = "a code of at most 5 characters, such as CNAPS";
    let system = ShortText::new(system.as_bytes()).ok_or_else(|| invalid(code, system, expected))?;
    let expected = "a member id of at most 28 characters without spaces, such as 104100000004";
    let member = ShortText::new(member.as_bytes()).ok_or_else(|| invalid(id, member, expected))?;
    Ok(Some(AgentId::ClearingMember { system, member }))
}

fn invalid(node: Node<'_>, text: &str, expected: &'static str) -> Iso20022Error {
    node.error(ErrorKind::InvalidAgent {
        found: text.to_owned(),
        expected,
    })
}

fn write_identifier(writer: &mut Writer, identifier: &AgentId) -> Result<()> {
    match identifier {
        AgentId::Bicfi(_) => writer.value("BICFI", identifier),
        AgentId::Lei(_) => writer.value("LEI", identifier),
        AgentId::ClearingMember { system, member } => {
            return writer.element("ClrSysMmbId", |writer| {
                writer.element("ClrSysId", |writer| writer.text("Cd", system.as_str(), 5))?;
                writer.text("MmbId", member.as_str(), 28)
            });
        }
    }
    Ok(())
}

//! The transactions behind an entry.

use super::schema::{AGENTS, DATES, REFERENCES, RETURN, TRANSACTION};
use super::{BlockEvidence, CreditDebit};
use crate::error::Iso20022Error;
use crate::fields::{MAX_140, MAX_35, MAX_500};
use crate::original::{read_reason_within, write_reason};
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use crate::{Agent, Date, StatusReason};
use corridor_core::{Money, Uetr};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `TxDtls`: one transaction of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryDetails {
    /// `Refs/MsgId`: of the message that instructed it.
    pub message_id: Option<String>,
    /// `Refs/InstrId`.
    pub instruction_id: Option<String>,
    /// `Refs/EndToEndId`.
    pub end_to_end_id: Option<String>,
    /// `Refs/UETR`.
    pub uetr: Option<Uetr>,
    /// `Refs/TxId`.
    pub transaction_id: Option<String>,
    /// `Refs/Prtry`: the finalised block that books it.
    pub evidence: Option<BlockEvidence>,
    /// `Amt`, when not the entry's.
    pub amount: Option<Money>,
    /// `CdtDbtInd`, when not the entry's.
    pub side: Option<CreditDebit>,
    /// `RltdAgts/DbtrAgt`.
    pub debtor_agent: Option<Agent>,
    /// `RltdAgts/CdtrAgt`.
    pub creditor_agent: Option<Agent>,
    /// `RmtInf/Ustrd`, line by line, each at most 140 characters.
    pub remittance: Vec<String>,
    /// `RltdDts/IntrBkSttlmDt`.
    pub interbank_settlement_date: Option<Date>,
    /// `RtrInf`: why it was sent back.
    pub return_reason: Option<StatusReason>,
    /// `AddtlTxInf`, at most 500 characters.
    pub additional: Option<String>,
}

impl EntryDetails {
    /// The details of a transfer known by its UETR.
    #[must_use]
    pub fn of(uetr: Uetr) -> Self {
        Self {
            uetr: Some(uetr),
            ..Self::default()
        }
    }

    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        node.check(TRANSACTION)?;
        let mut details = match node.optional("Refs")? {
            Some(refs) => Self::read_references(refs)?,
            None => Self::default(),
        };
        details.amount = node.optional_with("Amt", Node::money)?;
        details.side = node.optional_with("CdtDbtInd", CreditDebit::read)?;
        if let Some(agents) = node.optional("RltdAgts")? {
            agents.check(AGENTS)?;
            details.debtor_agent = agents.optional_with("DbtrAgt", Agent::read)?;
            details.creditor_agent = agents.optional_with("CdtrAgt", Agent::read)?;
        }
        if let Some(remittance) = node.optional("RmtInf")? {
            let lines = remittance.all("Ustrd");
            let lines = lines.map(|line| line.text(MAX_140).map(str::to_owned));
            details.remittance = lines.collect::<Result<_>>()?;
        }
        if let Some(dates) = node.optional("RltdDts")? {
            dates.check(DATES)?;
            details.interbank_settlement_date = dates.optional_with("IntrBkSttlmDt", Node::date)?;
        }
        details.return_reason = node.optional_with("RtrInf", |reason| {
            reason.check(RETURN)?;
            read_reason_within(reason)
        })?;
        details.additional = node.optional_text("AddtlTxInf", MAX_500)?;
        Ok(details)
    }

    fn read_references(refs: Node<'_>) -> Result<Self> {
        refs.check(REFERENCES)?;
        Ok(Self {
            message_id: refs.optional_text("MsgId", MAX_35)?,
            instruction_id: refs.optional_text("InstrId", MAX_35)?,
            end_to_end_id: refs.optional_text("EndToEndId", MAX_35)?,
            uetr: refs.optional_with("UETR", Node::uetr)?,
            transaction_id: refs.optional_text("TxId", MAX_35)?,
            evidence: BlockEvidence::read(refs)?,
            ..Self::default()
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<()> {
        writer.element_unless_empty("Refs", |writer| self.write_references(writer))?;
        if let Some(amount) = &self.amount {
            writer.amount("Amt", amount)?;
        }
        writer.optional_value("CdtDbtInd", self.side.map(CreditDebit::code));
        writer.element_unless_empty("RltdAgts", |writer| {
            for (name, agent) in [("DbtrAgt", &self.debtor_agent), ("CdtrAgt", &self.creditor_agent)] {
                if let Some(agent) = agent {
                    agent.write(writer, name)?;
                }
            }
            Ok(())
        })?;
        writer.element_unless_empty("RmtInf", |writer| {
            let mut lines = self.remittance.iter();
            lines.try_for_each(|line| writer.text("Ustrd", line, MAX_140))
        })?;
        writer.element_unless_empty("RltdDts", |writer| {
            writer.optional_value("IntrBkSttlmDt", self.interbank_settlement_date);
            Ok(())
        })?;
        if let Some(reason) = &self.return_reason {
            write_reason("RtrInf", reason, writer)?;
        }
        writer.optional_text("AddtlTxInf", self.additional.as_deref(), MAX_500)
    }

    fn write_references(&self, writer: &mut Writer) -> Result<()> {
        writer.optional_text("MsgId", self.message_id.as_deref(), MAX_35)?;
        writer.optional_text("InstrId", self.instruction_id.as_deref(), MAX_35)?;
        writer.optional_text("EndToEndId", self.end_to_end_id.as_deref(), MAX_35)?;
        writer.optional_value("UETR", self.uetr);
        writer.optional_text("TxId", self.transaction_id.as_deref(), MAX_35)?;
        match &self.evidence {
            Some(evidence) => evidence.write(writer),
            None => Ok(()),
        }
    }
}

//! References to the message and the transaction that a report or a return is about.

use crate::error::Iso20022Error;
use crate::fields::MAX_35;
use crate::pacs008::{CreditTransferTransaction, CustomerCreditTransfer};
use crate::xml::schema::{one, optional, Child};
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use crate::{DateTime, Reason, StatusReason};
use corridor_core::{ReasonCode, Uetr};

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `OriginalGroupInformation`.
const GROUP: &[Child] = &[one("OrgnlMsgId"), one("OrgnlMsgNmId"), optional("OrgnlCreDtTm")];

/// The message it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalGroup {
    /// `OrgnlMsgId`.
    pub message_id: String,
    /// `OrgnlMsgNmId`: which message, such as `pacs.008.001.08`.
    pub message_name_id: String,
    /// `OrgnlCreDtTm`.
    pub created_at: Option<DateTime>,
}

impl OriginalGroup {
    /// A reference to `message`.
    #[must_use]
    pub fn of(message: &CustomerCreditTransfer) -> Self {
        Self {
            message_id: message.group_header.message_id.clone(),
            message_name_id: format!("pacs.008.001.{:02}", message.version),
            created_at: Some(message.group_header.created_at.clone()),
        }
    }

    /// A reference to any message: by its id, its name such as `pacs.009.001.08`, and when it was made.
    #[must_use]
    pub fn named(message_id: &str, message_name_id: &str, created_at: Option<DateTime>) -> Self {
        Self {
            message_id: message_id.to_owned(),
            message_name_id: message_name_id.to_owned(),
            created_at,
        }
    }

    /// Reads the three elements of a group that has nothing else.
    pub(crate) fn read(node: Node<'_>) -> Result<Self> {
        node.check(GROUP)?;
        Self::read_within(node)
    }

    /// Reads the three elements of a group that has more.
    pub(crate) fn read_within(node: Node<'_>) -> Result<Self> {
        Ok(Self {
            message_id: node.required_text("OrgnlMsgId", MAX_35)?,
            message_name_id: node.required_text("OrgnlMsgNmId", MAX_35)?,
            created_at: node.optional_with("OrgnlCreDtTm", Node::date_time)?,
        })
    }

    pub(crate) fn write_within(&self, writer: &mut Writer) -> Result<()> {
        writer.text("OrgnlMsgId", &self.message_id, MAX_35)?;
        writer.text("OrgnlMsgNmId", &self.message_name_id, MAX_35)?;
        writer.optional_value("OrgnlCreDtTm", self.created_at.as_ref());
        Ok(())
    }
}

/// The transaction it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginalTransaction {
    /// `OrgnlGrpInf`: its message, when not that of the whole report or return.
    pub group: Option<OriginalGroup>,
    /// `OrgnlInstrId`.
    pub instruction_id: Option<String>,
    /// `OrgnlEndToEndId`.
    pub end_to_end_id: Option<String>,
    /// `OrgnlTxId`.
    pub transaction_id: Option<String>,
    /// `OrgnlUETR`.
    pub uetr: Option<Uetr>,
}

impl OriginalTransaction {
    /// A reference to `transaction`, by all its identifications; the UETR also when it was derived, for
    /// that is what the transfer is recorded under.
    #[must_use]
    pub fn of(transaction: &CreditTransferTransaction) -> Self {
        Self {
            group: None,
            instruction_id: transaction.instruction_id.clone(),
            end_to_end_id: Some(transaction.end_to_end_id.clone()),
            transaction_id: transaction.transaction_id.clone(),
            uetr: Some(transaction.uetr),
        }
    }

    pub(crate) fn read_within(node: Node<'_>) -> Result<Self> {
        Ok(Self {
            group: node.optional_with("OrgnlGrpInf", OriginalGroup::read)?,
            instruction_id: node.optional_text("OrgnlInstrId", MAX_35)?,
            end_to_end_id: node.optional_text("OrgnlEndToEndId", MAX_35)?,
            transaction_id: node.optional_text("OrgnlTxId", MAX_35)?,
            uetr: node.optional_with("OrgnlUETR", Node::uetr)?,
        })
    }

    pub(crate) fn write_within(&self, writer: &mut Writer) -> Result<()> {
        if let Some(group) = &self.group {
            writer.element("OrgnlGrpInf", |writer| group.write_within(writer))?;
        }
        writer.optional_text("OrgnlInstrId", self.instruction_id.as_deref(), MAX_35)?;
        writer.optional_text("OrgnlEndToEndId", self.end_to_end_id.as_deref(), MAX_35)?;
        writer.optional_text("OrgnlTxId", self.transaction_id.as_deref(), MAX_35)?;
        writer.optional_value("OrgnlUETR", self.uetr);
        Ok(())
    }
}

/// `StatusReasonInformation` and `PaymentReturnReason`.
const REASON: &[Child] = &[
    optional("Orgtr"),
    optional("Rsn"),
    crate::xml::schema::any("AddtlInf"),
];

/// Reads a reason; one that is only explained counts as unspecified.
pub(crate) fn read_reason(node: Node<'_>) -> Result<StatusReason> {
    node.check(REASON)?;
    read_reason_within(node)
}

/// Reads a reason from an element that has more.
pub(crate) fn read_reason_within(node: Node<'_>) -> Result<StatusReason> {
    let mut reason = Reason::Code(ReasonCode::MS03);
    if let Some(choice) = node.optional("Rsn")? {
        reason = match choice.optional("Cd")? {
            Some(code) => {
                let text = code.text(MAX_35)?;
                let parsed = text.parse();
                Reason::Code(parsed.map_err(|_| {
                    code.invalid(
                        text,
                        "a reason code of four capital letters or digits, such as AC04",
                    )
                })?)
            }
            None => Reason::Proprietary(choice.required_text("Prtry", MAX_35)?),
        };
    }
    let lines = node.all("AddtlInf");
    let additional = lines
        .map(|line| line.text(crate::fields::MAX_105).map(str::to_owned))
        .collect::<Result<_>>()?;
    Ok(StatusReason { reason, additional })
}

/// Writes a reason as the element `name`.
pub(crate) fn write_reason(name: &'static str, reason: &StatusReason, writer: &mut Writer) -> Result<()> {
    writer.element(name, |writer| {
        writer.element("Rsn", |writer| match &reason.reason {
            Reason::Code(code) => {
                writer.value("Cd", code);
                Ok(())
            }
            Reason::Proprietary(text) => writer.text("Prtry", text, MAX_35),
        })?;
        let mut lines = reason.additional.iter();
        lines.try_for_each(|line| writer.text("AddtlInf", line, crate::fields::MAX_105))
    })
}

//! Entries.

use super::schema::{ENTRY, ENTRY_DETAILS};
use super::{BankTransactionCode, CreditDebit, DateOrTime, EntryBatch, EntryDetails};
use crate::error::Iso20022Error;
use crate::fields::{MAX_35, MAX_500};
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use corridor_core::Money;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// `Ntry`: one movement of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `NtryRef`, at most 35 characters.
    pub reference: Option<String>,
    /// `Amt`, without sign, in the account's currency.
    pub amount: Money,
    /// `CdtDbtInd`.
    pub side: CreditDebit,
    /// `RvslInd`: whether it takes an earlier one back. The side is its own all the same.
    pub reversal: bool,
    /// `Sts`.
    pub status: EntryStatus,
    /// `BookgDt`.
    pub booked_at: Option<DateOrTime>,
    /// `ValDt`.
    pub value_date: Option<DateOrTime>,
    /// `AcctSvcrRef`: the servicer's reference, at most 35 characters.
    pub servicer_reference: Option<String>,
    /// `BkTxCd`.
    pub code: BankTransactionCode,
    /// `NtryDtls/Btch`; of a message read, where the entry has its details in one piece.
    pub batch: Option<EntryBatch>,
    /// `NtryDtls/TxDtls`.
    pub details: Vec<EntryDetails>,
    /// `AddtlNtryInf`, at most 500 characters.
    pub additional: Option<String>,
}

/// Whether an entry counts in the booked balances (`ExternalEntryStatus1Code`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EntryStatus {
    /// `BOOK`: it counts.
    Booked,
    /// `PDNG`: not yet.
    Pending,
    /// `INFO`: it never will.
    Information,
    /// Another code of the list, one to four characters; it does not count.
    Other(String),
    /// `Prtry`: a word of the sender's own, at most 35 characters; it does not count.
    Proprietary(String),
}

impl EntryStatus {
    /// The code, or the sender's own word.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Booked => "BOOK",
            Self::Pending => "PDNG",
            Self::Information => "INFO",
            Self::Other(code) | Self::Proprietary(code) => code,
        }
    }

    /// The status of a code, known or not.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        [Self::Booked, Self::Pending, Self::Information]
            .into_iter()
            .find(|status| status.code() == code)
            .unwrap_or_else(|| Self::Other(code.to_owned()))
    }

    fn read(node: Node<'_>) -> Result<Self> {
        match node.optional_text("Cd", 4)? {
            Some(code) => Ok(Self::from_code(&code)),
            None => Ok(Self::Proprietary(node.required_text("Prtry", MAX_35)?)),
        }
    }
}

impl Entry {
    /// A booked entry with the fields every entry has.
    #[must_use]
    pub fn booked(amount: Money, side: CreditDebit, code: BankTransactionCode, at: DateOrTime) -> Self {
        Self {
            reference: None,
            amount,
            side,
            reversal: false,
            status: EntryStatus::Booked,
            booked_at: Some(at),
            value_date: None,
            servicer_reference: None,
            code,
            batch: None,
            details: Vec::new(),
            additional: None,
        }
    }

    /// The amount with its sign, in minor units; `None` past 127 bits.
    #[must_use]
    pub fn signed(&self) -> Option<i128> {
        self.side.signed(&self.amount)
    }

    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        node.check(ENTRY)?;
        let (mut batches, mut details) = (Vec::new(), Vec::new());
        for group in node.all("NtryDtls") {
            group.check(ENTRY_DETAILS)?;
            batches.push(group.optional_with("Btch", EntryBatch::read)?);
            for one in group.all("TxDtls") {
                details.push(EntryDetails::read(one)?);
            }
        }
        // One of several pieces says nothing about all the details.
        let batch = batches.pop().flatten().filter(|_| batches.is_empty());
        let entry = Self {
            reference: node.optional_text("NtryRef", MAX_35)?,
            amount: node.required("Amt")?.money()?,
            side: CreditDebit::read(node.required("CdtDbtInd")?)?,
            reversal: node.optional_with("RvslInd", Node::indicator)?.unwrap_or(false),
            status: EntryStatus::read(node.required("Sts")?)?,
            booked_at: node.optional_with("BookgDt", DateOrTime::read)?,
            value_date: node.optional_with("ValDt", DateOrTime::read)?,
            servicer_reference: node.optional_text("AcctSvcrRef", MAX_35)?,
            code: BankTransactionCode::read(node.required("BkTxCd")?)?,
            batch,
            details,
            additional: node.optional_text("AddtlNtryInf", MAX_500)?,
        };
        let batch = || node.all("NtryDtls").next().unwrap_or(node);
        entry.batch_ties().map_err(|kind| batch().error(kind))?;
        Ok(entry)
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<()> {
        writer.optional_text("NtryRef", self.reference.as_deref(), MAX_35)?;
        writer.amount("Amt", &self.amount)?;
        writer.value("CdtDbtInd", self.side.code());
        if self.reversal {
            writer.value("RvslInd", true);
        }
        writer.element("Sts", |writer| match &self.status {
            EntryStatus::Proprietary(text) => writer.text("Prtry", text, MAX_35),
            status => writer.text("Cd", status.code(), 4),
        })?;
        if let Some(at) = &self.booked_at {
            at.write("BookgDt", writer)?;
        }
        if let Some(at) = &self.value_date {
            at.write("ValDt", writer)?;
        }
        writer.optional_text("AcctSvcrRef", self.servicer_reference.as_deref(), MAX_35)?;
        self.code.write(writer)?;
        self.batch_ties().map_err(|kind| writer.error("NtryDtls", kind))?;
        if self.batch.is_some() || !self.details.is_empty() {
            writer.element("NtryDtls", |writer| {
                if let Some(batch) = &self.batch {
                    writer.element("Btch", |writer| batch.write(writer))?;
                }
                let mut details = self.details.iter();
                details.try_for_each(|one| writer.element("TxDtls", |writer| one.write(writer)))
            })?;
        }
        writer.optional_text("AddtlNtryInf", self.additional.as_deref(), MAX_500)
    }
}

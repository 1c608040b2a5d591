//! Several transactions booked as one entry.

use super::schema::BATCH;
use super::ties::signed_text;
use super::{CreditDebit, Entry};
use crate::error::{ErrorKind, Iso20022Error};
use crate::fields::MAX_35;
use crate::xml::tree::Node;
use crate::xml::writer::Writer;
use corridor_core::Money;

type Result<T> = std::result::Result<T, Iso20022Error>;

/// The largest number of `Max15NumericText`.
const MAX_COUNT: u64 = 999_999_999_999_999;

/// `NtryDtls/Btch`: what the transactions of an entry are together.
///
/// In an entry of Corridor's own kinds it ties: total and side are the entry's, and where the transactions are listed with their
/// amounts, there are as many as it says and they come to its total. Other senders' batches are read as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryBatch {
    /// `MsgId`: of the message that instructed it, at most 35 characters.
    pub message_id: Option<String>,
    /// `PmtInfId`: the batch's own reference, at most 35 characters.
    pub reference: Option<String>,
    /// `NbOfTxs`: how many transactions, listed or not; at most 15 digits.
    pub transactions: Option<u64>,
    /// `TtlAmt`.
    pub total: Option<Money>,
    /// `CdtDbtInd`.
    pub side: Option<CreditDebit>,
}

impl EntryBatch {
    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        node.check(BATCH)?;
        Ok(Self {
            message_id: node.optional_text("MsgId", MAX_35)?,
            reference: node.optional_text("PmtInfId", MAX_35)?,
            transactions: node.optional_with("NbOfTxs", Node::count)?,
            total: node.optional_with("TtlAmt", Node::money)?,
            side: node.optional_with("CdtDbtInd", CreditDebit::read)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<()> {
        writer.optional_text("MsgId", self.message_id.as_deref(), MAX_35)?;
        writer.optional_text("PmtInfId", self.reference.as_deref(), MAX_35)?;
        if let Some(count) = self.transactions.filter(|count| *count > MAX_COUNT) {
            let found = count.to_string();
            let expected = "a number of at most 15 digits";
            return Err(writer.error("NbOfTxs", ErrorKind::InvalidValue { found, expected }));
        }
        writer.optional_value("NbOfTxs", self.transactions);
        if let Some(total) = &self.total {
            writer.amount("TtlAmt", total)?;
        }
        writer.optional_value("CdtDbtInd", self.side.map(CreditDebit::code));
        Ok(())
    }
}

impl Entry {
    /// Whether batch, listed transactions and entry say the same; only of Corridor's own kinds, as other senders have other customs.
    pub(super) fn batch_ties(&self) -> std::result::Result<(), ErrorKind> {
        let Some(batch) = self.batch.as_ref().filter(|_| self.code.kind().is_some()) else {
            return Ok(());
        };
        if let Some(total) = &batch.total {
            self.comes_to([(*total, batch.side)])?;
        }
        let amounts = self
            .details
            .iter()
            .filter_map(|one| Some((one.amount?, one.side)));
        let amounts: Vec<_> = amounts.collect();
        // Not listed: what details there are, are about the whole.
        if amounts.is_empty() {
            return Ok(());
        }
        let found = amounts.len();
        match batch.transactions {
            Some(declared) if u64::try_from(found) != Ok(declared) => {
                Err(ErrorKind::BatchItems { declared, found })
            }
            _ => self.comes_to(amounts),
        }
    }

    /// Whether amounts, of the entry's side where they have none, add up to the entry.
    fn comes_to(
        &self,
        amounts: impl IntoIterator<Item = (Money, Option<CreditDebit>)>,
    ) -> std::result::Result<(), ErrorKind> {
        let currency = self.amount.currency;
        let mut found = 0i128;
        for (amount, side) in amounts {
            if amount.currency != currency {
                return Err(ErrorKind::OtherCurrency {
                    found: amount.currency.to_string(),
                    expected: currency.to_string(),
                });
            }
            let signed = side.unwrap_or(self.side).signed(&amount);
            let sum = signed.and_then(|signed| found.checked_add(signed));
            found = sum.ok_or(ErrorKind::SumTooLarge)?;
        }
        let entry = self.signed().ok_or(ErrorKind::SumTooLarge)?;
        if entry == found {
            return Ok(());
        }
        Err(ErrorKind::BatchTotal {
            entry: signed_text(currency, entry),
            found: signed_text(currency, found),
        })
    }
}

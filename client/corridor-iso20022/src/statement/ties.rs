//! Opening balance, entries, closing balance: they tie, or the statement is refused.

use super::{Entry, EntryStatus, Statement};
use crate::error::{ErrorKind, Iso20022Error};
use corridor_core::{Currency, Money};

impl Statement {
    /// The booked entries added up, with their sign, in minor units; `None` past 127 bits.
    #[must_use]
    pub fn net_booked(&self) -> Option<i128> {
        let booked = |entry: &&Entry| entry.status == EntryStatus::Booked;
        let mut entries = self.entries.iter().filter(booked);
        entries.try_fold(0i128, |sum, entry| sum.checked_add(entry.signed()?))
    }

    /// Checks that everything is in the account's currency, that the opening balance and the booked entries
    /// add up to the closing balance, where the statement has both, and that batches add up to their entries.
    ///
    /// # Errors
    /// `other-currency`, `balances-do-not-tie`, `batch-items`, `batch-total`, `sum-too-large`.
    pub fn check(&self) -> Result<(), Iso20022Error> {
        let refused = |kind| Iso20022Error::new(kind, format!("statement {}", self.id), None);
        self.ties().map_err(refused)?;
        for (at, entry) in self.entries.iter().enumerate() {
            let place = || format!("statement {}, entry {}", self.id, at.saturating_add(1));
            entry
                .batch_ties()
                .map_err(|kind| Iso20022Error::new(kind, place(), None))?;
        }
        Ok(())
    }

    pub(super) fn ties(&self) -> Result<(), ErrorKind> {
        let currency = self.account.currency;
        let balances = self
            .opening
            .iter()
            .chain(&self.closing)
            .chain(&self.further_balances);
        let mut amounts = balances
            .map(|balance| &balance.amount)
            .chain(self.entries.iter().map(|entry| &entry.amount));
        if let Some(other) = amounts.find(|amount| amount.currency != currency) {
            return Err(ErrorKind::OtherCurrency {
                found: other.currency.to_string(),
                expected: currency.to_string(),
            });
        }
        let net = self.net_booked().ok_or(ErrorKind::SumTooLarge)?;
        let (Some(opening), Some(closing)) = (&self.opening, &self.closing) else {
            return Ok(());
        };
        let opening = opening.signed().ok_or(ErrorKind::SumTooLarge)?;
        let closing = closing.signed().ok_or(ErrorKind::SumTooLarge)?;
        let found = opening.checked_add(net).ok_or(ErrorKind::SumTooLarge)?;
        if found == closing {
            return Ok(());
        }
        Err(ErrorKind::BalancesDoNotTie {
            opening: signed_text(currency, opening),
            entries: signed_text(currency, net),
            closing: signed_text(currency, closing),
        })
    }
}

/// An amount with its sign, as a decimal: `-1250.50`.
pub(super) fn signed_decimal(currency: Currency, signed: i128) -> String {
    let sign = if signed < 0 { "-" } else { "" };
    let amount = Money::new(currency, signed.unsigned_abs()).to_decimal();
    format!("{sign}{amount}")
}

pub(super) fn signed_text(currency: Currency, signed: i128) -> String {
    format!("{currency} {}", signed_decimal(currency, signed))
}

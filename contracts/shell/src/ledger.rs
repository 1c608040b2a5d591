//! The positions of commands that concern more than two participants, or more than one currency.

use crate::storage;
use alloc::vec::Vec;
use corridor_core::{Books, Currency, Error, ParticipantId, PositionPage};

/// The pages positions are on, as they were read.
pub struct Ledger(Vec<(Currency, u16, PositionPage)>);

impl Ledger {
    /// Reads each page once; the books hold each position once.
    #[inline(never)]
    pub fn load(keys: &[(ParticipantId, Currency)]) -> Result<(Self, Books), Error> {
        let mut ledger = Self(Vec::new());
        for (participant, currency) in keys {
            let number = PositionPage::number_of(*participant);
            if ledger.page(*currency, number).is_none() {
                let page = storage::positions(*currency, number).get()?.unwrap_or_default();
                ledger.0.push((*currency, number, page));
            }
        }
        let books = Books::load(keys, |participant, currency| {
            let number = PositionPage::number_of(participant);
            ledger
                .page(currency, number)
                .map(|page| page.get(participant))
                .unwrap_or_default()
        });
        Ok((ledger, books))
    }

    fn page(&mut self, currency: Currency, number: u16) -> Option<&mut PositionPage> {
        self.0
            .iter_mut()
            .find(|(of, at, _)| *of == currency && *at == number)
            .map(|(_, _, page)| page)
    }

    /// Writes the pages back that the books change.
    #[inline(never)]
    pub fn store(mut self, books: &Books) {
        let before = self.0.clone();
        for entry in books.entries() {
            let number = PositionPage::number_of(entry.participant);
            if let Some(page) = self.page(entry.currency, number) {
                page.set(entry.participant, entry.position);
            }
        }
        for ((currency, number, page), (_, _, former)) in self.0.iter().zip(&before) {
            if page != former {
                storage::positions(*currency, *number).set(page);
            }
        }
    }
}

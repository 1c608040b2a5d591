//! The positions one call works on: loaded once, changed in memory, written once.

use crate::storage;
use corridor_core::{Currency, Error, ParticipantId, Position, PositionPage};

/// The page or two pages that hold the positions of the call's participants in one currency.
pub struct Book {
    currency: Currency,
    first: (u16, PositionPage),
    second: Option<(u16, PositionPage)>,
}

impl Book {
    /// Loads the position of one participant: nothing, where the currency is not registered. Only a deposit could
    /// book something there, and without a token it is undone.
    pub fn of_one(currency: Currency, id: ParticipantId) -> Result<Self, Error> {
        let page = PositionPage::number_of(id);
        let positions = storage::positions(currency, page).get()?.unwrap_or_default();
        Ok(Self {
            currency,
            first: (page, positions),
            second: None,
        })
    }

    /// Loads the positions of two participants.
    pub fn of_two(currency: Currency, one: ParticipantId, two: ParticipantId) -> Result<Self, Error> {
        let mut book = Self::of_one(currency, one)?;
        let page = PositionPage::number_of(two);
        if page != book.first.0 {
            book.second = Some((
                page,
                storage::positions(currency, page).get()?.unwrap_or_default(),
            ));
        }
        Ok(book)
    }

    /// A loaded participant's position.
    pub fn get(&self, id: ParticipantId) -> Position {
        let page = PositionPage::number_of(id);
        match &self.second {
            Some((number, positions)) if *number == page => positions.get(id),
            _ => self.first.1.get(id),
        }
    }

    /// Replaces a loaded participant's position.
    pub fn set(&mut self, id: ParticipantId, position: Position) {
        let page = PositionPage::number_of(id);
        match &mut self.second {
            Some((number, positions)) if *number == page => positions.set(id, position),
            _ => self.first.1.set(id, position),
        }
    }

    /// Writes the pages back.
    pub fn store(self) {
        for (page, positions) in core::iter::once(self.first).chain(self.second) {
            storage::positions(self.currency, page).set(&positions);
        }
    }
}

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
    /// Loads the position of one participant.
    ///
    /// [`Error::UnknownCurrency`] when nothing was ever booked and the currency is not registered: the
    /// registration is looked up only then, because a page exists for registered currencies only.
    pub fn of_one(currency: Currency, id: ParticipantId) -> Result<Self, Error> {
        let page = PositionPage::number_of(id);
        let positions = match storage::positions(currency, page).get()? {
            Some(positions) => positions,
            None => {
                storage::currency(currency).get()?.ok_or(Error::UnknownCurrency)?;
                PositionPage::default()
            }
        };
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

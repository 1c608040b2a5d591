//! A participant's escrow in one currency, and how the positions of many share one stored value.

use crate::{Error, ParticipantId};
use alloc::vec::Vec;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Escrow of one participant in one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Position {
    /// Free to instruct or withdraw.
    pub available: u128,
    /// Held for pending transfers.
    pub reserved: u128,
}

impl Position {
    /// Adds to what is available; [`Error::AmountOverflow`] when the total no longer fits.
    ///
    /// The total, and not only what is available, so that a later release always fits: what is reserved
    /// must never be stuck.
    pub fn credit(self, minor_units: u128) -> Result<Self, Error> {
        let available = self
            .available
            .checked_add(minor_units)
            .ok_or(Error::AmountOverflow)?;
        let credited = Self { available, ..self };
        credited.total()?;
        Ok(credited)
    }

    /// Takes from what is available; [`Error::InsufficientFunds`].
    pub fn debit(self, minor_units: u128) -> Result<Self, Error> {
        let available = self
            .available
            .checked_sub(minor_units)
            .ok_or(Error::InsufficientFunds)?;
        Ok(Self { available, ..self })
    }

    /// Moves from available to reserved; [`Error::InsufficientFunds`] or [`Error::AmountOverflow`].
    pub fn reserve(self, minor_units: u128) -> Result<Self, Error> {
        let debited = self.debit(minor_units)?;
        let reserved = self
            .reserved
            .checked_add(minor_units)
            .ok_or(Error::AmountOverflow)?;
        Ok(Self { reserved, ..debited })
    }

    /// Moves back from reserved to available; [`Error::BooksBroken`] if it was never reserved.
    pub fn release(self, minor_units: u128) -> Result<Self, Error> {
        self.pay_reserved(minor_units)?.credit(minor_units)
    }

    /// Takes out of what is reserved, to be credited to somebody else in the same step;
    /// [`Error::BooksBroken`] if it was never reserved.
    pub fn pay_reserved(self, minor_units: u128) -> Result<Self, Error> {
        let reserved = self.reserved.checked_sub(minor_units).ok_or(Error::BooksBroken)?;
        Ok(Self { reserved, ..self })
    }

    /// Available and reserved together; [`Error::AmountOverflow`].
    pub fn total(self) -> Result<u128, Error> {
        self.available
            .checked_add(self.reserved)
            .ok_or(Error::AmountOverflow)
    }
}

/// Positions per stored value: 12 x 32 bytes and the length stay under pallet-revive's 416.
pub const POSITIONS_PER_PAGE: u16 = 12;

/// The positions of up to [`POSITIONS_PER_PAGE`] neighbouring participants in one currency.
///
/// A cold storage key costs about 10 KB of proof however small its value, so a settlement between two
/// participants of one page pays for one key instead of two.
#[derive(Clone, Debug, PartialEq, Eq, Default, Encode, Decode, TypeInfo)]
pub struct PositionPage(Vec<Position>);

impl PositionPage {
    /// The page that holds a participant's position.
    #[must_use]
    pub fn number_of(participant: ParticipantId) -> u16 {
        participant.0 / POSITIONS_PER_PAGE
    }

    fn slot_of(participant: ParticipantId) -> usize {
        usize::from(participant.0 % POSITIONS_PER_PAGE)
    }

    /// The participant's position: zero until it is first credited.
    #[must_use]
    pub fn get(&self, participant: ParticipantId) -> Position {
        self.0
            .get(Self::slot_of(participant))
            .copied()
            .unwrap_or_default()
    }

    /// Replaces the participant's position.
    pub fn set(&mut self, participant: ParticipantId, position: Position) {
        let slot = Self::slot_of(participant);
        if self.0.len() <= slot {
            self.0.resize(slot.saturating_add(1), Position::default());
        }
        if let Some(entry) = self.0.get_mut(slot) {
            *entry = position;
        }
    }

    /// Everything booked on the page, in minor units; [`Error::AmountOverflow`].
    pub fn total(&self) -> Result<u128, Error> {
        self.0.iter().try_fold(0u128, |sum, position| {
            sum.checked_add(position.total()?).ok_or(Error::AmountOverflow)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_fits_a_stored_value() {
        let mut page = PositionPage::default();
        for id in 0..POSITIONS_PER_PAGE {
            page.set(
                ParticipantId(id),
                Position {
                    available: u128::MAX,
                    reserved: u128::MAX,
                },
            );
        }
        assert!(page.encoded_size() <= 416);
    }

    #[test]
    fn a_page_keeps_its_participants_apart() {
        let mut page = PositionPage::default();
        let (a, b) = (ParticipantId(14), ParticipantId(23));
        page.set(
            b,
            Position {
                available: 2,
                reserved: 0,
            },
        );
        page.set(
            a,
            Position {
                available: 1,
                reserved: 5,
            },
        );
        assert_eq!(
            page.get(a),
            Position {
                available: 1,
                reserved: 5
            }
        );
        assert_eq!(
            page.get(b),
            Position {
                available: 2,
                reserved: 0
            }
        );
        assert_eq!(page.get(ParticipantId(13)), Position::default());
        assert_eq!(page.total(), Ok(8));
        assert_eq!([a, b].map(PositionPage::number_of), [1, 1]);
    }

    #[test]
    fn more_than_there_is_never_moves() {
        let position = Position {
            available: 10,
            reserved: 5,
        };
        assert_eq!(position.debit(11), Err(Error::InsufficientFunds));
        assert_eq!(position.reserve(11), Err(Error::InsufficientFunds));
        assert_eq!(position.release(6), Err(Error::BooksBroken));
        assert_eq!(position.pay_reserved(6), Err(Error::BooksBroken));
        assert_eq!(position.credit(u128::MAX), Err(Error::AmountOverflow));
        assert_eq!(
            position.reserve(10),
            Ok(Position {
                available: 0,
                reserved: 15
            })
        );
        assert_eq!(
            position.release(5),
            Ok(Position {
                available: 15,
                reserved: 0
            })
        );
        assert_eq!(
            Position {
                available: u128::MAX,
                reserved: 1
            }
            .total(),
            Err(Error::AmountOverflow)
        );
    }
}

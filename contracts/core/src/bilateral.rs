//! Bilateral net positions: what each pair of participants owes each other in a window that is not settled.
//!
//! For every participant the bilateral positions with all others add up to its net position. They are kept with
//! it where both are on one [`NetPage`](crate::NetPage), and on a [`PairPage`] otherwise.
//!
//! Each is one number: what the lower-numbered participant has been credited by the other, less debits.

use crate::net::{Side, NET_PER_PAGE};
use crate::words::Words;
use crate::{Error, ParticipantId, WindowId};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// One participant's claim on another in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct BilateralPosition {
    /// The window it settles with.
    pub window: WindowId,
    /// Credits from the other less debits to it, in minor units.
    pub net_minor_units: i64,
}

/// Two participants' place among the pairs of a page or of two, and which way round they are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Among the pairs.
    index: usize,
    /// The one asked for is the second of the pair.
    second: bool,
}

impl Place {
    /// Of two participants of one page: below 6. [`Error::BooksBroken`] for a participant and itself.
    #[allow(clippy::arithmetic_side_effects)] // Slots are below 4.
    pub(crate) fn on_page(of: ParticipantId, with: ParticipantId) -> Result<Self, Error> {
        let (of, with) = (slot_of(of), slot_of(with));
        let (low, high) = (of.min(with), of.max(with));
        if low == high {
            return Err(Error::BooksBroken);
        }
        Ok(Self {
            index: high * (high - 1) / 2 + low,
            second: of > with,
        })
    }

    /// Of participants of two pages: below 16.
    #[allow(clippy::arithmetic_side_effects)] // Slots are below 4.
    fn between(of: ParticipantId, with: ParticipantId) -> Self {
        let (low, high) = (of.min(with), of.max(with));
        Self {
            index: slot_of(low) * usize::from(NET_PER_PAGE) + slot_of(high),
            second: of > with,
        }
    }

    /// The number kept for the pair, as the one asked for sees it; and the other way round.
    fn seen(self, net_minor_units: i64) -> Result<i64, Error> {
        if self.second {
            net_minor_units.checked_neg().ok_or(Error::NetAmountTooLarge)
        } else {
            Ok(net_minor_units)
        }
    }
}

fn slot_of(participant: ParticipantId) -> usize {
    usize::from(participant.0 % NET_PER_PAGE)
}

/// Credits the one asked for, in the pairs that start at word `first`; [`Error::NetAmountTooLarge`].
pub(crate) fn credit(words: &mut Words, first: usize, place: Place, minor_units: i64) -> Result<(), Error> {
    add(words, first.saturating_add(place.index), place.seen(minor_units)?)
}

/// Adds to one word; [`Error::NetAmountTooLarge`].
pub(crate) fn add(words: &mut Words, index: usize, minor_units: i64) -> Result<(), Error> {
    let sum = words.get_signed(index).checked_add(minor_units);
    // The other side of the pair sees the same number with the other sign.
    let sum = sum.filter(|sum| *sum != i64::MIN);
    words.set_signed(index, sum.ok_or(Error::NetAmountTooLarge)?);
    Ok(())
}

/// What is kept in the pairs that start at word `first`, as the one asked for sees it.
pub(crate) fn position(
    words: &Words,
    first: usize,
    place: Place,
    window: WindowId,
) -> Result<BilateralPosition, Error> {
    Ok(BilateralPosition {
        window,
        net_minor_units: place.seen(words.get_signed(first.saturating_add(place.index)))?,
    })
}

/// Pairs of a participant of one page and one of another.
const PAIRS: usize = 16;

/// What the participants of one page of net positions and those of another owe each other in one currency:
/// 264 bytes. The two windows, then the pairs' numbers in the open one, then in the one that waits.
#[derive(Clone, Debug, PartialEq, Eq, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PairPage {
    open: WindowId,
    closing: WindowId,
    pairs: Words,
}

impl PairPage {
    /// The numbers of the two pages, the lower first: the same for both participants.
    #[must_use]
    pub fn numbers_of(a: ParticipantId, b: ParticipantId) -> (u16, u16) {
        let (a, b) = (a.0 / NET_PER_PAGE, b.0 / NET_PER_PAGE);
        (a.min(b), a.max(b))
    }

    fn first(side: Side) -> usize {
        match side {
            Side::Open => 0,
            Side::Closing => PAIRS,
        }
    }

    /// Makes `window` the open one.
    ///
    /// The end of a window does not come by here, so that it costs the same however many pairs there are: what
    /// became of the amounts is asked of `outstanding_in`, which tells the window that the amounts booked in one
    /// settle with, and `None` once that has settled. [`Error::NetAmountTooLarge`] when what was carried over no
    /// longer fits.
    pub fn roll(
        &mut self,
        window: WindowId,
        outstanding_in: impl Fn(WindowId) -> Result<Option<WindowId>, Error>,
    ) -> Result<(), Error> {
        if self.open == window {
            return Ok(());
        }
        let mut next = Self {
            open: window,
            ..Self::default()
        };
        for (booked_in, side) in [(self.closing, Side::Closing), (self.open, Side::Open)] {
            if !self.outstanding(side) {
                continue;
            }
            let to = match outstanding_in(booked_in)? {
                None => continue,
                Some(settles_in) if settles_in == window => Side::Open,
                Some(settles_in) => {
                    next.closing = settles_in;
                    Side::Closing
                }
            };
            for pair in 0..PAIRS {
                let amount = self.pairs.get_signed(Self::first(side).saturating_add(pair));
                add(&mut next.pairs, Self::first(to).saturating_add(pair), amount)?;
            }
        }
        *self = next;
        Ok(())
    }

    fn outstanding(&self, side: Side) -> bool {
        let first = Self::first(side);
        (first..first.saturating_add(PAIRS)).any(|word| self.pairs.get(word) != 0)
    }

    /// Moves an amount from one to the other in `window`, which is the open one; [`Error::NetAmountTooLarge`].
    pub(crate) fn post(
        &mut self,
        window: WindowId,
        (from, to): (ParticipantId, ParticipantId),
        minor_units: i64,
    ) -> Result<(), Error> {
        if self.open != window {
            return Err(Error::BooksBroken);
        }
        let place = Place::between(to, from);
        credit(&mut self.pairs, Self::first(Side::Open), place, minor_units)
    }

    /// What was booked between two participants, by the window it was booked in: some of it may have settled.
    pub fn booked(&self, of: ParticipantId, with: ParticipantId) -> Result<[BilateralPosition; 2], Error> {
        let place = Place::between(of, with);
        Ok([
            position(&self.pairs, Self::first(Side::Closing), place, self.closing)?,
            position(&self.pairs, Self::first(Side::Open), place, self.open)?,
        ])
    }
}

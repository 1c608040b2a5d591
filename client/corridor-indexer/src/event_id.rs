//! The place of something on the chain as one number, which orders and identifies it for ever.

use std::fmt;

const EVENT_SHIFT: u32 = 10;
const BLOCK_SHIFT: u32 = 28;

/// So many events or extrinsics of a block have room in an id.
const PLACES: u32 = 1 << (BLOCK_SHIFT - EVENT_SHIFT);

/// So many ordinals an event or an extrinsic has.
pub(crate) const ORDINALS: usize = 1 << EVENT_SHIFT;

/// Block number, index in the block, and ordinal below that: `block * 2^28 + index * 2^10 + ordinal`.
///
/// Rows made of the same blocks have the same ids, whoever indexes them and whenever. Room for 2^35 blocks, 2^18 events or
/// extrinsics in each, and 2^10 legs of an event or calls of an extrinsic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub i64);

impl EventId {
    /// The id of what has `index` in block `block`; `None` where a number is beyond what an id can hold.
    #[must_use]
    pub fn new(block: u64, index: u32) -> Option<Self> {
        let block = i64::try_from(block).ok().filter(|block| *block < 1 << 35)?;
        (index < PLACES).then_some(Self((block << BLOCK_SHIFT) | (i64::from(index) << EVENT_SHIFT)))
    }

    /// The first id of a block: the lower bound of everything in it.
    #[must_use]
    pub fn first_of(block: u64) -> Self {
        Self(i64::try_from(block.min((1 << 35) - 1)).unwrap_or_default() << BLOCK_SHIFT)
    }

    /// The same with an ordinal; `None` from 2^10 on.
    #[must_use]
    pub fn with_ordinal(self, ordinal: usize) -> Option<Self> {
        let ordinal = Some(ordinal).filter(|ordinal| *ordinal < ORDINALS)?;
        Some(Self(self.event().0 | i64::try_from(ordinal).ok()?))
    }

    /// The event itself, without an ordinal.
    #[must_use]
    pub fn event(self) -> Self {
        Self((self.0 >> EVENT_SHIFT) << EVENT_SHIFT)
    }

    /// The ordinal.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        u32::try_from(self.0 & ((1 << EVENT_SHIFT) - 1)).unwrap_or_default()
    }

    /// The block's number.
    #[must_use]
    pub fn block(self) -> u64 {
        u64::try_from(self.0 >> BLOCK_SHIFT).unwrap_or_default()
    }

    /// The index in the block.
    #[must_use]
    pub fn index(self) -> u32 {
        u32::try_from((self.0 >> EVENT_SHIFT) & ((1 << (BLOCK_SHIFT - EVENT_SHIFT)) - 1)).unwrap_or_default()
    }
}

impl fmt::Display for EventId {
    /// `BLOCK-INDEX`, as people write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.block(), self.index())
    }
}

/// Where ids put the events of a block: at their index or, in a block with more events than that has room for, at their rank among
/// those of the contracts.
#[derive(Debug)]
pub(crate) struct Places {
    crowded: bool,
    taken: u32,
}

impl Places {
    /// Of a block whose last event has this index.
    pub(crate) fn up_to(last: u32) -> Self {
        Self {
            crowded: last >= PLACES,
            taken: 0,
        }
    }

    /// The place of the next event of the contracts. `None` where there is none left: a token, which may emit what it likes, leaves
    /// half of them to the settlement contract.
    pub(crate) fn next(&mut self, index: u32, of_token: bool) -> Option<u32> {
        let (place, room) = match (self.crowded, of_token) {
            (false, _) => (index, PLACES),
            (true, false) => (self.taken, PLACES),
            (true, true) => (self.taken, PLACES / 2),
        };
        let place = Some(place).filter(|place| *place < room)?;
        self.taken = self.taken.saturating_add(1);
        Some(place)
    }

    /// How many were given out.
    pub(crate) fn taken(&self) -> u32 {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_any_number_of_events_has_a_place_for_the_contracts_own() {
        let mut places = Places::up_to(PLACES - 1);
        assert_eq!(
            [7, PLACES - 1].map(|index| places.next(index, false)),
            [Some(7), Some(PLACES - 1)]
        );
        let mut places = Places::up_to(u32::MAX);
        let tokens = (0..PLACES).filter_map(|_| places.next(u32::MAX, true));
        assert!(tokens.eq(0..PLACES / 2));
        assert_eq!(places.next(u32::MAX, false), Some(PLACES / 2));
        assert_eq!(places.taken(), PLACES / 2 + 1);
    }

    #[test]
    fn parts_are_read_back_and_order_is_that_of_the_chain() {
        let id = EventId::new(7, 3).expect("small");
        assert_eq!((id.block(), id.index(), id.to_string()), (7, 3, "7-3".into()));
        let leg = id.with_ordinal(1_023).expect("fits");
        assert_eq!((leg.event(), leg.block(), leg.index()), (id, 7, 3));
        assert!(id < leg && leg < EventId::new(7, 4).expect("small"));
        assert!(EventId::new(7, (1 << 18) - 1).expect("fits") < EventId::first_of(8));
    }

    #[test]
    fn what_does_not_fit_is_refused_rather_than_wrapped() {
        assert_eq!(EventId::new(1 << 35, 0), None);
        assert_eq!(EventId::new(0, 1 << 18), None);
        assert_eq!(EventId(0).with_ordinal(1_024), None);
    }
}

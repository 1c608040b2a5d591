//! How limits hold for a batch: for each item the lower of two, and its sums against two counts.
//!
//! The debtor agent's limits concern all its items, those of a corridor the items for one creditor agent. An item
//! above a limit is an invalid item, left out or refusing the batch as the header says. A sum for which a count has
//! no room refuses the batch: a creditor agent's part is whole or not at all.

use crate::batch::{ItemTotal, MAX_ITEM_MINOR_UNITS};
use crate::{Error, Limited, Seconds};

/// Which way items count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// They are submitted.
    Take,
    /// They ended without being booked.
    GiveBack,
}

/// The most one item may be under these limits, in minor units.
#[must_use]
pub fn of_item(limited: &Limited) -> u64 {
    limited.limits.map_or(MAX_ITEM_MINOR_UNITS, |limits| {
        u64::try_from(limits.per_transfer_minor_units)
            .unwrap_or(MAX_ITEM_MINOR_UNITS)
            .min(MAX_ITEM_MINOR_UNITS)
    })
}

/// Whether there is anything to count: where there are no items, even exhausted limits refuse nothing.
#[must_use]
pub fn concerns(totals: &[ItemTotal]) -> bool {
    totals.iter().any(|total| total.items > 0)
}

/// The limits with these sums counted, of items none of which is too large by itself. `at` is when their batch was
/// submitted.
///
/// What is given back is as of [`Limited::give_back`]; taking answers [`Error::VelocityExceeded`].
pub fn count(limited: Limited, totals: &[ItemTotal], at: Seconds, way: Count) -> Result<Limited, Error> {
    let (items, minor_units) = sum(totals);
    match way {
        Count::Take => limited.take_many(items, minor_units, at),
        Count::GiveBack => Ok(limited.give_back(at, items, minor_units)),
    }
}

/// How many items, and how much together. Of as many counterparties as a batch may have, nothing saturates.
fn sum(totals: &[ItemTotal]) -> (u32, u128) {
    totals.iter().fold((0, 0), |(items, minor_units), total| {
        (
            items.saturating_add(u32::from(total.items)),
            minor_units.saturating_add(u128::from(total.minor_units)),
        )
    })
}

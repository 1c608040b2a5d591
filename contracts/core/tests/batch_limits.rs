//! Limits of a batch: the largest item, and what its sums count.

mod common;

use common::*;
use corridor_core::batch::{ItemTotal, MAX_COUNTERPARTIES, MAX_ITEM_MINOR_UNITS};
use corridor_core::batch_limits::{concerns, count, of_item, Count};
use corridor_core::{Error, Limited, Limits};

fn limited(limits: Limits) -> Limited {
    Limited::default().set(Some(limits), NOW - 1).expect("valid")
}

fn limits() -> Limits {
    Limits {
        per_transfer_minor_units: 500,
        period_minor_units: 1_000,
        period_count: 4,
        bucket_seconds: 60,
    }
}

fn total(minor_units: u64, items: u16) -> ItemTotal {
    ItemTotal { minor_units, items }
}

fn counted(limited: &Limited) -> (u32, u128) {
    let counted = limited.velocity.counted(60, NOW).expect("counts");
    (counted.count, counted.minor_units)
}

#[test]
fn an_item_is_at_most_what_a_transfer_is_and_what_netting_can_book() {
    assert_eq!(of_item(&Limited::default()), MAX_ITEM_MINOR_UNITS);
    for (per_transfer, expected) in [
        (0, 0),
        (500, 500),
        (u128::from(MAX_ITEM_MINOR_UNITS), MAX_ITEM_MINOR_UNITS),
        (u128::from(u64::MAX), MAX_ITEM_MINOR_UNITS),
        (u128::MAX, MAX_ITEM_MINOR_UNITS),
    ] {
        let limits = Limits {
            per_transfer_minor_units: per_transfer,
            ..limits()
        };
        assert_eq!(of_item(&limited(limits)), expected, "{per_transfer}");
    }
}

#[test]
fn sums_are_taken_whole_or_not_at_all() {
    let before = limited(limits());
    let taken = count(before, &[total(300, 1), total(500, 2)], NOW, Count::Take).expect("room");
    assert_eq!(counted(&taken), (3, 800));
    for refused in [[total(201, 1), total(0, 0)], [total(1, 1), total(1, 1)]] {
        assert_eq!(
            count(taken, &refused, NOW, Count::Take),
            Err(Error::VelocityExceeded)
        );
    }
    assert_eq!(
        count(taken, &[total(200, 1)], NOW, Count::Take).map(|after| counted(&after)),
        Ok((4, 1_000))
    );
}

#[test]
fn what_ended_is_given_back_once_at_the_time_of_its_batch() {
    let taken = count(limited(limits()), &[total(800, 3)], NOW, Count::Take).expect("room");
    let part = count(taken, &[total(300, 1)], NOW, Count::GiveBack).expect("cannot fail");
    assert_eq!(counted(&part), (2, 500));
    let elsewhere = count(taken, &[total(300, 1)], NOW + 60, Count::GiveBack).expect("cannot fail");
    assert_eq!(elsewhere, taken, "nothing was taken then");
    let before = count(taken, &[total(300, 1)], NOW - 1, Count::GiveBack).expect("cannot fail");
    assert_eq!(before, taken, "limits came later");
}

#[test]
fn without_limits_nothing_counts_and_no_items_concern_nothing() {
    let free = Limited::default();
    let largest = [total(u64::MAX, u16::MAX); MAX_COUNTERPARTIES];
    for way in [Count::Take, Count::GiveBack] {
        assert_eq!(count(free, &largest, NOW, way), Ok(free));
    }
    assert!(!concerns(&[total(0, 0); MAX_COUNTERPARTIES]));
    assert!(!concerns(&[]));
    assert!(concerns(&[total(0, 0), total(1, 1)]));
}

#[test]
fn the_largest_sums_of_a_batch_fit() {
    let wide = Limits {
        period_minor_units: u128::MAX,
        period_count: u32::MAX,
        ..limits()
    };
    let largest = [total(u64::MAX, u16::MAX); MAX_COUNTERPARTIES];
    let taken = count(limited(wide), &largest, NOW, Count::Take).expect("room");
    assert_eq!(
        counted(&taken),
        (8 * u32::from(u16::MAX), 8 * u128::from(u64::MAX))
    );
    let back = count(taken, &largest, NOW, Count::GiveBack).expect("cannot fail");
    assert_eq!(counted(&back), (0, 0));
}

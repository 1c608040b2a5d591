//! Limits: every error in documented order, and that no period has more than it may.

mod common;

use common::*;
use corridor_core::batch_limits::Count;
use corridor_core::limits::{Counted, Limited, Limits, Velocity, BUCKETS};
use corridor_core::{Currency, Error, Money};
use scale_codec::{Encode, MaxEncodedLen};

fn limits() -> Limits {
    Limits {
        per_transfer_minor_units: 500,
        period_minor_units: 1_000,
        period_count: 4,
        bucket_seconds: 60,
    }
}

/// Began to count the second before.
fn counting() -> Velocity {
    Velocity::default()
        .take_many(&limits(), 0, 0, NOW - 1)
        .expect("nothing yet")
}

fn taken(velocity: Velocity, minor_units: u128, now: u64) -> Velocity {
    velocity
        .take(&limits(), minor_units, now)
        .expect("within the limits")
}

#[test]
fn a_transfer_is_refused_in_documented_order() {
    #[derive(Clone)]
    struct Args(Velocity, Limits, u128, u64);
    let half = taken(counting(), 500, NOW);
    assert_precedence(
        &Args(half, limits(), 500, NOW),
        |args| args.0.take(&args.1, args.2, args.3),
        &[
            (Error::InvalidLimits, |args| args.1.bucket_seconds = 0),
            (Error::LimitPerTransfer, |args| args.2 = 501),
            (Error::VelocityExceeded, |args| args.1.period_count = 1),
            (Error::VelocityExceeded, |args| args.1.period_minor_units = 999),
        ],
    );
    let wide = Limits {
        per_transfer_minor_units: u128::MAX,
        period_minor_units: u128::MAX,
        ..limits()
    };
    assert_eq!(
        half.take(&wide, u128::MAX, NOW),
        Err(Error::VelocityExceeded),
        "the sum does not fit"
    );
    assert!(Error::VelocityExceeded.is_transient());
    assert!(!Error::LimitPerTransfer.is_transient());
}

#[test]
fn the_period_rolls_on_bucket_by_bucket() {
    let start = NOW - NOW % 60;
    let mut velocity = taken(Velocity::default(), 400, start);
    velocity = taken(velocity, 400, start + 60);
    let period = 60 * BUCKETS as u64;
    assert_eq!(
        velocity.take(&limits(), 201, start + period - 1),
        Err(Error::VelocityExceeded)
    );
    let rolled = taken(velocity, 500, start + period);
    assert_eq!(
        rolled.take(&limits(), 101, start + period + 59),
        Err(Error::VelocityExceeded)
    );
    let rolled = taken(rolled, 500, start + period + 60);
    assert!(rolled.take(&limits(), 1, start + period + 60).is_err());
    let fresh = taken(rolled, 500, u64::MAX);
    assert_eq!(fresh.take(&limits(), 500, u64::MAX).map(|_| ()), Ok(()));
}

#[test]
fn what_is_given_back_may_be_taken_again() {
    let first = taken(counting(), 500, NOW);
    let both = taken(first, 500, NOW + 60);
    assert!(both.take(&limits(), 1, NOW + 60).is_err());
    let back = both.give_back(NOW, 1, 500);
    let again = taken(back, 500, NOW + 60);
    assert!(again.take(&limits(), 1, NOW + 60).is_err());
}

#[test]
fn what_was_forgotten_or_never_counted_is_not_given_back() {
    let velocity = taken(counting(), 500, NOW);
    for at in [0, NOW - 1, NOW + 60, NOW - 60 * BUCKETS as u64, u64::MAX] {
        assert_eq!(velocity.give_back(at, 1, 500), velocity, "{at}");
    }
    let later = taken(velocity, 500, NOW + 60 * BUCKETS as u64);
    assert_eq!(later.give_back(NOW, 1, 500), later);
    assert_eq!(Velocity::default().give_back(NOW, 1, 500), Velocity::default());
}

#[test]
fn another_length_of_buckets_starts_a_new_count() {
    let velocity = taken(counting(), 500, NOW);
    let longer = Limits {
        bucket_seconds: 3_600,
        ..limits()
    };
    let next = velocity.take(&longer, 500, NOW + 1).expect("new count");
    let next = next.take(&longer, 500, NOW + 2).expect("room");
    for at in [NOW, NOW + 1] {
        assert_eq!(next.give_back(at, 1, 500), next, "the old count's, in part");
    }
    assert_ne!(next.give_back(NOW + 2, 1, 500), next);
}

#[test]
fn a_clock_that_goes_back_forgets_nothing() {
    let velocity = taken(taken(counting(), 500, NOW), 500, NOW + 120);
    assert_eq!(velocity.take(&limits(), 1, NOW), Err(Error::VelocityExceeded));
    let velocity = taken(taken(counting(), 400, NOW + 120), 400, NOW + 120);
    let back = taken(velocity, 1, NOW);
    assert_eq!(back.take(&limits(), 200, NOW + 120), Err(Error::VelocityExceeded));
}

#[test]
fn it_is_small_to_store() {
    assert_eq!(Velocity::default().encoded_size(), 140);
    assert_eq!(Velocity::max_encoded_len(), 140);
    assert_eq!(Limits::max_encoded_len(), 40);
}

/// Against a list that remembers everything: within any five buckets' time never more than the limits, and
/// never refused when the last six buckets' time has room.
#[test]
fn random_transfers_stay_within_the_limits() {
    let mut random = Random(0x5EED);
    let (mut velocity, mut now) = (counting(), NOW);
    let mut taken: Vec<(u64, u128)> = Vec::new();
    for _ in 0..50_000 {
        now += random.below(40);
        let minor_units = u128::from(random.below(500)) + 1;
        let within = |taken: &[(u64, u128)], seconds: u64| {
            let recent = taken.iter().rev().take_while(|(at, _)| *at > now - seconds);
            recent.fold((0u32, 0u128), |sum, (_, more)| (sum.0 + 1, sum.1 + more))
        };
        let longest = within(&taken, 60 * BUCKETS as u64);
        match velocity.take(&limits(), minor_units, now) {
            Ok(next) => {
                velocity = next;
                taken.push((now, minor_units));
            }
            Err(error) => {
                assert_eq!(error, Error::VelocityExceeded);
                assert!(longest.0 >= 4 || longest.1 + minor_units > 1_000);
            }
        }
        let (count, sum) = within(&taken, 60 * (BUCKETS as u64 - 1));
        assert!(count <= 4 && sum <= 1_000);
        if random.below(5) == 0 && !taken.is_empty() {
            let at = taken.len() - 1 - random.below(taken.len().min(6) as u64) as usize;
            let (instructed_at, minor_units) = taken.remove(at);
            velocity = velocity.give_back(instructed_at, 1, minor_units);
        }
    }
}

fn limited() -> Limited {
    Limited::default().set(Some(limits()), NOW - 1).expect("valid")
}

#[test]
fn a_counted_transfer_is_refused_in_documented_order() {
    let base = (limited(), 500, NOW);
    let with = |change: fn(&mut Limits)| {
        let mut spoiled = limits();
        change(&mut spoiled);
        Limited {
            limits: Some(spoiled),
            ..limited()
        }
    };
    assert_eq!(base.0.take(base.1, base.2).map(drop), Ok(()));
    for (args, error) in [
        // Decoded from a broken record: `set` does not let it through.
        (
            (with(|limits| limits.bucket_seconds = 0), 501, NOW),
            Error::InvalidLimits,
        ),
        (
            (with(|limits| limits.period_count = 0), 501, NOW),
            Error::LimitPerTransfer,
        ),
        (
            (with(|limits| limits.period_count = 0), 500, NOW),
            Error::VelocityExceeded,
        ),
        (
            (with(|limits| limits.period_minor_units = 499), 500, NOW),
            Error::VelocityExceeded,
        ),
    ] {
        assert_eq!(args.0.take(args.1, args.2), Err(error));
    }
}

#[test]
fn what_counts_can_be_asked_at_any_time() {
    let start = NOW - NOW % 60;
    let velocity = taken(taken(Velocity::default(), 400, start), 100, start + 60);
    let counted = |now| velocity.counted(60, now).map(|sum| (sum.count, sum.minor_units));
    let period = 60 * BUCKETS as u64;
    assert_eq!(counted(start + 60), Ok((2, 500)));
    assert_eq!(
        counted(start + period),
        Ok((1, 100)),
        "the oldest bucket is forgotten"
    );
    assert_eq!(counted(start + period + 60), Ok((0, 0)));
    assert_eq!(
        velocity.counted(30, start),
        Ok(Default::default()),
        "other buckets start a new count"
    );
    assert_eq!(velocity.counted(0, start), Err(Error::InvalidLimits));
}

#[test]
fn without_limits_nothing_is_refused_or_counted() {
    let free = Limited::default();
    assert_eq!(free.take(u128::MAX, NOW), Ok(free));
    assert_eq!(free.take_many(u32::MAX, u128::MAX, NOW), Ok(free));
    assert_eq!(free.give_back(NOW, 1, 1), free);
}

#[test]
fn limits_without_a_bucket_are_not_set() {
    let mut none = limits();
    none.bucket_seconds = 0;
    assert_eq!(limited().set(Some(none), NOW), Err(Error::InvalidLimits));
    none.bucket_seconds = 1;
    assert_eq!(
        limited().set(Some(none), NOW).map(|set| set.limits),
        Ok(Some(none))
    );
}

#[test]
fn new_limits_count_on_and_lifted_ones_forget() {
    let counted = limited().take(500, NOW).expect("within the limits");
    let lower = Limits {
        period_minor_units: 600,
        ..limits()
    };
    let lowered = counted.set(Some(lower), NOW).expect("valid");
    assert_eq!(lowered.velocity, counted.velocity);
    assert_eq!(lowered.take(101, NOW + 1), Err(Error::VelocityExceeded));
    assert!(lowered.take(100, NOW + 1).is_ok());
    let lifted = counted.set(None, NOW).expect("always");
    assert_eq!(lifted, Limited::default());
    // What was instructed before or while there were none is not given back to the new count.
    let again = lifted.set(Some(limits()), NOW + 59).expect("valid");
    let again = again
        .take(500, NOW + 60)
        .and_then(|limited| limited.take(500, NOW + 60));
    let again = again.expect("a new count");
    for at in [NOW, NOW + 59] {
        assert_eq!(again.give_back(at, 1, 500), again);
    }
    assert!(again.give_back(NOW + 60, 1, 500).take(500, NOW + 60).is_ok());
}

#[test]
fn a_batch_counts_each_of_its_items() {
    let wide = Limits {
        period_minor_units: 10_000,
        ..limits()
    };
    let limited = Limited::default().set(Some(wide), NOW - 1).expect("valid");
    // The sum is above what one transfer may be: that is for each item to keep.
    let three = limited.take_many(3, 3 * 500, NOW).expect("three of four");
    assert_eq!(three.take_many(2, 2, NOW), Err(Error::VelocityExceeded));
    assert_eq!(three.take_many(1, 8_501, NOW), Err(Error::VelocityExceeded));
    assert!(three.take_many(1, 8_500, NOW).is_ok());
    assert_eq!(
        three.take_many(u32::MAX, 1, NOW),
        Err(Error::VelocityExceeded),
        "the number does not fit"
    );
    // Two of its items are excepted.
    let back = three.give_back(NOW, 2, 1_000);
    let full = back.take_many(3, 9_500, NOW).expect("one of 500 is left");
    assert_eq!(full.take_many(0, 1, NOW), Err(Error::VelocityExceeded));
    assert_eq!(full.take_many(1, 0, NOW), Err(Error::VelocityExceeded));
    assert_eq!(
        three.give_back(NOW, 9, 99_999),
        three.give_back(NOW, 3, 1_500),
        "never below nothing"
    );
}

#[test]
fn what_counts_as_no_transfer_counts_by_its_amount_and_is_given_back_so() {
    let full = Limited::default().set(Some(limits()), NOW - 1).expect("valid");
    let full = full.take_many(4, 400, NOW).expect("four of four");
    let by_amount = |minor_units| {
        let amount = Counted {
            from: BOC,
            to: CUP,
            money: Money::new(Currency::CNY, minor_units),
            transfers: 0,
        };
        (amount, amount.count(full, NOW, Count::Take))
    };
    let (amount, taken) = by_amount(500);
    let taken = taken.expect("600 are left");
    assert_eq!(taken.take_many(0, 101, NOW), Err(Error::VelocityExceeded));
    assert_eq!(taken.take_many(1, 1, NOW), Err(Error::VelocityExceeded));
    assert_eq!(amount.count(taken, NOW, Count::GiveBack), Ok(full));
    assert_eq!(by_amount(501).1, Err(Error::LimitPerTransfer));
    // Lower limits than what was counted are in nobody's way but of what counts.
    let lower = Limits {
        period_count: 1,
        ..limits()
    };
    let lowered = full.set(Some(lower), NOW).expect("valid");
    assert!(amount.count(lowered, NOW, Count::Take).is_ok());
}

#[test]
fn what_is_instructed_in_the_second_in_which_a_count_begins_is_not_given_back() {
    // Half of it before the limits were set, half of it after: nobody can tell which it is.
    let set = Limited::default().set(Some(limits()), NOW).expect("valid");
    let counted = set.take(500, NOW).expect("within the limits");
    assert_eq!(counted.give_back(NOW, 1, 500), counted);
    assert_eq!(counted.take(501, NOW + 1), Err(Error::LimitPerTransfer));
    let full = counted.take(500, NOW + 1).expect("counted as well");
    assert_eq!(full.take(1, NOW + 1), Err(Error::VelocityExceeded));
    assert!(full.give_back(NOW + 1, 1, 500).take(500, NOW + 1).is_ok());
    // The count begins with the limits, not with the first transfer under them.
    let later = set.take(500, NOW + 1).expect("within the limits");
    assert_ne!(later.give_back(NOW + 1, 1, 500), later);
    // Nor do limits with another length of buckets give back what the count before them took.
    let longer = Limits {
        bucket_seconds: 3_600,
        ..limits()
    };
    let longer = later.set(Some(longer), NOW + 1).expect("valid");
    let longer = longer.take(500, NOW + 2).expect("a new count");
    assert_eq!(longer.give_back(NOW + 1, 1, 500), longer);
    assert_ne!(longer.give_back(NOW + 2, 1, 500), longer);
}

//! Business days.

use crate::Zone;
use corridor_client::core::Seconds;
use corridor_iso20022::Date;
use std::ops::Range;

/// The longest period.
pub const MAX_DAYS: u32 = 366;

/// Whole local days, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: Date,
    last: Date,
    zone: Zone,
    from: Seconds,
    until: Seconds,
}

/// The days are no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period goes from a day after 1970-01-01 to the same or a later one, at most {MAX_DAYS} days")]
pub struct InvalidPeriod;

impl Period {
    /// From the beginning of the first day to the end of the last.
    ///
    /// # Errors
    /// [`InvalidPeriod`] where the last day is before the first, or there are too many.
    pub fn new(first: Date, last: Date, zone: Zone) -> Result<Self, InvalidPeriod> {
        let days = last.days_since_epoch().checked_sub(first.days_since_epoch());
        if days.is_none_or(|days| days >= MAX_DAYS) {
            return Err(InvalidPeriod);
        }
        let after = last.days_since_epoch().checked_add(1);
        let after = after.and_then(Date::from_days_since_epoch).ok_or(InvalidPeriod)?;
        Ok(Self {
            first,
            last,
            zone,
            from: zone.midnight(first).ok_or(InvalidPeriod)?,
            until: zone.midnight(after).ok_or(InvalidPeriod)?,
        })
    }

    /// One day.
    ///
    /// # Errors
    /// [`InvalidPeriod`] for the first and the last day there is.
    pub fn day(date: Date, zone: Zone) -> Result<Self, InvalidPeriod> {
        Self::new(date, date, zone)
    }

    /// The first day.
    #[must_use]
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day, which is part of it.
    #[must_use]
    pub fn last(&self) -> Date {
        self.last
    }

    /// Where the days begin and end.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// How many days.
    #[must_use]
    pub fn days(&self) -> u32 {
        let between = self
            .last
            .days_since_epoch()
            .saturating_sub(self.first.days_since_epoch());
        between.saturating_add(1)
    }

    /// The moments: from the first one to the one after the last, in seconds since 1970.
    #[must_use]
    pub fn moments(&self) -> Range<Seconds> {
        self.from..self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn days_follow_each_other_without_a_gap() {
        let first = Period::day(date("2026-11-24"), Zone::BEIJING).expect("a day");
        let second = Period::day(date("2026-11-25"), Zone::BEIJING).expect("a day");
        assert_eq!(first.moments().end, second.moments().start);
        let both = Period::new(first.first(), second.last(), Zone::BEIJING).expect("two days");
        assert_eq!(both.moments(), first.moments().start..second.moments().end);
        assert_eq!((first.days(), both.days()), (1, 2));
    }

    #[test]
    fn what_is_no_period_is_refused() {
        let period = |first, last| Period::new(date(first), date(last), Zone::BEIJING);
        assert_eq!(period("2026-11-25", "2026-11-24"), Err(InvalidPeriod));
        assert!(period("2027-01-01", "2028-01-01").is_ok());
        assert_eq!(period("2027-01-01", "2028-01-02"), Err(InvalidPeriod));
        assert_eq!(period("1970-01-01", "1970-01-01"), Err(InvalidPeriod));
        assert_eq!(period("9999-12-31", "9999-12-31"), Err(InvalidPeriod));
    }
}

//! Where a business day begins.

use corridor_client::core::Seconds;
use corridor_iso20022::{Date, DateTime};
use std::{fmt, str::FromStr};

const SECONDS_PER_DAY: i64 = 86_400;

/// The furthest from UTC that XML Schema, and any country, goes: 14 hours.
const FURTHEST_MINUTES: i32 = 14 * 60;

/// A settlement time zone: local time as a fixed distance from UTC, as the contract's schedule has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    minutes_east: i32,
}

impl Zone {
    /// Asia/Shanghai, +08:00 all year; Asia/Hong_Kong is the same.
    pub const BEIJING: Self = Self { minutes_east: 480 };

    /// Where a day begins first, +14:00.
    pub const FIRST: Self = Self {
        minutes_east: FURTHEST_MINUTES,
    };

    /// Where a day ends last, -14:00.
    pub const LAST: Self = Self {
        minutes_east: -FURTHEST_MINUTES,
    };

    /// The zone so many minutes east of UTC; `None` beyond 14 hours either way.
    #[must_use]
    pub fn from_minutes_east(minutes_east: i32) -> Option<Self> {
        let within = (-FURTHEST_MINUTES..=FURTHEST_MINUTES).contains(&minutes_east);
        within.then_some(Self { minutes_east })
    }

    fn seconds_east(self) -> i64 {
        i64::from(self.minutes_east).saturating_mul(60)
    }

    /// The first moment of a day; `None` for one that begins before 1970 in UTC.
    #[must_use]
    pub fn midnight(self, date: Date) -> Option<Seconds> {
        let local = i64::from(date.days_since_epoch()).checked_mul(SECONDS_PER_DAY)?;
        u64::try_from(local.checked_sub(self.seconds_east())?).ok()
    }

    /// The day a moment is on; `None` after the year 9999, and before 1970 in local time.
    #[must_use]
    pub fn date(self, at: Seconds) -> Option<Date> {
        let local = self.local(at)?;
        let days = u32::try_from(local.div_euclid(SECONDS_PER_DAY)).ok()?;
        Date::from_days_since_epoch(days)
    }

    /// A moment in local time, as messages write it: `2026-11-24T17:30:00+08:00`. `None` as for [`Zone::date`].
    #[must_use]
    pub fn time(self, at: Seconds) -> Option<DateTime> {
        let (date, of_day) = (self.date(at)?, self.local(at)?.rem_euclid(SECONDS_PER_DAY));
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        format!("{date}T{hour:02}:{minute:02}:{second:02}{self}")
            .parse()
            .ok()
    }

    /// The local day of a time as a message writes it; one without a zone is local. `None` as for [`Zone::date`].
    #[must_use]
    pub fn day_of(self, time: &DateTime) -> Option<Date> {
        self.date(self.moment(time)?)
    }

    /// The moment of a time as a message writes it, in whole seconds; one without a zone is local. `None` before 1970 in UTC.
    #[must_use]
    pub fn moment(self, time: &DateTime) -> Option<Seconds> {
        let (date, clock) = time.as_str().split_once('T')?;
        let date: Date = date.parse().ok()?;
        let field = |at: usize| clock.get(at..at.checked_add(2)?)?.parse::<i64>().ok();
        let of_day = field(0)? * 3_600 + field(3)? * 60 + field(6)?;
        let local = i64::from(date.days_since_epoch())
            .checked_mul(SECONDS_PER_DAY)?
            .checked_add(of_day)?;
        let east = Self::of(time).unwrap_or(self).seconds_east();
        u64::try_from(local.checked_sub(east)?).ok()
    }

    /// The zone a time names; `None` where it names none.
    #[must_use]
    pub fn of(time: &DateTime) -> Option<Self> {
        let (_, clock) = time.as_str().split_once('T')?;
        let offset = clock.get(8..)?;
        match offset.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()) {
            "Z" => Self::from_minutes_east(0),
            offset => offset.parse().ok(),
        }
    }

    fn local(self, at: Seconds) -> Option<i64> {
        i64::try_from(at).ok()?.checked_add(self.seconds_east())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::BEIJING
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes_east < 0 { '-' } else { '+' };
        let minutes = self.minutes_east.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The text is no such zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time zone is written as its offset from UTC, such as +08:00 or -03:30, at most 14 hours")]
pub struct InvalidZone;

impl FromStr for Zone {
    type Err = InvalidZone;

    fn from_str(text: &str) -> Result<Self, InvalidZone> {
        let (sign, rest) = match text.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(InvalidZone),
        };
        let number = |digits: &str| -> Result<i32, InvalidZone> {
            let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| plain).ok_or(InvalidZone)
        };
        let (hours, minutes) = rest.split_once(':').ok_or(InvalidZone)?;
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if minutes > 59 {
            return Err(InvalidZone);
        }
        Self::from_minutes_east(sign * (hours * 60 + minutes)).ok_or(InvalidZone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str) -> Zone {
        text.parse().expect("a zone")
    }

    #[test]
    fn a_day_begins_at_local_midnight() {
        let date: Date = "2026-11-24".parse().expect("a date");
        for (offset, midnight) in [
            ("+00:00", "2026-11-24T00:00:00+00:00"),
            ("+08:00", "2026-11-24T00:00:00+08:00"),
            ("-03:30", "2026-11-24T00:00:00-03:30"),
            ("+14:00", "2026-11-24T00:00:00+14:00"),
        ] {
            let zone = zone(offset);
            let at = zone.midnight(date).expect("after 1970");
            assert_eq!(zone.time(at).expect("in range").as_str(), midnight);
            assert_eq!(zone.date(at), Some(date));
            assert_ne!(zone.date(at - 1), Some(date));
            assert_eq!(zone.date(at + 86_399), Some(date));
            assert_ne!(zone.date(at + 86_400), Some(date));
        }
        assert_eq!(Zone::BEIJING.midnight(date), Some(1_795_449_600));
        assert_eq!(Zone::default().to_string(), "+08:00");
    }

    #[test]
    fn what_is_no_moment_has_no_day() {
        let first: Date = "1970-01-01".parse().expect("a date");
        assert_eq!(Zone::BEIJING.midnight(first), None);
        assert_eq!(zone("-01:00").date(0), None);
        assert_eq!(Zone::BEIJING.time(u64::MAX), None);
    }

    #[test]
    fn a_time_of_another_zone_is_on_the_local_day() {
        for (time, day) in [
            ("2026-11-24T16:00:00Z", "2026-11-25"),
            ("2026-11-24T15:59:59.999Z", "2026-11-24"),
            ("2026-11-24T00:30:00+09:00", "2026-11-23"),
            ("2026-11-24T23:59:59", "2026-11-24"),
        ] {
            let day: Date = day.parse().expect("a date");
            assert_eq!(
                Zone::BEIJING.day_of(&time.parse().expect("a time")),
                Some(day),
                "{time}"
            );
        }
    }

    #[test]
    fn what_is_no_offset_is_refused() {
        for text in [
            "",
            "8",
            "08:00",
            "+8:00",
            "+08:60",
            "+14:01",
            "+0a:00",
            "Z",
            "+080:0",
            "Asia/Shanghai",
        ] {
            assert_eq!(text.parse::<Zone>(), Err(InvalidZone), "{text}");
        }
    }
}

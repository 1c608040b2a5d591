//! Dates and times as messages write them.

use std::{fmt, str::FromStr};

/// Days in 400 years of the Gregorian calendar.
const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_SHIFT: i64 = 719_468;
const SECONDS_PER_DAY: u64 = 86_400;

/// A calendar day from 1970-01-01 to 9999-12-31 (ISO 20022 `ISODate`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days_since_epoch: u32,
}

impl Date {
    /// The last day, 9999-12-31.
    const LAST: u32 = 2_932_896;

    /// The day `days` after 1970-01-01; `None` after 9999-12-31.
    #[must_use]
    pub fn from_days_since_epoch(days: u32) -> Option<Self> {
        (days <= Self::LAST).then_some(Self {
            days_since_epoch: days,
        })
    }

    /// The day of a calendar date, `None` when there is no such day.
    #[must_use]
    pub fn from_calendar(year: u16, month: u8, day: u8) -> Option<Self> {
        if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if day == 0 || day > days_in_month(year, month) {
            return None;
        }
        // Years start in March here, so that the leap day is the last one of its year.
        let year = i64::from(year) - i64::from(month <= 2);
        let (era, year_of_era) = (year / 400, year % 400);
        let month_from_march = (i64::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
        u32::try_from(days).ok().and_then(Self::from_days_since_epoch)
    }

    /// Days since 1970-01-01, as `Terms::interbank_settlement_date` has it.
    #[must_use]
    pub fn days_since_epoch(self) -> u32 {
        self.days_since_epoch
    }

    /// Year, month from 1, day from 1.
    #[must_use]
    pub fn calendar(self) -> (u16, u8, u8) {
        let days = i64::from(self.days_since_epoch) + EPOCH_SHIFT;
        let (era, day_of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        // In range by construction: `days_since_epoch` is at most `LAST`.
        let narrow = |value: i64| u8::try_from(value).unwrap_or_default();
        (
            u16::try_from(year).unwrap_or_default(),
            narrow(month),
            narrow(day),
        )
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.calendar();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a date or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDate;

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date is written 2026-11-24, a time 2026-11-24T09:30:00+08:00")
    }
}

impl std::error::Error for InvalidDate {}

impl FromStr for Date {
    type Err = InvalidDate;

    /// Reads `YYYY-MM-DD`. A zone behind it, which XML Schema allows, is checked and left out: the day
    /// meant is the one written.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let (date, zone) = text.split_at_checked(10).ok_or(InvalidDate)?;
        if !zone.is_empty() && !is_zone(zone) {
            return Err(InvalidDate);
        }
        let fields = |at: std::ops::Range<usize>| digits(date.get(at)?);
        if date.get(4..5) != Some("-") || date.get(7..8) != Some("-") {
            return Err(InvalidDate);
        }
        let parts = (fields(0..4), fields(5..7), fields(8..10));
        let (Some(year), Some(month), Some(day)) = parts else {
            return Err(InvalidDate);
        };
        let narrow = |value: u16| u8::try_from(value).map_err(|_| InvalidDate);
        Self::from_calendar(year, narrow(month)?, narrow(day)?).ok_or(InvalidDate)
    }
}

/// A time (ISO 20022 `ISODateTime`), kept as it was written.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateTime(String);

impl DateTime {
    /// The time `seconds` after 1970-01-01T00:00:00Z, in UTC; `None` after the year 9999.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Option<Self> {
        let days = u32::try_from(seconds / SECONDS_PER_DAY).ok()?;
        let date = Date::from_days_since_epoch(days)?;
        let of_day = seconds % SECONDS_PER_DAY;
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        Some(Self(format!("{date}T{hour:02}:{minute:02}:{second:02}Z")))
    }

    /// The time as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DateTime {
    type Err = InvalidDate;

    /// Reads `YYYY-MM-DDThh:mm:ss`, with or without a fraction of the second and a zone.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let (date, time) = text.split_once('T').ok_or(InvalidDate)?;
        if date.len() != 10 {
            return Err(InvalidDate);
        }
        date.parse::<Date>()?;
        let (clock, rest) = time.split_at_checked(8).ok_or(InvalidDate)?;
        let zone = match rest.strip_prefix('.') {
            Some(fraction) => {
                let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
                let length = fraction.len().saturating_sub(zone.len());
                if !(1..=9).contains(&length) {
                    return Err(InvalidDate);
                }
                zone
            }
            None => rest,
        };
        let in_range = matches!(clock_fields(clock), Some((0..=23, 0..=59, 0..=59)));
        if !in_range || !(zone.is_empty() || is_zone(zone)) {
            return Err(InvalidDate);
        }
        Ok(Self(text.to_owned()))
    }
}

fn clock_fields(clock: &str) -> Option<(u16, u16, u16)> {
    let colons = clock.get(2..3) == Some(":") && clock.get(5..6) == Some(":");
    let fields = (
        digits(clock.get(0..2)?)?,
        digits(clock.get(3..5)?)?,
        digits(clock.get(6..8)?)?,
    );
    colons.then_some(fields)
}

/// `Z`, or an offset of at most 14 hours: `+08:00`.
fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let Some(offset) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let (Some(hours), Some(minutes)) = (
        offset.get(0..2).and_then(digits),
        offset.get(3..5).and_then(digits),
    ) else {
        return false;
    };
    let within = (hours < 14 && minutes < 60) || (hours == 14 && minutes == 0);
    within && offset.len() == 5 && offset.get(2..3) == Some(":")
}

/// A number of ASCII digits only; `parse` alone would take a sign.
fn digits(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_are_counted_from_the_epoch() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1972-02-29", 789),
            ("2000-03-01", 11_017),
            ("2026-11-24", 20_781),
            ("9999-12-31", Date::LAST),
        ] {
            let date: Date = text.parse().expect(text);
            assert_eq!(date.days_since_epoch(), days, "{text}");
            assert_eq!(date.to_string(), text);
        }
        let zoned: Date = "2026-11-24+08:00".parse().expect("zone");
        assert_eq!(zoned.days_since_epoch(), 20_781);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-2-01",
            "2026-02-30",
            "2025-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "1969-12-31",
            "2026/01/01",
            "+026-01-01",
            "2026-01-01X",
            "2026-01-01+15:00",
            "２０２６-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(InvalidDate), "{text}");
        }
        assert_eq!(Date::from_days_since_epoch(Date::LAST + 1), None);
    }

    #[test]
    fn times_are_kept_as_written() {
        for text in [
            "2026-11-24T09:30:00",
            "2026-11-24T09:30:00Z",
            "2026-11-24T09:30:00.123+08:00",
            "2026-11-24T23:59:59-14:00",
        ] {
            assert_eq!(text.parse::<DateTime>().expect(text).as_str(), text);
        }
        for text in [
            "2026-11-24",
            "2026-11-24T",
            "2026-11-24T24:00:00",
            "2026-11-24T09:60:00",
            "2026-11-24T09:30",
            "2026-11-24T09:30:00.",
            "2026-11-24T09:30:00+8:00",
            "2026-11-24T+9:30:00",
            "2026-11-24Z09:30:00",
            "2026-11-24T09:30:00+14:01",
            "T09:30:00",
            "2026-11-24T09:30:00Zé",
        ] {
            assert_eq!(text.parse::<DateTime>(), Err(InvalidDate), "{text}");
        }
        let epoch = DateTime::from_unix_seconds(1_795_512_600).expect("in range");
        assert_eq!(epoch.as_str(), "2026-11-24T09:30:00Z");
        assert_eq!(DateTime::from_unix_seconds(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn every_day_is_written_and_read_back(days in 0u32..=Date::LAST) {
            let date = Date::from_days_since_epoch(days).expect("in range");
            prop_assert_eq!(date.to_string().parse(), Ok(date));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Date>();
            let _ = text.parse::<DateTime>();
        }
    }
}

//! Settlement windows: which one a moment belongs to, and when each closes.
//!
//! A window is a pure function of block time, so nobody opens or closes one by hand and no two nodes can
//! disagree. A window of a weekend or holiday is not run by itself: its transfers belong to the first
//! window of the next business day and are cleared in one run with it.

use crate::{Error, Seconds};
use alloc::{vec, vec::Vec};
use core::fmt;
use scale_codec::{Decode, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// The most exceptions one schedule lists: about those of a year. They are stored with what every call reads.
pub const MAX_EXCEPTIONS: usize = 24;

/// The shortest window, in seconds. With it a 32-bit number lasts for 8,000 years.
pub const MIN_WINDOW_SECONDS: u32 = 60;

/// The longest window, in seconds: a day, so that every business day has at least one window.
pub const MAX_WINDOW_SECONDS: u32 = 86_400;

/// The largest distance of a local time from UTC, in seconds: 14 hours.
pub const MAX_UTC_OFFSET: i32 = 50_400;

/// Seconds of a local day.
const DAY: i64 = 86_400;

/// A settlement window's number. Numbers grow with time; those that fall on a day off are left out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
pub struct WindowId(pub u32);

impl fmt::Display for WindowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How time is cut into settlement windows: 21 bytes and two for each exception.
#[derive(Clone, Debug, PartialEq, Eq, Encode, TypeInfo)]
pub struct Schedule {
    /// When window 0 nominally starts.
    pub anchor: Seconds,
    /// Seconds from the nominal start of one window to that of the next.
    pub length: u32,
    /// How many seconds before a window's nominal end it stops taking transfers.
    pub cut_off: u32,
    /// Seconds to add to UTC for the local time that days off are counted in. Beijing: 28,800.
    pub utc_offset: i32,
    /// Local days that are not what their weekday says, as days since 1970-01-01, in rising order: a listed weekday is
    /// a day off, a listed Saturday or Sunday is worked, as China has it around its long holidays.
    pub exceptions: Vec<u16>,
}

// Every net acceptance decodes it: numbers are read together, as they are in memory, and so are exceptions.
const _: () = assert!(cfg!(target_endian = "little"));

impl Decode for Schedule {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let mut numbers = [0u32; 5];
        input.read(bytemuck::bytes_of_mut(&mut numbers))?;
        let [low, high, length, cut_off, utc_offset] = numbers;
        // A compact length of one byte: up to 63, more than a schedule may have.
        let count = input.read_byte()?;
        if count & 0b11 != 0 {
            return Err("too many exceptions".into());
        }
        let mut exceptions = vec![0; usize::from(count >> 2)];
        input.read(bytemuck::cast_slice_mut::<u16, u8>(&mut exceptions))?;
        Ok(Self {
            anchor: Seconds::from(high) << 32 | Seconds::from(low),
            length,
            cut_off,
            utc_offset: utc_offset.cast_signed(),
            exceptions,
        })
    }
}

impl Schedule {
    /// [`Error::InvalidSchedule`] unless the length is within [`MIN_WINDOW_SECONDS`] and
    /// [`MAX_WINDOW_SECONDS`], the cut-off is shorter than a window and not before 1970, the offset is within
    /// [`MAX_UTC_OFFSET`], and at most [`MAX_EXCEPTIONS`] exceptions are in rising order.
    pub fn validate(&self) -> Result<(), Error> {
        let rising = self
            .exceptions
            .iter()
            .zip(self.exceptions.iter().skip(1))
            .all(|(earlier, later)| earlier < later);
        let valid = (MIN_WINDOW_SECONDS..=MAX_WINDOW_SECONDS).contains(&self.length)
            && self.cut_off < self.length
            && (Seconds::from(self.cut_off)..=Seconds::from(u32::MAX)).contains(&self.anchor)
            && self.utc_offset.unsigned_abs() <= MAX_UTC_OFFSET.unsigned_abs()
            && self.exceptions.len() <= MAX_EXCEPTIONS
            && rising;
        if valid {
            Ok(())
        } else {
            Err(Error::InvalidSchedule)
        }
    }

    /// Whether this schedule may take the place of `former` at `now`: [`Error::InvalidSchedule`] unless it is
    /// valid and the number of the open window does not go back, which would reopen a closed window.
    pub fn replaces(&self, former: &Self, now: Seconds) -> Result<(), Error> {
        self.validate()?;
        if self.window_of(now) < former.window_of(now) {
            return Err(Error::InvalidSchedule);
        }
        Ok(())
    }

    /// The window a transfer accepted at `now` belongs to. Never falls as time goes on.
    ///
    /// From its cut-off on, a window takes no more transfers: they belong to the next one.
    #[inline(never)]
    #[must_use]
    pub fn window_of(&self, now: Seconds) -> WindowId {
        let window = self.nominal(now);
        // A window is of the day its last second is in: what closes at midnight closes the day before.
        let day = self.local_day(self.closes_at(window).saturating_sub(1));
        let business_day = self.business_day_from(day);
        if business_day == day {
            window
        } else {
            self.nominal(self.start_of(business_day))
        }
    }

    /// The cut-off of `window`: the first second that no longer belongs to it.
    #[must_use]
    pub fn closes_at(&self, window: WindowId) -> Seconds {
        Seconds::from(window.0)
            .saturating_add(1)
            .saturating_mul(Seconds::from(self.length))
            .saturating_add(self.origin())
    }

    /// Whether a local day, in days since 1970-01-01, is a weekday that is not a day off, or a day of a weekend that
    /// is worked.
    #[must_use]
    pub fn is_business_day(&self, day: i64) -> bool {
        let exception = u16::try_from(day).is_ok_and(|day| self.exceptions.binary_search(&day).is_ok());
        is_weekend(day) == exception
    }

    /// The listed weekdays: days off.
    pub fn holidays(&self) -> impl Iterator<Item = u16> + '_ {
        let days = self.exceptions.iter().copied();
        days.filter(|day| !is_weekend(i64::from(*day)))
    }

    /// The listed Saturdays and Sundays: days that are worked.
    pub fn worked_days(&self) -> impl Iterator<Item = u16> + '_ {
        let days = self.exceptions.iter().copied();
        days.filter(|day| is_weekend(i64::from(*day)))
    }

    /// The first second of window 0, the cut-off of the window before it.
    fn origin(&self) -> Seconds {
        self.anchor.saturating_sub(Seconds::from(self.cut_off))
    }

    /// The window by length alone, days off not considered. Window 0 takes what comes before it, too.
    fn nominal(&self, now: Seconds) -> WindowId {
        let number = now
            .saturating_sub(self.origin())
            .checked_div(Seconds::from(self.length))
            .unwrap_or_default();
        WindowId(u32::try_from(number).unwrap_or(u32::MAX))
    }

    fn local_day(&self, now: Seconds) -> i64 {
        i64::try_from(now)
            .unwrap_or(i64::MAX)
            .saturating_add(i64::from(self.utc_offset))
            .div_euclid(DAY)
    }

    /// The first second of a local day.
    fn start_of(&self, day: i64) -> Seconds {
        let start = day.saturating_mul(DAY).saturating_sub(i64::from(self.utc_offset));
        Seconds::try_from(start).unwrap_or_default()
    }

    /// `day` or the first business day after it.
    fn business_day_from(&self, mut day: i64) -> i64 {
        // Ends after at most all exceptions and the weekends between them.
        while !self.is_business_day(day) {
            day = day.saturating_add(1);
        }
        day
    }
}

/// Whether a local day, in days since 1970-01-01, is a Saturday or a Sunday.
#[must_use]
pub fn is_weekend(day: i64) -> bool {
    // 1970-01-01 was a Thursday: 2 is a Saturday, 3 a Sunday.
    matches!(day.rem_euclid(7), 2 | 3)
}

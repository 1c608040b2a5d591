//! When a statement says it ends.

use super::claimed::{none, Unreadable};
use crate::Zone;
use corridor_client::core::Seconds;
use corridor_iso20022::{
    statement::{DateOrTime, Period},
    Date,
};
use std::ops::Range;

/// The moments that the last block may be of: within the days of both balances and, where it is stated, the period. None at all
/// where these contradict each other.
///
/// The period names the zone of the days. Without one, as in a CSV, a day is from where it begins first to where it ends last.
pub(super) fn moments(
    period: Option<&Period>,
    opening: &DateOrTime,
    closing: &DateOrTime,
) -> Result<Range<Seconds>, Unreadable> {
    stated(period, opening, closing).ok_or_else(|| none("its days are beyond what can be counted"))
}

fn stated(period: Option<&Period>, opening: &DateOrTime, closing: &DateOrTime) -> Option<Range<Seconds>> {
    let Some(Period { from, to }) = period else {
        let end = end(closing, Zone::LAST)?;
        return Some(begin(opening, Zone::FIRST)?.max(end.start)..end.end);
    };
    let first = Zone::of(from).unwrap_or(Zone::FIRST);
    let last = Zone::of(to).unwrap_or(Zone::LAST);
    let end = end(closing, last)?;
    let from = begin(opening, first)?.max(first.moment(from)?).max(end.start);
    Some(from..end.end.min(after(last.moment(to)?)?))
}

fn begin(at: &DateOrTime, zone: Zone) -> Option<Seconds> {
    match at {
        DateOrTime::Date(date) => zone.midnight(*date),
        DateOrTime::Time(time) => zone.moment(time),
    }
}

/// The very second, or any until the day is over.
fn end(at: &DateOrTime, zone: Zone) -> Option<Range<Seconds>> {
    match at {
        DateOrTime::Date(date) => {
            let next = date.days_since_epoch().checked_add(1)?;
            Some(0..zone.midnight(Date::from_days_since_epoch(next)?)?)
        }
        DateOrTime::Time(time) => {
            let second = zone.moment(time)?;
            Some(second..after(second)?)
        }
    }
}

fn after(second: Seconds) -> Option<Seconds> {
    second.checked_add(1)
}

/// A day or a time as CSV and JSON write it.
pub(super) fn read(text: &str) -> Result<DateOrTime, Unreadable> {
    let date = text.parse().map(DateOrTime::Date);
    let read = date.or_else(|_| text.parse().map(DateOrTime::Time));
    read.map_err(|_| Unreadable::Statement(format!("{text:?} is no day and no time")))
}

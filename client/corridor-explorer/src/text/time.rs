//! Times of the chain in UTC, and in Beijing where both banks' days are counted.

use corridor_client::core::Seconds;
use corridor_iso20022::{Date, DateTime};
use maud::{html, Markup};

/// Seconds Beijing is ahead of UTC, all year.
const BEIJING: Seconds = 28_800;

/// Seconds of a day.
pub(crate) const DAY: Seconds = 86_400;

/// A time in both zones, in one piece.
pub(crate) fn moment(seconds: Seconds) -> Markup {
    let beijing = seconds.checked_add(BEIJING).and_then(plain);
    let (Some(machine), Some(utc), Some(beijing)) =
        (DateTime::from_unix_seconds(seconds), plain(seconds), beijing)
    else {
        return html! { "second " (seconds) };
    };
    html! {
        span.moment {
            time datetime=(machine.as_str()) { (utc) " UTC" }
            span.dot { " \u{b7} " }
            span.beijing { (beijing) " Beijing" }
        }
    }
}

/// `2026-11-24 01:30:00`; `None` after the year 9999.
fn plain(seconds: Seconds) -> Option<String> {
    let time = DateTime::from_unix_seconds(seconds)?;
    Some(time.as_str().trim_end_matches('Z').replacen('T', " ", 1))
}

/// A calendar day, given as days since 1970.
pub(crate) fn day(days: u32) -> String {
    Date::from_days_since_epoch(days).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// The second a Beijing day begins.
pub(crate) fn beijing_day_begins(date: Date) -> Seconds {
    Seconds::from(date.days_since_epoch())
        .saturating_mul(DAY)
        .saturating_sub(BEIJING)
}

/// `5 s`, `3 min`, `2 h 5 min`, `4 d 3 h`.
pub(crate) fn duration(seconds: Seconds) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / DAY);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..DAY => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_both_zones_also_across_midnight() {
        let text = moment(1_795_453_200).into_string();
        assert!(text.contains("datetime=\"2026-11-23T17:00:00Z\""), "{text}");
        assert!(text.contains("2026-11-23 17:00:00 UTC"), "{text}");
        assert!(text.contains("2026-11-24 01:00:00 Beijing"), "{text}");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_told_in_seconds() {
        assert_eq!(moment(u64::MAX).into_string(), "second 18446744073709551615");
    }

    #[test]
    fn a_beijing_day_begins_eight_hours_before_the_utc_day() {
        let date = Date::from_calendar(2026, 11, 24).expect("a day");
        assert_eq!(beijing_day_begins(date), 1_795_449_600);
        assert!(moment(1_795_449_600)
            .into_string()
            .contains("2026-11-24 00:00:00 Beijing"));
        assert_eq!(day(date.days_since_epoch()), "2026-11-24");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let told = [0, 59, 60, 3_600, 7_500, 86_400, 360_000].map(duration);
        assert_eq!(
            told,
            [
                "0 s",
                "59 s",
                "1 min",
                "1 h 0 min",
                "2 h 5 min",
                "1 d 0 h",
                "4 d 4 h"
            ]
        );
    }
}

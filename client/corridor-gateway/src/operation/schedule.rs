//! How time is cut into settlement windows.

use crate::text::Text;
use corridor_client::core::{window::is_weekend, Schedule};
use corridor_iso20022::{Date, DateTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A schedule of settlement windows, for all currencies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// When window 0 nominally starts, with a zone. By another schedule the open window may not get a lower number than it has.
    #[schema(value_type = String, format = "date-time", example = "2026-11-24T00:00:00Z")]
    pub anchor: Text<DateTime>,
    /// Seconds of a window.
    #[schema(minimum = 60, maximum = 86400)]
    pub length_seconds: u32,
    /// Seconds before its end at which it stops taking transfers; fewer than a window has.
    #[serde(default)]
    pub cut_off_seconds: u32,
    /// Seconds to add to UTC for the local time days off are counted in.
    #[serde(default)]
    #[schema(minimum = -50400, maximum = 50400)]
    pub utc_offset_seconds: i32,
    /// Days off besides Saturdays and Sundays, at most 24 together with the days that are worked.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 24)]
    pub holidays: Vec<Text<Date>>,
    /// Saturdays and Sundays that are worked.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 24)]
    pub worked_days: Vec<Text<Date>>,
}

/// The days of one field, of a weekend or not.
fn exceptions<'a>(
    field: &'a str,
    dates: &'a [Text<Date>],
    weekend: bool,
) -> impl Iterator<Item = Result<u16, String>> + 'a {
    dates.iter().map(move |date| {
        let days = date.0.days_since_epoch();
        if is_weekend(days.into()) != weekend {
            return Err(format!(
                "{field}: {date} is {} a Saturday or Sunday",
                if weekend { "not" } else { "already" }
            ));
        }
        u16::try_from(days).map_err(|_| format!("{field}: {date} is too far ahead"))
    })
}

impl NewSchedule {
    /// The schedule as the contract has it.
    ///
    /// # Errors
    /// What is wrong with which field, in words.
    pub fn schedule(&self) -> Result<Schedule, String> {
        let holidays = exceptions("holidays", &self.holidays, false);
        let worked = exceptions("worked_days", &self.worked_days, true);
        let mut exceptions = holidays.chain(worked).collect::<Result<Vec<u16>, String>>()?;
        exceptions.sort_unstable();
        exceptions.dedup();
        let schedule = Schedule {
            anchor: crate::iso::unix_seconds(&self.anchor.0)
                .ok_or("anchor: give the time with its zone, such as ...Z")?,
            length: self.length_seconds,
            cut_off: self.cut_off_seconds,
            utc_offset: self.utc_offset_seconds,
            exceptions,
        };
        schedule.validate().map_err(|_| {
            "the schedule: windows of 60 to 86400 seconds, a shorter cut-off, an offset of at most 50400, at most 24 exceptional days"
        })?;
        Ok(schedule)
    }
}

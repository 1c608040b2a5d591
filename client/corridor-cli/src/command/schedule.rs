//! `corridor schedule`.

use super::common::Changed;
use crate::{
    context::Context,
    duration::{seconds_or_none, ShortDuration},
    message,
    output::{Answer, Page},
    settings::Duty,
    view::{
        netting::{day_text, offset_text, schedule_text},
        Moment,
    },
    Failure,
};
use corridor_client::{
    core::{window::is_weekend, Schedule, Seconds},
    Corridor,
};
use corridor_iso20022::{Date, DateTime};
use serde::Serialize;

/// Show or set how time is cut into settlement windows
///
/// What is accepted for net settlement belongs to the window that is open at that moment, and is paid when that
/// window is closed. Nothing settles net before the first schedule.
#[derive(Debug, clap::Subcommand)]
pub enum ScheduleCommand {
    /// Show the schedule and the open window
    Show,
    /// Set the schedule (governor)
    Set(Set),
}

/// A schedule by flags.
#[derive(Debug, clap::Args)]
pub struct Set {
    /// How long a window is: 60s to 24h
    #[arg(long, value_name = "TIME")]
    length: ShortDuration,

    /// How long before its nominal end a window stops taking transfers; shorter than a window
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = seconds_or_none)]
    cut_off: u32,

    /// When window 0 starts: a time such as 2026-11-24T00:00:00Z or seconds since 1970 [default: windows that start
    /// at local midnight; window numbers go on from those of an earlier schedule]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    anchor: Option<Seconds>,

    /// Which local time days off are counted in
    #[arg(long, value_name = "OFFSET", default_value = "+08:00", value_parser = utc_offset, allow_hyphen_values = true)]
    utc_offset: i32,

    /// A day off besides Saturdays and Sundays; may be repeated, at most 24 times together with --worked
    #[arg(long = "holiday", value_name = "YYYY-MM-DD")]
    holidays: Vec<Date>,

    /// A Saturday or Sunday that is worked; may be repeated
    #[arg(long = "worked", value_name = "YYYY-MM-DD")]
    worked: Vec<Date>,
}

fn moment(text: &str) -> Result<Seconds, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let time: DateTime = text.parse().map_err(|error| format!("{error}"))?;
    message::unix_seconds(&time)
        .ok_or_else(|| "a time needs its zone, such as Z or +08:00, and is after 1970".into())
}

fn utc_offset(text: &str) -> Result<i32, String> {
    let fault = || "an offset from UTC is written +08:00 or -03:30".to_owned();
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(fault()),
    };
    let (hours, minutes) = rest.split_once(':').ok_or_else(fault)?;
    let number = |digits: &str| -> Result<i32, String> {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| plain).ok_or_else(fault)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 14 || minutes > 59 {
        return Err(fault());
    }
    Ok(sign * (hours * 3_600 + minutes * 60))
}

impl ScheduleCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show => show(context).await,
            Self::Set(set) => set.run(context).await,
        }
    }
}

/// A schedule as JSON and text show it.
#[derive(Debug, Serialize)]
struct ScheduleView {
    anchor: Moment,
    length_seconds: u32,
    cut_off_seconds: u32,
    utc_offset: String,
    holidays: Vec<String>,
    worked_days: Vec<String>,
}

impl From<&Schedule> for ScheduleView {
    fn from(schedule: &Schedule) -> Self {
        Self {
            anchor: Moment(schedule.anchor),
            length_seconds: schedule.length,
            cut_off_seconds: schedule.cut_off,
            utc_offset: offset_text(schedule.utc_offset),
            holidays: schedule.holidays().map(day_text).collect(),
            worked_days: schedule.worked_days().map(day_text).collect(),
        }
    }
}

/// A day that is worked though of a weekend, or off though it is not, as the contract counts days.
fn exception(date: Date, worked: bool) -> Result<u16, Failure> {
    let refused = |message: String| {
        let advice =
            "Give --holiday a weekday that is off, and --worked a Saturday or Sunday that is worked.";
        Failure::usage("cli.schedule", message, advice)
    };
    let days = date.days_since_epoch();
    match (is_weekend(days.into()), worked) {
        (true, false) => {
            return Err(refused(format!(
                "{date} is of a weekend, and off without --holiday"
            )))
        }
        (false, true) => {
            return Err(refused(format!(
                "{date} is a weekday, and worked without --worked"
            )))
        }
        _ => {}
    }
    u16::try_from(days).map_err(|_| refused(format!("{date} is before 1970 or too far ahead")))
}

impl Set {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Governor).await?;
        let former = corridor.schedule().await?;
        let now = chain_now(&corridor).await?;
        let schedule = self.schedule(former.as_ref(), now)?;
        let text = format!("settlement windows are {}", schedule_text(&schedule));
        if former.as_ref().is_some_and(|former| *former != schedule) {
            let question = format!("Replace the schedule? Then {text}.");
            context.confirm(&question).await?;
        }
        let progress = context.output.progress("submitting", 1);
        let what = ScheduleView::from(&schedule);
        let outcome = corridor.set_schedule(schedule).await?;
        drop(progress);
        context
            .output
            .answer(&Changed::new(what, text, &outcome, &corridor))
    }

    /// The days that are not what their weekday says, rising.
    fn exceptions(&self) -> Result<Vec<u16>, Failure> {
        let holidays = self.holidays.iter().map(|date| exception(*date, false));
        let worked = self.worked.iter().map(|date| exception(*date, true));
        let mut days = holidays.chain(worked).collect::<Result<Vec<u16>, Failure>>()?;
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }

    /// The schedule that the flags ask for, checked as the contract will check it.
    fn schedule(&self, former: Option<&Schedule>, now: Seconds) -> Result<Schedule, Failure> {
        let refused = |message: String| {
            let advice =
                "A window lasts 60s to 24h, its cut-off is shorter than that, the anchor is a time since \
                          1970, there are at most 24 exceptional days, and window numbers never go back.";
            Failure::usage("cli.schedule", message, advice)
        };
        let length = u32::try_from(self.length.0.as_secs())
            .map_err(|_| refused(format!("a window of {} is too long", self.length)))?;
        let exceptions = self.exceptions()?;
        let anchor = self
            .anchor
            .or_else(|| default_anchor(former, length, self.utc_offset, now));
        let schedule = Schedule {
            anchor: anchor.ok_or_else(|| {
                refused(
                    "window numbers cannot go on from the present schedule's with windows this long".into(),
                )
            })?,
            length,
            cut_off: self.cut_off,
            utc_offset: self.utc_offset,
            exceptions,
        };
        let checked = match former {
            Some(former) => schedule.replaces(former, now),
            None => schedule.validate(),
        };
        checked.map_err(|_| {
            let goes_back = schedule.validate().is_ok();
            refused(match former {
                Some(former) if goes_back => format!(
                    "window {} is open, and by this schedule it would be window {}",
                    former.window_of(now),
                    schedule.window_of(now)
                ),
                _ => "the schedule is outside the limits".into(),
            })
        })?;
        Ok(schedule)
    }
}

/// Window 0's start when nothing says otherwise: windows start whole lengths after local midnight.
///
/// Under a schedule with windows of the same length nothing moves. Under one with other windows the open one gets
/// the number after the present one's; `None` where that many windows of the new length do not fit since 1970.
fn default_anchor(former: Option<&Schedule>, length: u32, utc_offset: i32, now: Seconds) -> Option<Seconds> {
    if let Some(former) = former.filter(|former| former.length == length) {
        return Some(former.anchor);
    }
    let local = i64::try_from(now).ok()?.checked_add(utc_offset.into())?;
    let midnight = local.checked_sub(local.rem_euclid(86_400))?;
    let into = local.checked_sub(midnight)?.checked_rem(length.into())?;
    let aligned = u64::try_from(local.checked_sub(into)?.checked_sub(utc_offset.into())?).ok()?;
    let before = former.map_or(0, |former| u64::from(former.window_of(now).0).saturating_add(1));
    aligned.checked_sub(before.checked_mul(length.into())?)
}

/// Now, by whichever clock is ahead: the chain's stands still while there is nothing to do.
pub(super) async fn chain_now(corridor: &Corridor) -> Result<Seconds, Failure> {
    let chain = corridor.finalised_head().await?.time_ms / 1_000;
    Ok(chain.max(message::now()))
}

#[derive(Debug, Serialize)]
struct ShownView {
    schedule: Option<ScheduleView>,
    open_window: Option<u32>,
    closes_at: Option<Moment>,
}

async fn show(context: &Context) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let schedule = corridor.schedule().await?;
    let now = chain_now(&corridor).await?;
    let open = schedule.as_ref().map(|schedule| schedule.window_of(now));
    let closes_at = schedule.as_ref().zip(open);
    context.output.answer(&ShownView {
        open_window: open.map(|window| window.0),
        closes_at: closes_at.map(|(schedule, window)| Moment(schedule.closes_at(window))),
        schedule: schedule.as_ref().map(ScheduleView::from),
    })
}

impl Answer for ShownView {
    fn print(&self, page: &mut Page) {
        let (Some(schedule), Some(open), Some(closes_at)) =
            (&self.schedule, self.open_window, self.closes_at)
        else {
            return page.line("There is no schedule yet: nothing settles net.");
        };
        let days = |days: &[String]| match days.is_empty() {
            true => "none".to_owned(),
            false => days.join(", "),
        };
        page.fields([
            ("window 0 starts", schedule.anchor.to_string()),
            ("length", format!("{} s", schedule.length_seconds)),
            (
                "cut-off",
                format!("{} s before the end", schedule.cut_off_seconds),
            ),
            ("days off of UTC", schedule.utc_offset.clone()),
            ("holidays", days(&schedule.holidays)),
            ("worked weekend days", days(&schedule.worked_days)),
            ("open now", format!("window {open}, until {closes_at}")),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Seconds = 1_795_512_600; // 2026-11-24T09:30:00Z, a Tuesday, 17:30 in Beijing

    fn set(length: &str, cut: u32) -> Set {
        Set {
            length: length.parse().expect("a time"),
            cut_off: cut,
            anchor: None,
            utc_offset: 28_800,
            holidays: Vec::new(),
            worked: Vec::new(),
        }
    }

    #[test]
    fn a_day_is_an_exception_only_to_what_its_weekday_says() {
        let date = |text: &str| text.parse::<Date>().expect("a date");
        let (thursday, saturday) = (date("2026-10-01"), date("2026-10-10"));
        let mut set = set("1h", 0);
        set.holidays = vec![date("2026-10-02"), thursday, thursday];
        set.worked = vec![saturday];
        let days = set.exceptions().expect("as they say");
        assert_eq!(days, [20_727, 20_728, 20_736]);
        for (date, worked) in [(saturday, false), (thursday, true)] {
            assert!(exception(date, worked).is_err(), "{date}");
        }
    }

    #[test]
    fn offsets_and_moments_are_read() {
        assert_eq!(utc_offset("+08:00"), Ok(28_800));
        assert_eq!(utc_offset("-03:30"), Ok(-12_600));
        for text in ["", "8", "08:00", "+8:00", "+08:60", "+15:00", "+0a:00"] {
            assert!(utc_offset(text).is_err(), "{text}");
        }
        assert_eq!(moment("1795512600"), Ok(NOW));
        assert_eq!(moment("2026-11-24T17:30:00+08:00"), Ok(NOW));
        assert!(moment("2026-11-24T17:30:00").is_err());
        assert_eq!(seconds_or_none("0s"), Ok(0));
        assert_eq!(seconds_or_none("5m"), Ok(300));
        assert!(seconds_or_none("soon").is_err());
    }

    #[test]
    fn windows_start_at_local_midnight_and_numbers_go_on() {
        let first = set("1h", 0).schedule(None, NOW).expect("valid");
        assert_eq!(Moment(first.anchor).to_string(), "2026-11-24T09:00:00Z");
        assert_eq!(first.window_of(NOW).0, 0);
        let later = NOW + 10 * 3_600;
        let number = first.window_of(later).0;
        assert_eq!(number, 10);
        // The same length again: nothing moves.
        assert_eq!(set("1h", 0).schedule(Some(&first), later).expect("valid"), first);
        let second = set("10m", 60).schedule(Some(&first), later).expect("valid");
        assert_eq!(second.window_of(later).0, number + 1);
        assert!(set("30s", 0).schedule(None, NOW).is_err());
        assert!(set("1h", 3_600).schedule(None, NOW).is_err());
        let back = Set {
            anchor: Some(later),
            ..set("1h", 0)
        };
        let failure = back.schedule(Some(&first), later).expect_err("goes back");
        assert!(
            failure.message.contains("window 10 is open"),
            "{}",
            failure.message
        );
    }
}

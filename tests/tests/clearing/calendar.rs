//! A calendar of its own for the random days: a list of local days and their names, nothing of the contract's.

use corridor_core::Schedule;
use corridor_tests::random::Random;
use std::collections::BTreeSet;

/// The first moment of Thursday, 2023-11-16, in Beijing.
pub const THURSDAY: u64 = 1_700_064_000;
/// That day, in days since 1970-01-01.
const THURSDAY_NUMBER: u16 = 19_677;
/// Beijing's distance from UTC.
const BEIJING: i32 = 28_800;

const NAMES: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
/// Days on which there may be holidays and worked weekends.
const UNSETTLED_DAYS: usize = 5;
/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// Two weeks from that Thursday on, and windows of a length that need not divide a day.
pub struct Calendar {
    length: u64,
    cut_off: u64,
    /// Holidays and worked days, counted from the Thursday.
    unusual: BTreeSet<usize>,
}

impl Calendar {
    pub fn random(random: &mut Random) -> Self {
        let length = random.pick(&[1_800, 3_600, 7_200, 20_011, 43_200, 86_400]);
        let cut_off = random.draw() % 1_800;
        let unusual = (0..UNSETTLED_DAYS).filter(|_| random.percent(35)).collect();
        Self {
            length,
            cut_off,
            unusual,
        }
    }

    /// The same as the contract has it.
    pub fn schedule(&self) -> Schedule {
        let number = |day: &usize| THURSDAY_NUMBER + u16::try_from(*day).expect("small");
        Schedule {
            anchor: THURSDAY,
            length: u32::try_from(self.length).expect("at most a day"),
            cut_off: u32::try_from(self.cut_off).expect("less than that"),
            utc_offset: BEIJING,
            exceptions: self.unusual.iter().map(number).collect(),
        }
    }

    fn is_worked(&self, day: usize) -> bool {
        let weekend = ["Sat", "Sun"].contains(&NAMES[day % NAMES.len()]);
        weekend == self.unusual.contains(&day)
    }

    /// The end of a window: its cut-off.
    pub fn end(&self, window: u32) -> u64 {
        THURSDAY - self.cut_off + self.length * (u64::from(window) + 1)
    }

    /// Walks from one window to the next until one ends after this moment, on a day that is worked.
    pub fn window_at(&self, moment: u64) -> u32 {
        let mut window = 0;
        loop {
            let end = self.end(window);
            // What ends at midnight is the day's before.
            let day = usize::try_from((end - 1 - THURSDAY) / DAY).expect("small");
            if moment < end && self.is_worked(day) {
                return window;
            }
            window += 1;
        }
    }

    /// For messages of failures.
    pub fn told(&self) -> String {
        let days: Vec<&str> = self.unusual.iter().map(|day| NAMES[day % 7]).collect();
        format!(
            "windows of {} s with cut-off {} s, unusual days {days:?}",
            self.length, self.cut_off
        )
    }
}

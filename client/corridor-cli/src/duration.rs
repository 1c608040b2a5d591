//! Lengths of time as people write them: `90s`, `15m`, `24h`, `7d`.

use std::{fmt, str::FromStr, time::Duration};

/// A length of time, at least one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortDuration(pub Duration);

impl fmt::Display for ShortDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs())
    }
}

/// The text is no length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDuration;

impl fmt::Display for InvalidDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time is a whole number above zero with s, m, h or d, such as 90s or 24h")
    }
}

impl std::error::Error for InvalidDuration {}

impl FromStr for ShortDuration {
    type Err = InvalidDuration;

    fn from_str(text: &str) -> Result<Self, InvalidDuration> {
        let (unit_at, unit) = text.char_indices().last().ok_or(InvalidDuration)?;
        let seconds_per_unit = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return Err(InvalidDuration),
        };
        let count: u64 = text[..unit_at].parse().map_err(|_| InvalidDuration)?;
        let seconds = count.checked_mul(seconds_per_unit).filter(|seconds| *seconds > 0);
        seconds.map(Duration::from_secs).map(Self).ok_or(InvalidDuration)
    }
}

/// A length of time in seconds, which may be none at all (`0s`).
///
/// # Errors
/// [`InvalidDuration`], also for one of more than 32 bits.
pub fn seconds_or_none(text: &str) -> Result<u32, InvalidDuration> {
    if matches!(text, "0" | "0s" | "0m" | "0h" | "0d") {
        return Ok(0);
    }
    let time: ShortDuration = text.parse()?;
    u32::try_from(time.0.as_secs()).map_err(|_| InvalidDuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_unit() {
        for (text, seconds) in [("1s", 1), ("15m", 900), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(text.parse(), Ok(ShortDuration(Duration::from_secs(seconds))));
        }
        for text in [
            "",
            "s",
            "0s",
            "-1s",
            "10",
            "1.5h",
            "9999999999999999999d",
            "1 h",
            "5é",
        ] {
            assert_eq!(text.parse::<ShortDuration>(), Err(InvalidDuration), "{text}");
        }
    }
}

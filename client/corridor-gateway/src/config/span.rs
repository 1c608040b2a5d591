//! Values of the configuration file that are texts.

use serde::{de::Error, Deserialize, Deserializer};
use std::{fmt, str::FromStr, time::Duration};

/// A length of time above zero: `250ms`, `90s`, `15m`, `24h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Span {
    /// So many seconds, as a default.
    #[must_use]
    pub const fn seconds<const N: u64>() -> Self {
        Self(Duration::from_secs(N))
    }

    /// So many milliseconds, as a default.
    #[must_use]
    pub const fn millis<const N: u64>() -> Self {
        Self(Duration::from_millis(N))
    }

    fn parse(text: &str) -> Option<Self> {
        Self::parse_any(text).filter(|span| !span.0.is_zero())
    }

    fn parse_any(text: &str) -> Option<Self> {
        let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
        let (count, unit) = text.split_at(unit_at);
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        let millis = count.parse::<u64>().ok()?.checked_mul(millis)?;
        Some(Self(Duration::from_millis(millis)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom("a time is a whole number above zero with ms, s, m or h, such as 90s")
        })
    }
}

/// Reads a length of time that may be none at all.
pub(super) fn or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let text = String::deserialize(deserializer)?;
    Span::parse_any(&text)
        .ok_or_else(|| D::Error::custom("a time is a whole number with ms, s, m or h, such as 5s or 0s"))
}

/// Reads a value by its own text.
pub(super) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_their_unit() {
        assert_eq!(Span::parse("250ms"), Some(Span::millis::<250>()));
        assert_eq!(Span::parse("2h"), Some(Span::seconds::<7200>()));
        for text in ["", "0s", "5", "s", "-1s", "1d", "1.5s", "99999999999999999999h"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        assert_eq!(Span::parse_any("0s"), Some(Span::seconds::<0>()));
    }
}

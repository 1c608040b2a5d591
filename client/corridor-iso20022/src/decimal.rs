//! Decimal numbers without a currency: control sums.

use std::fmt;

/// A non-negative decimal number (ISO 20022 `DecimalNumber`), exact, compared by value: `1.50` is `1.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits without the point; no trailing zero behind the point.
    unscaled: u128,
    /// How many of them stand behind the point.
    scale: u32,
}

impl Decimal {
    /// `unscaled / 10^scale`.
    #[must_use]
    pub fn new(mut unscaled: u128, mut scale: u32) -> Self {
        while scale > 0 && unscaled.is_multiple_of(10) {
            unscaled /= 10;
            scale -= 1;
        }
        Self { unscaled, scale }
    }

    /// Reads digits with at most one point: at most 18 in all, at most 17 behind the point.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = [whole, fraction].concat();
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain || digits.len() > 18 || fraction.len() > 17 {
            return None;
        }
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Self::new(digits.parse().ok()?, scale))
    }

    /// The plain sum of amounts as ISO 20022 control sums have it: across currencies, each at its own
    /// exponent. `None` past 128 bits, or for a currency without a known exponent.
    #[must_use]
    pub fn sum<'a>(amounts: impl IntoIterator<Item = &'a corridor_core::Money>) -> Option<Self> {
        const SCALE: u32 = corridor_core::currency::MAX_EXPONENT as u32;
        let mut sum: u128 = 0;
        for amount in amounts {
            let exponent = u32::from(amount.currency.exponent()?);
            let factor = 10u128.checked_pow(SCALE.checked_sub(exponent)?)?;
            sum = sum.checked_add(amount.minor_units.checked_mul(factor)?)?;
        }
        Some(Self::new(sum, SCALE))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.unscaled, width = scale.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(scale));
        if fraction.is_empty() {
            f.write_str(whole)
        } else {
            write!(f, "{whole}.{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_core::{Currency, Money};
    use proptest::prelude::*;

    #[test]
    fn numbers_are_compared_by_value() {
        for (text, same, written) in [
            ("1.50", "1.5", "1.5"),
            ("100", "100.00", "100"),
            ("0", "0.0", "0"),
            ("0.05", "0.050", "0.05"),
        ] {
            let number = Decimal::parse(text).expect(text);
            assert_eq!(Some(number), Decimal::parse(same), "{text}");
            assert_eq!(number.to_string(), written);
        }
        for text in [
            "",
            ".",
            ".5",
            "5.",
            "-1",
            "+1",
            "1e3",
            "1 0",
            "1.2.3",
            "1234567890123456789",
            "一",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn sums_are_taken_across_exponents() {
        let jpy: Currency = "JPY".parse().expect("valid");
        let kwd: Currency = "KWD".parse().expect("valid");
        let amounts = [
            Money::new(Currency::CNY, 1050),
            Money::new(jpy, 7),
            Money::new(kwd, 1),
        ];
        assert_eq!(Decimal::sum(&amounts), Decimal::parse("17.501"));
        assert_eq!(Decimal::sum(&[Money::new(Currency::CNY, u128::MAX)]), None);
        let gold: Currency = "XAU".parse().expect("valid");
        assert_eq!(Decimal::sum(&[Money::new(gold, 1)]), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(unscaled in 0u128..1_000_000_000_000_000_000, scale in 0u32..17) {
            let number = Decimal::new(unscaled, scale);
            prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number));
        }
    }
}

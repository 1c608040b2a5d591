//! Money: an amount in minor units together with its currency.

use crate::{Currency, Error};
use alloc::{format, string::String};
use core::fmt;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// An amount of one currency, counted in that currency's minor units (ISO 4217: fen, cents, yen).
///
/// Arithmetic is checked, and refuses to mix currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// The amount in minor units.
    pub minor_units: u128,
}

impl Money {
    /// `minor_units` of `currency`.
    #[must_use]
    pub const fn new(currency: Currency, minor_units: u128) -> Self {
        Self {
            currency,
            minor_units,
        }
    }

    /// `self + other`; [`Error::CurrencyMismatch`] or [`Error::AmountOverflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, Error> {
        self.same_currency(other)?;
        let minor_units = self
            .minor_units
            .checked_add(other.minor_units)
            .ok_or(Error::AmountOverflow)?;
        Ok(Self { minor_units, ..self })
    }

    /// `self - other`; [`Error::CurrencyMismatch`], or [`Error::AmountOverflow`] below zero.
    pub fn checked_sub(self, other: Self) -> Result<Self, Error> {
        self.same_currency(other)?;
        let minor_units = self
            .minor_units
            .checked_sub(other.minor_units)
            .ok_or(Error::AmountOverflow)?;
        Ok(Self { minor_units, ..self })
    }

    fn same_currency(self, other: Self) -> Result<(), Error> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(Error::CurrencyMismatch)
        }
    }

    /// Reads a decimal amount as ISO 20022 writes it (`1250`, `1250.5`, `1250.50`).
    ///
    /// More digits after the point than the currency has is an error, never a rounding; so are signs,
    /// exponents, grouping and more than 18 digits in all (ISO 20022 `ActiveCurrencyAndAmount`).
    pub fn parse_decimal(currency: Currency, text: &str) -> Result<Self, InvalidAmount> {
        let exponent = currency.exponent().ok_or(InvalidAmount::NoMinorUnit)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let point_without_fraction = text.ends_with('.');
        if whole.is_empty() || point_without_fraction || !digits(whole) || !digits(fraction) {
            return Err(InvalidAmount::NotDecimal);
        }
        if whole.len().saturating_add(fraction.len()) > 18 {
            return Err(InvalidAmount::TooManyDigits);
        }
        // Trailing zeros past the exponent say nothing, yet a sender who writes them means another
        // currency more often than not: refuse, as the clearing systems do.
        if fraction.len() > usize::from(exponent) {
            return Err(InvalidAmount::TooManyDecimals { exponent });
        }
        let padded = format!("{whole}{fraction:0<width$}", width = usize::from(exponent));
        let minor_units = padded.parse().map_err(|_| InvalidAmount::TooManyDigits)?;
        Ok(Self {
            currency,
            minor_units,
        })
    }

    /// The amount as ISO 20022 writes it, with all of the currency's decimals: `1250.50`.
    ///
    /// A currency without a known exponent is written in minor units.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        let exponent = usize::from(self.currency.exponent().unwrap_or(0));
        let digits = format!(
            "{:0>width$}",
            self.minor_units,
            width = exponent.saturating_add(1)
        );
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(exponent));
        if fraction.is_empty() {
            whole.into()
        } else {
            format!("{whole}.{fraction}")
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.to_decimal())
    }
}

/// Why a text is not an amount of the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidAmount {
    /// The currency has no minor unit in ISO 4217, or the code is not assigned.
    NoMinorUnit,
    /// Not plain digits with at most one decimal point.
    NotDecimal,
    /// More digits after the point than the currency's exponent.
    TooManyDecimals {
        /// Digits the currency allows after the point.
        exponent: u8,
    },
    /// More than 18 digits in all.
    TooManyDigits,
}

impl fmt::Display for InvalidAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMinorUnit => f.write_str("the currency is not an ISO 4217 currency with a minor unit"),
            Self::NotDecimal => {
                f.write_str("an amount is digits with at most one decimal point, such as 1250.50")
            }
            Self::TooManyDecimals { exponent } => {
                write!(
                    f,
                    "the currency has {exponent} digits after the decimal point, the amount has more"
                )
            }
            Self::TooManyDigits => f.write_str("an amount has at most 18 digits"),
        }
    }
}

impl core::error::Error for InvalidAmount {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().expect("valid code")
    }

    #[test]
    fn decimals_are_read_by_the_currencys_exponent() {
        for (code, text, minor_units) in [
            ("CNY", "1250.5", 125_050),
            ("CNY", "0.01", 1),
            ("CNY", "7", 700),
            ("JPY", "1250", 1250),
            ("KWD", "1.234", 1234),
            ("CNY", "9999999999999999.99", 999_999_999_999_999_999),
        ] {
            assert_eq!(
                Money::parse_decimal(currency(code), text),
                Ok(Money::new(currency(code), minor_units))
            );
        }
    }

    #[test]
    fn what_would_need_rounding_or_guessing_is_refused() {
        let cny = currency("CNY");
        for (text, error) in [
            ("1.234", InvalidAmount::TooManyDecimals { exponent: 2 }),
            ("1.230", InvalidAmount::TooManyDecimals { exponent: 2 }),
            ("", InvalidAmount::NotDecimal),
            (".5", InvalidAmount::NotDecimal),
            ("5.", InvalidAmount::NotDecimal),
            ("-5", InvalidAmount::NotDecimal),
            ("+5", InvalidAmount::NotDecimal),
            ("1e3", InvalidAmount::NotDecimal),
            ("1,000", InvalidAmount::NotDecimal),
            ("1.2.3", InvalidAmount::NotDecimal),
            ("１", InvalidAmount::NotDecimal),
            ("12345678901234567.00", InvalidAmount::TooManyDigits),
        ] {
            assert_eq!(Money::parse_decimal(cny, text), Err(error), "{text}");
        }
        assert_eq!(
            Money::parse_decimal(currency("JPY"), "1.0"),
            Err(InvalidAmount::TooManyDecimals { exponent: 0 })
        );
        assert_eq!(
            Money::parse_decimal(currency("XAU"), "1"),
            Err(InvalidAmount::NoMinorUnit)
        );
    }

    #[test]
    fn arithmetic_refuses_mixed_currencies_and_overflow() {
        let one = Money::new(Currency::CNY, 1);
        assert_eq!(
            one.checked_add(Money::new(Currency::HKD, 1)),
            Err(Error::CurrencyMismatch)
        );
        assert_eq!(
            one.checked_sub(Money::new(Currency::HKD, 1)),
            Err(Error::CurrencyMismatch)
        );
        assert_eq!(
            one.checked_add(Money::new(Currency::CNY, u128::MAX)),
            Err(Error::AmountOverflow)
        );
        assert_eq!(
            one.checked_sub(Money::new(Currency::CNY, 2)),
            Err(Error::AmountOverflow)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor_units in 0u128..999_999_999_999_999_999, which in 0usize..3) {
            let currency = currency(["CNY", "JPY", "KWD"][which]);
            let money = Money::new(currency, minor_units);
            prop_assert_eq!(Money::parse_decimal(currency, &money.to_decimal()), Ok(money));
            prop_assert!(money.to_string().starts_with(currency.as_str()));
        }
    }
}

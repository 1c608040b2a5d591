//! Rates of exchange: ratios of integers, and their exact conversion.

use crate::Error;
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The largest numerator or denominator of an agreed rate. Fifteen digits are more than ISO 20022's
/// `BaseOneRate` (eleven) has, with room for the exponents of both currencies; and a spread can be applied
/// without leaving 64 bits.
pub const MAX_RATE_PART: u64 = 1_000_000_000_000_000;

/// Basis points in the whole: one basis point is a hundredth of a per cent.
pub const BASIS_POINTS: u16 = 10_000;

/// How much of currency B one unit of currency A is worth: `numerator` minor units of B for `denominator`
/// minor units of A. The exponents of both are already in it.
///
/// 0.92 HKD for 1 CNY is 92 / 100; 21.5 JPY (no minor unit) for 1 CNY (fen) is 215 / 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Rate {
    /// Minor units of B.
    pub numerator: u64,
    /// Minor units of A.
    pub denominator: u64,
}

/// What an amount converts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Minor units of B, rounded down.
    pub minor_units: u128,
    /// What rounding took, in parts of one minor unit of B: so many of the rate's `denominator`.
    pub remainder: u64,
}

impl Rate {
    /// [`Error::InvalidRate`] unless both parts are within 1 to [`MAX_RATE_PART`].
    pub fn validate(self) -> Result<(), Error> {
        let bounded = |part: u64| (1..=MAX_RATE_PART).contains(&part);
        if bounded(self.numerator) && bounded(self.denominator) {
            Ok(())
        } else {
            Err(Error::InvalidRate)
        }
    }

    /// The rate left when a spread of so many basis points is taken off.
    ///
    /// [`Error::InvalidRate`] when the spread is the whole or more, or the parts no longer fit 64 bits
    /// (which no valid rate's do).
    pub fn less_spread(self, basis_points: u16) -> Result<Self, Error> {
        let left = BASIS_POINTS
            .checked_sub(basis_points)
            .filter(|left| *left > 0)
            .ok_or(Error::InvalidRate)?;
        let times = |part: u64, factor: u16| part.checked_mul(u64::from(factor)).ok_or(Error::InvalidRate);
        Ok(Self {
            numerator: times(self.numerator, left)?,
            denominator: times(self.denominator, BASIS_POINTS)?,
        })
    }

    /// Converts minor units of A into minor units of B, rounded down: the receiver of B loses less than one
    /// minor unit, and how much exactly is in the answer.
    ///
    /// `minor_units * numerator = converted * denominator + remainder`. Errors, in order:
    /// [`Error::InvalidRate`] for a zero denominator, [`Error::AmountOverflow`].
    pub fn convert_rounding_down(self, minor_units: u128) -> Result<Converted, Error> {
        if self.denominator == 0 {
            return Err(Error::InvalidRate);
        }
        let (minor_units, remainder) = mul_div_rounding_down(
            minor_units,
            u128::from(self.numerator),
            u128::from(self.denominator),
        )
        .ok_or(Error::AmountOverflow)?;
        Ok(Converted {
            minor_units,
            // A remainder is below the denominator, which has 64 bits.
            remainder: u64::try_from(remainder).map_err(|_| Error::AmountOverflow)?,
        })
    }
}

/// `a * b / divisor` rounded down, and the remainder; `None` when the quotient does not fit 128 bits or the
/// divisor is zero. The product may have all of its 256 bits.
#[must_use]
#[inline(never)]
pub fn mul_div_rounding_down(a: u128, b: u128, divisor: u128) -> Option<(u128, u128)> {
    if let Some(product) = a.checked_mul(b) {
        return Some((product.checked_div(divisor)?, product.checked_rem(divisor)?));
    }
    let (mut high, mut low) = wide_product(a, b);
    if high >= divisor {
        return None;
    }
    // Long division, one bit at a time: `high` is the remainder so far, the quotient grows in `low`.
    for _ in 0..128 {
        let carried = high >> 127 != 0;
        high = (high << 1) | (low >> 127);
        low <<= 1;
        if carried || high >= divisor {
            high = high.wrapping_sub(divisor);
            low |= 1;
        }
    }
    Some((low, high))
}

/// The product's high and low 128 bits. Nothing here wraps: the factors are halves of 64 bits.
fn wide_product(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = u64::MAX as u128;
    let (a_high, a_low) = (a >> 64, a & HALF);
    let (b_high, b_low) = (b >> 64, b & HALF);
    let low = a_low.wrapping_mul(b_low);
    let cross = a_high.wrapping_mul(b_low).wrapping_add(low >> 64);
    let middle = a_low.wrapping_mul(b_high).wrapping_add(cross & HALF);
    let high = a_high
        .wrapping_mul(b_high)
        .wrapping_add(cross >> 64)
        .wrapping_add(middle >> 64);
    (high, (middle << 64) | (low & HALF))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // A test may panic.
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_conversion_rounds_down_and_says_what_is_left() {
        let rate = Rate {
            numerator: 92,
            denominator: 100,
        };
        for (from, minor_units, remainder) in [(0, 0, 0), (1, 0, 92), (100, 92, 0), (101, 92, 92)] {
            let converted = Converted {
                minor_units,
                remainder,
            };
            assert_eq!(rate.convert_rounding_down(from), Ok(converted));
        }
    }

    #[test]
    fn rates_are_bounded() {
        for (numerator, denominator, valid) in [
            (1, 1, true),
            (MAX_RATE_PART, MAX_RATE_PART, true),
            (0, 1, false),
            (1, 0, false),
            (MAX_RATE_PART + 1, 1, false),
            (1, u64::MAX, false),
        ] {
            let rate = Rate {
                numerator,
                denominator,
            };
            assert_eq!(rate.validate().is_ok(), valid, "{rate:?}");
        }
        let largest = Rate {
            numerator: MAX_RATE_PART,
            denominator: MAX_RATE_PART,
        };
        assert!(largest.less_spread(0).is_ok());
        assert_eq!(largest.less_spread(BASIS_POINTS), Err(Error::InvalidRate));
        assert_eq!(largest.less_spread(u16::MAX), Err(Error::InvalidRate));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let double = Rate {
            numerator: 2,
            denominator: 1,
        };
        assert_eq!(
            double.convert_rounding_down(u128::MAX),
            Err(Error::AmountOverflow)
        );
        let nothing = Rate {
            numerator: 1,
            denominator: 0,
        };
        assert_eq!(nothing.convert_rounding_down(1), Err(Error::InvalidRate));
        assert_eq!(mul_div_rounding_down(1, 1, 0), None);
        assert_eq!(mul_div_rounding_down(u128::MAX, u128::MAX, 0), None);
        assert_eq!(
            mul_div_rounding_down(u128::MAX, u128::MAX, u128::MAX),
            Some((u128::MAX, 0))
        );
        assert_eq!(
            mul_div_rounding_down(u128::MAX, u128::MAX, u128::MAX - 1),
            None,
            "a quotient of 2^128 + 1"
        );
    }

    proptest! {
        /// `q * divisor + r = a * b` with `r < divisor`, compared over all 256 bits.
        #[test]
        fn quotient_and_remainder_make_up_the_product(a: u128, b: u128, divisor: u128, narrow in 0u32..128) {
            for (a, b, divisor) in [(a, b, divisor), (a >> narrow, b, divisor >> narrow), (a, b >> narrow, divisor)] {
                let product = wide_product(a, b);
                match mul_div_rounding_down(a, b, divisor) {
                    Some((quotient, remainder)) => {
                        prop_assert!(remainder < divisor);
                        let (high, low) = wide_product(quotient, divisor);
                        let (low, carry) = low.overflowing_add(remainder);
                        prop_assert_eq!((high + u128::from(carry), low), product);
                    }
                    None => prop_assert!(product.0 >= divisor),
                }
            }
        }

        #[test]
        fn a_wide_product_is_the_schoolbook_one(a: u128, b: u64) {
            // Over 32-bit digits of b, by another road than the code's.
            let (high, low) = wide_product(a, u128::from(b));
            let (upper, lower) = (a >> 64, a & u128::from(u64::MAX));
            let (x, y) = (upper * u128::from(b), lower * u128::from(b));
            let (sum, carry) = (x << 64).overflowing_add(y);
            prop_assert_eq!((high, low), ((x >> 64) + u128::from(carry), sum));
        }
    }
}

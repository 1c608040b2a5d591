//! Rates of exchange as people write them, read and written exactly: integers all the way.

use corridor_core::{Currency, Rate};

/// Why a text is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRate {
    /// Neither form.
    #[error(
        "a rate is a decimal such as 0.92 or a ratio of minor units such as 92/100, without sign or grouping"
    )]
    Malformed,
    /// A decimal is in whole units of both currencies, so their minor units have to be known.
    #[error("ISO 4217 gives {0} no minor unit, so a decimal rate says nothing; give a ratio of minor units")]
    NoExponent(Currency),
    /// Larger or finer than the contract takes.
    #[error("the rate's parts are not within 1 to 10^15 minor units")]
    OutOfRange,
}

/// Reads how much of `provider_sells` one unit of `provider_buys` is worth.
///
/// A decimal such as `0.92` is in whole units, and both currencies' minor units are folded in exactly: 21.5 JPY
/// (no minor unit) for 1 CNY (fen) is 43/200. A ratio such as `43/200` is in minor units already, and kept as
/// it is.
///
/// # Errors
/// See [`InvalidRate`].
pub fn parse_rate(
    text: &str,
    provider_buys: Currency,
    provider_sells: Currency,
) -> Result<Rate, InvalidRate> {
    let rate = match text.split_once('/') {
        Some((numerator, denominator)) => Rate {
            numerator: part(digits(numerator)?)?,
            denominator: part(digits(denominator)?)?,
        },
        None => decimal(text, provider_buys, provider_sells)?,
    };
    rate.validate().map_err(|_| InvalidRate::OutOfRange)?;
    Ok(rate)
}

fn decimal(text: &str, provider_buys: Currency, provider_sells: Currency) -> Result<Rate, InvalidRate> {
    let exponent = |currency: Currency| currency.exponent().ok_or(InvalidRate::NoExponent(currency));
    let (bought, sold) = (exponent(provider_buys)?, exponent(provider_sells)?);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole)?;
    digits(fraction)?;
    let fraction = fraction.trim_end_matches('0');
    let units = digits(&format!("{whole}{fraction}"))?;
    let places = u32::try_from(fraction.len()).map_err(|_| InvalidRate::OutOfRange)?;
    let times_ten = |number: u128, power: u32| {
        let power = 10u128.checked_pow(power).ok_or(InvalidRate::OutOfRange)?;
        number.checked_mul(power).ok_or(InvalidRate::OutOfRange)
    };
    let numerator = times_ten(units, sold.into())?;
    let denominator = times_ten(times_ten(1, places)?, bought.into())?;
    let divisor = greatest_common_divisor(numerator, denominator);
    Ok(Rate {
        numerator: part(numerator / divisor)?,
        denominator: part(denominator / divisor)?,
    })
}

/// The rate in whole units of both currencies, where it has a decimal of at most eighteen places; exact.
#[must_use]
pub fn decimal_rate(rate: Rate, provider_buys: Currency, provider_sells: Currency) -> Option<String> {
    let power = |currency: Currency| 10u128.checked_pow(currency.exponent()?.into());
    let numerator = u128::from(rate.numerator).checked_mul(power(provider_buys)?)?;
    let denominator = u128::from(rate.denominator).checked_mul(power(provider_sells)?)?;
    let whole = numerator.checked_div(denominator)?;
    let mut rest = numerator.checked_rem(denominator)?;
    let mut fraction = String::new();
    while rest > 0 && fraction.len() < 18 {
        rest = rest.checked_mul(10)?;
        fraction.push_str(&(rest / denominator).to_string());
        rest %= denominator;
    }
    match (rest, fraction.is_empty()) {
        (0, true) => Some(whole.to_string()),
        (0, false) => Some(format!("{whole}.{fraction}")),
        _ => None,
    }
}

fn digits(text: &str) -> Result<u128, InvalidRate> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain {
        return Err(InvalidRate::Malformed);
    }
    text.parse().map_err(|_| InvalidRate::OutOfRange)
}

fn part(number: u128) -> Result<u64, InvalidRate> {
    u64::try_from(number).map_err(|_| InvalidRate::OutOfRange)
}

/// Above zero for any two numbers that are not both zero.
fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    const CNY: Currency = Currency::CNY;
    const HKD: Currency = Currency::HKD;

    fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    fn ratio(numerator: u64, denominator: u64) -> Result<Rate, InvalidRate> {
        Ok(Rate {
            numerator,
            denominator,
        })
    }

    #[test]
    fn a_decimal_is_read_exactly_with_the_minor_units_of_both_currencies() {
        let (jpy, kwd) = (currency("JPY"), currency("KWD"));
        assert_eq!(parse_rate("0.92", CNY, HKD), ratio(23, 25));
        assert_eq!(parse_rate("1.0873", CNY, HKD), ratio(10_873, 10_000));
        assert_eq!(parse_rate("1.50", CNY, HKD), ratio(3, 2));
        assert_eq!(parse_rate("7", CNY, HKD), ratio(7, 1));
        assert_eq!(parse_rate("21.5", CNY, jpy), ratio(43, 200));
        assert_eq!(parse_rate("0.0465", jpy, CNY), ratio(93, 20));
        assert_eq!(parse_rate("0.043", CNY, kwd), ratio(43, 100));
        assert_eq!(parse_rate("92/100", CNY, HKD), ratio(92, 100));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in [
            "", ".", "0.", ".5", "1,5", "-1", "+1", "1e3", "1 ", "1/2/3", "/2", "1/", "0x1", "１",
        ] {
            assert_eq!(
                parse_rate(text, CNY, HKD),
                Err(InvalidRate::Malformed),
                "{text:?}"
            );
        }
        let huge = "9".repeat(60);
        for text in [
            "0",
            "0.00",
            "0/1",
            "1/0",
            "1000000000000001",
            "1/1000000000000001",
            "0.00000000000000001",
            &huge,
        ] {
            assert_eq!(
                parse_rate(text, CNY, HKD),
                Err(InvalidRate::OutOfRange),
                "{text:?}"
            );
        }
        let unknown = currency("XXX");
        assert_eq!(
            parse_rate("1", CNY, unknown),
            Err(InvalidRate::NoExponent(unknown))
        );
        assert!(parse_rate("1/1", CNY, unknown).is_ok());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let jpy = currency("JPY");
        for (text, sells) in [
            ("0.92", HKD),
            ("1.087312", HKD),
            ("21.5", jpy),
            ("3", jpy),
            ("0.00000001", HKD),
        ] {
            let rate = parse_rate(text, CNY, sells).expect("a rate");
            assert_eq!(decimal_rate(rate, CNY, sells).as_deref(), Some(text));
        }
        let third = Rate {
            numerator: 1,
            denominator: 3,
        };
        assert_eq!(decimal_rate(third, CNY, HKD), None);
    }
}

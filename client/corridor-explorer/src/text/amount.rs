//! Amounts, from integers to digits and back never.

/// Minor units as a decimal with thousands separators: `1,250.50` for 125050 and two digits after the point.
pub(crate) fn decimal(minor_units: u128, exponent: u8) -> String {
    let exponent = usize::from(exponent);
    let digits = format!("{minor_units:0>width$}", width = exponent.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(exponent));
    match fraction {
        "" => grouped(whole),
        fraction => format!("{}.{fraction}", grouped(whole)),
    }
}

/// The same with a minus sign before what is below zero.
pub(crate) fn signed(minor_units: i128, exponent: u8) -> String {
    let magnitude = decimal(minor_units.unsigned_abs(), exponent);
    match minor_units < 0 {
        true => format!("\u{2212}{magnitude}"),
        false => magnitude,
    }
}

/// A count with thousands separators.
pub(crate) fn count(number: impl Into<u128>) -> String {
    decimal(number.into(), 0)
}

/// A count of things: `1 block`, `1,234 blocks`.
pub(crate) fn things(number: impl Into<u128>, one: &str, several: &str) -> String {
    match number.into() {
        1 => format!("1 {one}"),
        number => format!("{} {several}", count(number)),
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (digit, left) in digits.chars().zip((0..digits.len()).rev()) {
        text.push(digit);
        if left > 0 && left % 3 == 0 {
            text.push(',');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponent_places_the_point_and_thousands_are_set_apart() {
        for (minor_units, exponent, text) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (125_050, 2, "1,250.50"),
            (100_000_000, 2, "1,000,000.00"),
            (999, 0, "999"),
            (1_000, 0, "1,000"),
            (1_234_567, 3, "1,234.567"),
            (7, 4, "0.0007"),
        ] {
            assert_eq!(decimal(minor_units, exponent), text);
        }
        assert_eq!(
            decimal(u128::MAX, 0),
            "340,282,366,920,938,463,463,374,607,431,768,211,455"
        );
    }

    #[test]
    fn one_thing_is_not_several() {
        let told = [0u32, 1, 1_234].map(|number| things(number, "block", "blocks"));
        assert_eq!(told, ["0 blocks", "1 block", "1,234 blocks"]);
    }

    #[test]
    fn below_zero_there_is_a_minus_sign() {
        assert_eq!(signed(-125_050, 2), "\u{2212}1,250.50");
        assert_eq!(signed(125_050, 2), "1,250.50");
        assert_eq!(signed(i128::MIN, 0).chars().next(), Some('\u{2212}'));
    }
}

//! Currencies: ISO 4217 alphabetic codes and their exponents.

use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// The largest exponent ISO 4217 assigns (CLF, UYW: 4).
pub const MAX_EXPONENT: u8 = 4;

/// An ISO 4217 alphabetic code: three capital letters.
///
/// Whether the code is assigned is not checked here ([`Currency::exponent`] knows the assigned ones);
/// the contract settles only what its governor has registered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Chinese yuan.
    pub const CNY: Self = Self(*b"CNY");
    /// Hong Kong dollar.
    pub const HKD: Self = Self(*b"HKD");

    /// Takes three capital ASCII letters.
    #[must_use]
    pub fn new(code: [u8; 3]) -> Option<Self> {
        code.iter().all(u8::is_ascii_uppercase).then_some(Self(code))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> [u8; 3] {
        self.0
    }

    /// The three letters as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits after the decimal point of the currency's minor unit, from ISO 4217 list one.
    ///
    /// `None` when the code is not assigned or has no minor unit (metals, test codes).
    #[must_use]
    pub fn exponent(&self) -> Option<u8> {
        if WITH_EXPONENT_2.chunks_exact(3).any(|code| code == self.0) {
            return Some(2);
        }
        EXCEPTIONS
            .iter()
            .find(|(code, _)| **code == self.0)
            .map(|(_, exponent)| *exponent)
    }
}

/// Codes whose minor unit is a hundredth, three letters each, in alphabetical order.
const WITH_EXPONENT_2: &[u8] = b"AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBMDBNDBOBBOVBRLBSDBTNBWPBYNBZD\
CADCDFCHECHFCHWCNYCOPCOUCRCCUPCVECZKDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMD\
KESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMXVMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKR\
PLNQARRONRSDRUBSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUSNUYUUZSVEDVESWSTXCD\
XCGYERZARZMWZWG";

/// Codes whose minor unit is not a hundredth.
const EXCEPTIONS: &[(&[u8; 3], u8)] = &[
    (b"BIF", 0),
    (b"CLP", 0),
    (b"DJF", 0),
    (b"GNF", 0),
    (b"ISK", 0),
    (b"JPY", 0),
    (b"KMF", 0),
    (b"KRW", 0),
    (b"PYG", 0),
    (b"RWF", 0),
    (b"UGX", 0),
    (b"UYI", 0),
    (b"VND", 0),
    (b"VUV", 0),
    (b"XAF", 0),
    (b"XOF", 0),
    (b"XPF", 0),
    (b"BHD", 3),
    (b"IQD", 3),
    (b"JOD", 3),
    (b"KWD", 3),
    (b"LYD", 3),
    (b"OMR", 3),
    (b"TND", 3),
    (b"CLF", 4),
    (b"UYW", 4),
];

impl Decode for Currency {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let code = <[u8; 3]>::decode(input)?;
        Self::new(code).ok_or_else(|| "not an ISO 4217 code".into())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCurrency;

impl fmt::Display for InvalidCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a currency is an ISO 4217 code of three capital letters, such as CNY")
    }
}

impl core::error::Error for InvalidCurrency {}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        text.as_bytes()
            .try_into()
            .ok()
            .and_then(Self::new)
            .ok_or(InvalidCurrency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_those_of_iso_4217() {
        for (code, exponent) in [
            ("CNY", Some(2)),
            ("HKD", Some(2)),
            ("JPY", Some(0)),
            ("KWD", Some(3)),
            ("CLF", Some(4)),
            ("XAU", None),
        ] {
            assert_eq!(
                code.parse::<Currency>().expect("valid").exponent(),
                exponent,
                "{code}"
            );
        }
    }

    #[test]
    fn the_table_has_no_code_twice() {
        let mut all: alloc::vec::Vec<&[u8]> = WITH_EXPONENT_2.chunks_exact(3).collect();
        assert_eq!(all.len().checked_mul(3), Some(WITH_EXPONENT_2.len()));
        all.extend(EXCEPTIONS.iter().map(|(code, _)| code.as_slice()));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|code| code.iter().all(u8::is_ascii_uppercase)));
    }

    #[test]
    fn what_is_not_three_capital_letters_is_refused() {
        for text in ["", "CN", "cny", "CNYX", "C1Y", "元元元"] {
            assert_eq!(text.parse::<Currency>(), Err(InvalidCurrency), "{text}");
        }
        assert!(Currency::decode(&mut &b"cny"[..]).is_err());
    }
}

//! The UETR: a transfer's identity from end to end.

use crate::Error;
use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Unique end-to-end transaction reference: a UUID of version 4 (RFC 9562; ISO 20022 `UUIDv4Identifier`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Uetr(pub [u8; 16]);

impl Uetr {
    /// Makes a UETR of 16 random (or digested) bytes by setting the version and variant bits.
    #[must_use]
    pub fn from_random_bytes(mut bytes: [u8; 16]) -> Self {
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }

    /// [`Error::InvalidUetr`] unless version and variant are those of a UUIDv4.
    pub fn validate(&self) -> Result<(), Error> {
        let version_4 = self.0[6] & 0xf0 == 0x40;
        let rfc_variant = self.0[8] & 0xc0 == 0x80;
        if version_4 && rfc_variant {
            Ok(())
        } else {
            Err(Error::InvalidUetr)
        }
    }
}

impl fmt::Display for Uetr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uetr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUetrText;

impl fmt::Display for InvalidUetrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UETR is a lower-case UUID of version 4, such as 8a562c67-ca16-48ba-b074-65581be6f001")
    }
}

impl core::error::Error for InvalidUetrText {}

impl FromStr for Uetr {
    type Err = InvalidUetrText;

    fn from_str(text: &str) -> Result<Self, InvalidUetrText> {
        let text = text.as_bytes();
        if text.len() != 36 || [8, 13, 18, 23].iter().any(|&at| text.get(at) != Some(&b'-')) {
            return Err(InvalidUetrText);
        }
        let mut digits = text.iter().filter(|byte| **byte != b'-').map(|byte| match byte {
            b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
            b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
            _ => None,
        });
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
                return Err(InvalidUetrText);
            };
            *byte = (high << 4) | low;
        }
        let uetr = Self(bytes);
        uetr.validate().map_err(|_| InvalidUetrText)?;
        Ok(uetr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn other_versions_variants_and_shapes_are_refused() {
        for text in [
            "8a562c67-ca16-18ba-b074-65581be6f001",
            "8a562c67-ca16-48ba-c074-65581be6f001",
            "8A562C67-CA16-48BA-B074-65581BE6F001",
            "8a562c67ca1648bab07465581be6f001",
            "8a562c67-ca16-48ba-b074-65581be6f00",
            "8a562c67-ca16-48ba-b074-65581be6f00g",
            "8a562c67-ca16-48ba-b07-465581be6f001",
            "",
        ] {
            assert_eq!(text.parse::<Uetr>(), Err(InvalidUetrText), "{text}");
        }
        assert_eq!(Uetr([0; 16]).validate(), Err(Error::InvalidUetr));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: [u8; 16]) {
            let uetr = Uetr::from_random_bytes(bytes);
            prop_assert_eq!(uetr.validate(), Ok(()));
            prop_assert_eq!(uetr.to_string().parse(), Ok(uetr));
        }
    }
}

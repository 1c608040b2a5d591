//! References and request ids: an institution's own words for them, as the fixed bytes that go on chain.

use corridor_client::{core::Reference, new_uetr};
use sha2::{Digest, Sha256};
use std::{convert::Infallible, fmt, str::FromStr};

/// A reference: a UUID (or 32 hexadecimal digits) as it is, any other text by its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceText(pub Reference);

impl ReferenceText {
    /// A fresh one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Reference(new_uetr().0))
    }
}

impl FromStr for ReferenceText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let mut bytes = [0; 16];
        if hex::decode_to_slice(text.replace('-', "").to_lowercase(), &mut bytes).is_err() {
            bytes.copy_from_slice(&digest("corridor/reference/v1", text)[..16]);
        }
        Ok(Self(Reference(bytes)))
    }
}

impl fmt::Display for ReferenceText {
    /// As a UUID is written, whatever its version bits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0 .0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The 32 bytes of a request to issue or redeem, from the issuer's own text.
#[must_use]
pub fn request_id(text: &str) -> [u8; 32] {
    digest("corridor/request/v1", text)
}

fn digest(domain: &str, text: &str) -> [u8; 32] {
    // The zero byte keeps "a" + "bc" apart from "ab" + "c".
    Sha256::digest([domain.as_bytes(), &[0], text.as_bytes()].concat()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> ReferenceText {
        text.parse().expect("infallible")
    }

    #[test]
    fn a_uuid_is_kept_and_a_text_is_digested() {
        let uuid = "8a562c67-ca16-48ba-b074-65581be6f001";
        assert_eq!(reference(uuid).to_string(), uuid);
        assert_eq!(reference(&uuid.replace('-', "").to_uppercase()), reference(uuid));
        assert_eq!(reference("DEP-1"), reference("DEP-1"));
        assert_ne!(reference("DEP-1"), reference("DEP-2"));
        assert_ne!(request_id("a"), request_id("b"));
    }
}

//! How messages name a financial institution: BICFI, LEI or a clearing-system member id.

use crate::text::ShortText;
use alloc::string::ToString;
use core::{fmt, str::FromStr};
use scale_codec::{Decode, Encode, Input};
use scale_info::TypeInfo;

/// One identifier of an agent (ISO 20022 `FinancialInstitutionIdentification18`).
///
/// Chinese messages usually carry the last form: the 12-digit CNAPS bank code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, TypeInfo)]
pub enum AgentId {
    /// Business identifier code, ISO 9362, always held as 11 characters (`XXX` is the head office).
    #[codec(index = 0)]
    Bicfi(Bicfi),
    /// Legal entity identifier, ISO 17442.
    #[codec(index = 1)]
    Lei(Lei),
    /// Member of a clearing system (`ClrSysMmbId`).
    #[codec(index = 2)]
    ClearingMember {
        /// External clearing-system identification code, such as `CNAPS`.
        system: ShortText<5>,
        /// The member's id in that system, such as `104100000004`.
        member: ShortText<28>,
    },
}

/// A BIC of 11 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, TypeInfo)]
pub struct Bicfi([u8; 11]);

impl Bicfi {
    /// Takes 8 or 11 characters: `[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?` (ISO 9362:2014).
    #[must_use]
    pub fn new(code: &[u8]) -> Option<Self> {
        let mut full = *b"???????????";
        match code.len() {
            11 => full.copy_from_slice(code),
            8 => {
                full[..8].copy_from_slice(code);
                full[8..].copy_from_slice(b"XXX");
            }
            _ => return None,
        }
        let alphanumeric = full
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let country = full[4..6].iter().all(u8::is_ascii_uppercase);
        (alphanumeric && country).then_some(Self(full))
    }
}

impl Decode for Bicfi {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let code = <[u8; 11]>::decode(input)?;
        Self::new(&code).ok_or_else(|| "not a BIC".into())
    }
}

/// A legal entity identifier of 20 characters with valid check digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, TypeInfo)]
pub struct Lei([u8; 20]);

impl Lei {
    /// Takes `[A-Z0-9]{18}[0-9]{2}` whose ISO 7064 MOD 97-10 remainder is 1.
    #[must_use]
    pub fn new(code: [u8; 20]) -> Option<Self> {
        let mut remainder: u32 = 0;
        for byte in code {
            // Letters count as two digits, A = 10 to Z = 35. The remainder stays under 97 x 100.
            let (shift, value) = match byte {
                b'0'..=b'9' => (10, u32::from(byte).wrapping_sub(48)),
                b'A'..=b'Z' => (100, u32::from(byte).wrapping_sub(55)),
                _ => return None,
            };
            remainder = remainder.wrapping_mul(shift).wrapping_add(value) % 97;
        }
        let check_digits = code[18..].iter().all(u8::is_ascii_digit);
        (remainder == 1 && check_digits).then_some(Self(code))
    }
}

impl Decode for Lei {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let code = <[u8; 20]>::decode(input)?;
        Self::new(code).ok_or_else(|| "not an LEI".into())
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |bytes: &[u8]| {
            core::str::from_utf8(bytes)
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        match self {
            Self::Bicfi(code) => f.write_str(&plain(&code.0)),
            Self::Lei(code) => f.write_str(&plain(&code.0)),
            Self::ClearingMember { system, member } => write!(f, "{}:{}", system.as_str(), member.as_str()),
        }
    }
}

impl fmt::Debug for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text names no agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAgentId;

impl fmt::Display for InvalidAgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an agent is a BIC (BKCHCNBJ), an LEI of 20 characters, or SYSTEM:MEMBER of a clearing system \
             (CNAPS:104100000004)",
        )
    }
}

impl core::error::Error for InvalidAgentId {}

impl FromStr for AgentId {
    type Err = InvalidAgentId;

    fn from_str(text: &str) -> Result<Self, InvalidAgentId> {
        if let Some((system, member)) = text.split_once(':') {
            let system = ShortText::new(system.as_bytes()).ok_or(InvalidAgentId)?;
            let member = ShortText::new(member.as_bytes()).ok_or(InvalidAgentId)?;
            return Ok(Self::ClearingMember { system, member });
        }
        if let Ok(code) = text.as_bytes().try_into() {
            return Lei::new(code).map(Self::Lei).ok_or(InvalidAgentId);
        }
        Bicfi::new(text.as_bytes()).map(Self::Bicfi).ok_or(InvalidAgentId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_and_written_back() {
        for (text, written) in [
            ("BKCHCNBJ", "BKCHCNBJXXX"),
            ("BKCHCNBJ300", "BKCHCNBJ300"),
            ("54930053HGCFWVHYZX42", "54930053HGCFWVHYZX42"),
            ("CNAPS:104100000004", "CNAPS:104100000004"),
        ] {
            let agent: AgentId = text.parse().expect(text);
            assert_eq!(agent.to_string(), written);
            assert_eq!(AgentId::decode(&mut &agent.encode()[..]), Ok(agent));
        }
    }

    #[test]
    fn malformed_identifiers_are_refused() {
        for text in [
            "",
            "BKCHCN",
            "bkchcnbj",
            "BKCH12BJ",
            "54930053HGCFWVHYZX43",
            "CNAPS:",
            ":104",
            "TOOLONG:1",
            "CNAPS:12345678901234567890123456789",
            "CNAPS:1 2",
        ] {
            assert_eq!(text.parse::<AgentId>(), Err(InvalidAgentId), "{text}");
        }
        assert!(AgentId::decode(&mut &[0u8; 12][..]).is_err());
        assert!(AgentId::decode(&mut &[2u8, 0, 0][..]).is_err());
    }
}

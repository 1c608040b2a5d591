//! Short printable text of bounded length, for identifiers that ISO 20022 defines as `MaxNText`.

use alloc::vec::Vec;
use scale_codec::{Decode, Encode, Input};
use scale_info::TypeInfo;

/// At least one and at most `MAX` printable ASCII characters (0x21 to 0x7E).
///
/// Encoded as SCALE bytes; decoding refuses any other content, so a value that exists is valid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, TypeInfo)]
pub struct ShortText<const MAX: usize>(Vec<u8>);

impl<const MAX: usize> ShortText<MAX> {
    /// Takes `bytes` when they are 1 to `MAX` printable ASCII characters without spaces.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let printable = bytes.iter().all(u8::is_ascii_graphic);
        (printable && !bytes.is_empty() && bytes.len() <= MAX).then(|| Self(bytes.to_vec()))
    }

    /// The text's bytes: ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Construction admits ASCII only, so this never falls back.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const MAX: usize> Decode for ShortText<MAX> {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let bytes = Vec::<u8>::decode(input)?;
        Self::new(&bytes).ok_or_else(|| "not a short text".into())
    }
}

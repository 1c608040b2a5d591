//! A stored value as 64-bit words in a fixed place each.
//!
//! What is read and written at every net settlement is not taken apart and put together field by field: the code for
//! that, and the time for it, is paid at every call.

use alloc::boxed::Box;
use alloc::vec;
use scale_codec::{Decode, Encode, EncodeLike, Input, MaxEncodedLen, Output};
use scale_info::TypeInfo;

/// Bytes of a word.
const WORD: usize = 8;

/// Bytes of all words.
const BYTES: usize = 256;

/// 32 little-endian words, all zero at first. There is nothing outside of it: that reads as zero, and is not written.
///
/// On the heap, because rules hand whole pages on, and the chain's machine moves a value byte by byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Box<[u8]>);

impl Default for Words {
    fn default() -> Self {
        Self(vec![0; BYTES].into_boxed_slice())
    }
}

// Encoded as the array of bytes it is.
impl Encode for Words {
    fn size_hint(&self) -> usize {
        BYTES
    }

    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        output.write(&self.0);
    }
}

impl EncodeLike for Words {}

impl TypeInfo for Words {
    type Identity = [u8; BYTES];

    fn type_info() -> scale_info::Type {
        <[u8; BYTES]>::type_info()
    }
}

impl Decode for Words {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let mut words = Self::default();
        input.read(&mut words.0)?;
        Ok(words)
    }
}

impl MaxEncodedLen for Words {
    fn max_encoded_len() -> usize {
        BYTES
    }
}

impl Words {
    /// The word at `index`.
    pub(crate) fn get(&self, index: usize) -> u64 {
        let start = index.saturating_mul(WORD);
        let bytes = self.0.get(start..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// Replaces the word at `index`.
    pub(crate) fn set(&mut self, index: usize, word: u64) {
        let start = index.saturating_mul(WORD);
        if let Some(bytes) = self.0.get_mut(start..).and_then(|rest| rest.first_chunk_mut()) {
            *bytes = word.to_le_bytes();
        }
    }

    /// The word at `index` with its sign.
    pub(crate) fn get_signed(&self, index: usize) -> i64 {
        self.get(index).cast_signed()
    }

    /// Replaces the word at `index`, with its sign.
    pub(crate) fn set_signed(&mut self, index: usize, word: i64) {
        self.set(index, word.cast_unsigned());
    }
}

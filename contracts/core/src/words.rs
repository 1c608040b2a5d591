//! A stored value as 64-bit words in a fixed place each.
//!
//! What is read and written at every net settlement is not taken apart and put together field by field: the code for
//! that, and the time for it, is paid at every call.

use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes of a word.
const WORD: usize = 8;

/// 32 little-endian words, all zero at first. There is nothing outside of it: that reads as zero, and is not written.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub(crate) struct Words([u8; 256]);

impl Default for Words {
    fn default() -> Self {
        Self([0; 256])
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

//! A stored value as 64-bit words in a fixed place each.
//!
//! What is read and written at every net settlement is not taken apart and put together field by field: the code for
//! that, and the time for it, is paid at every call.

use alloc::boxed::Box;
use alloc::vec;
use scale_codec::{Decode, Encode, EncodeLike, Input, MaxEncodedLen, Output};
use scale_info::TypeInfo;

/// Words of a value.
const COUNT: usize = 32;

/// 32 little-endian words, all zero at first. There is nothing outside of it: that reads as zero, and is not written.
///
/// On the heap, because rules hand whole pages on, and the chain's machine moves a value byte by byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Box<[u64; COUNT]>);

// A word is stored as it is in memory.
const _: () = assert!(cfg!(target_endian = "little"));

impl Default for Words {
    fn default() -> Self {
        // Zeroed where it stays, rather than on the stack and then moved.
        let words = vec![0; COUNT].into_boxed_slice().try_into();
        Self(words.unwrap_or_else(|_| Box::new([0; COUNT])))
    }
}

// Encoded as the array of bytes it is.
impl Encode for Words {
    fn size_hint(&self) -> usize {
        Self::max_encoded_len()
    }

    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        output.write(bytemuck::bytes_of(&*self.0));
    }
}

impl EncodeLike for Words {}

impl TypeInfo for Words {
    type Identity = [u8; 8 * COUNT];

    fn type_info() -> scale_info::Type {
        <[u8; 8 * COUNT]>::type_info()
    }
}

impl Decode for Words {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let mut words = Self::default();
        input.read(bytemuck::bytes_of_mut(&mut *words.0))?;
        Ok(words)
    }
}

impl MaxEncodedLen for Words {
    fn max_encoded_len() -> usize {
        8 * COUNT
    }
}

impl Words {
    /// The word at `index`.
    pub(crate) fn get(&self, index: usize) -> u64 {
        self.0.get(index).copied().unwrap_or_default()
    }

    /// Replaces the word at `index`.
    pub(crate) fn set(&mut self, index: usize, word: u64) {
        if let Some(place) = self.0.get_mut(index) {
            *place = word;
        }
    }

    /// The words from `first` on.
    pub(crate) fn run<const LENGTH: usize>(&self, first: usize) -> [u64; LENGTH] {
        let run = self.0.get(first..).and_then(|rest| rest.first_chunk());
        run.copied().unwrap_or([0; LENGTH])
    }

    /// Replaces the words from `first` on.
    pub(crate) fn set_run<const LENGTH: usize>(&mut self, first: usize, run: [u64; LENGTH]) {
        if let Some(place) = self.0.get_mut(first..).and_then(|rest| rest.first_chunk_mut()) {
            *place = run;
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

//! Raw access to storage, compiled once for all types.
//!
//! ink!'s own functions are generic over key and value, so each type would bring a copy of the buffer
//! handling into the code, and every byte of code is paid for at every call.

use corridor_api::StorageKey;
use scale_codec::{Decode, Encode, Input, Output};

/// The most pallet-revive stores under one key.
pub const MAX_VALUE_BYTES: usize = 416;

/// The bytes of one value.
pub struct Bytes {
    length: usize,
    data: [u8; MAX_VALUE_BYTES],
}

impl Bytes {
    /// No bytes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            length: 0,
            data: [0; MAX_VALUE_BYTES],
        }
    }

    /// The value; empty if more was written than fits.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.data.get(..self.length).unwrap_or_default()
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::new()
    }
}

impl Output for Bytes {
    /// Bytes past the limit are counted but not kept; the chain refuses to store a value that long.
    fn write(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(space) = self.data.get_mut(self.length..end) {
            space.copy_from_slice(bytes);
        }
        self.length = end;
    }
}

impl Encode for Bytes {
    fn size_hint(&self) -> usize {
        self.length
    }

    fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
        output.write(self.as_bytes());
    }
}

impl Decode for Bytes {
    fn decode<I: Input>(input: &mut I) -> Result<Self, scale_codec::Error> {
        let mut bytes = Self::new();
        bytes.length = input.remaining_len()?.unwrap_or_default();
        input.read(bytes.data.get_mut(..bytes.length).ok_or("too long")?)?;
        Ok(bytes)
    }
}

/// The value under `key`.
#[inline(never)]
pub fn read(key: &StorageKey) -> Option<Bytes> {
    ink::env::get_contract_storage(key).ok().flatten()
}

/// Stores `value` under `key`.
#[inline(never)]
pub fn write(key: &StorageKey, value: &Bytes) {
    // The answer is the old value's length, which nobody needs.
    let _ = ink::env::set_contract_storage(key, value);
}

//! Raw access to storage, compiled once for all types.
//!
//! ink!'s own functions are generic over key and value, so each type would bring a copy of the buffer handling into the
//! code, and they copy what they move once more than the host needs. Every byte of code is paid for at every call, and
//! so is every instruction.

use corridor_api::StorageKey;
#[cfg(not(feature = "std"))]
use pallet_revive_uapi::{HostFn, HostFnImpl, StorageFlags};
use scale_codec::{Decode, Encode, Input, Output};

/// The most pallet-revive stores under one key.
pub const MAX_VALUE_BYTES: usize = 416;

/// Room for any [`StorageKey`]: that of an agent's longest identifier.
const MAX_KEY_BYTES: usize = 40;

/// The bytes of one value: what was written, as far as there is room.
pub struct Bytes<const ROOM: usize = MAX_VALUE_BYTES> {
    length: usize,
    data: [u8; ROOM],
}

impl<const ROOM: usize> Bytes<ROOM> {
    /// No bytes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            length: 0,
            data: [0; ROOM],
        }
    }

    /// The value; empty if more was written than fits.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.data.get(..self.length).unwrap_or_default()
    }

    /// The value and zeros after it.
    #[must_use]
    pub fn padded(self) -> [u8; ROOM] {
        self.data
    }
}

impl<const ROOM: usize> Default for Bytes<ROOM> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ROOM: usize> Output for Bytes<ROOM> {
    /// Bytes past the limit are counted but not kept: [`write()`] refuses what they are missing from.
    fn write(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(space) = self.data.get_mut(self.length..end) {
            space.copy_from_slice(bytes);
        }
        self.length = end;
    }

    // A variant's number, before most fields: worth a way of its own.
    fn push_byte(&mut self, byte: u8) {
        if let Some(space) = self.data.get_mut(self.length) {
            *space = byte;
        }
        self.length = self.length.saturating_add(1);
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

#[inline(never)]
fn bytes_of(key: &StorageKey) -> Bytes<MAX_KEY_BYTES> {
    let mut bytes = Bytes::new();
    key.encode_to(&mut bytes);
    bytes
}

/// Reads the value under `key`; whether there is one.
#[inline(never)]
pub fn read(key: &StorageKey, value: &mut Bytes) -> bool {
    read_at(bytes_of(key).as_bytes(), value)
}

/// Reads the value under a key's bytes; whether there is one. What was cleared has no bytes.
#[inline(never)]
pub fn read_at(key: &[u8], value: &mut Bytes) -> bool {
    #[cfg(not(feature = "std"))]
    {
        let mut found = &mut value.data[..];
        if HostFnImpl::get_storage(StorageFlags::empty(), key, &mut found).is_err() {
            return false;
        }
        value.length = found.len();
        value.length > 0
    }
    #[cfg(feature = "std")]
    unreachable!("only a chain has storage: {key:?}, {}", value.length)
}

/// Stores `value` under `key`. A value that is too long ends the call: what there was room for, or nothing, must not be
/// taken for it.
#[inline(never)]
pub fn write(key: &StorageKey, value: &Bytes) {
    if value.length > value.data.len() {
        panic!("longer than a stored value may be");
    }
    // The answer is the old value's length, which nobody needs.
    #[cfg(not(feature = "std"))]
    let _ = HostFnImpl::set_storage(StorageFlags::empty(), bytes_of(key).as_bytes(), value.as_bytes());
    #[cfg(feature = "std")]
    unreachable!("only a chain has storage: {key:?}, {}", value.length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_core::{Address, AgentId, ParticipantId, Reference};

    #[test]
    #[should_panic(expected = "longer than a stored value may be")]
    fn a_value_that_is_too_long_is_not_written_as_another() {
        let mut value: Bytes = Bytes::new();
        value.write(&[7; MAX_VALUE_BYTES]);
        value.push_byte(7);
        write(&StorageKey::CurrencyAt(0), &value);
    }

    #[test]
    fn the_longest_keys_fit() {
        let longest: AgentId = format!("CNAPS:{}", "1".repeat(28)).parse().expect("an agent");
        let address: Address = [0xff; 20];
        let keys = [
            StorageKey::Agent(longest),
            StorageKey::AccountAt(ParticipantId(u16::MAX), u32::MAX),
            StorageKey::Account(address),
            StorageKey::Quote(ParticipantId(u16::MAX), Reference([0xff; 16])),
        ];
        for key in keys {
            assert_eq!(bytes_of(&key).as_bytes(), key.encode(), "{key:?}");
        }
    }
}

//! The length of the call data.
//!
//! ink! copies call data into a buffer that is zero beyond its end and decodes from that, so a message cut
//! short would be carried out with zeros for what is missing, and surplus bytes would go unnoticed. A
//! message that changes anything therefore accepts exactly the bytes its arguments take.

use corridor_core::Error;
use scale_codec::MaxEncodedLen;

const SELECTOR_BYTES: u64 = 4;

/// [`Error::MalformedInput`] unless the arguments took exactly the bytes of `T`, whose encoding has a fixed
/// length.
pub fn exactly<T: MaxEncodedLen>() -> Result<(), Error> {
    exactly_bytes(T::max_encoded_len())
}

/// [`Error::MalformedInput`] unless the arguments took exactly the bytes of `T`, whose encoding has a fixed length, and
/// so many more.
pub fn exactly_and<T: MaxEncodedLen>(more: usize) -> Result<(), Error> {
    exactly_bytes(T::max_encoded_len().saturating_add(more))
}

/// [`Error::MalformedInput`] unless the arguments took exactly `bytes`.
pub fn exactly_bytes(bytes: usize) -> Result<(), Error> {
    let arguments = ink::env::call_data_size().checked_sub(SELECTOR_BYTES);
    if arguments == u64::try_from(bytes).ok() {
        Ok(())
    } else {
        Err(Error::MalformedInput)
    }
}

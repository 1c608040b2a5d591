//! The event log, for the events of every transfer's every change.
//!
//! ink! collects topics on the heap and copies data twice, and brings the code for it once for each event.

use crate::cell::Bytes;
use ink::{abi::Ink, env::Event};
#[cfg(not(feature = "std"))]
use pallet_revive_uapi::{HostFn, HostFnImpl};
use scale_codec::Encode;

/// The topic that tells what kind of event it is.
#[must_use]
pub fn signature<E: Event<Ink>>() -> [u8; 32] {
    E::SIGNATURE_TOPIC.unwrap_or_default()
}

/// A field's topic: its SCALE bytes, at most 32, and zeros.
pub fn topic(field: &impl Encode) -> [u8; 32] {
    let mut bytes = Bytes::<32>::new();
    field.encode_to(&mut bytes);
    bytes.padded()
}

/// Emits an event with these topics, its signature first. It has room where a stored value has.
pub fn emit(topics: &[[u8; 32]], event: &impl Encode) {
    let mut data: Bytes = Bytes::new();
    event.encode_to(&mut data);
    deposit(topics, data.as_bytes());
}

#[inline(never)]
fn deposit(topics: &[[u8; 32]], data: &[u8]) {
    #[cfg(not(feature = "std"))]
    HostFnImpl::deposit_event(topics, data);
    #[cfg(feature = "std")]
    unreachable!("only a chain has events: {topics:?}, {data:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_core::{ParticipantId, Uetr};

    #[test]
    fn a_topic_is_a_fields_bytes_and_zeros() {
        let mut expected = [0; 32];
        expected[0] = 3;
        assert_eq!(topic(&ParticipantId(3)), expected);
        let uetr = Uetr::from_random_bytes([0xaa; 16]);
        assert_eq!(topic(&uetr)[..16], uetr.encode());
        assert_eq!(topic(&uetr)[16..], [0; 16]);
    }
}

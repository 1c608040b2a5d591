//! keccak256, which commits a batch to its items.
//!
//! The client library hashes with the same function and does not hand it out; a test compares the two.

/// Bytes that are taken in between two permutations.
const RATE: usize = 136;

const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

const ROTATIONS: [u32; 24] = [
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
];

const LANES: [usize; 24] = [
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
];

/// keccak256 of `data`.
#[must_use]
pub fn keccak256(data: &[u8]) -> [u8; 32] {
    let mut state = [0u64; 25];
    let (whole, rest) = data.as_chunks::<RATE>();
    for block in whole {
        absorb(&mut state, block);
    }
    let mut last = [0; RATE];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x01;
    last[RATE - 1] |= 0x80;
    absorb(&mut state, &last);
    let mut hash = [0; 32];
    for (bytes, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    for constant in ROUNDS {
        round(state, constant);
    }
}

fn round(state: &mut [u64; 25], constant: u64) {
    let mut columns = [0u64; 5];
    for (at, lane) in state.iter().enumerate() {
        columns[at % 5] ^= lane;
    }
    for (at, lane) in state.iter_mut().enumerate() {
        *lane ^= columns[(at + 4) % 5] ^ columns[(at + 1) % 5].rotate_left(1);
    }
    let mut moving = state[1];
    for (lane, rotation) in LANES.into_iter().zip(ROTATIONS) {
        moving = std::mem::replace(&mut state[lane], moving.rotate_left(rotation));
    }
    for row in state.as_chunks_mut::<5>().0 {
        let before = *row;
        for (at, lane) in row.iter_mut().enumerate() {
            *lane = before[at] ^ (!before[(at + 1) % 5] & before[(at + 2) % 5]);
        }
    }
    state[0] ^= constant;
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::{commitment::MESSAGE_DOMAIN, Commitment};

    #[test]
    fn it_is_the_function_the_client_library_commits_with() {
        let text: Vec<u8> = (0u8..=255).cycle().take(3_000).collect();
        for length in [0, 1, 84, 85, 86, 135, 136, 137, 220, 221, 222, 357, 1_024, 3_000] {
            let message = &text[..length];
            let salt = [7; 32];
            let preimage = [MESSAGE_DOMAIN, &salt, message].concat();
            assert_eq!(
                keccak256(&preimage),
                Commitment::with_salt(salt, message).digest,
                "{length}"
            );
        }
    }

    #[test]
    fn nothing_has_the_known_hash() {
        assert_eq!(
            hex::encode(keccak256(b"")),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        );
    }
}

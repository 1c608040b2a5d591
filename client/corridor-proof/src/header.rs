//! A block's header: what its hash commits to.

use crate::{Hash, ProofError};
use scale_codec::{Compact, Decode};
use sp_crypto_hashing::blake2_256;

/// What evidence needs of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The block's hash, computed from the header's bytes.
    pub hash: Hash,
    /// The hash of the block before it.
    pub parent: Hash,
    /// The block's number.
    pub number: u64,
    /// The root of the chain's state after the block.
    pub state_root: Hash,
}

impl Header {
    /// Reads a SCALE-encoded header. What follows the state root (extrinsics, digest) is covered by the hash and
    /// not looked at.
    ///
    /// # Errors
    /// [`ProofError::Decode`].
    pub fn read(bytes: &[u8]) -> Result<Self, ProofError> {
        let fields = <(Hash, Compact<u64>, Hash)>::decode(&mut &*bytes);
        let (parent, Compact(number), state_root) = fields.map_err(|_| ProofError::Decode {
            what: "the block's header".into(),
        })?;
        Ok(Self {
            hash: blake2_256(bytes),
            parent,
            number,
            state_root,
        })
    }
}

//! The commitment to a batch's items, and the proof that an item is one of them.
//!
//! Items are cut into chunks of 16. `root = keccak256(domain, SCALE(header), chunk hashes)` and
//! `chunk hash = keccak256(domain, chunk index, items)`: 63 hashes of a kilobyte for a thousand items, where a
//! binary tree would take a thousand. The header has one length for its content and says how many chunks
//! there are, so no two batches have one preimage.

use crate::batch::{BatchHeader, Item, ItemLimits, ITEM_BYTES};
use crate::Error;
use alloc::vec::Vec;
use scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// Items of one chunk. The last chunk has what is left.
pub const CHUNK_ITEMS: u16 = 16;

/// Bytes of a whole chunk.
pub const CHUNK_BYTES: usize = 1_024;

/// Separates the hash of a chunk from every other digest in the system.
pub const CHUNK_DOMAIN: &[u8; 23] = b"corridor/batch-chunk/v1";

/// Separates the root of a batch from every other digest in the system.
pub const BATCH_DOMAIN: &[u8; 17] = b"corridor/batch/v1";

/// The hash function, keccak256. It is the caller's, because a contract's is a host function.
pub type Keccak256<'a> = &'a mut dyn FnMut(&[u8]) -> [u8; 32];

/// What shows that an item is one of a batch. Who holds the batch makes it with [`prove`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ItemProof {
    /// The item's index in the batch, from 0.
    pub index: u16,
    /// The items of its chunk: 64 to 1,024 bytes.
    pub chunk: Vec<u8>,
    /// The hashes of all chunks.
    pub chunk_hashes: Vec<[u8; 32]>,
}

/// The root of a batch: of its header and of the hashes of its items' chunks.
#[must_use]
pub fn root(header: &BatchHeader, items: &[u8], keccak256: Keccak256<'_>) -> [u8; 32] {
    root_of(header, &chunk_hashes(items, keccak256), keccak256)
}

/// The hashes of all chunks of a batch's items.
#[must_use]
#[inline(never)]
pub fn chunk_hashes(items: &[u8], keccak256: Keccak256<'_>) -> Vec<[u8; 32]> {
    let chunks = items.chunks(CHUNK_BYTES);
    let mut hashes = Vec::with_capacity(chunks.len());
    let mut preimage = Vec::new();
    for (chunk, index) in chunks.zip(0u16..) {
        hashes.push(chunk_hash(index, chunk, &mut preimage, keccak256));
    }
    hashes
}

/// The root over chunk hashes that are known already.
#[must_use]
#[inline(never)]
pub fn root_of(header: &BatchHeader, chunk_hashes: &[[u8; 32]], keccak256: Keccak256<'_>) -> [u8; 32] {
    let hashes = chunk_hashes.as_flattened();
    let mut preimage = Vec::with_capacity(hashes.len().saturating_add(128));
    preimage.extend_from_slice(BATCH_DOMAIN);
    header.encode_to(&mut preimage);
    preimage.extend_from_slice(hashes);
    keccak256(&preimage)
}

/// Makes the proof for an item; `None` when the batch has no such item.
#[must_use]
pub fn prove(items: &[u8], index: u16, keccak256: Keccak256<'_>) -> Option<ItemProof> {
    let (chunk, place) = (index / CHUNK_ITEMS, usize::from(index % CHUNK_ITEMS));
    let chunk = items.chunks(CHUNK_BYTES).nth(usize::from(chunk))?;
    let (in_chunk, _) = chunk.as_chunks::<ITEM_BYTES>();
    in_chunk.get(place)?;
    Some(ItemProof {
        index,
        chunk: chunk.to_vec(),
        chunk_hashes: chunk_hashes(items, keccak256),
    })
}

/// The item that a proof shows to be one of the batch with this root.
///
/// `limits` are those of an item that the batch is recorded with.
/// [`Error::InvalidProof`] when the proof does not lead to the root; [`Error::InvalidException`] when it
/// does, but the item was left out as invalid.
pub fn verify_item(
    root: [u8; 32],
    header: &BatchHeader,
    limits: &ItemLimits,
    proof: &ItemProof,
    keccak256: Keccak256<'_>,
) -> Result<Item, Error> {
    verify_hashes(root, header, &proof.chunk_hashes, keccak256)?;
    verify_chunk(
        header,
        limits,
        &proof.chunk_hashes,
        proof.index,
        &proof.chunk,
        keccak256,
    )
}

/// Checks a batch's chunk hashes against its root: once, before [`verify_chunk`] for each item.
/// [`Error::InvalidProof`].
pub fn verify_hashes(
    root: [u8; 32],
    header: &BatchHeader,
    chunk_hashes: &[[u8; 32]],
    keccak256: Keccak256<'_>,
) -> Result<(), Error> {
    let expected = usize::from(header.items.div_ceil(CHUNK_ITEMS));
    if chunk_hashes.len() == expected && root_of(header, chunk_hashes, keccak256) == root {
        Ok(())
    } else {
        Err(Error::InvalidProof)
    }
}

/// The item at `index`, out of a chunk whose hash is among checked ones. Errors as of [`verify_item`].
#[inline(never)]
pub fn verify_chunk(
    header: &BatchHeader,
    limits: &ItemLimits,
    chunk_hashes: &[[u8; 32]],
    index: u16,
    chunk: &[u8],
    keccak256: Keccak256<'_>,
) -> Result<Item, Error> {
    let (number, place) = (index / CHUNK_ITEMS, usize::from(index % CHUNK_ITEMS));
    let before = number.saturating_mul(CHUNK_ITEMS);
    let length = header.items.saturating_sub(before).min(CHUNK_ITEMS);
    let (items, rest) = chunk.as_chunks::<ITEM_BYTES>();
    let shaped = rest.is_empty() && items.len() == usize::from(length);
    let item = items.get(place).filter(|_| shaped).ok_or(Error::InvalidProof)?;
    let hash = chunk_hash(number, chunk, &mut Vec::new(), keccak256);
    if chunk_hashes.get(usize::from(number)) != Some(&hash) {
        return Err(Error::InvalidProof);
    }
    Item::read(item, header.limits_of(limits)).map_err(|_| Error::InvalidException)
}

/// Hashes one chunk, with `preimage` as the place to put it together.
fn chunk_hash(index: u16, chunk: &[u8], preimage: &mut Vec<u8>, keccak256: Keccak256<'_>) -> [u8; 32] {
    preimage.clear();
    preimage.reserve(CHUNK_BYTES.saturating_add(32));
    preimage.extend_from_slice(CHUNK_DOMAIN);
    preimage.extend_from_slice(&index.to_le_bytes());
    preimage.extend_from_slice(chunk);
    keccak256(preimage)
}

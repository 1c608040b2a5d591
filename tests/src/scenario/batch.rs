//! Batches as the tests submit and answer them.

use super::stage::{BOC, CNY, CUP};
use corridor_client::{keccak256, Exceptions};
use corridor_core::batch::Item;
use corridor_core::{batch_proof, BatchHeader, Seconds, Uetr};

/// A batch of BOC's with one counterparty, CUP, and so many items of 1, 2, 3, ... fen.
#[must_use]
pub fn batch(expires_at: Seconds, number: u32, items: u16) -> (BatchHeader, Vec<u8>) {
    let bytes = (0..items).flat_map(|index| {
        let identity = u128::from(number) << 64 | u128::from(index) << 32 | 7;
        let item = Item {
            uetr: Uetr::from_random_bytes(identity.to_be_bytes()),
            minor_units: u64::from(index) + 1,
            counterparty: 0,
            message_digest: [number.to_le_bytes()[0]; 32],
        };
        item.to_bytes()
    });
    let count = u128::from(items);
    let header = BatchHeader {
        debtor_agent: BOC,
        number,
        currency: CNY,
        counterparties: vec![CUP],
        items,
        control_sum: count * (count + 1) / 2,
        all_or_nothing: false,
        expires_at,
    };
    (header, bytes.collect())
}

/// Some items of a batch, proven.
///
/// # Panics
/// When one of the indices is no item's.
#[must_use]
pub fn exceptions(header: &BatchHeader, items: &[u8], indices: &[u16]) -> Exceptions {
    let chunk = |index: u16| {
        let proof = batch_proof::prove(items, index, &mut keccak256);
        proof.expect("an item").chunk
    };
    Exceptions {
        header: header.clone(),
        chunk_hashes: batch_proof::chunk_hashes(items, &mut keccak256),
        items: indices.iter().map(|index| (*index, chunk(*index))).collect(),
    }
}

//! From a state root to a value: the chain's trie, its keys, and where pallet-revive keeps a contract's storage.

use crate::{Fixed, Hash, ProofError};
use corridor_api::StorageKey;
use corridor_core::Address;
use scale_codec::{Decode, Encode};
use sp_core::{Blake2Hasher, H256};
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};
use sp_trie::{read_trie_value, LayoutV1, MemoryDB, StorageProof};

/// Where the chain keeps the contracts' and accounts' records of pallet-revive: `Revive::AccountInfoOf`.
#[must_use]
pub fn account_key(contract: Address) -> Vec<u8> {
    let mut key = [twox_128(b"Revive"), twox_128(b"AccountInfoOf")].concat();
    key.extend(contract);
    key
}

/// Where the chain keeps the time of the current block: `Timestamp::Now`.
#[must_use]
pub fn time_key() -> Vec<u8> {
    [twox_128(b"Timestamp"), twox_128(b"Now")].concat()
}

/// Where the chain keeps the hash of block 0, which is never pruned: `System::BlockHash(0)`.
#[must_use]
pub fn genesis_key() -> Vec<u8> {
    let number = 0u32.encode();
    let mut key = [twox_128(b"System"), twox_128(b"BlockHash")].concat();
    key.extend(twox_64(&number));
    key.extend(number);
    key
}

/// Where the chain keeps the root of a child trie.
#[must_use]
pub fn child_root_key(trie_id: &[u8]) -> Vec<u8> {
    [b":child_storage:default:", trie_id].concat()
}

/// Where pallet-revive keeps a value of the settlement contract in its child trie. The contract's keys are of variable
/// length, which the pallet hashes by Blake2 with 128 bits and then repeats.
#[must_use]
pub fn slot_key(key: &StorageKey) -> Vec<u8> {
    let key = key.encode();
    let mut slot = blake2_128(&key).to_vec();
    slot.extend(key);
    slot
}

/// What evidence needs of pallet-revive's record of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The name of its child trie.
    pub trie_id: Vec<u8>,
    /// The hash of its code.
    pub code_hash: Hash,
}

impl Contract {
    /// Reads what is recorded under [`account_key`]. `None` where that is no contract.
    ///
    /// # Errors
    /// [`ProofError::Decode`].
    pub fn read(record: Option<&[u8]>) -> Result<Option<Self>, ProofError> {
        // `AccountInfo` begins with `AccountType`: 0 is a contract, of which the first fields matter, 1 is none.
        let Some((kind, mut contract)) = record.and_then(<[u8]>::split_first) else {
            return Ok(None);
        };
        let undecodable = || ProofError::Decode {
            what: "the contract's record".into(),
        };
        match kind {
            0 => {
                let (trie_id, code_hash) =
                    <(Vec<u8>, Hash)>::decode(&mut contract).map_err(|_| undecodable())?;
                Ok(Some(Self { trie_id, code_hash }))
            }
            1 => Ok(None),
            _ => Err(undecodable()),
        }
    }
}

/// A part of the chain's state: nodes of its tries, each under its hash.
pub struct ProvenState {
    nodes: MemoryDB<Blake2Hasher>,
    root: H256,
}

impl ProvenState {
    /// These nodes, of the state with a root.
    #[must_use]
    pub fn new(root: Hash, nodes: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self {
            nodes: StorageProof::new(nodes).into_memory_db(),
            root: H256(root),
        }
    }

    /// The value under a key; `None` where the trie shows that there is none. `what` it is goes into the error.
    ///
    /// # Errors
    /// [`ProofError::Incomplete`].
    pub fn get(&self, key: &[u8], what: &str) -> Result<Option<Vec<u8>>, ProofError> {
        self.value(&self.root, key, what)
    }

    /// The value under a key of a contract's child trie; `None` where there is none.
    ///
    /// # Errors
    /// [`ProofError::Incomplete`], [`ProofError::Decode`].
    pub fn get_child(&self, trie_id: &[u8], key: &[u8], what: &str) -> Result<Option<Vec<u8>>, ProofError> {
        let Some(root) = self.get(&child_root_key(trie_id), "the contract's storage root")? else {
            return Ok(None);
        };
        let root: Hash = root.try_into().map_err(|_| ProofError::Decode {
            what: "the contract's storage root".into(),
        })?;
        self.value(&H256(root), key, what)
    }

    /// The contract at an address.
    ///
    /// # Errors
    /// [`ProofError::Incomplete`], [`ProofError::Decode`], [`ProofError::NoContract`].
    pub fn contract(&self, address: Address) -> Result<Contract, ProofError> {
        let what = format!("the contract {}", Fixed(address));
        let record = self.get(&account_key(address), &what)?;
        Contract::read(record.as_deref())?.ok_or_else(|| ProofError::NoContract {
            address: Fixed(address).to_string(),
        })
    }

    /// Layout 1 reads the nodes of both layouts there are.
    fn value(&self, root: &H256, key: &[u8], what: &str) -> Result<Option<Vec<u8>>, ProofError> {
        let value = read_trie_value::<LayoutV1<Blake2Hasher>, _>(&self.nodes, root, key, None, None);
        value.map_err(|_| ProofError::Incomplete { what: what.into() })
    }
}

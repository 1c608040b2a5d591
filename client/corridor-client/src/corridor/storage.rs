//! The contract's storage read as the chain keeps it: many records in one question, or all there are.

use crate::{chain::Hash, Corridor, Error};
use corridor_api::StorageKey;
use corridor_core::{Address, Transfer, Uetr};
use corridor_proof::{
    state::{account_key, child_root_key, slot_key},
    Contract, ProofError,
};
use futures::{StreamExt, TryStreamExt};
use scale_codec::Decode;

/// Keys of one question.
const PAGE: u32 = 500;

/// Questions under way at a time.
const AT_A_TIME: usize = 4;

/// A contract and where the chain keeps what it has stored, at a block.
#[derive(Clone, Debug)]
pub struct StoredContract {
    /// Its address.
    pub address: Address,
    /// The hash of its code.
    pub code_hash: Hash,
    /// The root of its child trie; `None` where it has stored nothing.
    pub storage_root: Option<Hash>,
    child: Vec<u8>,
    at: Hash,
}

impl Corridor {
    /// Finds a contract at a block.
    ///
    /// # Errors
    /// The chain layer's; [`ProofError::NoContract`] as [`Error::Proof`].
    pub async fn stored_contract(&self, address: Address, at: Hash) -> Result<StoredContract, Error> {
        let chain = &self.inner.chain;
        let record = chain.read_storage(&account_key(address), at).await?;
        let contract = Contract::read(record.as_deref())?.ok_or_else(|| ProofError::NoContract {
            address: crate::AddressText(address).to_string(),
        })?;
        let child = child_root_key(&contract.trie_id);
        let root = chain.read_storage(&child, at).await?;
        let root = root.map(Hash::try_from).transpose();
        Ok(StoredContract {
            address,
            code_hash: contract.code_hash,
            storage_root: root.map_err(|_| ProofError::Decode {
                what: "the contract's storage root".into(),
            })?,
            child,
            at,
        })
    }

    /// The next entries of a contract's storage by rising key, those after `after`; none when there are no more.
    ///
    /// # Errors
    /// The chain layer's; [`ProofError::Incomplete`] as [`Error::Proof`] for a key without value, or out of order.
    pub async fn stored_entries(
        &self,
        contract: &StoredContract,
        after: Option<&[u8]>,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Error> {
        let (chain, at) = (&self.inner.chain, contract.at);
        let keys = chain.child_keys(&contract.child, after, PAGE, at).await?;
        let values = chain.child_values(&contract.child, &keys, at).await?;
        let mut last = after.map(<[u8]>::to_vec);
        let mut entries = Vec::with_capacity(keys.len());
        for (key, value) in keys.into_iter().zip(values) {
            let value = value.filter(|_| last.as_ref().is_none_or(|last| *last < key));
            let value = value.ok_or_else(|| ProofError::Incomplete {
                what: format!("what is stored under 0x{}", hex::encode(&key)),
            })?;
            last = Some(key.clone());
            entries.push((key, value));
        }
        Ok(entries)
    }

    /// The transfers recorded under these UETRs at the finalised head, in their order.
    ///
    /// # Errors
    /// The chain and contract layers', and [`Error::NoSettlement`].
    pub async fn transfers(&self, uetrs: &[Uetr]) -> Result<Vec<Option<Transfer>>, Error> {
        let at = self.inner.chain.finalised_hash().await?;
        let contract = self.stored_contract(self.contract()?.address(), at).await?;
        let size = usize::try_from(PAGE).unwrap_or(1);
        let pages = futures::stream::iter(uetrs.chunks(size)).map(|page| {
            let (chain, child) = (&self.inner.chain, &contract.child);
            async move {
                let keys = page.iter().map(|uetr| slot_key(&StorageKey::Transfer(*uetr)));
                let keys: Vec<_> = keys.collect();
                Ok::<_, Error>(chain.child_values(child, &keys, at).await?)
            }
        });
        let values: Vec<Vec<_>> = pages.buffered(AT_A_TIME).try_collect().await?;
        let transfers = values.into_iter().flatten().zip(uetrs).map(|(value, uetr)| {
            // Every kind of transfer begins with the record that all of them have.
            let transfer = value.map(|bytes| Transfer::decode(&mut &bytes[..]));
            transfer.transpose().map_err(|_| ProofError::Decode {
                what: format!("the transfer {uetr}"),
            })
        });
        Ok(transfers.collect::<Result<_, _>>()?)
    }
}

//! Evidence of what is recorded, for people without a node.

use crate::{chain::Hash, Corridor, Error};
use corridor_proof::{
    evidence::Gathered,
    header::Header,
    state::{account_key, child_root_key, genesis_key, slot_key, time_key},
    Bytes, Contract, Evidence, FinalityProof, Fixed, ProofError, Subject, Unread,
};

impl Corridor {
    /// Proves what the contract records of some subjects at a finalised block, the newest unless `block` names another.
    ///
    /// The evidence has been verified as far as it can be without knowing the authorities of a justification.
    ///
    /// # Errors
    /// [`Error::NoSettlement`], the chain layer's; [`Error::Proof`] where the node's answer proves something else.
    pub async fn evidence(&self, subjects: &[Subject], block: Option<u64>) -> Result<Evidence, Error> {
        let settlement = self.contract()?.address();
        let chain = &self.inner.chain;
        let at = match block {
            Some(number) => chain.finalised_hash_of(number).await?,
            None => chain.finalised_hash().await?,
        };
        let account = account_key(settlement);
        let record = chain.read_storage(&account, at).await?;
        let contract = Contract::read(record.as_deref())?.ok_or_else(|| ProofError::NoContract {
            address: crate::AddressText(settlement).to_string(),
        })?;
        let child = child_root_key(&contract.trie_id);
        let keys = [account, genesis_key(), time_key(), child.clone()];
        let header = chain.header(at).await?;
        // A chain whose headers are hashed or encoded another way would make evidence that nobody could check.
        let computed = Header::read(&header)?.hash;
        if computed != at {
            return Err(ProofError::Differs {
                what: "the block's hash".into(),
                stated: Fixed(at).to_string(),
                proven: Fixed(computed).to_string(),
            }
            .into());
        }
        let mut gathered = Gathered {
            finality: self.finality_proof(&header, at).await?,
            header,
            nodes: chain.read_proof(&keys, at).await?.into_iter().collect(),
            ..Gathered::default()
        };
        // Which keys a claim needs can depend on values of others: each round answers what the last one lacked.
        let evidence = loop {
            match Evidence::of(settlement, subjects, &gathered) {
                Ok(evidence) => break evidence,
                Err(Unread::Fault(fault)) => return Err(fault.into()),
                Err(Unread::Needs(key)) => {
                    let slots = [slot_key(&key)];
                    let nodes = chain.read_child_proof(&child, &slots, at).await?;
                    gathered.nodes.extend(nodes);
                    gathered.slots.extend(slots);
                }
            }
        };
        evidence.verify(None)?;
        Ok(evidence)
    }

    async fn finality_proof(&self, header: &[u8], at: Hash) -> Result<Option<FinalityProof>, Error> {
        let number = Header::read(header)?.number;
        let found = self.inner.chain.justification(at, number).await?;
        Ok(found.map(|found| FinalityProof {
            grandpa_justification: Bytes(found.justification),
            descendants: found.descendants.into_iter().map(Bytes).collect(),
        }))
    }
}

//! What it takes to prove a finalised block's state to somebody who has no node: header, storage proofs, justification.

use super::{connection::Chain, runtime::decode, ChainError, Hash};
use futures::{future::BoxFuture, FutureExt};
use scale_codec::{Decode, Encode};
use subxt::{
    config::{substrate::SubstrateHeader, RpcConfigFor, SubstrateConfig},
    rpcs::{
        client::rpc_params,
        methods::legacy::{BlockDetails, Bytes, NumberOrHex, ReadProof},
    },
    utils::H256,
};

/// The name justifications of GRANDPA go by.
const GRANDPA: [u8; 4] = *b"FRNK";

/// `FinalityProof` of sc-consensus-grandpa.
#[derive(Decode)]
struct GrandpaProof {
    block: Hash,
    justification: Vec<u8>,
    headers: Vec<SubstrateHeader<H256>>,
}

/// A justification with what leads to its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JustifiedBy {
    /// GRANDPA's justification, SCALE-encoded.
    pub justification: Vec<u8>,
    /// SCALE-encoded headers from the block's child to the justified block; none where it is the block itself.
    pub descendants: Vec<Vec<u8>>,
}

impl Chain {
    /// The hash of a finalised block.
    ///
    /// # Errors
    /// [`ChainError::BlockUnavailable`] where there is no such block or it is not final yet.
    pub fn finalised_hash_of(&self, number: u64) -> BoxFuture<'_, Result<Hash, ChainError>> {
        async move {
            let head = self.block_number(self.finalised_hash().await?).await?;
            let unavailable = ChainError::BlockUnavailable { number };
            if number > head {
                return Err(unavailable);
            }
            let rpc = self.rpc();
            let by_number = || rpc.chain_get_block_hash(Some(NumberOrHex::Number(number)));
            let hash = self.ask("chain_getBlockHash", by_number).await?;
            Ok(hash.ok_or(unavailable)?.0)
        }
        .boxed()
    }

    /// A block's header, SCALE-encoded.
    ///
    /// # Errors
    /// [`ChainError::BlockUnavailable`], the connection's.
    pub fn header(&self, at: Hash) -> BoxFuture<'_, Result<Vec<u8>, ChainError>> {
        async move {
            let rpc = self.rpc();
            let header = self
                .ask("chain_getHeader", || rpc.chain_get_header(Some(H256(at))))
                .await?;
            let header = header.ok_or(ChainError::BlockUnavailable { number: 0 })?;
            Ok(header.encode())
        }
        .boxed()
    }

    /// The value of a key of the chain's state.
    ///
    /// # Errors
    /// The connection's, and the node's where it no longer keeps the block's state.
    pub fn read_storage<'a>(
        &'a self,
        key: &'a [u8],
        at: Hash,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, ChainError>> {
        self.storage(key, at).boxed()
    }

    /// Nodes of the state trie that prove what is stored under `keys`, or that nothing is.
    ///
    /// # Errors
    /// As [`Chain::read_storage`].
    pub fn read_proof<'a>(
        &'a self,
        keys: &'a [Vec<u8>],
        at: Hash,
    ) -> BoxFuture<'a, Result<Vec<Vec<u8>>, ChainError>> {
        async move {
            let rpc = self.rpc();
            let ask = || rpc.state_get_read_proof(keys.iter().map(Vec::as_slice), Some(H256(at)));
            Ok(nodes(self.ask("state_getReadProof", ask).await?))
        }
        .boxed()
    }

    /// The same for keys of a child trie, by the key its root is stored under.
    ///
    /// # Errors
    /// As [`Chain::read_storage`].
    pub fn read_child_proof<'a>(
        &'a self,
        child: &'a [u8],
        keys: &'a [Vec<u8>],
        at: Hash,
    ) -> BoxFuture<'a, Result<Vec<Vec<u8>>, ChainError>> {
        async move {
            let method = "state_getChildReadProof";
            let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
            let keys: Vec<String> = keys.iter().map(|key| hex(key)).collect();
            let ask = || {
                let params = rpc_params![hex(child), &keys, Some(H256(at))];
                self.raw().request::<ReadProof<H256>>(method, params)
            };
            Ok(nodes(self.ask(method, ask).await?))
        }
        .boxed()
    }

    /// GRANDPA's justification of a finalised block or of a descendant; `None` where the node has none, as on a
    /// chain without GRANDPA.
    ///
    /// # Errors
    /// The connection's.
    pub fn justification(
        &self,
        at: Hash,
        number: u64,
    ) -> BoxFuture<'_, Result<Option<JustifiedBy>, ChainError>> {
        async move {
            let rpc = self.rpc();
            let get = || rpc.chain_get_block(Some(H256(at)));
            let block: Option<BlockDetails<RpcConfigFor<SubstrateConfig>>> =
                self.ask("chain_getBlock", get).await?;
            let all = block.and_then(|block| block.justifications).unwrap_or_default();
            let own = all.into_iter().find(|(engine, _)| *engine == GRANDPA);
            match own {
                Some((_, justification)) => Ok(Some(JustifiedBy {
                    justification,
                    descendants: Vec::new(),
                })),
                None => self.justified_descendant(number).await,
            }
        }
        .boxed()
    }

    async fn justified_descendant(&self, number: u64) -> Result<Option<JustifiedBy>, ChainError> {
        let method = "grandpa_proveFinality";
        let ask = || self.raw().request::<Option<Bytes>>(method, rpc_params![number]);
        let bytes = match self.ask(method, ask).await {
            Ok(Some(bytes)) => bytes,
            // A chain without GRANDPA has no such method; one with it refuses for a set that has not ended.
            Ok(None) | Err(ChainError::Rpc { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let proof = GrandpaProof::decode(&mut &bytes.0[..]).map_err(decode("the proof of finality"))?;
        tracing::debug!(
            number,
            justified = hex::encode(proof.block),
            "finality of a descendant"
        );
        Ok(Some(JustifiedBy {
            justification: proof.justification,
            descendants: proof.headers.iter().map(Encode::encode).collect(),
        }))
    }
}

fn nodes(proof: ReadProof<H256>) -> Vec<Vec<u8>> {
    proof.proof.into_iter().map(|node| node.0).collect()
}

//! What a finalised block holds, as far as this client cares.

use super::{
    calls::{read_calls, ContractCall},
    connection::Chain,
    dry_run::name_of,
    runtime::{decode, Runtime},
    BlockRef, ChainError, Hash, Weight,
};
use corridor_core::Address;
use futures::{future::BoxFuture, FutureExt};
use scale_codec::{Compact, Decode, Encode};
use sp_crypto_hashing::twox_128;
use std::sync::Arc;
use subxt::{
    config::substrate::SubstrateConfig,
    error::DispatchError,
    events::{Event, Phase},
    rpcs::methods::legacy::NumberOrHex,
    utils::H256,
};

/// A finalised block with everything in it that this client looks at.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FinalisedBlock {
    /// Which block.
    pub block: BlockRef,
    /// The block before it.
    pub parent: Hash,
    /// Its extrinsics, in order.
    pub extrinsics: Vec<ExtrinsicResult>,
    /// What contracts emitted, in order.
    pub events: Vec<ContractEvent>,
    /// Contracts instantiated, each with the extrinsic that did it.
    pub instantiated: Vec<(u32, Address)>,
}

/// An extrinsic in a block, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ExtrinsicResult {
    /// Its hash.
    pub hash: Hash,
    /// The chain's name of its failure; `None` when it succeeded.
    pub failure: Option<String>,
    /// The fee paid, where the chain reports it.
    pub fee: Option<u128>,
    /// What its execution cost; zero where it failed.
    pub weight: Weight,
    /// The contract calls it is or carries out, where [`Chain::block_with_calls`] was asked.
    pub calls: Vec<ContractCall>,
}

/// An event emitted by a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ContractEvent {
    /// Its place among all events of the block.
    pub index: u32,
    /// The extrinsic's place in the block; `None` where the block itself called the contract, as a scheduler does.
    pub extrinsic_index: Option<u32>,
    /// Who emitted it.
    pub contract: Address,
    /// Topics, the first being the event's signature.
    pub topics: Vec<Hash>,
    /// The rest, in the contract's own encoding.
    pub data: Vec<u8>,
}

impl Chain {
    /// The block of a number, which must be finalised.
    ///
    /// # Errors
    /// [`ChainError::BlockUnavailable`] where the node has no such block or pruned its state.
    pub fn block(&self, number: u64) -> BoxFuture<'_, Result<FinalisedBlock, ChainError>> {
        self.read_block(number, false)
    }

    /// The same with the calls of contracts: reading extrinsics takes time that most do not need to spend.
    ///
    /// # Errors
    /// As [`Chain::block`], and [`ChainError::Decode`] where an extrinsic has another shape than the metadata says.
    pub fn block_with_calls(&self, number: u64) -> BoxFuture<'_, Result<FinalisedBlock, ChainError>> {
        self.read_block(number, true)
    }

    fn read_block(&self, number: u64, calls: bool) -> BoxFuture<'_, Result<FinalisedBlock, ChainError>> {
        async move {
            let rpc = self.rpc();
            let unavailable = || ChainError::BlockUnavailable { number };
            let by_number = || rpc.chain_get_block_hash(Some(NumberOrHex::Number(number)));
            let hash = self
                .ask("chain_getBlockHash", by_number)
                .await?
                .ok_or_else(unavailable)?;
            let keys = [
                [twox_128(b"System"), twox_128(b"Events")].concat(),
                [twox_128(b"Timestamp"), twox_128(b"Now")].concat(),
                [twox_128(b"System"), twox_128(b"LastRuntimeUpgrade")].concat(),
            ];
            let read = || rpc.state_query_storage_at(keys.iter().map(Vec::as_slice), Some(hash));
            let (body, state) = tokio::join!(
                self.ask("chain_getBlock", || rpc.chain_get_block(Some(hash))),
                self.ask("state_queryStorageAt", read),
            );
            let body = body?.ok_or_else(unavailable)?.block;
            let state = state.map_err(|error| match error {
                // What a node says whose state of that block is pruned.
                ChainError::Rpc { reason, .. } if reason.contains("discarded") => unavailable(),
                other => other,
            })?;
            let mut values = keys.map(|key| {
                let changes = state.iter().flat_map(|set| &set.changes);
                let found = changes.into_iter().find(|(found, _)| found.0 == key)?.1.clone();
                found.map(|bytes| bytes.0)
            });
            let runtime = self.runtime_for(values[2].as_deref(), hash.0).await?;
            // Only the first block has neither time nor extrinsics: elsewhere this is a state the node does not have.
            let has_events = values[0].is_some() || body.extrinsics.is_empty();
            let time = match values[1].as_deref() {
                Some(time) if has_events => time,
                None if has_events && number == 0 => &[0; 8],
                _ => return Err(unavailable()),
            };
            let mut block = FinalisedBlock {
                block: BlockRef {
                    number,
                    hash: hash.0,
                    time_ms: u64::decode(&mut &*time).map_err(decode("the block's time"))?,
                },
                parent: body.header.parent_hash.0,
                extrinsics: body
                    .extrinsics
                    .iter()
                    .map(|bytes| unknown(self.hash(bytes)))
                    .collect(),
                events: Vec::new(),
                instantiated: Vec::new(),
            };
            block.read_events(&runtime, values[0].take().unwrap_or_default())?;
            if calls {
                let bytes = body.extrinsics.into_iter().map(|bytes| bytes.0).collect();
                let calls = read_calls(&runtime, bytes).await?;
                for (extrinsic, calls) in block.extrinsics.iter_mut().zip(calls) {
                    extrinsic.calls = calls;
                }
            }
            Ok(block)
        }
        .boxed()
    }

    /// The hash of the block of a number, which must be finalised.
    ///
    /// # Errors
    /// [`ChainError::BlockUnavailable`] where the node has no such block.
    pub fn block_hash(&self, number: u64) -> BoxFuture<'_, Result<Hash, ChainError>> {
        async move {
            let rpc = self.rpc();
            let by_number = || rpc.chain_get_block_hash(Some(NumberOrHex::Number(number)));
            let hash = self.ask("chain_getBlockHash", by_number).await?;
            hash.map(|hash| hash.0)
                .ok_or(ChainError::BlockUnavailable { number })
        }
        .boxed()
    }

    /// Hashes of a block's extrinsics, which a node has for longer than the block's state.
    ///
    /// # Errors
    /// [`ChainError::BlockUnavailable`] where the node has no such block.
    pub fn extrinsic_hashes(&self, number: u64) -> BoxFuture<'_, Result<Vec<Hash>, ChainError>> {
        async move {
            let rpc = self.rpc();
            let unavailable = || ChainError::BlockUnavailable { number };
            let by_number = || rpc.chain_get_block_hash(Some(NumberOrHex::Number(number)));
            let hash = self
                .ask("chain_getBlockHash", by_number)
                .await?
                .ok_or_else(unavailable)?;
            let get = || rpc.chain_get_block(Some(H256(hash.0)));
            let body = self.ask("chain_getBlock", get).await?.ok_or_else(unavailable)?;
            Ok(body
                .block
                .extrinsics
                .iter()
                .map(|bytes| self.hash(bytes))
                .collect())
        }
        .boxed()
    }

    /// The runtime a block's events are encoded by: its state names the version.
    async fn runtime_for(&self, last_upgrade: Option<&[u8]>, at: Hash) -> Result<Arc<Runtime>, ChainError> {
        let Some(mut upgrade) = last_upgrade else {
            return Ok(self.runtime());
        };
        let Compact(spec_version) =
            Compact::<u32>::decode(&mut upgrade).map_err(decode("the runtime's version"))?;
        self.runtime_of(spec_version, at).await
    }
}

/// An extrinsic of which nothing is known yet.
fn unknown(hash: Hash) -> ExtrinsicResult {
    ExtrinsicResult {
        hash,
        failure: None,
        fee: None,
        weight: Weight::default(),
        calls: Vec::new(),
    }
}

impl FinalisedBlock {
    /// Fills in what the events say.
    fn read_events(&mut self, runtime: &Runtime, bytes: Vec<u8>) -> Result<(), ChainError> {
        let events = runtime.client.events().from_bytes(bytes);
        let mut ended = vec![false; self.extrinsics.len()];
        for event in events.iter() {
            let event = event.map_err(decode("an event"))?;
            // What contracts emit while no extrinsic is applied moved money all the same.
            let index = match event.phase() {
                Phase::ApplyExtrinsic(index) => Some(index),
                Phase::Initialization | Phase::Finalization => None,
            };
            let ends = matches!(event.event_name(), "ExtrinsicSuccess" | "ExtrinsicFailed");
            if ends && event.pallet_name() == "System" {
                let ended = index.and_then(|index| ended.get_mut(index as usize));
                ended.into_iter().for_each(|ended| *ended = true);
            }
            self.read_event(runtime, index, &event)?;
        }
        // One that is not known to have failed is not known to have been carried out either.
        match ended.iter().position(|ended| !ended) {
            None => Ok(()),
            Some(index) => Err(ChainError::Decode {
                what: "a block's events",
                reason: format!("extrinsic {index} has neither succeeded nor failed"),
            }),
        }
    }

    fn read_event(
        &mut self,
        runtime: &Runtime,
        extrinsic_index: Option<u32>,
        event: &Event<'_, SubstrateConfig>,
    ) -> Result<(), ChainError> {
        let fields = &mut event.field_bytes();
        let extrinsic = extrinsic_index.and_then(|index| self.extrinsics.get_mut(index as usize));
        match (event.pallet_name(), event.event_name(), extrinsic) {
            ("System", "ExtrinsicSuccess", Some(extrinsic)) => {
                extrinsic.weight = Weight::decode(fields).map_err(decode("an extrinsic's weight"))?;
            }
            ("System", "ExtrinsicFailed", Some(extrinsic)) => {
                let error = DispatchError::decode_from(*fields, runtime.client.metadata())
                    .map_err(decode("an extrinsic's failure"))?;
                extrinsic.failure = Some(name_of(&error));
            }
            ("TransactionPayment", "TransactionFeePaid", Some(extrinsic)) => {
                let (_payer, fee) = <([u8; 32], u128)>::decode(fields).map_err(decode("a fee"))?;
                extrinsic.fee = Some(fee);
            }
            ("Revive", "ContractEmitted", _) => {
                let (contract, data, topics) =
                    Decode::decode(fields).map_err(decode("a contract's event"))?;
                self.events.push(ContractEvent {
                    index: event.index(),
                    extrinsic_index,
                    contract,
                    topics,
                    data,
                });
            }
            ("Revive", "Instantiated", _) => {
                let (_deployer, contract) =
                    <(Address, Address)>::decode(fields).map_err(decode("an instantiation"))?;
                self.instantiated
                    .extend(extrinsic_index.map(|index| (index, contract)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Finds an extrinsic by its hash.
    #[must_use]
    pub fn find(&self, hash: &Hash) -> Option<(u32, &ExtrinsicResult)> {
        (0u32..)
            .zip(&self.extrinsics)
            .find(|(_, extrinsic)| extrinsic.hash == *hash)
    }
}

//! What extrinsics cost a block, from the runtime's own weights: the same on every machine.

use polkadot_sdk::{
    frame_support::{
        dispatch::{DispatchClass, GetDispatchInfo},
        traits::Get,
        weights::Weight,
    },
    frame_system::{self, limits::BlockLength},
    pallet_balances, pallet_revive,
    sp_core::H160,
    sp_keyring::Sr25519Keyring,
};
use scale_codec::Encode;

use super::{block::sign, CallOutcome, Chain, ChainError};
use crate::{Address, Balance, Runtime, RuntimeCall};

/// What one extrinsic takes of a block, as `CheckWeight` books it before the extrinsic is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtrinsicCost {
    /// Execution time, in picoseconds: the call, its extensions and the base of every extrinsic.
    pub ref_time_ps: u64,
    /// Proof, in bytes. The extrinsic's own length is part of it.
    pub proof_bytes: u64,
    /// Encoded length, in bytes.
    pub length_bytes: u64,
}

/// What ordinary extrinsics may take of a block together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockLimits {
    /// Execution time, in picoseconds.
    pub ref_time_ps: u64,
    /// Proof, in bytes.
    pub proof_bytes: u64,
    /// Encoded length, in bytes.
    pub length_bytes: u64,
}

/// The limits of the normal class: 75 % of 2 s, of 10 MiB of proof and of 5 MiB of length.
#[must_use]
pub fn block_limits() -> BlockLimits {
    let weights = <Runtime as frame_system::Config>::BlockWeights::get();
    let total = weights
        .get(DispatchClass::Normal)
        .max_total
        .unwrap_or(weights.max_block);
    let length: BlockLength = <Runtime as frame_system::Config>::BlockLength::get();
    BlockLimits {
        ref_time_ps: total.ref_time(),
        proof_bytes: total.proof_size(),
        length_bytes: u64::from(*length.max.get(DispatchClass::Normal)),
    }
}

impl ExtrinsicCost {
    /// How many such extrinsics fit in a block of this runtime.
    #[must_use]
    pub fn per_block(&self) -> u64 {
        let limits = block_limits();
        let fits = |limit: u64, each: u64| limit.checked_div(each).unwrap_or(u64::MAX);
        fits(limits.ref_time_ps, self.ref_time_ps)
            .min(fits(limits.proof_bytes, self.proof_bytes))
            .min(fits(limits.length_bytes, self.length_bytes))
    }
}

impl Chain {
    /// What a `balances.transfer_keep_alive` costs: the yardstick that other costs are compared with.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn native_transfer_cost(&mut self) -> Result<ExtrinsicCost, ChainError> {
        let dest = Address::Id(Sr25519Keyring::Bob.to_account_id());
        let value = crate::config::UNIT;
        self.cost(
            Sr25519Keyring::Alice,
            RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest, value }),
        )
    }

    /// What a signed `revive.call` costs whose limits are those that `outcome` says it needs.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn call_cost(
        &mut self,
        dest: H160,
        data: Vec<u8>,
        outcome: &CallOutcome,
    ) -> Result<ExtrinsicCost, ChainError> {
        let call = revive_call(dest, outcome.weight_required, outcome.max_storage_deposit, data);
        self.cost(Sr25519Keyring::Alice, call)
    }

    /// What `call` costs when `signer` signs it.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn cost(&mut self, signer: Sr25519Keyring, call: RuntimeCall) -> Result<ExtrinsicCost, ChainError> {
        let extrinsic = self.execute_with(|| sign(signer, call))?;
        let info = extrinsic.get_dispatch_info();
        let length = extrinsic.encoded_size() as u64;
        let base = <Runtime as frame_system::Config>::BlockWeights::get()
            .get(info.class)
            .base_extrinsic;
        let total = info
            .total_weight()
            .saturating_add(base)
            .saturating_add_proof_size(length);
        Ok(ExtrinsicCost {
            ref_time_ps: total.ref_time(),
            proof_bytes: total.proof_size(),
            length_bytes: length,
        })
    }
}

/// The runtime call that sends `data` to the contract at `dest`, without value.
#[must_use]
pub fn revive_call(
    dest: H160,
    weight_limit: Weight,
    storage_deposit_limit: Balance,
    data: Vec<u8>,
) -> RuntimeCall {
    RuntimeCall::Revive(pallet_revive::Call::call {
        dest,
        value: 0,
        weight_limit,
        storage_deposit_limit,
        data,
    })
}

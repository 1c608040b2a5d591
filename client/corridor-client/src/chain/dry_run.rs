//! Dry-runs: what a call would do now, and what it would cost.

use super::{connection::Chain, runtime::decode, ChainError, Hash, Weight};
use crate::AccountId;
use corridor_core::Address;
use futures::{future::BoxFuture, FutureExt};
use scale_codec::{Decode, Encode};
use subxt::error::DispatchError;

/// What a call would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// The weight limit that execution needs.
    pub weight_required: Weight,
    /// The most storage deposit at any moment of the execution, in the chain's own token.
    pub max_storage_deposit: u128,
    /// How it ends.
    pub execution: Execution,
}

/// How a dry-run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Execution {
    /// The contract answered.
    Returned {
        /// It asked for everything to be undone: `data` is its error.
        reverted: bool,
        /// The answer, in the contract's own encoding.
        data: Vec<u8>,
        /// The new contract's address, of an instantiation.
        instantiated: Option<Address>,
    },
    /// The chain stopped it, for this reason (`Revive::OutOfGas`).
    Failed(String),
}

/// pallet-revive 0.20's `ContractResult` up to its `result`, field by field.
#[derive(Decode)]
struct Header {
    _weight_consumed: Weight,
    weight_required: Weight,
    _storage_deposit: StorageDeposit,
    max_storage_deposit: StorageDeposit,
    _gas_consumed: u128,
}

#[derive(Decode)]
enum StorageDeposit {
    Refund(#[allow(dead_code)] u128), // There to be skipped.
    Charge(u128),
}

/// `ReturnFlags::REVERT`.
const REVERT: u32 = 1;

impl Chain {
    /// Calls a contract without changing anything, at a block or at the best one.
    ///
    /// # Errors
    /// The connection's, and [`ChainError::Decode`] where the runtime's answer has another shape.
    pub fn dry_run<'a>(
        &'a self,
        origin: AccountId,
        dest: Address,
        data: &'a [u8],
        at: Option<Hash>,
    ) -> BoxFuture<'a, Result<DryRun, ChainError>> {
        async move {
            let no_limit = (None::<Weight>, None::<u128>);
            let arguments = (origin.0, dest, 0u128, no_limit, data).encode();
            let answer = self.runtime_call("ReviveApi_call", &arguments, at).await?;
            self.read_dry_run(&answer, false)
        }
        .boxed()
    }

    /// Instantiates a contract without changing anything, at the best block.
    ///
    /// # Errors
    /// As [`Chain::dry_run`].
    pub fn dry_run_instantiate<'a>(
        &'a self,
        origin: AccountId,
        code: &'a [u8],
        data: &'a [u8],
        salt: Option<[u8; 32]>,
    ) -> BoxFuture<'a, Result<DryRun, ChainError>> {
        async move {
            let no_limit = (None::<Weight>, None::<u128>);
            let upload = 0u8;
            let arguments = (origin.0, 0u128, no_limit, upload, code, data, salt).encode();
            let answer = self
                .runtime_call("ReviveApi_instantiate", &arguments, None)
                .await?;
            self.read_dry_run(&answer, true)
        }
        .boxed()
    }

    fn read_dry_run(&self, answer: &[u8], instantiation: bool) -> Result<DryRun, ChainError> {
        let mut input = answer;
        let header = Header::decode(&mut input).map_err(decode("a dry-run"))?;
        let succeeded = u8::decode(&mut input).map_err(decode("a dry-run"))? == 0;
        let execution = if succeeded {
            let (flags, data) = <(u32, Vec<u8>)>::decode(&mut input).map_err(decode("a dry-run"))?;
            let instantiated = if instantiation {
                Some(Address::decode(&mut input).map_err(decode("a dry-run"))?)
            } else {
                None
            };
            if !input.is_empty() {
                return Err(decode("a dry-run")("its shape is not pallet-revive 0.20's"));
            }
            Execution::Returned {
                reverted: flags & REVERT != 0,
                data,
                instantiated,
            }
        } else {
            let metadata = self.runtime().client.metadata();
            let error = DispatchError::decode_from(input, metadata).map_err(decode("a dry-run's error"))?;
            Execution::Failed(name_of(&error))
        };
        Ok(DryRun {
            weight_required: header.weight_required,
            max_storage_deposit: match header.max_storage_deposit {
                StorageDeposit::Charge(amount) => amount,
                StorageDeposit::Refund(_) => 0,
            },
            execution,
        })
    }
}

/// The chain's name of a failure: `Pallet::Error`, or the kind of dispatch error.
pub(super) fn name_of(error: &DispatchError) -> String {
    match error {
        DispatchError::Module(module) => module.details_string(),
        other => format!("{other:?}"),
    }
}

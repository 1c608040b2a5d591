//! The chain without a node: real contract code on the real runtime, inside the test's own process.
//!
//! ```
//! use corridor_devnet_runtime::testing::{account, Chain};
//!
//! let mut chain = Chain::new();
//! chain.set_time(1_700_000_000);
//! assert_eq!(chain.now(), 1_700_000_000);
//! assert!(chain.free_balance(&account("Alice")) > 0);
//! ```

mod block;
mod cost;

pub use block::{account, keyring};
pub use cost::{block_limits, revive_call, BlockLimits, ExtrinsicCost};

use polkadot_sdk::{
    frame_support::{
        storage::{with_transaction, TransactionOutcome},
        weights::Weight,
    },
    frame_system,
    pallet_revive::{
        AddressMapper, Code, Config as ReviveConfig, ContractResult, Event as ReviveEvent, ExecConfig,
        ExecReturnValue, StorageDeposit, TransactionLimits,
    },
    pallet_timestamp,
    sp_core::{H160, H256, U256},
    sp_io::TestExternalities,
    sp_runtime::{BuildStorage, DispatchError},
};

use crate::{
    genesis, AccountId, Balance, Balances, Hash, Revive, Runtime, RuntimeEvent, RuntimeOrigin, System,
};

/// How far [`Chain::next_block`] moves the clock, in milliseconds.
pub const BLOCK_TIME_MS: u64 = 6_000;

/// An event of a contract: who emitted it, its data, and its topics (the first one names the event).
pub type ContractEvent = (H160, Vec<u8>, Vec<H256>);

/// A chain in memory, always inside an open block to which calls are added.
pub struct Chain {
    externalities: TestExternalities,
    parent: Hash,
}

/// What a message to a contract did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOutcome {
    /// Whether the contract undid its work and answered with an error. State is unchanged then.
    pub reverted: bool,
    /// What the contract returned.
    pub data: Vec<u8>,
    /// What the execution took.
    pub weight_consumed: Weight,
    /// What the weight limit of the extrinsic must at least be. It can exceed what is consumed.
    pub weight_required: Weight,
    /// What the caller paid for storage, in planck; negative when storage was freed and the deposit came back.
    pub storage_deposit: i128,
    /// The most that was on deposit at any time during the call, in planck: the least storage deposit limit.
    pub max_storage_deposit: Balance,
    /// What contracts emitted, in order.
    pub events: Vec<ContractEvent>,
}

/// Why a contract could not be run to an answer. State is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The runtime stopped the execution: a trap, a limit, missing funds, no such contract code.
    #[error("the runtime refused the call: {name}")]
    Dispatch {
        /// The error's name, such as `ContractTrapped` or `OutOfGas`.
        name: String,
        /// The error itself.
        error: DispatchError,
    },
    /// The constructor reverted, so there is no contract.
    #[error("the constructor reverted with 0x{}", data.iter().map(|byte| format!("{byte:02x}")).collect::<String>())]
    ConstructorReverted {
        /// What the constructor returned.
        data: Vec<u8>,
    },
    /// The extrinsic may not even enter a block: bad nonce, no funds for the fee, block full.
    #[error("the extrinsic is not valid: {0}")]
    Invalid(String),
}

impl From<DispatchError> for ChainError {
    fn from(error: DispatchError) -> Self {
        let name = match &error {
            DispatchError::Module(module) => module.message.unwrap_or("an unnamed module error").to_owned(),
            other => format!("{other:?}"),
        };
        Self::Dispatch { name, error }
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl Chain {
    /// A chain with the `development` preset, in block 1.
    ///
    /// # Panics
    /// When genesis cannot be built, which would be a mistake in this crate.
    #[must_use]
    pub fn new() -> Self {
        let storage = genesis::development()
            .build_storage()
            .expect("the development preset is valid; qed");
        let mut chain = Self {
            externalities: TestExternalities::new(storage),
            parent: Hash::zero(),
        };
        chain.open_block(1, BLOCK_TIME_MS);
        chain
    }

    /// Runs `body` with the chain's state at hand: pallets can be read and written directly in it.
    pub fn execute_with<R>(&mut self, body: impl FnOnce() -> R) -> R {
        self.externalities.execute_with(body)
    }

    /// Sets the time that contracts see, in seconds since 1970.
    pub fn set_time(&mut self, seconds: u64) {
        self.execute_with(|| pallet_timestamp::Now::<Runtime>::put(seconds.saturating_mul(1_000)));
    }

    /// The time that contracts see, in seconds since 1970.
    pub fn now(&mut self) -> u64 {
        self.execute_with(pallet_timestamp::Now::<Runtime>::get) / 1_000
    }

    /// The height of the open block.
    pub fn block_number(&mut self) -> u32 {
        self.execute_with(System::block_number)
    }

    /// The spendable balance of an account, in planck.
    pub fn free_balance(&mut self, account: &AccountId) -> Balance {
        self.execute_with(|| Balances::free_balance(account))
    }

    /// The address under which contracts see `account`.
    #[must_use]
    pub fn address_of(account: &AccountId) -> H160 {
        <Runtime as ReviveConfig>::AddressMapper::to_address(account)
    }

    /// The account that holds a contract's coins and deposits.
    #[must_use]
    pub fn account_of_contract(address: H160) -> AccountId {
        genesis::account_of_eth_address(address)
    }

    /// Uploads `code` and instantiates it; `data` is the constructor's selector and arguments.
    ///
    /// # Errors
    /// When the runtime refuses or the constructor reverts; state is unchanged then.
    pub fn instantiate(
        &mut self,
        origin: AccountId,
        code: Vec<u8>,
        data: Vec<u8>,
    ) -> Result<H160, ChainError> {
        self.instantiate_with(origin, code, data, None)
            .map(|(address, _)| address)
    }

    /// [`instantiate`](Self::instantiate) with a salt, telling what it took as well.
    ///
    /// # Errors
    /// When the runtime refuses or the constructor reverts; state is unchanged then.
    pub fn instantiate_with(
        &mut self,
        origin: AccountId,
        code: Vec<u8>,
        data: Vec<u8>,
        salt: Option<[u8; 32]>,
    ) -> Result<(H160, CallOutcome), ChainError> {
        let mut address = H160::zero();
        let outcome = self.run(true, || {
            let result = Revive::bare_instantiate(
                RuntimeOrigin::signed(origin),
                U256::zero(),
                widest_limits(),
                Code::Upload(code),
                data,
                salt,
                &ExecConfig::new_substrate_tx(),
            );
            ContractResult {
                weight_consumed: result.weight_consumed,
                weight_required: result.weight_required,
                storage_deposit: result.storage_deposit,
                max_storage_deposit: result.max_storage_deposit,
                gas_consumed: result.gas_consumed,
                result: result.result.map(|value| {
                    address = value.addr;
                    value.result
                }),
            }
        })?;
        if outcome.reverted {
            return Err(ChainError::ConstructorReverted { data: outcome.data });
        }
        Ok((address, outcome))
    }

    /// Sends a message to a contract. A revert is an answer, not an error, and leaves state unchanged.
    ///
    /// # Errors
    /// When the runtime stops the execution; state is unchanged then.
    pub fn call(&mut self, origin: AccountId, dest: H160, data: Vec<u8>) -> Result<CallOutcome, ChainError> {
        self.call_with_value(origin, dest, 0, data)
    }

    /// [`call`](Self::call), with `value` planck transferred along.
    ///
    /// # Errors
    /// When the runtime stops the execution; state is unchanged then.
    pub fn call_with_value(
        &mut self,
        origin: AccountId,
        dest: H160,
        value: Balance,
        data: Vec<u8>,
    ) -> Result<CallOutcome, ChainError> {
        self.run(true, || bare_call(origin, dest, value, data))
    }

    /// What [`call`](Self::call) would do, with nothing of it kept.
    ///
    /// # Errors
    /// When the runtime stops the execution.
    pub fn dry_run(
        &mut self,
        origin: AccountId,
        dest: H160,
        data: Vec<u8>,
    ) -> Result<CallOutcome, ChainError> {
        self.run(false, || bare_call(origin, dest, 0, data))
    }

    fn run(
        &mut self,
        keep: bool,
        execute: impl FnOnce() -> ContractResult<ExecReturnValue, Balance>,
    ) -> Result<CallOutcome, ChainError> {
        self.externalities.execute_with(|| {
            // Two layers of result: the outer one is `with_transaction`'s, which can fail on its own account.
            with_transaction(|| {
                let events_before = System::event_count();
                let outcome = outcome(execute(), events_before as usize);
                let kept = keep && outcome.as_ref().is_ok_and(|outcome| !outcome.reverted);
                match kept {
                    true => TransactionOutcome::Commit(Ok::<_, DispatchError>(outcome)),
                    false => TransactionOutcome::Rollback(Ok(outcome)),
                }
            })?
        })
    }
}

fn bare_call(
    origin: AccountId,
    dest: H160,
    value: Balance,
    data: Vec<u8>,
) -> ContractResult<ExecReturnValue, Balance> {
    Revive::bare_call(
        RuntimeOrigin::signed(origin),
        dest,
        Revive::convert_native_to_evm(value),
        widest_limits(),
        data,
        &ExecConfig::new_substrate_tx(),
    )
}

/// As much weight as one extrinsic may have on this chain, and any deposit.
fn widest_limits() -> TransactionLimits<Runtime> {
    let weights = <Runtime as frame_system::Config>::BlockWeights::get();
    let normal = weights.get(polkadot_sdk::frame_support::dispatch::DispatchClass::Normal);
    TransactionLimits::WeightAndDeposit {
        weight_limit: normal.max_extrinsic.unwrap_or(weights.max_block),
        deposit_limit: Balance::MAX,
    }
}

fn outcome(
    result: ContractResult<ExecReturnValue, Balance>,
    events_before: usize,
) -> Result<CallOutcome, ChainError> {
    let value = result.result?;
    Ok(CallOutcome {
        reverted: value.did_revert(),
        data: value.data,
        weight_consumed: result.weight_consumed,
        weight_required: result.weight_required,
        storage_deposit: signed(&result.storage_deposit),
        max_storage_deposit: result.max_storage_deposit.charge_or_zero(),
        events: contract_events(events_before),
    })
}

fn signed(deposit: &StorageDeposit<Balance>) -> i128 {
    match deposit {
        StorageDeposit::Charge(amount) => i128::try_from(*amount).unwrap_or(i128::MAX),
        StorageDeposit::Refund(amount) => i128::try_from(*amount).map_or(i128::MIN, |amount| -amount),
    }
}

fn contract_events(skip: usize) -> Vec<ContractEvent> {
    System::read_events_no_consensus()
        .skip(skip)
        .filter_map(|record| match record.event {
            RuntimeEvent::Revive(ReviveEvent::ContractEmitted {
                contract,
                data,
                topics,
            }) => Some((contract, data, topics)),
            _ => None,
        })
        .collect()
}

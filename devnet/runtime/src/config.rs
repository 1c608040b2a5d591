//! What each pallet is configured with, and the chain's constants.
//!
//! The values are those of `revive-dev-runtime` 0.12.0 unless a comment says otherwise.
#![allow(
    missing_docs,
    reason = "parameter_types! generates public items that carry no docs"
)]

use polkadot_sdk::*;

use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstBool, ConstU32, ConstU64, VariantCountOf},
    weights::{
        constants::{BlockExecutionWeight, ExtrinsicBaseWeight, WEIGHT_REF_TIME_PER_SECOND},
        ConstantMultiplier, Weight,
    },
};
use frame_system::{limits::BlockWeights, EnsureSigned};
use pallet_revive::evm::fees::{BlockRatioFee, Info as FeeInfo};
use pallet_transaction_payment::{ConstFeeMultiplier, FungibleAdapter, Multiplier};
use sp_runtime::{traits::One, Perbill};

use crate::{
    pallets::*, AccountId, Address, Balance, Block, EthExtension, Hash, Nonce, RuntimeVersion, Signature,
    VERSION,
};

/// Decimals of the coin, as wallets show it.
pub const TOKEN_DECIMALS: u32 = 12;
/// Symbol of the coin, as wallets show it.
pub const TOKEN_SYMBOL: &str = "DEV";
/// The address prefix that wallets use: Substrate's generic one.
pub const SS58_PREFIX: u16 = 42;
/// The chain id that Ethereum transactions are signed for.
pub const ETH_CHAIN_ID: u64 = 420_420_420;

/// One coin.
pub const UNIT: Balance = 1_000_000_000_000;
/// A hundredth of a coin.
pub const CENTS: Balance = UNIT / 100;
/// A hundred-thousandth of a coin.
pub const MILLICENTS: Balance = CENTS / 1_000;

/// The most proof that a relay chain takes with a parachain's block, in bytes.
pub const MAX_PROOF_SIZE_BYTES: u64 = 10 * 1024 * 1024;
/// Two seconds of execution out of a six-second block, and a full proof.
pub const MAXIMUM_BLOCK_WEIGHT: Weight =
    Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND.saturating_mul(2), MAX_PROOF_SIZE_BYTES);
/// How much of a block ordinary extrinsics may fill; the rest is kept for operational ones.
const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// How much of a block `on_initialize` is assumed to take; it caps what one extrinsic may ask for.
const AVERAGE_ON_INITIALIZE_RATIO: Perbill = Perbill::from_percent(10);

/// How many recent block hashes the chain remembers, which bounds the life of a mortal transaction.
///
/// `revive-dev-runtime` keeps 256. Instant sealing makes a block for every transaction, so there 256 blocks can be over in
/// a fraction of a second and a transaction with the usual era would expire before it is looked at.
pub const BLOCK_HASH_COUNT: u32 = 4096;

parameter_types! {
    pub const Version: RuntimeVersion = VERSION;
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(frame_support::dispatch::DispatchClass::all(), |weights| {
            weights.base_extrinsic = ExtrinsicBaseWeight::get();
        })
        .for_class(frame_support::dispatch::DispatchClass::Normal, |weights| {
            weights.max_total = Some(NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .for_class(frame_support::dispatch::DispatchClass::Operational, |weights| {
            weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
            weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT - NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .avg_block_initialization(AVERAGE_ON_INITIALIZE_RATIO)
        .build_or_panic();
    pub const ExistentialDeposit: Balance = CENTS;
    pub const TransactionByteFee: Balance = 10 * MILLICENTS;
    pub FeeMultiplier: Multiplier = Multiplier::one();
    pub const CodeHashLockupDepositPercent: Perbill = Perbill::from_percent(30);
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockHashCount = ConstU32<BLOCK_HASH_COUNT>;
    type Version = Version;
    type AccountId = AccountId;
    type Hash = Hash;
    type Nonce = Nonce;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SS58Prefix = frame_support::traits::ConstU16<SS58_PREFIX>;
    // With AutoMap an account can use contracts as soon as it exists, without `map_account`.
    type OnNewAccount = pallet_revive::AutoMapper<Runtime>;
    type OnKilledAccount = pallet_revive::AutoMapper<Runtime>;
}

// Its minimum period is 1 ms, so that instant sealing can make many blocks a second without running ahead of the clock.
#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Runtime {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type AccountStore = System;
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

#[derive_impl(pallet_sudo::config_preludes::TestDefaultConfig)]
impl pallet_sudo::Config for Runtime {}

#[derive_impl(pallet_transaction_payment::config_preludes::TestDefaultConfig)]
impl pallet_transaction_payment::Config for Runtime {
    type OnChargeTransaction = FungibleAdapter<Balances, ()>;
    type WeightToFee = BlockRatioFee<1, 1, Self, Balance>;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate = ConstFeeMultiplier<FeeMultiplier>;
}

#[derive_impl(pallet_revive::config_preludes::TestDefaultConfig)]
impl pallet_revive::Config for Runtime {
    type AddressMapper = pallet_revive::AccountId32Mapper<Self>;
    type ChainId = ConstU64<ETH_CHAIN_ID>;
    type CodeHashLockupDepositPercent = CodeHashLockupDepositPercent;
    type Balance = Balance;
    type Currency = Balances;
    type NativeToEthRatio = ConstU32<1_000_000>;
    type UploadOrigin = EnsureSigned<AccountId>;
    type InstantiateOrigin = EnsureSigned<AccountId>;
    type Time = Timestamp;
    type FeeInfo = FeeInfo<Address, Signature, EthExtension>;
    type DebugEnabled = ConstBool<true>;
    type AutoMap = ConstBool<true>;
    type GasScale = ConstU32<50_000>;
}

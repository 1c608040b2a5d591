//! The runtime of the Corridor development chain, executed natively.
//!
//! It holds six pallets: system, timestamp, balances, sudo, transaction-payment and revive. Weights, block limits and
//! deposits are those of `revive-dev-runtime` 0.12.0, so a figure measured here can be compared with a parachain's. What
//! differs, and why, is said next to each constant in [`config`].
//!
//! There is no Wasm build: a node calls [`apis::api::dispatch`] directly, and tests use [`testing::Chain`].

extern crate alloc;

pub mod config;
pub mod genesis;
mod pallets;
pub mod testing;

use polkadot_sdk::{
    frame_executive, frame_system, pallet_revive, pallet_transaction_payment, sp_runtime, sp_version,
};
use sp_runtime::{generic, traits::BlakeTwo256, MultiAddress, MultiSignature};

pub use pallets::{
    apis::{self, RuntimeApi, VERSION},
    Balances, BalancesConfig, Revive, ReviveConfig, Runtime, RuntimeCall, RuntimeError, RuntimeEvent,
    RuntimeFreezeReason, RuntimeGenesisConfig, RuntimeHoldReason, RuntimeOrigin, RuntimeTask, Sudo,
    SudoConfig, System, Timestamp, TransactionPayment,
};
pub use sp_version::RuntimeVersion;

/// An amount of the chain's own coin, in planck: 12 decimals.
pub type Balance = u128;
/// The height of a block.
pub type BlockNumber = u32;
/// How many transactions an account has had included.
pub type Nonce = u32;
/// The hash of a block, an extrinsic or a piece of state.
pub type Hash = polkadot_sdk::sp_core::H256;
/// A signature by any of the schemes that Substrate accounts use.
pub type Signature = MultiSignature;
/// A 32-byte account.
pub type AccountId = sp_runtime::AccountId32;
/// How extrinsics name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A block as the node's RPC and database see it, with extrinsics left as bytes.
pub type OpaqueBlock = generic::Block<Header, sp_runtime::OpaqueExtrinsic>;

/// What a signed extrinsic carries besides the call and the signature, in the order that metadata tells wallets.
pub type TxExtension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    // Turns the signed origin into an Ethereum one, so it follows whatever needs a signed origin.
    pallet_revive::evm::tx_extension::SetOrigin<Runtime>,
    // Gives unused weight back to the block; last, so that it sees what the others refunded.
    frame_system::WeightReclaim<Runtime>,
);

/// Tells pallet-revive which extensions an Ethereum transaction gets, since it carries none itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EthExtension;

impl pallet_revive::evm::runtime::EthExtra for EthExtension {
    type Config = Runtime;
    type ExtensionV0 = TxExtension;
    type ExtensionOtherVersions = sp_runtime::traits::InvalidVersion;

    fn get_eth_extension(nonce: Nonce, tip: Balance) -> TxExtension {
        let origin = pallet_revive::evm::tx_extension::SetOrigin::new_from_eth_transaction();
        tx_extension(generic::Era::Immortal, nonce, tip, origin)
    }
}

/// An extrinsic: inherent, signed by a Substrate account, or an Ethereum transaction wrapped by pallet-revive.
pub type UncheckedExtrinsic =
    pallet_revive::evm::runtime::UncheckedExtrinsic<Address, Signature, EthExtension>;

/// What a signature is made over: call, extensions and what the extensions imply.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Applies blocks and extrinsics to state.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    pallets::AllPalletsWithSystem,
>;

/// The extensions of an extrinsic signed by a Substrate account.
pub fn signed_extension(era: generic::Era, nonce: Nonce, tip: Balance) -> TxExtension {
    tx_extension(
        era,
        nonce,
        tip,
        pallet_revive::evm::tx_extension::SetOrigin::default(),
    )
}

fn tx_extension(
    era: generic::Era,
    nonce: Nonce,
    tip: Balance,
    origin: pallet_revive::evm::tx_extension::SetOrigin<Runtime>,
) -> TxExtension {
    (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(era),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
        origin,
        frame_system::WeightReclaim::new(),
    )
}

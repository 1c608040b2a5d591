//! The chain's types and constants as contracts see them.

use ink::env::{DefaultEnvironment, Environment};

/// The default types with the ratio pallet-revive is configured with: one native unit is 10^6 of the
/// 18-decimal units a contract sees (ink!'s default says 10^8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorridorEnvironment {}

impl Environment for CorridorEnvironment {
    const NATIVE_TO_ETH_RATIO: u32 = 1_000_000;
    const TRUST_BACKED_ASSETS_PRECOMPILE_INDEX: u16 =
        <DefaultEnvironment as Environment>::TRUST_BACKED_ASSETS_PRECOMPILE_INDEX;
    const POOL_ASSETS_PRECOMPILE_INDEX: u16 =
        <DefaultEnvironment as Environment>::POOL_ASSETS_PRECOMPILE_INDEX;
    type AccountId = <DefaultEnvironment as Environment>::AccountId;
    type Balance = <DefaultEnvironment as Environment>::Balance;
    type Hash = <DefaultEnvironment as Environment>::Hash;
    type Timestamp = <DefaultEnvironment as Environment>::Timestamp;
    type BlockNumber = <DefaultEnvironment as Environment>::BlockNumber;
    type EventRecord = <DefaultEnvironment as Environment>::EventRecord;
}

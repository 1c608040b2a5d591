//! The state that the chain starts from: funded development accounts, Alice as sudo.

use polkadot_sdk::{
    sp_core::{storage::well_known_keys, storage::Storage, H160},
    sp_genesis_builder::{self, PresetId},
    sp_keyring::Sr25519Keyring,
    sp_runtime::BuildStorage,
};

use crate::{config::UNIT, AccountId, Balance, BalancesConfig, RuntimeGenesisConfig, SudoConfig};

/// What every development account starts with, in planck.
pub const ENDOWMENT: Balance = 10_000_000_000_000 * UNIT;

/// Stands where a chain keeps its Wasm runtime. Parts of the node insist on a value, none of them runs it.
pub const CODE_PLACEHOLDER: &[u8] = b"corridor-devnet: native runtime, no Wasm";

/// The well-known Ethereum development keys (Alith, Baltathar, Charleth, Dorothy, Ethan), by address.
const ETHEREUM_ACCOUNTS: [[u8; 20]; 5] = [
    hex20(b"f24ff3a9cf04c71dbc94d0b566f7a27b94566cac"),
    hex20(b"3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0"),
    hex20(b"798d4ba9baf0064ec19eb4f0a1a45785ae9d6dfc"),
    hex20(b"773539d4ac0e786233d90a233654ccee26a613d9"),
    hex20(b"ff64d3f6efe2317ee2807d223a0bdc4c0c49dfdb"),
];

const fn hex20(text: &[u8; 40]) -> [u8; 20] {
    const fn digit(character: u8) -> u8 {
        match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'f' => character - b'a' + 10,
            _ => panic!("not a lower-case hexadecimal digit"),
        }
    }
    let mut bytes = [0; 20];
    let mut index = 0;
    while index < 20 {
        bytes[index] = digit(text[2 * index]) * 16 + digit(text[2 * index + 1]);
        index += 1;
    }
    bytes
}

/// The account that stands for an Ethereum address, or for a contract: the address followed by twelve `0xEE`.
pub fn account_of_eth_address(address: H160) -> AccountId {
    let mut bytes = [0xEE; 32];
    bytes[..20].copy_from_slice(address.as_bytes());
    AccountId::new(bytes)
}

/// The genesis configuration of the `development` preset.
///
/// Alice, Bob, Charlie, Dave, Eve, Ferdie, their `//stash` accounts and five Ethereum development accounts hold
/// [`ENDOWMENT`]; Alice is sudo. All of them can use contracts: being endowed maps an account.
pub fn development() -> RuntimeGenesisConfig {
    let substrate: Vec<AccountId> = Sr25519Keyring::well_known()
        .map(|key| key.to_account_id())
        .collect();
    let ethereum = ETHEREUM_ACCOUNTS
        .iter()
        .map(|address| account_of_eth_address(H160(*address)));
    let balances = substrate
        .iter()
        .cloned()
        .chain(ethereum)
        .map(|account| (account, ENDOWMENT))
        .collect();
    RuntimeGenesisConfig {
        balances: BalancesConfig {
            balances,
            ..Default::default()
        },
        sudo: SudoConfig {
            key: Some(Sr25519Keyring::Alice.to_account_id()),
        },
        ..Default::default()
    }
}

/// The state of the `development` preset, ready to be put in a database.
///
/// # Errors
/// When a pallet refuses its configuration, which would be a mistake in this file.
pub fn development_storage() -> Result<Storage, String> {
    let mut storage = development().build_storage()?;
    storage
        .top
        .insert(well_known_keys::CODE.to_vec(), CODE_PLACEHOLDER.to_vec());
    Ok(storage)
}

/// The preset called `id` as JSON, which is what `GenesisBuilder_get_preset` answers.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    (id == sp_genesis_builder::DEV_RUNTIME_PRESET)
        .then(|| serde_json::to_vec(&development()).ok())
        .flatten()
}

/// The names that [`preset`] knows.
pub fn preset_names() -> Vec<PresetId> {
    vec![PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET)]
}

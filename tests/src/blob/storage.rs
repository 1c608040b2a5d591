//! A contract's storage, read around the contract.

use corridor_core::Address;
use corridor_devnet_runtime::{testing::Chain, Runtime};
use polkadot_sdk::pallet_revive::codec::Decode;
use polkadot_sdk::sp_core::storage::ChildInfo;
use polkadot_sdk::sp_core::H160;
use polkadot_sdk::{pallet_revive, sp_io};
use sp_crypto_hashing::twox_128;
use std::collections::BTreeMap;

/// Everything a contract keeps, by the chain's own (hashed) keys.
pub type Books = BTreeMap<Vec<u8>, Vec<u8>>;

/// Reads a contract's child trie from end to end.
///
/// # Panics
/// When there is no contract at the address.
pub fn read(chain: &mut Chain, contract: Address) -> Books {
    chain.execute_with(|| {
        let trie = trie_of(contract);
        let trie = trie.storage_key();
        let mut books = Books::new();
        let mut key = Vec::new();
        while let Some(next) = sp_io::default_child_storage::next_key(trie, &key) {
            let value = sp_io::default_child_storage::get(trie, &next).unwrap_or_default();
            books.insert(next.clone(), value.to_vec());
            key = next;
        }
        books
    })
}

/// The pallet's `AccountInfoOf`: storage name, then the address as it is. The record starts with 0 for a contract and
/// the id of its trie.
fn trie_of(contract: Address) -> ChildInfo {
    let address = H160(contract);
    let key = [
        &twox_128(b"Revive")[..],
        &twox_128(b"AccountInfoOf"),
        address.as_bytes(),
    ]
    .concat();
    let record = sp_io::storage::get(&key).unwrap_or_else(|| panic!("no account at {address:?}"));
    let (kind, id) = <(u8, Vec<u8>)>::decode(&mut &record[..]).expect("a contract's record");
    assert_eq!(kind, 0, "{address:?} is not a contract");
    ChildInfo::new_default(&id)
}

/// Gives an account coins, as a transfer from nowhere would.
pub fn endow(chain: &mut Chain, account: &corridor_devnet_runtime::AccountId, planck: u128) {
    use polkadot_sdk::frame_support::traits::fungible::Mutate;
    chain.execute_with(|| {
        <Runtime as pallet_revive::Config>::Currency::mint_into(account, planck)
            .expect("coins for a test account")
    });
}

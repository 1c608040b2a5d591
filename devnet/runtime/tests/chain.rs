//! The runtime and its test harness, with a contract written by hand in EVM byte code, which pallet-revive runs too.

use corridor_devnet_runtime::{
    config::{BLOCK_HASH_COUNT, UNIT},
    genesis,
    testing::{account, block_limits, keyring, revive_call, Chain, ChainError, BLOCK_TIME_MS},
    Address, Executive, Runtime, RuntimeCall, RuntimeGenesisConfig, System,
};
use polkadot_sdk::{
    frame_support::{dispatch::DispatchClass, traits::Get},
    frame_system, pallet_balances,
    sp_core::{storage, H160},
    sp_genesis_builder,
    sp_keyring::Sr25519Keyring,
    sp_runtime::BuildStorage,
};

/// Answers the block's time when asked with 0; with 1 it stores, emits and reverts with 0xff; with 2 it stores and emits.
fn contract() -> Vec<u8> {
    let runtime = concat!(
        "6000356000",
        "1a", // the first byte of the call data
        "8060011460",
        "1d57", // 1: go to 0x1d
        "8060021460",
        "3457",                                           // 2: go to 0x34
        "4260005260206000f3",                             // else return the time
        "5b600160005560aa60006000a160ff60005260206000fd", // 0x1d: store, emit, revert
        "5b600160005560aa60006000a100"                    // 0x34: store, emit, stop
    );
    let deploy = "604280600b6000396000f3"; // return the 0x42 bytes that follow
    let text = format!("{deploy}{runtime}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}

fn chain_with_contract() -> (Chain, H160) {
    let mut chain = Chain::new();
    let address = chain
        .instantiate(account("Alice"), contract(), Vec::new())
        .expect("instantiates");
    (chain, address)
}

#[test]
fn the_preset_builds_the_same_state_as_the_node() {
    let id = sp_genesis_builder::DEV_RUNTIME_PRESET.into();
    let json = genesis::preset(&id).expect("the preset exists");
    let from_json: RuntimeGenesisConfig = serde_json::from_slice(&json).expect("the preset is valid");
    let from_json = from_json.build_storage().expect("the preset builds");
    let mut direct = genesis::development_storage().expect("genesis builds");
    direct
        .top
        .remove(storage::well_known_keys::CODE)
        .expect("the placeholder is there");
    assert_eq!(from_json.top, direct.top);
    assert_eq!(genesis::preset_names(), vec![id]);
}

#[test]
fn development_accounts_can_use_contracts() {
    use polkadot_sdk::pallet_revive::{AddressMapper, Config};
    Chain::new().execute_with(|| {
        for key in Sr25519Keyring::well_known() {
            assert!(
                <Runtime as Config>::AddressMapper::is_mapped(&key.to_account_id()),
                "{key}"
            );
        }
    });
}

#[test]
fn limits_are_those_of_a_parachain() {
    let limits = block_limits();
    assert_eq!(limits.ref_time_ps, 1_500_000_000_000);
    assert_eq!(limits.proof_bytes, 10 * 1024 * 1024 * 3 / 4);
    assert_eq!(limits.length_bytes, 5 * 1024 * 1024 * 3 / 4);
    assert_eq!(
        <<Runtime as frame_system::Config>::BlockHashCount as Get<u32>>::get(),
        BLOCK_HASH_COUNT
    );
}

#[test]
fn time_is_set_in_seconds_and_blocks_move_it() {
    let (mut chain, address) = chain_with_contract();
    chain.set_time(1_700_000_000);
    let outcome = chain.call(account("Bob"), address, vec![0]).expect("answers");
    assert_eq!(outcome.data[24..], 1_700_000_000_u64.to_be_bytes());
    chain.next_block();
    assert_eq!(chain.block_number(), 2);
    assert_eq!(chain.now(), 1_700_000_000 + BLOCK_TIME_MS / 1_000);
}

#[test]
fn a_call_keeps_its_effects_and_tells_its_events() {
    let (mut chain, address) = chain_with_contract();
    let before = chain.free_balance(&account("Bob"));
    let outcome = chain.call(account("Bob"), address, vec![2]).expect("answers");
    assert!(!outcome.reverted);
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(outcome.events[0].0, address);
    assert_eq!(outcome.events[0].2[0].as_bytes()[31], 0xaa);
    assert!(outcome.storage_deposit > 0);
    assert_eq!(
        before - chain.free_balance(&account("Bob")),
        outcome.storage_deposit as u128
    );
    assert!(outcome.weight_required.all_gte(outcome.weight_consumed));
    // Stored already, so a second time costs no deposit.
    assert_eq!(
        chain
            .call(account("Bob"), address, vec![2])
            .expect("answers")
            .storage_deposit,
        0
    );
}

#[test]
fn a_revert_is_an_answer_and_leaves_no_trace() {
    let (mut chain, address) = chain_with_contract();
    let before = (
        chain.free_balance(&account("Bob")),
        chain.execute_with(System::event_count),
    );
    let outcome = chain.call(account("Bob"), address, vec![1]).expect("answers");
    assert!(outcome.reverted);
    assert_eq!(outcome.data[31], 0xff);
    assert_eq!(
        before,
        (
            chain.free_balance(&account("Bob")),
            chain.execute_with(System::event_count)
        )
    );
    assert!(
        chain
            .call(account("Bob"), address, vec![2])
            .expect("answers")
            .storage_deposit
            > 0
    );
}

#[test]
fn a_dry_run_tells_all_and_keeps_nothing() {
    let (mut chain, address) = chain_with_contract();
    let dry = chain.dry_run(account("Bob"), address, vec![2]).expect("answers");
    let wet = chain.call(account("Bob"), address, vec![2]).expect("answers");
    assert_eq!(dry, wet);
}

#[test]
fn code_that_is_none_is_refused_with_a_name() {
    let mut chain = Chain::new();
    let error = chain
        .instantiate(account("Alice"), b"PVM\0nonsense".to_vec(), Vec::new())
        .expect_err("refused");
    assert!(
        matches!(&error, ChainError::Dispatch { name, .. } if name == "CodeRejected"),
        "{error}"
    );
}

#[test]
fn a_signed_transfer_moves_money_and_costs_what_the_block_books() {
    let mut chain = Chain::new();
    let cost = chain.native_transfer_cost().expect("can be signed");
    let booked =
        |chain: &mut Chain| chain.execute_with(|| *System::block_weight().get(DispatchClass::Normal));
    let (before, bob) = (booked(&mut chain), chain.free_balance(&account("Bob")));
    let dest = Address::Id(account("Bob"));
    let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest, value: UNIT });
    chain
        .submit(keyring("Alice"), call)
        .expect("is valid")
        .expect("succeeds");
    assert_eq!(chain.free_balance(&account("Bob")), bob + UNIT);
    let weight = booked(&mut chain) - before;
    assert_eq!(
        (weight.ref_time(), weight.proof_size()),
        (cost.ref_time_ps, cost.proof_bytes)
    );
    assert!(cost.per_block() > 500, "{cost:?}");
}

#[test]
fn a_signed_call_with_the_limits_of_a_dry_run_succeeds() {
    let (mut chain, address) = chain_with_contract();
    let outcome = chain.dry_run(account("Bob"), address, vec![2]).expect("answers");
    let cost = chain
        .call_cost(address, vec![2], &outcome)
        .expect("can be signed");
    assert!(cost.ref_time_ps > outcome.weight_required.ref_time());
    let call = revive_call(
        address,
        outcome.weight_required,
        outcome.max_storage_deposit,
        vec![2],
    );
    chain
        .submit(keyring("Bob"), call)
        .expect("is valid")
        .expect("succeeds");
}

#[test]
fn an_extrinsic_with_an_old_nonce_is_invalid() {
    let mut chain = Chain::new();
    let dest = Address::Id(account("Bob"));
    let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest, value: UNIT });
    let extrinsic = chain.sign(keyring("Alice"), call.clone()).expect("can be signed");
    chain
        .submit(keyring("Alice"), call)
        .expect("is valid")
        .expect("succeeds");
    chain
        .execute_with(|| Executive::apply_extrinsic(extrinsic))
        .expect_err("its nonce is used");
}

//! The same through signed extrinsics, where a refusal is a failed dispatch and only the fee is taken.

use crate::cast;
use corridor_client::submitter::storage_deposit_limit;
use corridor_devnet_runtime::testing::{keyring, revive_call, Chain};
use corridor_devnet_runtime::{Balances, Runtime};
use corridor_tests::scenario::stage::{uetr, CNY};
use polkadot_sdk::frame_support::dispatch::GetDispatchInfo;
use polkadot_sdk::frame_support::traits::fungible::Mutate;
use polkadot_sdk::frame_support::weights::Weight;
use polkadot_sdk::sp_core::H160;
use polkadot_sdk::{pallet_balances, pallet_transaction_payment::Pallet as TransactionPayment};
use scale_codec::Encode;

/// More than any of these calls needs, and less than a block has.
const LIMIT: Weight = Weight::from_parts(500_000_000_000, 4_000_000);

#[test]
fn a_refused_extrinsic_fails_and_leaves_the_books_alone() {
    let mut system = cast::open();
    let (books, hub) = (system.books(), H160(system.hub()));
    let signer = keyring("Alice");
    let instruct = system
        .contract()
        .instruct(uetr(9), cast::usual_terms(&system, 1))
        .data()
        .to_vec();
    let calls = [
        instruct.clone(),
        instruct[..instruct.len() - 1].to_vec(),
        system.contract().accept(uetr(cast::PENDING)).data().to_vec(),
        system.contract().set_paused(true).data().to_vec(),
        vec![0xFF; 40],
        Vec::new(),
    ];
    for data in calls {
        let before = system.chain().free_balance(&signer.to_account_id());
        let call = revive_call(hub, LIMIT, u128::MAX / 2, data.clone());
        let ended = system
            .chain()
            .submit(signer, call)
            .expect("the extrinsic is valid");
        assert!(ended.is_err(), "0x{} was carried out", hex::encode(&data));
        assert!(system.books() == books, "0x{}", hex::encode(&data));
        assert!(
            system.chain().free_balance(&signer.to_account_id()) < before,
            "no fee"
        );
    }
    assert_ne!(Chain::address_of(&signer.to_account_id()), hub);
}

/// The limit of the deposit that the client signs with is a limit: who has less is not refused what needs nothing.
#[test]
fn a_signer_need_not_have_what_the_limit_of_its_deposit_allows() {
    let mut system = cast::open();
    let (hub, signer) = (H160(system.hub()), keyring("Ferdie"));
    let account = signer.to_account_id();
    let (limit, data) = (
        storage_deposit_limit(0),
        system.contract().resolve_queue(CNY).data().to_vec(),
    );
    let chain = system.chain();
    let call = revive_call(hub, LIMIT, limit, data);
    let extrinsic = chain.sign(signer, call.clone()).expect("a signature");
    let (length, info) = (extrinsic.encoded_size(), extrinsic.get_dispatch_info());
    let length = u32::try_from(length).expect("short");
    // It has the fee, what an account has to keep, and a tenth of the limit.
    let fee = chain.execute_with(|| TransactionPayment::<Runtime>::compute_fee(length, &info, 0));
    let existential = <Runtime as pallet_balances::Config>::ExistentialDeposit::get();
    chain.execute_with(|| Balances::set_balance(&account, existential + fee + limit / 10));
    let ended = chain.submit(signer, call).expect("the extrinsic is valid");
    assert_eq!(ended, Ok(()));
    assert!(chain.free_balance(&account) < existential + fee + limit / 10);
}

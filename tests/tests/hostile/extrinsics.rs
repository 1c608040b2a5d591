//! The same through signed extrinsics, where a refusal is a failed dispatch and only the fee is taken.

use crate::cast;
use corridor_devnet_runtime::testing::{keyring, revive_call, Chain};
use corridor_tests::scenario::stage::uetr;
use polkadot_sdk::frame_support::weights::Weight;
use polkadot_sdk::sp_core::H160;

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

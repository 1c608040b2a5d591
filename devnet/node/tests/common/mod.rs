//! Shared by the tests and by `examples/throughput.rs`: transfers signed by hand, and plain JSON-RPC.
#![allow(dead_code, reason = "each test binary uses a part")]

use corridor_devnet_runtime::{
    signed_extension, AccountId, Address, Balance, Hash, Nonce, RuntimeCall, SignedPayload,
    UncheckedExtrinsic, VERSION,
};
use polkadot_sdk::{
    pallet_balances,
    sp_keyring::Sr25519Keyring,
    sp_runtime::generic::{self, Era},
};
use scale_codec::Encode;
use subxt::rpcs::{rpc_params, RpcClient};

/// Connects to a node on this machine.
pub async fn connect(url: &str) -> RpcClient {
    RpcClient::from_insecure_url(url).await.expect("the node listens")
}

/// The hash of the first block, as text and as a value.
pub async fn genesis_hash(rpc: &RpcClient) -> Hash {
    let text: String = rpc
        .request("chain_getBlockHash", rpc_params![0])
        .await
        .expect("chain_getBlockHash");
    text.parse().expect("a hash")
}

/// The height of the last final block.
pub async fn finalized_height(rpc: &RpcClient) -> u32 {
    let hash: String = rpc
        .request("chain_getFinalizedHead", rpc_params![])
        .await
        .expect("chain_getFinalizedHead");
    let header: serde_json::Value = rpc
        .request("chain_getHeader", rpc_params![hash])
        .await
        .expect("chain_getHeader");
    let number = header["number"]
        .as_str()
        .expect("a number")
        .trim_start_matches("0x");
    u32::from_str_radix(number, 16).expect("hexadecimal")
}

/// An immortal transfer as the hexadecimal text that `author_*` takes.
pub fn signed_transfer(
    from: Sr25519Keyring,
    nonce: Nonce,
    to: AccountId,
    value: Balance,
    genesis: Hash,
) -> String {
    let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: Address::Id(to),
        value,
    });
    let extension = signed_extension(Era::Immortal, nonce, 0);
    let implied = (
        (),
        VERSION.spec_version,
        VERSION.transaction_version,
        genesis,
        genesis,
        (),
        (),
        (),
        (),
        (),
    );
    let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implied);
    let signature = payload.using_encoded(|bytes| from.sign(bytes));
    let extrinsic: UncheckedExtrinsic = generic::UncheckedExtrinsic::new_signed(
        call,
        Address::Id(from.to_account_id()),
        signature.into(),
        extension,
    )
    .into();
    let hex: String = extrinsic
        .encode()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("0x{hex}")
}

/// Sends an extrinsic and waits until it is final; answers the hash of its block.
pub async fn submit_and_finalize(rpc: &RpcClient, extrinsic: String) -> String {
    let mut watch = rpc
        .subscribe::<serde_json::Value>(
            "author_submitAndWatchExtrinsic",
            rpc_params![extrinsic],
            "author_unwatchExtrinsic",
        )
        .await
        .expect("the extrinsic is accepted");
    loop {
        let status = watch.next().await.expect("the watch goes on").expect("a status");
        if let Some(hash) = status.get("finalized").and_then(serde_json::Value::as_str) {
            return hash.to_owned();
        }
        let failed = ["invalid", "dropped", "usurped", "finalityTimeout", "retracted"];
        assert!(
            !failed
                .iter()
                .any(|name| status == *name || status.get(*name).is_some()),
            "{status}"
        );
    }
}

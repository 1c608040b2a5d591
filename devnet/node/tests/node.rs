//! The node as a library: started in this process, asked over its own JSON-RPC.

mod common;

use std::time::{Duration, Instant};

use common::{connect, finalized_height, genesis_hash, signed_transfer, submit_and_finalize};
use corridor_devnet::{Devnet, Error, Options, Seal};
use corridor_devnet_runtime::config::UNIT;
use polkadot_sdk::sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use subxt::rpcs::rpc_params;

#[tokio::test]
async fn answers_what_wallets_ask_first() {
    let devnet = Devnet::start(Options::default()).expect("starts");
    let rpc = connect(devnet.url()).await;

    let chain: String = rpc
        .request("system_chain", rpc_params![])
        .await
        .expect("system_chain");
    assert_eq!(chain, "Corridor Development");
    let properties: serde_json::Value = rpc
        .request("system_properties", rpc_params![])
        .await
        .expect("system_properties");
    assert_eq!(
        properties,
        serde_json::json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "DEV" })
    );
    let health: serde_json::Value = rpc
        .request("system_health", rpc_params![])
        .await
        .expect("system_health");
    assert_eq!(
        health,
        serde_json::json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false })
    );
    let methods: serde_json::Value = rpc
        .request("rpc_methods", rpc_params![])
        .await
        .expect("rpc_methods");
    for name in [
        "chainHead_v1_follow",
        "archive_v1_body",
        "transactionWatch_v1_submitAndWatch",
        "payment_queryInfo",
    ] {
        assert!(
            methods["methods"]
                .as_array()
                .expect("a list")
                .contains(&name.into()),
            "{name} is missing"
        );
    }
    // The key of the timestamp: any would do.
    let key = "0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb";
    let proof: serde_json::Value = rpc
        .request("state_getReadProof", rpc_params![[key]])
        .await
        .expect("state_getReadProof");
    assert!(!proof["proof"].as_array().expect("a list").is_empty());
}

#[tokio::test]
async fn a_transfer_through_subxt_is_final() {
    let devnet = Devnet::start(Options::default()).expect("starts");
    let api = subxt::OnlineClient::<subxt::SubstrateConfig>::from_insecure_url(devnet.url())
        .await
        .expect("connects");
    let (alice, bob) = (
        subxt_signer::sr25519::dev::alice(),
        subxt_signer::sr25519::dev::bob(),
    );
    for value in [UNIT, 2 * UNIT] {
        let call = subxt::dynamic::transaction(
            "Balances",
            "transfer_keep_alive",
            (bob.public_key().to_address::<()>(), value),
        );
        let at_block = api.at_current_block().await.expect("a block");
        let progress = at_block
            .transactions()
            .sign_and_submit_then_watch_default(&call, &alice)
            .await
            .expect("accepted");
        progress.wait_for_finalized_success().await.expect("succeeds");
    }
}

#[test]
fn runs_without_a_tokio_runtime_and_twice_at_once() {
    let first = Devnet::start(Options::default()).expect("starts");
    let second = Devnet::start(Options::default()).expect("starts");
    assert_ne!(first.url(), second.url());
    first.stop().expect("stops");
    second.stop().expect("stops");
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let error = Devnet::start(Options {
        rpc_port: address.port(),
        ..Options::default()
    })
    .err()
    .expect("refused");
    assert!(
        matches!(error, Error::Listen { address: named, .. } if named == address),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_from_two_accounts_is_final_and_time_stays_with_the_clock() {
    const TRANSFERS: u32 = 200;
    let devnet = Devnet::start(Options::default()).expect("starts");
    let rpc = connect(devnet.url()).await;
    let genesis = genesis_hash(&rpc).await;
    let waiting: Vec<_> = (0..TRANSFERS)
        .flat_map(|nonce| [(Alice, nonce), (Bob, nonce)])
        .map(|(from, nonce)| {
            let extrinsic = signed_transfer(from, nonce, Charlie.to_account_id(), UNIT, genesis);
            let rpc = rpc.clone();
            tokio::spawn(async move { submit_and_finalize(&rpc, extrinsic).await })
        })
        .collect();
    for task in waiting {
        task.await.expect("is final");
    }
    let key = "0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb";
    let now: String = rpc
        .request("state_getStorage", rpc_params![key])
        .await
        .expect("state_getStorage");
    let bytes: Vec<u8> = (2..now.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&now[at..at + 2], 16).expect("hex"))
        .collect();
    let chain_ms = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let clock_ms = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("after 1970")
        .as_millis() as u64;
    assert!(
        chain_ms <= clock_ms + 1_000,
        "the chain is {} ms ahead",
        chain_ms - clock_ms
    );
}

#[tokio::test]
async fn timed_sealing_makes_empty_blocks() {
    let seal = Seal::Every(Duration::from_secs(1));
    let devnet = Devnet::start(Options {
        seal,
        ..Options::default()
    })
    .expect("starts");
    let rpc = connect(devnet.url()).await;
    let start = Instant::now();
    while finalized_height(&rpc).await < 2 {
        assert!(start.elapsed() < Duration::from_secs(10), "no two blocks in 10 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        start.elapsed() > Duration::from_millis(1_500),
        "blocks come faster than asked for"
    );
}

#[tokio::test]
async fn the_time_of_an_idle_chain_goes_on() {
    let devnet = Devnet::start(Options::default()).expect("starts");
    let rpc = connect(devnet.url()).await;
    let start = Instant::now();
    while finalized_height(&rpc).await < 1 {
        assert!(start.elapsed() < Duration::from_secs(15), "no block in 15 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        start.elapsed() > Duration::from_secs(3),
        "empty blocks come too often"
    );
}

#[tokio::test]
async fn a_base_path_keeps_the_chain_and_serves_one_node_only() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = Options {
        base_path: Some(directory.path().to_owned()),
        ..Options::default()
    };
    let mut block = String::new();
    for nonce in 0..3 {
        let devnet = Devnet::start(options.clone()).expect("starts");
        let second = Devnet::start(options.clone()).err().expect("refused");
        assert!(matches!(second, Error::DatabaseInUse { .. }), "{second}");
        let rpc = connect(devnet.url()).await;
        assert_eq!(finalized_height(&rpc).await, nonce);
        if nonce > 0 {
            let hash: String = rpc
                .request("chain_getBlockHash", rpc_params![nonce])
                .await
                .expect("known");
            assert_eq!(hash, block);
        }
        let genesis = genesis_hash(&rpc).await;
        block = submit_and_finalize(
            &rpc,
            signed_transfer(Alice, nonce, Bob.to_account_id(), UNIT, genesis),
        )
        .await;
        devnet.stop().expect("stops");
    }
}

#[tokio::test]
async fn hundreds_of_connections_and_a_request_of_two_mebibytes() {
    let devnet = Devnet::start(Options::default()).expect("starts");
    let mut connections = Vec::new();
    for _ in 0..300 {
        connections.push(connect(devnet.url()).await);
    }
    for rpc in &connections {
        let _: String = rpc
            .request("system_chain", rpc_params![])
            .await
            .expect("system_chain");
    }
    let blob = format!("0x{}", "00".repeat(1024 * 1024));
    let answer = connections[0]
        .request::<serde_json::Value>("author_submitExtrinsic", rpc_params![blob])
        .await;
    let text = answer.expect_err("zeros are no extrinsic").to_string();
    assert!(
        !text.to_lowercase().contains("too big") && !text.contains("closed"),
        "{text}"
    );
    let _: String = connections[0]
        .request("system_chain", rpc_params![])
        .await
        .expect("still connected");
}

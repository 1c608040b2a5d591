//! How many native transfers a second the node takes: signed beforehand, sent at once over one connection, counted when
//! each is final.
//!
//! `cargo run --release -p corridor-devnet --example throughput -- [TRANSFERS] [ws://HOST:PORT]`

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use corridor_devnet::{Devnet, Options};
use polkadot_sdk::sp_keyring::Sr25519Keyring;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let transfers: u32 = arguments.next().map_or(Ok(1_000), |number| number.parse())?;
    let (devnet, url) = match arguments.next() {
        Some(url) => (None, url),
        None => {
            let devnet = Devnet::start(Options::default())?;
            let url = devnet.url().to_owned();
            (Some(devnet), url)
        }
    };
    let rpc = common::connect(&url).await;
    let genesis = common::genesis_hash(&rpc).await;

    let senders: Vec<_> = Sr25519Keyring::well_known().take(10).collect();
    let mut extrinsics = Vec::new();
    for index in 0..transfers {
        let sender = senders[index as usize % senders.len()];
        let nonce = index / senders.len() as u32;
        let to = Sr25519Keyring::FerdieStash.to_account_id();
        extrinsics.push(common::signed_transfer(
            sender,
            nonce,
            to,
            1_000_000_000_000,
            genesis,
        ));
    }

    let start = Instant::now();
    let tasks: Vec<_> = extrinsics
        .into_iter()
        .map(|extrinsic| {
            let rpc = rpc.clone();
            tokio::spawn(async move { common::submit_and_finalize(&rpc, extrinsic).await })
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    let seconds = start.elapsed();
    let blocks = common::finalized_height(&rpc).await;
    println!("{transfers} transfers final in {seconds:.3?}, {blocks} blocks");
    println!(
        "{} transfers a second",
        u128::from(transfers) * 1_000_000 / seconds.as_micros().max(1)
    );
    drop(devnet);
    Ok(())
}

//! A process dies with transfers in flight; the next one finds out what became of each.
//!
//! The first process is killed in the middle; the second, with the same store, resumes.
//!
//! ```text
//! cargo run --release -p corridor-client --example resume_after_crash -- URL CONTRACTS
//! ```
#![allow(missing_docs)]

#[path = "common/setup.rs"]
mod setup;

use corridor_client::{
    core::{Currency, Money, TransferStatus},
    InstructRequest, StoreLocation,
};
use futures::StreamExt;
use std::{path::PathBuf, process::Command};

const COUNT: usize = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The second time around, this is the process that dies.
    if let Ok(store) = std::env::var("STORE") {
        return die(store.into()).await;
    }
    let bench = setup::two_banks().await?;
    let directory = std::env::temp_dir().join(format!("corridor-resume-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let store = directory.join("store.db");
    let settlement = corridor_client::AddressText(bench.settlement);
    let status = Command::new(std::env::current_exe()?)
        .args(std::env::args().skip(1))
        .env("STORE", &store)
        .env("SETTLEMENT", settlement.to_string())
        .status()?;
    println!("the first process ended with {status}");

    let boc = setup::connect(&bench.url, "//Bob", StoreLocation::File(store)).await?;
    let boc = boc.with_settlement(bench.settlement);
    for resumed in boc.resume().await? {
        match resumed.result {
            Ok(block) => println!("{} is final in block {}", resumed.operation, block.number),
            Err(error) => println!("{}: {error}", resumed.operation),
        }
    }
    let mut pending = 0;
    for number in 0..COUNT {
        // What was never recorded by the first process is instructed now; the rest answers what it is.
        let outcome = boc.instruct(request(&bench, number)).await?;
        pending += usize::from(outcome.receipt.status == TransferStatus::Pending);
    }
    println!("{pending} of {COUNT} transfers pending, each instructed exactly once");
    std::fs::remove_dir_all(directory)?;
    Ok(())
}

/// The same request every time: its UETR was chosen and stored before.
fn request(bench: &setup::TwoBanks, number: usize) -> InstructRequest {
    let mut request = bench.transfer(Money::new(Currency::CNY, 100));
    let mut bytes = [0x40; 16];
    bytes[0] = u8::try_from(number).unwrap_or_default();
    request.uetr = corridor_client::core::Uetr::from_random_bytes(bytes);
    // The whole hour, so that both processes mean the same terms.
    request.expires_at = request.expires_at / 3_600 * 3_600 + 3_600;
    request
}

/// Starts all transfers and dies when a few of them are final.
async fn die(store: PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let (url, ..) = setup::arguments()?;
    let settlement: corridor_client::AddressText = std::env::var("SETTLEMENT")?.parse()?;
    let boc = setup::connect(&url, "//Bob", StoreLocation::File(store))
        .await?
        .with_settlement(settlement.0);
    let bench = setup::TwoBanks {
        url,
        settlement: settlement.0,
        cash: [0; 20],
        governor: boc.clone(),
        cup: boc.clone(),
        boc,
    };
    let requests = (0..COUNT).map(|number| request(&bench, number)).collect();
    let results = bench.boc.instruct_all(requests);
    // The first few are final, the others anywhere between intent and block.
    results.take(5).collect::<Vec<_>>().await;
    std::process::abort();
}

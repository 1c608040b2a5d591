//! One transfer from instruction to settlement, with the fewest steps around it.
//!
//! ```text
//! cargo run --release -p corridor-client --example settle_one_transfer -- URL CONTRACTS
//! ```
#![allow(missing_docs)]

#[path = "common/setup.rs"]
mod setup;

use corridor_client::core::{Currency, Money};
use std::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bench = setup::two_banks().await?;

    let request = bench.transfer(Money::new(Currency::CNY, 125_050));
    let uetr = request.uetr;
    let started = Instant::now();
    let instructed = bench.boc.instruct(request).await?;
    println!(
        "{uetr} {} in block {}",
        instructed.receipt.status.name(),
        instructed.block.number
    );
    let settled = bench.cup.accept(uetr).await?;
    println!(
        "{uetr} {} in block {}",
        settled.receipt.status.name(),
        settled.block.number
    );
    println!("instruct and accept took {:?}", started.elapsed());

    // The same command again changes nothing.
    let again = bench.cup.accept(uetr).await?;
    assert!(again.repeated);

    for entry in bench.boc.positions().await? {
        println!(
            "{} {} {}",
            entry.participant, entry.currency, entry.position.available
        );
    }
    let conservation = bench.boc.conservation(Currency::CNY).await?;
    println!("conservation holds: {}", conservation.holds);
    Ok(())
}

//! Many transfers in flight from one key, next to as many native transfers through the same client.
//!
//! ```text
//! cargo run --release -p corridor-client --example many_in_flight -- URL CONTRACTS [COUNT]
//! ```
#![allow(missing_docs)]

#[path = "common/setup.rs"]
mod setup;

use corridor_client::core::{Currency, Money};
use futures::StreamExt;
use std::{collections::BTreeSet, time::Instant};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(3).map_or(Ok(500), |count| count.parse())?;
    let bench = setup::two_banks().await?;

    let target = bench.cup.account().ok_or("no key")?;
    let started = Instant::now();
    let native = (0..count).map(|_| bench.boc.fund(target, 1_000_000_000));
    let funded = futures::stream::iter(native)
        .buffer_unordered(128)
        .collect::<Vec<_>>()
        .await;
    report(
        "native transfers",
        funded.iter().filter(|outcome| outcome.is_ok()).count(),
        started,
    );

    let requests: Vec<_> = (0..count)
        .map(|_| bench.transfer(Money::new(Currency::CNY, 100)))
        .collect();
    let uetrs = requests.iter().map(|request| request.uetr).collect();
    let started = Instant::now();
    let instructed = bench.boc.instruct_all(requests).collect::<Vec<_>>().await;
    report("instructed", ok(&instructed), started);

    let blocks: BTreeSet<u64> = instructed
        .iter()
        .filter_map(|(_, result)| Some(result.as_ref().ok()?.block.number))
        .collect();
    println!("in {} blocks", blocks.len());

    let started = Instant::now();
    let settled = bench.cup.accept_all(uetrs).collect::<Vec<_>>().await;
    report("settled", ok(&settled), started);
    for (uetr, result) in instructed.iter().chain(&settled) {
        if let Err(error) = result {
            println!("{uetr}: {error}. {}", error.advice());
        }
    }
    let conservation = bench.boc.conservation(Currency::CNY).await?;
    println!("conservation holds: {}", conservation.holds);
    Ok(())
}

fn ok<Key, Outcome, Error>(results: &[(Key, Result<Outcome, Error>)]) -> usize {
    results.iter().filter(|(_, result)| result.is_ok()).count()
}

fn report(what: &str, count: usize, started: Instant) {
    let elapsed = started.elapsed();
    let per_second = u128::try_from(count).unwrap_or_default() * 1_000 / elapsed.as_millis().max(1);
    println!("{count} {what} in {elapsed:?}: {per_second}/s");
}

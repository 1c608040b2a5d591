//! What the whole path takes by the clock: client, store, node and contract on this machine.

#[path = "../../../../client/corridor-client/examples/common/setup.rs"]
mod setup;

use anyhow::anyhow;
use corridor_client::{
    core::{Currency, Money, Uetr},
    AccountId, Corridor, KeySource,
};
use corridor_devnet::{Devnet, Options};
use futures::{future::try_join_all, StreamExt};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const TRANSFERS: usize = 500;
const LATENCIES: usize = 11;
const AMOUNT: Money = Money::new(Currency::CNY, 100);

/// Runs native transfers and settled transfers through the same client and prints both.
pub fn measure(contracts: &Path) -> anyhow::Result<()> {
    let devnet = Devnet::start(Options::default())?;
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(run(devnet.url().to_string(), contracts));
    devnet.stop()?;
    outcome
}

async fn run(url: String, contracts: &Path) -> anyhow::Result<()> {
    let blobs = setup::Blobs::read(contracts)?;
    let banks = setup::set_up(url, blobs)
        .await
        .map_err(|error| anyhow!("{error}"))?;
    println!("\nBy the clock, on this machine, instant seal:");
    println!(
        "  instruct + accept to finality, median of {LATENCIES}: {} ms",
        latency(&banks).await?.as_millis()
    );
    let native = native(&banks.boc).await?;
    println!(
        "  {TRANSFERS} native transfers from one key: {}/s",
        per_second(TRANSFERS, native)
    );
    let settled = settled(&banks).await?;
    println!(
        "  {TRANSFERS} transfers instructed and accepted, two keys: {}/s",
        per_second(TRANSFERS, settled)
    );
    let percent = native.as_millis() * 100 / settled.as_millis().max(1);
    println!("  settled transfers per native transfer, same client, same run: 0.{percent:02}");
    Ok(())
}

fn per_second(count: usize, elapsed: Duration) -> u128 {
    count as u128 * 1_000 / elapsed.as_millis().max(1)
}

async fn latency(banks: &setup::TwoBanks) -> anyhow::Result<Duration> {
    let mut all = Vec::new();
    for _ in 0..LATENCIES {
        let request = banks.transfer(AMOUNT);
        let uetr = request.uetr;
        let start = Instant::now();
        banks.boc.instruct(request).await?;
        banks.cup.accept(uetr).await?;
        all.push(start.elapsed());
    }
    all.sort_unstable();
    Ok(all[LATENCIES / 2])
}

async fn native(from: &Corridor) -> anyhow::Result<Duration> {
    let to: AccountId = KeySource::DevSeed("//Dave".into()).load()?.account();
    let start = Instant::now();
    try_join_all((0..TRANSFERS).map(|_| from.fund(to, 1_000_000_000_000))).await?;
    Ok(start.elapsed())
}

async fn settled(banks: &setup::TwoBanks) -> anyhow::Result<Duration> {
    let requests: Vec<_> = (0..TRANSFERS).map(|_| banks.transfer(AMOUNT)).collect();
    let uetrs: Vec<Uetr> = requests.iter().map(|request| request.uetr).collect();
    let start = Instant::now();
    for mut results in [banks.boc.instruct_all(requests), banks.cup.accept_all(uetrs)] {
        while let Some((_, result)) = results.next().await {
            result?;
        }
    }
    Ok(start.elapsed())
}

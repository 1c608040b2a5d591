//! What the whole path takes by the clock: client, store, node and contract on this machine.

#[path = "../../../../client/corridor-client/examples/common/setup.rs"]
mod setup;

use crate::costs::{BOC, CUP};
use anyhow::{anyhow, ensure};
use corridor_client::{
    core::{
        batch::{BatchHeader, Item, MAX_ITEMS},
        Currency, Money, Reference, Schedule, Uetr,
    },
    AcceptBatch, AccountId, CollateralRequest, Corridor, KeySource, SetCap, SubmitBatch,
};
use corridor_devnet::{Devnet, Options};
use futures::{future::try_join_all, StreamExt};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const TRANSFERS: usize = 500;
const BATCHES: u16 = 10;
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
    let batched = batched(&banks).await?;
    let (payments, transfers) = (
        per_second(usize::from(BATCHES) * usize::from(MAX_ITEMS), batched),
        per_second(TRANSFERS, native).max(1),
    );
    println!("  {BATCHES} batches of {MAX_ITEMS} payments, submitted and accepted: {payments}/s");
    println!(
        "  batched payments per native transfer, same client, same run: {} (at least 10)",
        payments / transfers
    );
    ensure!(
        payments >= 10 * transfers,
        "batches are less than ten times as fast as native transfers"
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

/// Submits full batches and has each accepted as soon as it is final; the files are made before.
async fn batched(banks: &setup::TwoBanks) -> anyhow::Result<Duration> {
    let governor = &banks.governor;
    governor
        .set_schedule(Schedule {
            anchor: 1_700_064_000,
            length: 86_400,
            cut_off: 300,
            utc_offset: 28_800,
            exceptions: Vec::new(),
        })
        .await?;
    let minor_units = u64::from(BATCHES) * u64::from(MAX_ITEMS);
    governor
        .set_cap(SetCap {
            participant: BOC,
            currency: Currency::CNY,
            minor_units,
        })
        .await?;
    let amount = Money::new(Currency::CNY, minor_units.into());
    let reference = Reference([0xBA; 16]);
    banks.boc.pledge(CollateralRequest { reference, amount }).await?;
    let files: Vec<SubmitBatch> = (1..=BATCHES).map(file).collect();
    let start = Instant::now();
    let mut accepted = Vec::new();
    for file in files {
        let number = file.header.number;
        banks.boc.submit_batch(file).await?;
        let cup = banks.cup.clone();
        let debtor_agent = BOC;
        accepted.push(tokio::spawn(async move {
            cup.accept_batch(AcceptBatch {
                debtor_agent,
                number,
                exceptions: None,
            })
            .await
        }));
    }
    for acceptance in accepted {
        acceptance.await??;
    }
    let elapsed = start.elapsed();
    let position = banks.boc.net_position(BOC, Currency::CNY).await?;
    ensure!(
        position.entry.open.unsigned_abs() == minor_units,
        "not every payment was booked: {position:?}"
    );
    Ok(elapsed)
}

/// A full batch of one fen each.
fn file(number: u16) -> SubmitBatch {
    let items = (0..MAX_ITEMS).flat_map(|index| {
        let mut seed = [0; 16];
        seed[..2].copy_from_slice(&number.to_le_bytes());
        seed[14..].copy_from_slice(&index.to_le_bytes());
        let item = Item {
            uetr: Uetr::from_random_bytes(seed),
            minor_units: 1,
            counterparty: 0,
            message_digest: [3; 32],
        };
        item.to_bytes()
    });
    SubmitBatch {
        items: items.collect(),
        header: BatchHeader {
            debtor_agent: BOC,
            number: number.into(),
            currency: Currency::CNY,
            counterparties: vec![CUP],
            items: MAX_ITEMS,
            control_sum: MAX_ITEMS.into(),
            all_or_nothing: true,
            expires_at: setup::in_an_hour(),
        },
    }
}

//! One bank's side of many transfers, as a process that may be killed at any moment.
//!
//! Each life resumes from its store and goes on until every transfer is instructed, or accepted. It writes
//! `DONE` and the transfer's number once a finalised block shows it, and `END` when nothing is left to do.

use anyhow::{bail, Context};
use clap::{Parser, ValueEnum};
use corridor_client::core::{TransferChange, Uetr};
use corridor_client::{
    AddressText, Config, Corridor, Error, KeySource, Outcome, SettlementEvent, StoreLocation, TransferReceipt,
};
use corridor_tests::payments::Payments;
use futures::StreamExt;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

/// Between two attempts at what could not be done just now.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Parser)]
struct Arguments {
    /// The node's URL
    #[arg(long)]
    url: String,
    /// The file that outlives this process
    #[arg(long)]
    store: PathBuf,
    /// The settlement contract
    #[arg(long)]
    settlement: AddressText,
    /// The development key that signs
    #[arg(long)]
    key: String,
    /// What to do
    #[arg(long)]
    side: Side,
    /// What decides the transfers' identities
    #[arg(long)]
    seed: u64,
    /// How many transfers
    #[arg(long)]
    count: u32,
    /// The transfers' expiry
    #[arg(long)]
    expires_at: u64,
    /// How many at a time
    #[arg(long)]
    in_flight: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Side {
    Instruct,
    Accept,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let payments = Payments {
        seed: arguments.seed,
        count: arguments.count,
        expires_at: arguments.expires_at,
    };
    let corridor = connect(&arguments).await?;
    for resumed in corridor.resume().await? {
        if let Err(error) = resumed.result {
            eprintln!("{} was resumed: {error}", resumed.operation);
        }
    }
    match arguments.side {
        Side::Instruct => instruct(&corridor, payments).await?,
        Side::Accept => accept(&corridor, payments, arguments.in_flight).await?,
    }
    corridor.close().await;
    println!("END");
    Ok(())
}

/// Connects, for as long as the node may be on its way back.
async fn connect(arguments: &Arguments) -> Result<Corridor, Error> {
    let mut config = Config::new(&arguments.url)
        .settlement(arguments.settlement.0)
        .store(StoreLocation::File(arguments.store.clone()))
        .key(KeySource::DevSeed(arguments.key.clone()));
    config.max_in_flight = arguments.in_flight;
    loop {
        match Corridor::connect(config.clone()).await {
            Err(error) if error.is_transient() => {
                eprintln!("not connected yet: {error}");
                tokio::time::sleep(PAUSE).await;
            }
            connected => return connected,
        }
    }
}

async fn instruct(corridor: &Corridor, payments: Payments) -> anyhow::Result<()> {
    let numbers = numbers(payments);
    let mut open = payments.instructions();
    while !open.is_empty() {
        let mut results = corridor.instruct_all(open);
        let mut again = Vec::new();
        while let Some((uetr, result)) = results.next().await {
            let number = *numbers.get(&uetr).context("a transfer of ours")?;
            if !done(number, result)? {
                again.push(payments.instruction(number));
            }
        }
        open = again;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Accepts whatever is seen to be instructed.
async fn accept(corridor: &Corridor, payments: Payments, in_flight: usize) -> anyhow::Result<()> {
    let numbers = numbers(payments);
    let mut seen = vec![false; numbers.len()];
    let instructed = corridor.watch(0)?.filter_map(|event| {
        let instructed = event.map(|event| instructed(&event.event));
        std::future::ready(instructed.transpose())
    });
    let accepted = instructed.map(|uetr| async { accept_one(corridor, &numbers, uetr?).await });
    let mut accepted = accepted.buffer_unordered(in_flight).take(numbers.len());
    while let Some(number) = accepted.next().await {
        let number = usize::try_from(number?)?;
        if std::mem::replace(&mut seen[number], true) {
            bail!("transfer {number} was announced twice");
        }
    }
    Ok(())
}

async fn accept_one(corridor: &Corridor, numbers: &HashMap<Uetr, u32>, uetr: Uetr) -> anyhow::Result<u32> {
    let number = *numbers.get(&uetr).context("a transfer of ours")?;
    while !done(number, corridor.accept(uetr).await)? {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(number)
}

fn numbers(payments: Payments) -> HashMap<Uetr, u32> {
    payments.uetrs().into_iter().zip(0..).collect()
}

fn instructed(event: &SettlementEvent) -> Option<Uetr> {
    match event {
        SettlementEvent::Transfer(recorded) => {
            matches!(recorded.change, TransferChange::Instructed(_)).then_some(recorded.uetr)
        }
        _ => None,
    }
}

/// Whether it is done, and not to be tried again.
fn done(number: u32, result: Result<Outcome<TransferReceipt>, Error>) -> anyhow::Result<bool> {
    match result {
        Ok(_) => {
            println!("DONE {number}");
            Ok(true)
        }
        Err(error) if error.is_transient() || error.is_unknown() => {
            eprintln!("{number} is tried again: {error}");
            Ok(false)
        }
        Err(error) => Err(error).context(format!("transfer {number}")),
    }
}

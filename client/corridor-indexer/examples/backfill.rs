//! How fast an index is filled from blocks held locally: decoding and writing, nothing else.
//!
//! ```text
//! backfill record FILE --url ws://127.0.0.1:9944 --settlement 0x...   fetches every block of the contract once
//! backfill make FILE EVENTS                                           makes blocks by the contract's rules, without a chain
//! backfill measure FILE [--min-events-per-second N] [DATABASE]...     fills new databases from it, and says how fast
//! ```
//!
//! A SQLite file to measure with must not exist yet; a PostgreSQL database must be empty. `own-postgres` is one that is made for it, in
//! a cluster of its own. Fails where a database is slower than asked for.

#[path = "../tests/support/mod.rs"]
mod support;

use corridor_client::{
    chain::FinalisedBlock,
    core::{Money, ReasonCode, SettlementMethod, Uetr},
    AddressText, Config, Corridor,
};
use corridor_indexer::{archive, first_block, IndexLocation, Source, Writer};
use corridor_test_postgres::Cluster;
use futures::StreamExt;
use std::{
    error::Error,
    fs::File,
    io::{BufReader, BufWriter, Write},
    time::Instant,
};

use support::{
    ledger::Ledger,
    story::{self, Dice, CURRENCIES, PARTICIPANTS},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// As in the `corridor` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many as the indexer takes in one transaction.
const BLOCKS: usize = 256;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["record", file, "--url", url, "--settlement", settlement] => record(file, url, settlement).await,
        ["make", file, events] => make(file, events.parse()?),
        ["measure", file, "--min-events-per-second", least, databases @ ..] => {
            measure_all(file, least.parse()?, databases).await
        }
        ["measure", file, databases @ ..] => measure_all(file, 0, databases).await,
        _ => Err(
            "backfill record FILE --url URL --settlement ADDRESS | make FILE EVENTS | \
                  measure FILE [--min-events-per-second N] DATABASE..."
                .into(),
        ),
    }
}

async fn record(file: &str, url: &str, settlement: &str) -> Result<()> {
    let settlement: AddressText = settlement.parse()?;
    let corridor = Corridor::connect(Config::new(url).settlement(settlement.0)).await?;
    let first = first_block(corridor.chain(), settlement.0).await?;
    let head = corridor.finalised_head().await?.number;
    let mut to = BufWriter::new(File::create(file)?);
    to.write_all(&corridor.chain().genesis())?;
    to.write_all(&settlement.0)?;
    let mut blocks = corridor.chain().follow_calls_from(first);
    while let Some(block) = blocks.next().await {
        let block = block?;
        archive::write_block(&mut to, &block)?;
        if block.block.number >= head {
            break;
        }
    }
    to.flush()?;
    println!("blocks {first} to {head} are in {file}");
    Ok(())
}

/// Transfers are instructed in one block and answered in the next: most are accepted, some rejected, some sent back in part.
fn make(file: &str, events: usize) -> Result<()> {
    let (mut ledger, mut dice) = (story::opening(), Dice::new(1));
    let mut made = 0;
    while made < events {
        let instructed = instruct_some(&mut ledger, &mut dice);
        ledger.seal(6);
        for uetr in instructed {
            match dice.roll(16) {
                0 => drop(ledger.reject(uetr, ReasonCode::AC04)),
                1 => drop(ledger.accept(uetr) && ledger.give_back(uetr, 1)),
                _ => drop(ledger.accept(uetr)),
            }
        }
        ledger.seal(6);
        made += ledger
            .blocks
            .iter()
            .rev()
            .take(2)
            .map(|block| block.events.len())
            .sum::<usize>();
    }
    let mut to = BufWriter::new(File::create(file)?);
    let source = story::source();
    to.write_all(&source.genesis)?;
    to.write_all(&source.settlement)?;
    for block in &ledger.blocks {
        archive::write_block(&mut to, block)?;
    }
    to.flush()?;
    println!(
        "{} blocks with {made} events of transfers are in {file}",
        ledger.blocks.len()
    );
    Ok(())
}

fn instruct_some(ledger: &mut Ledger, dice: &mut Dice) -> Vec<Uetr> {
    let mut instructed = Vec::new();
    for _ in 0..40 {
        let from = dice.roll(3) as usize;
        let to = (from + 1 + dice.roll(2) as usize) % 3;
        let amount = Money::new(
            CURRENCIES[dice.roll(2) as usize],
            1 + u128::from(dice.roll(4_000)),
        );
        let uetr = dice.uetr();
        let terms = story::terms(
            ledger,
            PARTICIPANTS[from],
            PARTICIPANTS[to],
            amount,
            SettlementMethod::Gross,
        );
        if ledger.instruct(uetr, terms) {
            instructed.push(uetr);
        }
    }
    instructed
}

fn read(file: &str) -> Result<(Source, Vec<FinalisedBlock>)> {
    let mut from = BufReader::new(File::open(file)?);
    let (mut genesis, mut settlement) = ([0; 32], [0; 20]);
    std::io::Read::read_exact(&mut from, &mut genesis)?;
    std::io::Read::read_exact(&mut from, &mut settlement)?;
    let mut blocks = Vec::new();
    while let Some(block) = archive::read_block(&mut from)? {
        blocks.push(block);
    }
    let first_block = blocks.first().ok_or("no blocks")?.block.number;
    let source = Source {
        genesis,
        settlement,
        first_block,
    };
    Ok((source, blocks))
}

async fn measure_all(file: &str, least: u128, databases: &[&str]) -> Result<()> {
    let (source, blocks) = read(file)?;
    for database in databases {
        let speed = match *database {
            "own-postgres" => {
                let cluster = Cluster::start_durable()?;
                measure(source, &blocks, &cluster.database("backfill")?).await?
            }
            database => measure(source, &blocks, database).await?,
        };
        if speed < least {
            return Err(format!("{database} is filled with {speed} events/s, not with {least}").into());
        }
    }
    Ok(())
}

/// Answers how many events a second.
async fn measure(source: Source, blocks: &[FinalisedBlock], database: &str) -> Result<u128> {
    let location: IndexLocation = database.parse()?;
    let mut writer = Writer::open(&location, source).await?;
    if writer.last().is_some() {
        return Err(format!("{location} is not empty").into());
    }
    let start = Instant::now();
    writer.begin_filling().await?;
    for bunch in blocks.chunks(BLOCKS) {
        writer.write(bunch).await?;
    }
    writer.end_filling().await?;
    let micros = start.elapsed().as_micros().max(1);
    let digest = writer.index().digest().await?;
    let rows: u64 = digest.tables.iter().map(|(_, rows, _)| rows).sum();
    let of = |name: &str| {
        digest
            .tables
            .iter()
            .find(|(table, ..)| *table == name)
            .map_or(0, |(_, rows, _)| *rows)
    };
    let events = of("raw_events");
    let speed = u128::from(events) * 1_000_000 / micros;
    println!(
        "{location}: {} blocks, {events} events, {} batch items, {rows} rows in {} ms: {speed} events/s, {} rows/s",
        blocks.len(),
        of("batch_items"),
        micros / 1_000,
        u128::from(rows) * 1_000_000 / micros,
    );
    Ok(speed)
}

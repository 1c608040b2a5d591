//! How fast an index is filled from blocks held locally: decoding and writing, nothing else.
//!
//! ```text
//! backfill record FILE --url ws://127.0.0.1:9944 --settlement 0x...   fetches every block of the contract once
//! backfill measure FILE [DATABASE]...                                 fills new databases from it, and says how fast
//! ```
//!
//! A SQLite file to measure with must not exist yet; a PostgreSQL database must be empty.

use corridor_client::{chain::FinalisedBlock, AddressText, Config, Corridor};
use corridor_indexer::{archive, first_block, IndexLocation, Source, Writer};
use futures::StreamExt;
use std::{
    error::Error,
    fs::File,
    io::{BufReader, BufWriter, Write},
    time::Instant,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// As many as the indexer takes in one transaction.
const BLOCKS: usize = 256;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["record", file, "--url", url, "--settlement", settlement] => record(file, url, settlement).await,
        ["measure", file, databases @ ..] => {
            let (source, blocks) = read(file)?;
            for database in databases {
                measure(source, &blocks, database).await?;
            }
            Ok(())
        }
        _ => Err("backfill record FILE --url URL --settlement ADDRESS | measure FILE DATABASE...".into()),
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

async fn measure(source: Source, blocks: &[FinalisedBlock], database: &str) -> Result<()> {
    let location: IndexLocation = database.parse()?;
    let mut writer = Writer::open(&location, source).await?;
    if writer.last().is_some() {
        return Err(format!("{location} is not empty").into());
    }
    let start = Instant::now();
    for bunch in blocks.chunks(BLOCKS) {
        writer.write(bunch).await?;
    }
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
    println!(
        "{location}: {} blocks, {events} events, {} batch items, {rows} rows in {} ms: {} events/s, {} rows/s",
        blocks.len(),
        of("batch_items"),
        micros / 1_000,
        u128::from(events) * 1_000_000 / micros,
        u128::from(rows) * 1_000_000 / micros,
    );
    Ok(())
}

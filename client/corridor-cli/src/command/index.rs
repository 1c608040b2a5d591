//! `corridor index`.

use crate::{
    context::Context,
    output::{Answer, Page, Tone},
    view::{BlockView, Text},
    Exit, Failure,
};
use corridor_client::{core::Currency, Corridor};
use corridor_indexer::{Check, Index as Opened, IndexError, IndexLocation, Indexer, Status};
use serde::Serialize;
use std::time::{Duration, Instant};

/// Keep an SQL database of everything the contract recorded
///
/// Follows finalised blocks from the one the contract was instantiated in; needs no key. Stopped at any moment, it goes on where it was.
/// Ends with Ctrl-C. --status and --check only look, also while another process writes.
#[derive(Debug, clap::Args)]
pub struct Index {
    /// A SQLite file, or postgres://USER@HOST/DATABASE [default: corridor-index.sqlite beside the store]
    #[arg(long, env = "CORRIDOR_INDEX", value_name = "DATABASE", hide_env_values = true)]
    database: Option<String>,

    /// Begin a new index at this block instead of the contract's first one
    #[arg(long, value_name = "NUMBER")]
    from: Option<u64>,

    /// End at the block that is the newest one now
    #[arg(long)]
    once: bool,

    /// Say how far behind the index is
    #[arg(long, conflicts_with_all = ["once", "from"])]
    status: bool,

    /// Compare every position with the contract's own; exit code 11 where they differ
    #[arg(long, conflicts_with_all = ["once", "from", "status"])]
    check: bool,

    /// Print the digest of every table: equal for equal indexes, whichever database they are in
    #[arg(long, conflicts_with_all = ["once", "from", "status", "check"])]
    digest: bool,
}

impl Index {
    pub(super) fn is_endless(&self) -> bool {
        !(self.once || self.status || self.check || self.digest)
    }

    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let location = location(context, self.database.as_deref())?;
        if self.digest {
            let digest = Opened::open(&location).await.map_err(failure)?;
            let digest = digest.digest().await.map_err(failure)?;
            return context.output.answer(&DigestView::from(digest));
        }
        let corridor = context.reader().await?;
        if self.status {
            let index = Opened::open(&location).await.map_err(failure)?;
            let status = Status::of(&index, &corridor).await.map_err(failure)?;
            return context.output.answer(&StatusView::from(status));
        }
        if self.check {
            return check(context, &location, &corridor).await;
        }
        self.follow(context, &location, &corridor).await
    }

    async fn follow(
        &self,
        context: &Context,
        location: &IndexLocation,
        corridor: &Corridor,
    ) -> Result<(), Failure> {
        let mut indexer = Indexer::open(location, corridor, self.from)
            .await
            .map_err(failure)?;
        context.output.note(&format!(
            "indexing into {location} from block {}; press Ctrl-C to end",
            indexer.writer().next()
        ));
        let mut said: Option<Instant> = None;
        let output = context.output;
        let tell = |block: &corridor_client::BlockRef| {
            if said.is_none_or(|said| said.elapsed() >= BETWEEN_LINES) {
                output.note(&format!("block {} is in the index", block.number));
                said = Some(Instant::now());
            }
        };
        let result = match self.once {
            true => indexer.catch_up(tell).await,
            false => indexer.run(tell).await,
        };
        result.map_err(failure)?;
        let status = Status::of(indexer.index(), corridor).await.map_err(failure)?;
        context.output.answer(&StatusView::from(status))
    }
}

/// At most one line in this time.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

async fn check(context: &Context, location: &IndexLocation, corridor: &Corridor) -> Result<(), Failure> {
    let index = Opened::open(location).await.map_err(failure)?;
    let check = Check::run(&index, corridor, None).await.map_err(failure)?;
    let holds = check.holds();
    context.output.answer(&CheckView::from(check))?;
    if holds {
        return Ok(());
    }
    let advice = "Rebuild the index in an empty database; if it differs again, report it.";
    let text = "the index is not what the contract has recorded";
    Err(Failure::new(Exit::Mismatch, "cli.index_check", text, advice))
}

/// The index that is meant: the one named, else the one beside the store.
pub(super) fn location(context: &Context, named: Option<&str>) -> Result<IndexLocation, Failure> {
    match named {
        Some(text) => text.parse().map_err(failure),
        None => Ok(IndexLocation::Sqlite(
            context.settings.store.with_file_name("corridor-index.sqlite"),
        )),
    }
}

pub(super) fn failure(error: IndexError) -> Failure {
    if let IndexError::Corridor(error) = error {
        return error.into();
    }
    let exit = match error {
        IndexError::Location { .. } | IndexError::Cursor(_) => Exit::Usage,
        IndexError::NoContract { .. } | IndexError::Empty => Exit::NotFound,
        _ => Exit::Store,
    };
    let mut failure = Failure::new(exit, error.code(), &error, error.advice());
    failure.transient = error.is_transient();
    failure
}

/// How far an index is.
#[derive(Debug, Serialize)]
struct StatusView {
    indexed: Option<BlockView>,
    finalised: BlockView,
    lag_blocks: u64,
    lag_seconds: Option<u64>,
    problems: u64,
    incomplete: u64,
}

impl From<Status> for StatusView {
    fn from(status: Status) -> Self {
        Self {
            indexed: status.indexed.map(BlockView::from),
            finalised: status.finalised.into(),
            lag_blocks: status.lag_blocks,
            lag_seconds: status.lag_seconds,
            problems: status.problems,
            incomplete: status.incomplete,
        }
    }
}

impl Answer for StatusView {
    fn print(&self, page: &mut Page) {
        match &self.indexed {
            Some(block) => page.line(format!("indexed    block {}  {}", block.number, block.time)),
            None => page.line("indexed    nothing yet"),
        }
        page.line(format!(
            "finalised  block {}  {}",
            self.finalised.number, self.finalised.time
        ));
        let seconds = self
            .lag_seconds
            .map_or(String::new(), |seconds| format!(", {seconds} s"));
        let blocks = if self.lag_blocks == 1 { "block" } else { "blocks" };
        page.line(format!("behind     {} {blocks}{seconds}", self.lag_blocks));
        if self.problems > 0 {
            page.toned(
                format!(
                    "{} events could not be taken in: see raw_events.problem",
                    self.problems
                ),
                Tone::Bad,
            );
        }
        if self.incomplete > 0 {
            page.line(format!(
                "{} events were taken in without every detail: see raw_events.note",
                self.incomplete
            ));
        }
    }
}

/// What a comparison found.
#[derive(Debug, Serialize)]
struct CheckView {
    holds: bool,
    block: u64,
    positions: u64,
    problems: u64,
    differences: Vec<DifferenceView>,
}

#[derive(Debug, Serialize)]
struct DifferenceView {
    participant: u16,
    currency: Text<Currency>,
    bucket: &'static str,
    indexed_minor_units: String,
    recorded_minor_units: String,
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        let view = |found: &corridor_indexer::Difference| DifferenceView {
            participant: found.participant.0,
            currency: Text(found.currency),
            bucket: found.bucket.name(),
            indexed_minor_units: found.indexed.to_string(),
            recorded_minor_units: found.recorded.to_string(),
        };
        Self {
            holds: check.holds(),
            block: check.block,
            positions: check.positions,
            problems: check.problems,
            differences: check.differences.iter().map(view).collect(),
        }
    }
}

impl Answer for CheckView {
    fn print(&self, page: &mut Page) {
        page.line(format!(
            "{} positions compared at block {}",
            self.positions, self.block
        ));
        for found in &self.differences {
            let DifferenceView {
                participant,
                currency,
                bucket,
                indexed_minor_units,
                recorded_minor_units,
            } = found;
            page.line(format!(
                "participant {participant}, {currency}, {bucket}: {indexed_minor_units} in the index, {recorded_minor_units} recorded"
            ));
        }
        if self.problems > 0 {
            page.line(format!("{} events could not be taken in", self.problems));
        }
        match self.holds {
            true => page.toned("the index is what the contract has recorded", Tone::Good),
            false => page.toned("the index DIFFERS", Tone::Bad),
        }
    }
}

/// What an index holds.
#[derive(Debug, Serialize)]
struct DigestView {
    digest: String,
    tables: Vec<TableView>,
}

#[derive(Debug, Serialize)]
struct TableView {
    table: &'static str,
    rows: u64,
    digest: String,
}

impl From<corridor_indexer::IndexDigest> for DigestView {
    fn from(digest: corridor_indexer::IndexDigest) -> Self {
        let table = |(table, rows, digest): &(&'static str, u64, [u8; 32])| TableView {
            table,
            rows: *rows,
            digest: hex::encode(digest),
        };
        Self {
            digest: hex::encode(digest.all()),
            tables: digest.tables.iter().map(table).collect(),
        }
    }
}

impl Answer for DigestView {
    fn print(&self, page: &mut Page) {
        let mut table = crate::output::Table::new(&["table", "rows>", "sha-256"]);
        for row in &self.tables {
            table.row([row.table.into(), row.rows.into(), (&row.digest).into()]);
        }
        page.table(&table);
        page.line(format!("all tables: {}", self.digest));
    }
}

//! A clearing file of several batches on a real chain, by the program, which is killed on the way.

#[path = "../../corridor-indexer/tests/support/programs.rs"]
#[allow(dead_code)] // Shared with the index's tests.
mod programs;

use corridor_cli::clearing::record::BatchFile;
use corridor_client::core::{BatchChange, ParticipantId};
use corridor_client::{AddressText, Config, Corridor, SettlementEvent};
use futures::StreamExt;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The first participant of the demo, whose batch number 1 the demo submits.
const BOC: ParticipantId = ParticipantId(0);
const ROWS: usize = 16_500;
const BATCHES: u32 = 9;
/// Last batch at which the program is killed, one life after the other.
const KILLED_AT: [u32; 3] = [2, 4, 6];

const PATIENCE: Duration = Duration::from_secs(180);

fn corridor(home: &Path, config: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command
        .args(["--config", config, "--yes", "--json"])
        .args(arguments)
        .current_dir(home)
        .stdin(Stdio::null())
        .env_clear();
    command
}

/// Runs it to its good end, and reads what it answers.
fn told(home: &Path, config: &str, arguments: &[&str]) -> serde_json::Value {
    let output = corridor(home, config, arguments).output().expect("runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A chain after the demo's business, and a clearing file of small payments from BOC to CUP.
struct Stage {
    reader: Corridor,
    runtime: Runtime,
    home: PathBuf,
    _devnet: programs::Devnet,
    _directory: TempDir,
}

impl Stage {
    fn with(file: &str, rows: usize) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let devnet = programs::Devnet::start(None);
        let demo = programs::demo(&devnet.url, directory.path());
        let AddressText(settlement) = demo.settlement();
        demo.end();
        let home = directory.path().join("demo");
        let rows = ",CHUPCNSH,0.01\n".repeat(rows);
        let text = format!("uetr,creditor_agent,amount\n{rows}");
        fs::write(home.join(file), text).expect("writable");
        let runtime = Runtime::new().expect("threads");
        let config = Config::new(&devnet.url).settlement(settlement);
        let reader = runtime.block_on(Corridor::connect(config)).expect("connected");
        Self {
            reader,
            runtime,
            home,
            _devnet: devnet,
            _directory: directory,
        }
    }
}

const SUBMIT: [&str; 5] = ["batch", "submit", "pay.csv", "--currency", "CNY"];

#[test]
fn a_file_of_many_batches_killed_on_the_way_is_submitted_once() {
    let stage = Stage::with("pay.csv", ROWS);
    let (home, runtime, reader) = (&stage.home, &stage.runtime, &stage.reader);
    let mut killed = 0;
    for last in KILLED_AT {
        let mut life = corridor(home, "boc.toml", &SUBMIT)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        let start = Instant::now();
        while runtime.block_on(reader.last_batch(BOC)).expect("an answer") < Some(last) {
            assert!(start.elapsed() < PATIENCE, "no batch {last}");
        }
        killed += u32::from(life.try_wait().expect("a status").is_none());
        life.kill().expect("killed or over");
        life.wait().expect("gone");
    }
    assert!(killed > 0, "it was always too quick");

    let first = told(home, "boc.toml", &SUBMIT);
    let numbers = numbers(&first);
    assert_eq!(numbers, (2..2 + u64::from(BATCHES)).collect::<Vec<_>>());
    let before = runtime.block_on(reader.finalised_head()).expect("a head").number;
    let again = told(home, "boc.toml", &SUBMIT);
    assert_eq!(again["batches"].as_array().map(Vec::len), Some(numbers.len()));
    let after = runtime.block_on(reader.finalised_head()).expect("a head").number;
    // An empty block may come by itself.
    assert!(after <= before + 1, "nothing was sent");
    recorded_once(runtime, reader, home);

    let accept = ["batch", "accept", "BKCHCNBJ", "2-4", "5"];
    let accepted = corridor(home, "cup.toml", &accept).output().expect("runs");
    let accepted: serde_json::Value = serde_json::from_slice(&accepted.stdout).expect("JSON");
    // The demo's cap is used up or free, as its window was closed or not: each batch has an answer of its own.
    assert_eq!(accepted["batches"].as_array().map(Vec::len), Some(4));
}

/// The numbers of the batches an answer names.
fn numbers(answer: &serde_json::Value) -> Vec<u64> {
    let batches = answer["batches"].as_array().expect("batches").iter();
    batches
        .map(|batch| batch["number"].as_u64().expect("a number"))
        .collect()
}

#[test]
fn a_file_that_two_runs_submit_is_submitted_once() {
    let stage = Stage::with("twice.csv", 30);
    let (home, runtime, reader) = (&stage.home, &stage.runtime, &stage.reader);
    let last = || runtime.block_on(reader.last_batch(BOC)).expect("an answer");
    let submit = ["batch", "submit", "twice.csv", "--currency", "CNY"];

    // At the same time, each with an expiry of its own.
    let runs = ["2h", "3h"].map(|wait| {
        let arguments = [&submit[..], &["--expires-in", wait]].concat();
        let mut run = corridor(home, "boc.toml", &arguments);
        run.stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs")
    });
    let ends = runs.map(|run| run.wait_with_output().expect("ends"));
    assert!(ends.iter().any(|end| end.status.success()), "{ends:?}");
    for end in ends.iter().filter(|end| !end.status.success()) {
        let said = String::from_utf8_lossy(&end.stderr);
        assert!(said.contains("store.key_in_use"), "{said}");
    }
    assert_eq!(numbers(&told(home, "boc.toml", &submit)), [2]);
    assert_eq!(last(), Some(2));

    // The record of a run that planned the same and came too late.
    let path = BatchFile::path_of(&home.join("twice.csv"));
    let submitted = BatchFile::read(&path).expect("a record");
    let mut late = submitted.clone();
    late.batches[0].header.expires_at += 7;
    late.write(&path).expect("writable");
    assert_eq!(numbers(&told(home, "boc.toml", &submit)), [2]);
    assert_eq!(last(), Some(2));
    assert_eq!(BatchFile::read(&path), Ok(submitted));
}

/// Each of the file's payments is in one batch, and each batch was submitted once, as its record says.
fn recorded_once(runtime: &Runtime, reader: &Corridor, home: &Path) {
    let expected = 1 + usize::try_from(BATCHES).expect("few");
    let mut roots = HashSet::new();
    runtime.block_on(async {
        let mut events = reader.watch(0).expect("a contract");
        while roots.len() < expected {
            let next = tokio::time::timeout(PATIENCE, events.next()).await;
            let event = next
                .expect("every batch has its event")
                .expect("goes on")
                .expect("read");
            if let SettlementEvent::Batch(batch) = event.event {
                if let BatchChange::Submitted {
                    root,
                    totals,
                    rejected,
                } = batch.change
                {
                    assert!(roots.insert(hex::encode(root)), "twice");
                    assert!(rejected.is_empty() && totals.len() == 1);
                }
            }
        }
    });
    let record = fs::read(home.join("pay.csv.batch.json")).expect("the record");
    let record: serde_json::Value = serde_json::from_slice(&record).expect("JSON");
    let mut uetrs = HashSet::new();
    for batch in record["batches"].as_array().expect("batches") {
        let root = batch["root"].as_str().expect("a root").trim_start_matches("0x");
        assert!(roots.remove(root), "{root} is not on the chain");
        let items = batch["items"].as_str().expect("items").trim_start_matches("0x");
        let items = hex::decode(items).expect("bytes");
        uetrs.extend(items.chunks(64).map(|item| item[..16].to_vec()));
    }
    assert_eq!(uetrs.len(), ROWS);
    // The demo's own is left.
    assert_eq!(roots.len(), 1);
}

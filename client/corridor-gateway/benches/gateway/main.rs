//! The gateway's figures on this machine: its memory over time, the time to a durable 202 at a steady rate, and whole transfers
//! a second beside native ones in the same run.
//!
//! ```text
//! cargo bench -p corridor-gateway --bench gateway -- [RATE] [SECONDS] [TRANSFERS] [MINUTES]
//! ```
//!
//! Rate and seconds of the steady intake (200, 15), transfers of the comparison (1,000), minutes of the memory's watch (2).
//! 0 seconds or minutes leave that part out. It fails where p99 of the intake is 20 ms or more, where any
//! request does not succeed, and where memory grows in a watch of 15 minutes or longer. Needs what the chaos test needs:
//! `corridor-devnet`, the contracts' code, PostgreSQL's programs.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

mod bank;
mod growth;
mod intake;
mod memory;
mod native;
#[allow(dead_code)]
#[path = "../../tests/chaos/process.rs"]
mod process;
#[path = "../../../corridor-client/examples/common/setup.rs"]
mod setup;

use bank::Bank;
use corridor_client::AddressText;
use corridor_test_postgres::Cluster;
use futures::{stream, StreamExt};
use process::{program, Supervised};
use setup::Blobs;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{process::Command, sync::mpsc};

/// Transfers under way at a time, native or not.
const AT_A_TIME: usize = 128;

/// Native transfers for each of ours: they are as much faster, or nearly so, and both are to be measured for seconds.
const NATIVE_FOR_EACH: usize = 6;

/// What 99 of 100 requests have to be answered within.
const P99: Duration = Duration::from_millis(20);

#[tokio::main]
async fn main() {
    // `cargo bench` adds an option of its own.
    let mut arguments = std::env::args().skip(1).filter(|text| !text.starts_with("--"));
    let mut number = |default| {
        arguments
            .next()
            .map_or(default, |text| text.parse::<u32>().expect("a number"))
    };
    let (rate, seconds, transfers, minutes) = (number(200), number(15), number(1_000), number(2));

    let home = std::env::temp_dir().join(format!("corridor-bench-gateway-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    let cluster = Cluster::start_durable().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (node, url) = serve_chain(&home).await;
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    chain.second_keys().await.unwrap();
    let config = write_config(
        &home,
        &cluster.database("gateway").unwrap(),
        &url,
        AddressText(chain.settlement),
    );
    let (gateway, address) = serve_gateway(&home, &config).await;
    let bank = Arc::new(Bank::new(format!("http://{address}"), api_key(&config).await));
    let pid = memory::process_of(&config);

    println!("load average {}", memory::load_average());
    if minutes > 0 {
        // First, while nothing has driven memory up yet: what grows could hide below an earlier peak.
        memory::watch(&bank, pid, Duration::from_secs(u64::from(minutes) * 60)).await;
    }
    let times = match seconds {
        0 => None,
        _ => Some(take_in(&bank, pid, rate, Duration::from_secs(seconds.into())).await),
    };
    compare(&bank, pid, &url, transfers as usize).await;
    println!("load average {}", memory::load_average());
    assert_eq!(bank.count_not_succeeded().await, 0, "every request succeeds");
    assert!(gateway.stop().await, "the gateway ends in order");
    node.stop().await;
    std::fs::remove_dir_all(home).unwrap();
    if let Some(times) = times {
        assert!(times.at(99) < P99, "p99 is {:?}", times.at(99));
    }
}

async fn serve_chain(home: &Path) -> (Supervised, String) {
    let program = program("corridor-devnet");
    let make = move || {
        let mut command = Command::new(&program);
        command.args(["--rpc-port", "0"]);
        command
    };
    start("node", home, "RPC ", make).await
}

async fn serve_gateway(home: &Path, config: &Path) -> (Supervised, String) {
    let config = config.to_owned();
    let make = move || {
        let mut command = Command::new(process::gateway());
        command.arg("--config").arg(&config).arg("serve");
        command.env("RUST_LOG", "warn");
        command
    };
    start("gateway", home, "LISTENING ", make).await
}

/// Requests at a steady rate.
async fn take_in(bank: &Arc<Bank>, pid: u32, rate: u32, time: Duration) -> intake::Times {
    let before = memory::processor_time(pid);
    let times = intake::steady(bank, rate, time).await;
    println!(
        "durable 202 at {rate}/s, {} requests, the chain at work meanwhile: p50 {:?}, p90 {:?}, p99 {:?}, max {:?}",
        times.count(),
        times.at(50),
        times.at(90),
        times.at(99),
        times.at(100)
    );
    let busy = memory::processor_time(pid) - before;
    println!("the gateway was on a processor for {busy:?} meanwhile");
    let started = Instant::now();
    bank.until_all_final().await;
    println!(
        "the backlog was final {:.1} s later",
        started.elapsed().as_secs_f64()
    );
    times
}

/// Whole transfers beside native ones.
async fn compare(bank: &Arc<Bank>, pid: u32, url: &str, count: usize) {
    let natives = count * NATIVE_FOR_EACH;
    let before = memory::processor_time(pid);
    let settled = settle(bank, count).await;
    let busy = memory::processor_time(pid) - before;
    let native = native::transfers(url, natives, AT_A_TIME).await.unwrap();
    let per_second = |count: usize, time: Duration| count as f64 / time.as_secs_f64();
    let (ours, theirs) = (per_second(count, settled), per_second(natives, native));
    println!(
        "end to end: {count} transfers instructed and accepted in {settled:.1?}, {ours:.1}/s, the gateway on a processor for {busy:.1?}"
    );
    println!(
        "native: {natives} transfers through subxt in {native:.1?}, {theirs:.1}/s: {:.2} for each of ours",
        theirs / ours
    );
}

/// From the first request to the last one's end.
async fn settle(bank: &Arc<Bank>, count: usize) -> Duration {
    let started = Instant::now();
    stream::iter((0..count).map(|_| bank.transfer()))
        .buffer_unordered(AT_A_TIME)
        .collect::<Vec<()>>()
        .await;
    bank.until_all_final().await;
    started.elapsed()
}

/// A program, and what it says after a word at the start of a line.
async fn start(
    name: &'static str,
    home: &Path,
    word: &'static str,
    make: impl Fn() -> Command + Send + 'static,
) -> (Supervised, String) {
    let (said, mut heard) = mpsc::unbounded_channel();
    let program = Supervised::start(name, home, make, move |line| {
        if let Some(rest) = line.strip_prefix(word) {
            let _ = said.send(rest.trim().to_owned());
        }
    });
    let text = heard.recv().await.unwrap();
    (program, text)
}

/// One gateway with two keys of each role.
fn write_config(home: &Path, database: &str, url: &str, settlement: AddressText) -> PathBuf {
    let text = format!(
        "name = \"bench\"\nlisten = \"127.0.0.1:0\"\nparticipant = \"BKCHCNBJ\"\n[store]\nurl = \"{database}\"\n\
         [chain]\nurl = \"{url}\"\nsettlement = \"{settlement}\"\n[limits]\nrequests_per_second = 5000\nburst = 5000\n\
         [signers]\ninstructor = [\"//Bob\", \"//Dave\"]\napprover = [\"//Charlie\", \"//Eve\"]\n"
    );
    let path = home.join("gateway.toml");
    std::fs::write(&path, text).unwrap();
    path
}

async fn api_key(config: &Path) -> String {
    let mut command = Command::new(process::gateway());
    command.arg("--config").arg(config).args([
        "key",
        "create",
        "--owner",
        "core",
        "--scopes",
        "instructor,approver",
    ]);
    let output = command.output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().into()
}

fn contracts() -> Blobs {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/contracts");
    let directory = std::env::var_os("CORRIDOR_CONTRACTS").map_or(here, PathBuf::from);
    Blobs::read(&directory).unwrap_or_else(|error| {
        let shown = directory.display();
        panic!("the contracts' code cannot be read from {shown} ({error}): run scripts/build-contracts")
    })
}

//! The gateway's figures on this machine: the time to a durable 202 at a steady rate, whole transfers a second beside native
//! ones in the same run, and its memory over time.
//!
//! ```text
//! cargo bench -p corridor-gateway --bench gateway -- [RATE] [SECONDS] [TRANSFERS] [MINUTES]
//! ```
//!
//! Rate and seconds of the steady intake (200, 15), transfers of the comparison (400), minutes of the memory's watch (2). Needs
//! what the chaos test needs: `corridor-devnet`, the contracts' code, PostgreSQL's programs.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

mod bank;
mod intake;
mod memory;
mod native;
#[allow(dead_code)]
#[path = "../../tests/chaos/process.rs"]
mod process;
#[path = "../../../corridor-client/examples/common/setup.rs"]
mod setup;

use bank::Bank;
use corridor_client::{
    core::{ParticipantId, Role},
    AddressText, KeySource, RoleRequest,
};
use corridor_test_postgres::Cluster;
use futures::{stream, StreamExt};
use process::{program, Supervised};
use setup::{Blobs, TwoBanks};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{process::Command, sync::mpsc};

/// Transfers under way at a time, native or not.
const AT_A_TIME: usize = 128;

#[tokio::main]
async fn main() {
    // `cargo bench` adds an option of its own.
    let mut arguments = std::env::args().skip(1).filter(|text| !text.starts_with("--"));
    let mut number = |default| {
        arguments
            .next()
            .map_or(default, |text| text.parse::<u32>().expect("a number"))
    };
    let (rate, seconds, transfers, minutes) = (number(200), number(15), number(400), number(2));

    let home = std::env::temp_dir().join(format!("corridor-bench-gateway-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
    let (node, url) = start("node", &home, "RPC ", {
        let program = program("corridor-devnet");
        move || {
            let mut command = Command::new(&program);
            command.args(["--rpc-port", "0"]);
            command
        }
    })
    .await;
    let chain = setup::set_up(url.clone(), contracts()).await.unwrap();
    second_keys(&chain).await;
    let config = write_config(
        &home,
        &cluster.database("gateway").unwrap(),
        &url,
        AddressText(chain.settlement),
    );
    let (gateway, address) = start("gateway", &home, "LISTENING ", {
        let config = config.clone();
        move || {
            let mut command = Command::new(process::gateway());
            command
                .arg("--config")
                .arg(&config)
                .arg("serve")
                .env("RUST_LOG", "warn");
            command
        }
    })
    .await;
    let bank = Arc::new(Bank::new(format!("http://{address}"), api_key(&config).await));
    let pid = memory::process_of(&config);

    println!("load average {}", memory::load_average());
    let before = memory::processor_time(pid);
    let times = intake::steady(&bank, rate, Duration::from_secs(seconds.into())).await;
    println!(
        "durable 202 at {rate}/s, {} requests, the chain at work meanwhile: p50 {:?}, p90 {:?}, p99 {:?}, max {:?}",
        times.count(), times.at(50), times.at(90), times.at(99), times.at(100)
    );
    let busy = memory::processor_time(pid) - before;
    println!("the gateway was on a processor for {busy:?} meanwhile");
    let started = Instant::now();
    bank.until_all_final().await;
    println!(
        "the backlog was final {:.1} s later",
        started.elapsed().as_secs_f64()
    );

    let settled = settle(&bank, transfers as usize).await;
    let native = native::transfers(&url, transfers as usize, AT_A_TIME)
        .await
        .unwrap();
    let per_second = |time: Duration| f64::from(transfers) / time.as_secs_f64();
    println!(
        "end to end: {transfers} transfers instructed and accepted, {:.1}/s; native transfers through subxt: {:.1}/s",
        per_second(settled),
        per_second(native)
    );
    memory::watch(&bank, pid, Duration::from_secs(u64::from(minutes) * 60)).await;
    println!("load average {}", memory::load_average());
    assert_eq!(bank.count_not_succeeded().await, 0, "every request succeeds");
    assert!(gateway.stop().await, "the gateway ends in order");
    node.stop().await;
    std::fs::remove_dir_all(home).unwrap();
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

async fn second_keys(chain: &TwoBanks) {
    for (bank, participant, key, role) in [
        (&chain.boc, 0, "//Dave", Role::Instructor),
        (&chain.cup, 1, "//Eve", Role::Approver),
    ] {
        let account = KeySource::DevSeed(key.into()).load().unwrap().account().address();
        let participant = ParticipantId(participant);
        bank.grant_role(RoleRequest {
            participant,
            account,
            role,
        })
        .await
        .unwrap();
    }
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

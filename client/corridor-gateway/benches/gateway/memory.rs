//! How much memory the gateway has, as the kernel says.

use super::bank::Bank;
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// Between two samples.
const STEP: Duration = Duration::from_secs(10);

/// Transfers a second while it is watched.
const RATE: u32 = 5;

/// The machine's, of one, five and fifteen minutes.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The process that was started with a configuration.
pub fn process_of(config: &Path) -> u32 {
    let config = config.display().to_string();
    let own = fs::read_dir("/proc").expect("Linux").filter_map(|entry| {
        let entry = entry.ok()?;
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read_to_string(entry.path().join("cmdline")).ok()?;
        (line.contains(&config) && line.contains("serve")).then_some(pid)
    });
    own.last().expect("the gateway runs")
}

fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("a figure");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// How long a process has been on a processor since it began; Linux counts hundredths of a second.
pub fn processor_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    // After the program's name in parentheses: the 14th and 15th field are user's and system's ticks.
    let (_, rest) = stat.rsplit_once(')').expect("a name");
    let ticks = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|text| text.parse::<u64>().expect("a number"));
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// What memory may grow by from the first third of the samples to the last, for it to be flat: allocators and caches
/// breathe.
const MARGIN_KIB: u64 = 8 * 1024;

/// A shorter watch says nothing about growth.
const ENOUGH: Duration = Duration::from_secs(10 * 60);

/// Samples resident memory under a light, steady load; a watch that is long enough has to find it flat.
pub async fn watch(bank: &Arc<Bank>, pid: u32, time: Duration) {
    let started = Instant::now();
    let mut samples = vec![resident_kib(pid)];
    let load = async {
        for number in 0.. {
            tokio::time::sleep_until((started + Duration::from_secs(1) / RATE * number).into()).await;
            bank.transfer().await;
        }
    };
    let sampling = async {
        while started.elapsed() < time {
            tokio::time::sleep(STEP).await;
            samples.push(resident_kib(pid));
        }
    };
    tokio::select! {
        () = load => {}
        () = sampling => {}
    }
    bank.until_all_final().await;
    let mebibytes: Vec<String> = samples.iter().map(|kib| (kib / 1024).to_string()).collect();
    println!(
        "resident memory in MiB every {} s at {RATE} transfers/s: {}",
        STEP.as_secs(),
        mebibytes.join(" ")
    );
    let third = samples.len() / 3;
    if time >= ENOUGH {
        let (first, last) = (
            median(&samples[..third]),
            median(&samples[samples.len() - third..]),
        );
        println!("median of the first third {first} KiB, of the last {last} KiB");
        assert!(last <= first + MARGIN_KIB, "memory grows");
    }
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

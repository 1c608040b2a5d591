//! How much memory the gateway has, as the kernel says.

use super::{
    bank::Bank,
    growth::{judge, Sample},
};
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// Between two samples.
const STEP: Duration = Duration::from_secs(10);

/// Transfers a second while it is watched.
const RATE: u32 = 20;

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

/// Samples resident memory under a light, steady load; a watch that is long enough has to find it flat.
pub async fn watch(bank: &Arc<Bank>, pid: u32, time: Duration) {
    let started = Instant::now();
    let mut samples = Vec::new();
    let mut made = 0u32;
    let load = async {
        for number in 0u32.. {
            tokio::time::sleep_until((started + Duration::from_secs(1) / RATE * number).into()).await;
            bank.transfer().await;
            made += 1;
        }
    };
    let sampling = async {
        while started.elapsed() < time {
            tokio::time::sleep(STEP).await;
            samples.push(Sample {
                second: started.elapsed().as_secs(),
                kib: resident_kib(pid),
            });
        }
    };
    tokio::select! {
        () = load => {}
        () = sampling => {}
    }
    bank.until_all_final().await;
    let mebibytes: Vec<String> = samples
        .iter()
        .map(|sample| (sample.kib / 1024).to_string())
        .collect();
    println!(
        "resident memory in MiB every {} s, {made} transfers at {RATE}/s: {}",
        STEP.as_secs(),
        mebibytes.join(" ")
    );
    let Some(growth) = judge(&samples) else {
        return println!("too short a watch to tell whether memory grows");
    };
    println!(
        "after the warm-up: p50 {} KiB, at most {} KiB, {:+} KiB in half an hour",
        growth.p50_kib, growth.most_kib, growth.half_hour_kib
    );
    assert!(growth.is_flat(), "memory grows");
}

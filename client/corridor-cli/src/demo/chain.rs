//! The development chain, as a process of its own.

use crate::{Exit, Failure};
use rustix::process::{kill_process, Pid, Signal};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// How long the chain may take to come up.
const START: Duration = Duration::from_secs(60);
/// How long it may take to stop before it is killed.
const STOP: Duration = Duration::from_secs(10);

/// A running development chain. Killed when dropped; better stopped.
pub struct Devnet {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Devnet {
    /// Starts the chain on a free port and waits until it answers.
    pub async fn start(program: Option<&Path>, out: &Path) -> Result<Self, Failure> {
        let program = match program {
            Some(program) => program.to_owned(),
            None => std::env::current_exe()
                .map_err(Failure::internal)?
                .with_file_name("corridor-devnet"),
        };
        let log = out.join("devnet.log");
        let file = std::fs::File::create(&log)
            .map_err(|error| Failure::file(Exit::Chain, "written", &log, &error))?;
        let mut child = Command::new(&program)
            .args(["--rpc-port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            // Ctrl-C is for us: we stop the chain when we are done with it.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                let mut failure = Failure::file(Exit::Chain, "started", &program, &error);
                failure.advice =
                    "Build it with `cargo build --release -p corridor-devnet`, or name it with --devnet."
                        .into();
                failure
            })?;
        let url = timeout(START, announced_url(&mut child)).await.ok().flatten();
        let Some(url) = url else {
            let text = format!("the chain did not come up within {} s", START.as_secs());
            let advice = format!("Its log is {}.", log.display());
            return Err(Failure::new(Exit::Chain, "demo.chain", text, advice));
        };
        Ok(Self { child, url, log })
    }

    /// Its WebSocket URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Waits until it ends by itself, which it should not.
    pub async fn ended(&mut self) -> Result<(), Failure> {
        let status = self.child.wait().await.map_err(Failure::internal)?;
        let advice = format!("Its log is {}.", self.log.display());
        Err(Failure::new(
            Exit::Chain,
            "demo.chain",
            format!("the chain ended: {status}"),
            advice,
        ))
    }

    /// Asks it to stop, and waits for that.
    pub async fn stop(mut self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = id.and_then(Pid::from_raw) {
            // Already gone is as good.
            let _ = kill_process(pid, Signal::TERM);
        }
        if timeout(STOP, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

/// The URL from the line `RPC ws://...`; `None` when the output ends without one.
async fn announced_url(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(url) = line.strip_prefix("RPC ") {
            return Some(url.to_owned());
        }
    }
    None
}

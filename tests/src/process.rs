//! Programs that tests start, kill and start again.

use rustix::process::{kill_process, Pid, Signal};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to come up or to end in order.
const PATIENCE: Duration = Duration::from_secs(30);

/// How to end a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// SIGKILL: at once, wherever it is.
    Killed,
    /// SIGTERM: in order.
    Asked,
}

/// A running program. It is killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts a program. What it writes to standard error is added to `log`.
    ///
    /// # Panics
    /// When it cannot be started. So for everything here: it is a failed test.
    #[must_use]
    pub fn start(program: &Path, arguments: &[String], log: &Path) -> (Self, BufReader<ChildStdout>) {
        let errors = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log can be written");
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let log = log.to_owned();
        (Self { child, log }, output)
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it can be waited for")
    }

    /// Ends it and waits until it is gone. One that ended by itself before is left at that.
    pub fn end(&mut self, how: End) {
        let signal = match how {
            End::Killed => Signal::KILL,
            End::Asked => Signal::TERM,
        };
        if self.ended().is_none() {
            let pid = i32::try_from(self.child.id())
                .ok()
                .and_then(Pid::from_raw)
                .expect("a process");
            // It may end between the two lines.
            let _ = kill_process(pid, signal);
        }
        let deadline = Instant::now() + PATIENCE;
        while self.ended().is_none() {
            assert!(
                Instant::now() < deadline,
                "{how:?}, and not gone after {PATIENCE:?}\n{}",
                self.last_words()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The end of what it wrote to its log.
    #[must_use]
    pub fn last_words(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, unless a test failed half-way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node in a process of its own, that keeps its chain and its port over restarts.
#[derive(Debug)]
pub struct NodeProgram {
    program: Program,
    path: PathBuf,
    directory: PathBuf,
    url: String,
}

impl NodeProgram {
    /// Starts the program `corridor-node` with its chain and its log in `directory`, on a free port.
    #[must_use]
    pub fn start(path: &Path, directory: &Path) -> Self {
        let (program, url) = start_node(path, directory, "0");
        Self {
            program,
            path: path.to_owned(),
            directory: directory.to_owned(),
            url,
        }
    }

    /// Where it is served, before a restart and after.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it, leaves it so for `pause`, and starts it again.
    pub fn restart(&mut self, how: End, pause: Duration) {
        self.end(how);
        std::thread::sleep(pause);
        self.start_again();
    }

    /// Ends it.
    pub fn end(&mut self, how: End) {
        self.program.end(how);
    }

    /// Starts it where it left off.
    pub fn start_again(&mut self) {
        let port = self.url.rsplit(':').next().expect("a port").to_owned();
        let (program, url) = start_node(&self.path, &self.directory, &port);
        assert_eq!(url, self.url);
        self.program = program;
    }

    /// Panics if it ended by itself.
    pub fn check(&mut self) {
        if let Some(status) = self.program.ended() {
            panic!(
                "the node ended by itself: {status}\n{}",
                self.program.last_words()
            );
        }
    }
}

fn start_node(path: &Path, directory: &Path, port: &str) -> (Program, String) {
    let base_path = directory.join("chain").display().to_string();
    let arguments = [base_path, port.to_owned()];
    let (program, mut output) = Program::start(path, &arguments, &directory.join("node.log"));
    let mut line = String::new();
    output.read_line(&mut line).expect("standard output can be read");
    let url = line.trim_end().strip_prefix("RPC ");
    let url = url.unwrap_or_else(|| panic!("the node does not start: {line}\n{}", program.last_words()));
    (program, url.to_owned())
}

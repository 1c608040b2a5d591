//! The banks' processes, from the outside.

use corridor_client::core::Address;
use corridor_client::AddressText;
use corridor_tests::backend::Account;
use corridor_tests::payments::Payments;
use corridor_tests::process::{End, Program};
use corridor_tests::random::Random;
use corridor_tests::scenario::stage::{BOC_STAFF, CUP_STAFF};
use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Instruct,
    Accept,
}

impl Side {
    /// Whose key signs.
    pub fn account(self) -> Account {
        match self {
            Self::Instruct => BOC_STAFF.instructor,
            Self::Accept => CUP_STAFF.approver,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Instruct => "instruct",
            Self::Accept => "accept",
        }
    }
}

/// What a process is told. The same in every life.
#[derive(Clone, Debug)]
pub struct Task {
    pub side: Side,
    pub url: String,
    pub settlement: Address,
    pub payments: Payments,
    pub in_flight: usize,
    /// Where its store and its log are.
    pub directory: PathBuf,
}

impl Task {
    fn arguments(&self) -> Vec<String> {
        let store = self.file("db").display().to_string();
        let settlement = AddressText(self.settlement).to_string();
        let key = format!("//{}", self.side.account().0);
        let Payments {
            seed,
            count,
            expires_at,
        } = self.payments;
        let options = [
            ("url", self.url.clone()),
            ("store", store),
            ("settlement", settlement),
            ("key", key),
            ("side", self.side.name().into()),
            ("seed", seed.to_string()),
            ("count", count.to_string()),
            ("expires-at", expires_at.to_string()),
            ("in-flight", self.in_flight.to_string()),
        ];
        options.map(|(name, value)| format!("--{name}={value}")).into()
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.directory.join(self.side.name()).with_extension(extension)
    }

    fn start(&self) -> (Program, BufReader<ChildStdout>) {
        let program = Path::new(env!("CARGO_BIN_EXE_corridor-worker"));
        Program::start(program, &self.arguments(), &self.file("log"))
    }
}

/// What all lives said so far.
#[derive(Debug, Default)]
struct Said {
    done: BTreeSet<u32>,
    ended: bool,
}

/// A process with many lives.
pub struct Worker {
    task: Task,
    program: Program,
    said: Arc<Mutex<Said>>,
    /// After how many transfers it is killed, each time.
    kill_after: VecDeque<usize>,
    /// When it is killed next.
    due: Option<Instant>,
    kills: usize,
    finished: bool,
}

/// A kill comes at most so many milliseconds after what it waits for.
const LATEST_MS: usize = 250;

impl Worker {
    /// Starts the first life.
    pub fn start(task: Task, kill_after: Vec<usize>) -> Self {
        let said = Arc::default();
        let program = listen(&task, &said);
        Self {
            task,
            program,
            said,
            kill_after: kill_after.into(),
            due: None,
            kills: 0,
            finished: false,
        }
    }

    /// Kills it when that is due, and starts it again when it was killed. Panics if it failed.
    pub fn look_after(&mut self, random: &mut Random) {
        let now = Instant::now();
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.kill();
            self.start_again();
        } else if self.due.is_none() && self.kill_after.front().is_some_and(|after| *after <= self.done()) {
            self.kill_after.pop_front();
            self.due = Some(now + up_to_ms(random, LATEST_MS));
        }
        let Some(status) = self.program.ended() else {
            return;
        };
        assert!(
            status.success(),
            "{self} ended by itself: {status}\n{}",
            self.program.last_words()
        );
        if self.due.is_some() {
            self.start_again();
        } else if self.kill_after.is_empty() {
            let ended = self.said().ended;
            self.finished = ended;
        }
    }

    /// Ends this life at once.
    pub fn kill(&mut self) {
        self.program.end(End::Killed);
        self.kills += 1;
    }

    /// Begins another life.
    pub fn start_again(&mut self) {
        self.said().ended = false;
        self.finished = false;
        self.program = listen(&self.task, &self.said);
    }

    /// How many transfers it said to be done.
    pub fn done(&self) -> usize {
        self.said().done.len()
    }

    /// How often it was killed.
    pub fn kills(&self) -> usize {
        self.kills
    }

    /// Whether it ended by itself, with nothing left to do.
    pub fn has_finished(&self) -> bool {
        self.finished
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (side, done, all) = (self.task.side.name(), self.done(), self.task.payments.count);
        write!(
            f,
            "{side}: {done} of {all} done, killed {} times\n{}",
            self.kills,
            self.program.last_words()
        )
    }
}

/// A moment, shorter than so many milliseconds.
pub fn up_to_ms(random: &mut Random, limit: usize) -> Duration {
    Duration::from_millis(u64::try_from(random.below(limit)).expect("a small number"))
}

/// Starts a life and takes down what it says.
fn listen(task: &Task, said: &Arc<Mutex<Said>>) -> Program {
    let (program, output) = task.start();
    let said = said.clone();
    // Ends with the process.
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            match line.strip_prefix("DONE ").map(str::parse) {
                Some(number) => drop(said.done.insert(number.expect("a number"))),
                None => said.ended |= line == "END",
            }
        }
    });
    program
}

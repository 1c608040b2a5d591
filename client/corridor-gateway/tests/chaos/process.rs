//! A program under a supervisor that starts it again, whether it was killed or ended by itself.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// What a supervisor is told.
enum Order {
    /// SIGKILL, and start again after this time; whoever ordered it is told, by dropping the sender.
    Kill(Duration, oneshot::Sender<()>),
    /// SIGTERM, and no more.
    Stop,
}

/// How often a program ended, and why.
#[derive(Default)]
pub struct Counts {
    pub kills: AtomicUsize,
    /// By itself: a gateway that finds no node, say.
    pub exits: AtomicUsize,
}

pub struct Supervised {
    pub name: &'static str,
    pub counts: Arc<Counts>,
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<bool>,
}

impl Supervised {
    /// `said` is given each line of the program's standard output; its log is appended to a file.
    pub fn start(
        name: &'static str,
        log: &Path,
        make: impl Fn() -> Command + Send + 'static,
        said: impl Fn(&str) + Send + 'static,
    ) -> Self {
        let (orders, received) = mpsc::unbounded_channel();
        let counts = Arc::new(Counts::default());
        let log = log.join(format!("{name}.log"));
        Self {
            name,
            counts: counts.clone(),
            orders,
            task: tokio::spawn(supervise(log, make, said, received, counts)),
        }
    }

    /// Waits until it is dead, and counted; where it is down already, nothing happens.
    pub async fn kill(&self, down: Duration) {
        let (told, dead) = oneshot::channel();
        let _ = self.orders.send(Order::Kill(down, told));
        let _ = dead.await;
    }

    /// As an operator would; whether it ended well.
    pub async fn stop(self) -> bool {
        let _ = self.orders.send(Order::Stop);
        self.task.await.unwrap()
    }
}

async fn supervise(
    log: PathBuf,
    make: impl Fn() -> Command,
    said: impl Fn(&str),
    mut orders: mpsc::UnboundedReceiver<Order>,
    counts: Arc<Counts>,
) -> bool {
    loop {
        let mut child = spawn(&log, make());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let pause = loop {
            tokio::select! {
                Ok(Some(line)) = lines.next_line() => said(&line),
                _ = child.wait() => {
                    counts.exits.fetch_add(1, Ordering::Relaxed);
                    break Duration::from_millis(100);
                }
                order = orders.recv() => match order {
                    Some(Order::Kill(down, told)) => {
                        child.kill().await.unwrap();
                        counts.kills.fetch_add(1, Ordering::Relaxed);
                        drop(told);
                        break down;
                    }
                    Some(Order::Stop) | None => return terminate(child).await,
                }
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // What is down already has nothing to end.
            Some(Order::Stop) = orders.recv() => return true,
        }
    }
}

fn spawn(log: &Path, mut command: Command) -> Child {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)
        .unwrap();
    let program = command.as_std().get_program().to_owned();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn();
    child.unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()))
}

async fn terminate(mut child: Child) -> bool {
    let Some(id) = child.id() else { return true };
    let told = std::process::Command::new("kill")
        .args(["-TERM", &id.to_string()])
        .status();
    told.unwrap();
    child.wait().await.unwrap().success()
}

/// The gateway: the one in `CORRIDOR_BIN_DIR`, or the one built with this.
pub fn gateway() -> PathBuf {
    let installed =
        std::env::var_os("CORRIDOR_BIN_DIR").map(|directory| Path::new(&directory).join("corridor-gateway"));
    let installed = installed.filter(|path| path.is_file());
    installed.unwrap_or_else(|| env!("CARGO_BIN_EXE_corridor-gateway").into())
}

/// Another program of this workspace: in `CORRIDOR_BIN_DIR`, or beside the built tests.
pub fn program(name: &str) -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let target = exe.ancestors().nth(3).unwrap();
    let places = match std::env::var_os("CORRIDOR_BIN_DIR") {
        Some(directory) => vec![PathBuf::from(directory)],
        None => ["release", "debug"].map(|profile| target.join(profile)).into(),
    };
    let found = places
        .iter()
        .map(|place| place.join(name))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "there is no {name} in {places:?}: build it with `cargo build --release --workspace --bins`, or name the \
             directory it is in with CORRIDOR_BIN_DIR"
        )
    })
}

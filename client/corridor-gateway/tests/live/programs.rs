//! The programs of the tests, and what talks to them.

use crate::setup::Blobs;
use axum::{body::Bytes, extract::State, routing::post, Router};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long everything may take until it is final.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A process that is killed when the test ends.
pub struct Process(Child);

impl Process {
    /// Starts a program and reads what it says after a word at the start of a line.
    pub fn start(command: &mut Command, word: &str) -> (Self, String) {
        let program = command.get_program().to_owned();
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!(
                "{} cannot be started ({error}): build it with `cargo build --release --workspace --bins`",
                program.display()
            )
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.find_map(|line| line.ok()?.strip_prefix(word).map(|rest| rest.trim().to_owned()));
        // The rest is read, so that the program is never stopped by a full pipe.
        std::thread::spawn(move || lines.count());
        (
            Self(child),
            said.unwrap_or_else(|| panic!("{} ended early", program.display())),
        )
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// As an operator would; whether it ended well.
    pub fn terminate(mut self) -> bool {
        let id = self.0.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.0.wait().unwrap().success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn devnet() -> (Process, String) {
    let beside = || {
        let exe = std::env::current_exe().unwrap();
        let target = exe.ancestors().nth(3).unwrap().to_owned();
        let built = ["release", "debug"].map(|profile| target.join(profile).join("corridor-devnet"));
        built
            .into_iter()
            .find(|path| path.exists())
            .unwrap_or("corridor-devnet".into())
    };
    let program = std::env::var_os("CORRIDOR_DEVNET").map_or_else(beside, PathBuf::from);
    Process::start(
        Command::new(program)
            .args(["--rpc-port", "0"])
            .stderr(Stdio::null()),
        "RPC ",
    )
}

pub fn contracts() -> Blobs {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/contracts");
    let directory = std::env::var_os("CORRIDOR_CONTRACTS").map_or(here, PathBuf::from);
    Blobs::read(&directory).unwrap_or_else(|error| {
        let shown = directory.display();
        panic!("the contracts' code cannot be read from {shown} ({error}): run scripts/build-contracts")
    })
}

/// What one gateway is told.
pub fn write_config(home: &Path, name: &str, text: &str) -> PathBuf {
    let path = home.join(format!("{name}.toml"));
    std::fs::write(&path, text).unwrap();
    path
}

pub fn gateway(config: &Path) -> (Process, String) {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(config.with_extension("log"))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor-gateway"));
    let (process, address) = Process::start(
        command.arg("--config").arg(config).arg("serve").stderr(log),
        "LISTENING ",
    );
    (process, format!("http://{address}"))
}

pub fn api_key(config: &Path, scopes: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_corridor-gateway"))
        .arg("--config")
        .arg(config)
        .args(["key", "create", "--owner", "core", "--scopes", scopes])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().into()
}

/// A bank system.
pub struct Bank {
    pub client: reqwest::Client,
    pub key: String,
}

impl Bank {
    pub fn new(key: String) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, key }
    }

    /// Posts to one of several gateways, until one of them has taken it: the same request each time.
    pub async fn post(&self, gateways: &[&str], path: &str, body: &Value) -> Value {
        let started = Instant::now();
        loop {
            for gateway in gateways {
                let sent = self
                    .client
                    .post(format!("{gateway}{path}"))
                    .bearer_auth(&self.key)
                    .header("content-type", "application/json")
                    .body(body.to_string())
                    .timeout(Duration::from_secs(10))
                    .send()
                    .await;
                let Ok(answer) = sent else { continue };
                let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap_or_default());
                match status {
                    201 | 202 => return serde_json::from_str(&text).unwrap(),
                    503 | 504 => {}
                    _ => panic!("{path}: {status} {text}"),
                }
            }
            assert!(started.elapsed() < PATIENCE, "nobody takes {path}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub async fn get(&self, gateway: &str, path: &str) -> Value {
        let answer = self
            .client
            .get(format!("{gateway}{path}"))
            .bearer_auth(&self.key)
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Waits until every request of a gateway's store is final, and answers how many ended how.
    pub async fn until_all_final(&self, gateway: &str) -> BTreeMap<String, usize> {
        let started = Instant::now();
        loop {
            let (mut ends, mut open, mut path) = (BTreeMap::new(), 0, "/v1/requests".to_owned());
            loop {
                let page = self.get(gateway, &path).await;
                for request in page["requests"].as_array().unwrap() {
                    let state = request["state"].as_str().unwrap().to_owned();
                    open += usize::from(state == "accepted" || state == "working");
                    *ends.entry(state).or_default() += 1;
                }
                match page["next_cursor"].as_str() {
                    Some(cursor) => path = format!("/v1/requests?cursor={cursor}"),
                    None => break,
                }
            }
            if open == 0 {
                return ends;
            }
            assert!(started.elapsed() < PATIENCE, "still open: {ends:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

pub fn home(name: &str) -> PathBuf {
    let home = std::env::temp_dir().join(format!("corridor-live-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    home
}

/// Events that came to a webhook.
pub type Came = Arc<Mutex<Vec<Value>>>;

/// A webhook's target: what came, and its URL.
pub fn hook() -> (Came, String) {
    let came = Came::default();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let take = |State(came): State<Came>, body: Bytes| async move {
        came.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    };
    let router = Router::new().route("/hook", post(take)).with_state(came.clone());
    let server = axum_server::from_tcp(listener).unwrap();
    tokio::spawn(server.serve(router.into_make_service()));
    (came, url)
}

/// A file that webhooks' secrets are derived from.
pub fn write_secret(home: &Path) {
    let secret = home.join("webhook.secret");
    std::fs::write(&secret, [9; 32]).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
}

//! The programs that tests on a real chain run, each in a process of its own.
//!
//! They are looked for beside the test's own build (`target/release` or `target/debug`), or where CORRIDOR_DEVNET, CORRIDOR_DEMO
//! and CORRIDOR_CONTRACTS say. A test fails, and says how to build them, where one is missing.

use corridor_client::AddressText;
use std::{
    cell::RefCell,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

fn program(name: &str, variable: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let own = std::env::current_exe().expect("this program");
    // target/PROFILE/deps/TEST
    let profile = own.ancestors().nth(2).expect("a target directory");
    let target = profile.parent().expect("a target directory");
    let candidates = [profile.join(name), target.join("release").join(name)];
    let found = candidates.iter().find(|path| path.is_file());
    found.cloned().unwrap_or_else(|| {
        panic!("there is no {name}: build it with `cargo build --release --bin {name}`, or name it with {variable}")
    })
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the repository")
        .into()
}

fn contracts() -> PathBuf {
    let path = std::env::var_os("CORRIDOR_CONTRACTS")
        .map_or_else(|| repository().join("target/contracts"), PathBuf::from);
    assert!(
        path.join("settlement.polkavm").is_file(),
        "the contracts are not in {}: `scripts/build-contracts` builds them, CORRIDOR_CONTRACTS names another place",
        path.display()
    );
    path
}

/// A development chain, gone with the value.
pub struct Devnet {
    pub url: String,
    process: Child,
    base: Option<PathBuf>,
    seal: &'static str,
}

impl Devnet {
    /// In memory, or in a directory; with a block for every transaction.
    pub fn start(base: Option<&Path>) -> Self {
        Self::sealing(base, "instant")
    }

    /// With blocks as `--seal` says.
    pub fn sealing(base: Option<&Path>, seal: &'static str) -> Self {
        let (process, url) = spawn(base, 0, seal);
        Self {
            url,
            process,
            base: base.map(Path::to_owned),
            seal,
        }
    }

    /// Kills it and starts it again on the same chain and port.
    pub fn restart(&mut self) {
        self.stop();
        let port = self
            .url
            .rsplit(':')
            .next()
            .expect("a port")
            .parse()
            .expect("a port");
        let (process, url) = spawn(self.base.as_deref(), port, self.seal);
        assert_eq!(url, self.url);
        self.process = process;
    }

    fn stop(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A node and its URL, which it prints when it serves.
fn spawn(base: Option<&Path>, port: u16, seal: &str) -> (Child, String) {
    let mut command = Command::new(program("corridor-devnet", "CORRIDOR_DEVNET"));
    command
        .args(["--rpc-port", &port.to_string(), "--seal", seal])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(base) = base {
        command.arg("--base-path").arg(base);
    }
    let mut process = command.spawn().expect("a process");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let url = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("RPC ").map(String::from));
    (process, url.expect("the node serves"))
}

/// The demo at work on a chain.
pub struct Demo {
    process: RefCell<Child>,
    out: PathBuf,
}

/// Starts the demo. Its contract is deployed soon after.
pub fn demo(url: &str, directory: &Path) -> Demo {
    let out = directory.join("demo");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).expect("a directory");
    let log = fs::File::create(out.join("log")).expect("a log");
    let process = Command::new(program("corridor-demo", "CORRIDOR_DEMO"))
        .args(["--url", url, "--contracts"])
        .arg(contracts())
        .arg("--data")
        .arg(repository().join("tests/data"))
        .arg("--out")
        .arg(&out)
        .stdin(Stdio::null())
        .stderr(log.try_clone().expect("a log"))
        .stdout(log)
        .spawn()
        .expect("a process");
    Demo {
        process: RefCell::new(process),
        out,
    }
}

impl Demo {
    /// The settlement contract, once it is there.
    pub fn settlement(&self) -> AddressText {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let log = fs::read_to_string(self.out.join("log")).unwrap_or_default();
            assert!(self.runs(), "the demo fails: {log}");
            let found = log
                .lines()
                .find_map(|line| line.trim().strip_prefix("settlement "));
            if let Some(address) = found {
                return address.trim().parse().expect("an address");
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the demo deploys nothing in {PATIENCE:?}");
    }

    pub fn runs(&self) -> bool {
        self.process.borrow_mut().try_wait().expect("a status").is_none()
    }

    /// Stops it in the middle of what it does.
    pub fn kill(self) {
        self.process.borrow_mut().kill().expect("killed");
        self.process.borrow_mut().wait().expect("gone");
    }

    /// Waits for its end, which has to be a good one.
    pub fn end(self) {
        let status = self.process.borrow_mut().wait().expect("a status");
        let log = fs::read_to_string(self.out.join("log")).unwrap_or_default();
        assert!(status.success(), "the demo fails: {log}");
    }
}

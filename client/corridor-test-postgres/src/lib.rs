//! A PostgreSQL cluster for the life of a test: made in a temporary directory, reached through a socket there, gone with the value.
//!
//! Needs PostgreSQL's programs (Debian: `apt-get install postgresql`): those in `PG_BIN`, in `PATH`, or the newest of
//! `/usr/lib/postgresql/*/bin`. PostgreSQL refuses to run as root; a test that does lets it run as the user `postgres`, which the
//! package makes.
//!
//! ```no_run
//! let cluster = corridor_test_postgres::Cluster::start().expect("PostgreSQL starts");
//! let url = cluster.database("first").expect("a new database");
//! # let _ = url;
//! ```

mod programs;
mod user;

use programs::Programs;
use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};
use user::User;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A PostgreSQL that cannot be used. Says what to do.
#[derive(Debug)]
pub struct Unusable(pub(crate) String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// A running cluster with nothing in it. Stops, and is removed, when dropped.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    user: Option<User>,
    directory: PathBuf,
    /// Whether what was committed has to outlive the machine.
    durable: bool,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts its server, which flushes nothing to disk: quick, and enough where only processes die.
    ///
    /// # Errors
    /// [`Unusable`] without PostgreSQL's programs, and where they fail.
    pub fn start() -> Result<Self, Unusable> {
        Self::make(false)
    }

    /// The same with PostgreSQL's own settings, for what is measured: commits are flushed to disk.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_durable() -> Result<Self, Unusable> {
        Self::make(true)
    }

    fn make(durable: bool) -> Result<Self, Unusable> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let programs = Programs::find()?;
        let user = User::to_run_as()?;
        // A socket's path may have 107 bytes: the system's own directory rather than a longer TMPDIR.
        let name = format!(
            "corridor-pg-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let directory = Path::new("/tmp").join(name);
        fs::create_dir(&directory).map_err(|error| failed("make", &directory, &error))?;
        let mut cluster = Self {
            programs,
            user,
            directory,
            durable,
            server: None,
        };
        if let Some(user) = &cluster.user {
            user.own(&cluster.directory)?;
        }
        let data = cluster.data();
        let mut initdb = cluster.command("initdb");
        initdb.args([
            "--username=corridor",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
        ]);
        run(initdb.arg(data))?;
        cluster.restart()?;
        Ok(cluster)
    }

    /// Makes a database and answers its URL.
    ///
    /// # Errors
    /// [`Unusable`] where there is one of that name.
    pub fn database(&self, name: &str) -> Result<String, Unusable> {
        let mut createdb = self.command("createdb");
        run(createdb
            .args(["--username=corridor", "--host"])
            .arg(&self.directory)
            .arg(name))?;
        let host = self.directory.display();
        Ok(format!("postgres://corridor@localhost/{name}?host={host}"))
    }

    /// Stops the server as a power cut would: connections break, nothing is tidied up.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            let mut stop = self.command("pg_ctl");
            let stopped = run(stop.args(["stop", "--mode=immediate", "-D"]).arg(self.data()));
            if stopped.is_err() {
                // It may have ended by itself.
                let _ = server.kill();
            }
            let _ = server.wait();
        }
    }

    /// Starts the server, again where it was killed.
    ///
    /// # Errors
    /// [`Unusable`] where it does not become ready.
    pub fn restart(&mut self) -> Result<(), Unusable> {
        self.kill();
        let log = self.directory.join("log");
        let log = fs::File::create(&log).map_err(|error| failed("write", &log, &error))?;
        let mut postgres = self.command("postgres");
        postgres
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.directory)
            // No TCP.
            .args(["-c", "listen_addresses=", "-c", "max_connections=200"])
            .args(["-c", if self.durable { "fsync=on" } else { "fsync=off" }])
            .stdout(Stdio::null())
            .stderr(log);
        let server = postgres.spawn();
        self.server = Some(server.map_err(|error| failed("run", Path::new("postgres"), &error))?);
        self.wait_until_ready()
    }

    /// The last line of the server's own file says how far it is.
    fn wait_until_ready(&mut self) -> Result<(), Unusable> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let status = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            if status.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            let ended = self
                .server
                .as_mut()
                .and_then(|server| server.try_wait().ok().flatten());
            if ended.is_some() {
                break;
            }
            sleep(Duration::from_millis(20));
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        Err(Unusable(format!(
            "PostgreSQL does not become ready. Its log:\n{log}"
        )))
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.path(program));
        command.current_dir("/").stdin(Stdio::null());
        if let Some(user) = &self.user {
            user.run(&mut command);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
        // Nothing depends on it being gone.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn run(command: &mut Command) -> Result<(), Unusable> {
    let output = command.output();
    let output = output.map_err(|error| Unusable(format!("{command:?} cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(Unusable(format!("{command:?} failed: {words}")))
}

pub(crate) fn failed(verb: &str, what: &Path, error: &std::io::Error) -> Unusable {
    Unusable(format!("cannot {verb} {}: {error}", what.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_serves_databases_until_it_is_dropped() {
        let mut cluster = Cluster::start().expect("PostgreSQL starts");
        let url = cluster.database("first").expect("a new database");
        assert!(url.starts_with("postgres://corridor@localhost/first?host=/tmp/corridor-pg-"));
        assert!(cluster.database("first").is_err());
        cluster.restart().expect("it starts again");
        cluster.database("second").expect("a new database");
        let directory = cluster.directory.clone();
        drop(cluster);
        assert!(!directory.exists());
    }
}

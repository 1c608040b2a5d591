//! `gateway.toml`: where to listen, where to store, which chain, whose keys, how much at a time.
//!
//! Unknown fields are errors, and so is every value that cannot be meant. Paths are relative to the file.

mod explorer;
mod index;
mod signer;
mod span;
mod traces;
mod webhook;

pub use explorer::{ExplorerAccess, ExplorerConfig};
pub use index::IndexConfig;
pub use signer::{SignerSource, Signers};
pub use span::Span;
pub use traces::TracesConfig;
pub use webhook::WebhookConfig;

use corridor_client::{core::AgentId, AddressText};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

/// Everything a gateway needs to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// This process's name among the gateways that share the store, for people: no two should have the same.
    pub name: String,
    /// Where to listen. Default `127.0.0.1:8080`.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// The institution whose keys these are, by BIC, LEI or SYSTEM:MEMBER.
    #[serde(deserialize_with = "span::text")]
    pub participant: AgentId,
    /// The shared store and the private ones.
    pub store: StoreConfig,
    /// The chain and the contract.
    pub chain: ChainConfig,
    /// The signing keys of each role, one or several.
    #[serde(default)]
    pub signers: Signers,
    /// Certificates; without them the gateway speaks plain HTTP, and only to this machine.
    pub tls: Option<TlsConfig>,
    /// How much at a time.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// How requests are carried out.
    #[serde(default)]
    pub worker: WorkerConfig,
    /// Webhooks; without this section there are none.
    pub webhooks: Option<WebhookConfig>,
    /// The index that statements and web pages read; without this section there are neither.
    pub index: Option<IndexConfig>,
    /// Web pages over the index; without this section there are none.
    pub explorer: Option<ExplorerConfig>,
    /// Where traces go; without this section nowhere.
    pub traces: Option<TracesConfig>,
}

/// Where things are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// What all gateways share: `sqlite:FILE` for one process, `postgres://...` for several. `${NAME}` stands for an
    /// environment variable, so that a password need not be in this file.
    pub url: String,
    /// What this process alone signs with: one file for each key. Default `signing`.
    #[serde(default = "default_signing")]
    pub signing: PathBuf,
    /// Connections to the shared store. Default 16.
    #[serde(default = "default_connections")]
    pub connections: NonZeroU32,
}

/// Which chain, which contract.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
    /// The node's WebSocket URL.
    pub url: String,
    /// The settlement contract.
    #[serde(deserialize_with = "span::text")]
    pub settlement: AddressText,
    /// The block events are followed from on an empty store. Default 0.
    #[serde(default)]
    pub first_block: u64,
    /// How long to look for the node at the start. Default 10s.
    #[serde(default = "Span::seconds::<10>")]
    pub connect_timeout: Span,
    /// How long an operation is waited for before it is asked about again. Default 120s.
    #[serde(default = "Span::seconds::<120>")]
    pub finality_timeout: Span,
    /// How many blocks this gateway's node may be behind the nodes of the others. What another gateway submitted is
    /// waited for so much longer. Default 64.
    #[serde(default = "default_node_lag")]
    pub node_lag: u64,
}

/// Certificates, PEM files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The gateway's certificate chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Authorities of client certificates; where given, a client without such a certificate is not served.
    pub client_authorities: Option<PathBuf>,
}

/// How much at a time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Bytes of a request's body. Default 1 MiB.
    pub body_bytes: usize,
    /// Transactions of one message. Default 1,000.
    pub transactions: usize,
    /// Requests a second for each API key. Default 500.
    pub requests_per_second: NonZeroU32,
    /// Requests at once for each API key, above that rate. Default 1,000.
    pub burst: NonZeroU32,
    /// How long an answer may take. Default 30s.
    pub timeout: Span,
    /// How long the gateway serves on once it is told to stop, with `/ready` saying 503: longer than a balancer takes
    /// to notice. Default 5s; 0s where nothing asks `/ready`.
    #[serde(deserialize_with = "span::or_zero")]
    pub lame_duck: Span,
    /// How long requests under way may take after that. Default 30s.
    pub drain: Span,
    /// Event streams open at a time. Default 256.
    pub event_streams: usize,
    /// Entries of a statement. Default 100,000.
    pub statement_entries: usize,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            transactions: 1_000,
            requests_per_second: NonZeroU32::MIN.saturating_add(499),
            burst: NonZeroU32::MIN.saturating_add(999),
            timeout: Span::seconds::<30>(),
            lame_duck: Span::seconds::<5>(),
            drain: Span::seconds::<30>(),
            event_streams: 256,
            statement_entries: 100_000,
        }
    }
}

/// How requests are carried out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerConfig {
    /// Requests this process carries out at a time. Default 128.
    pub in_flight: usize,
    /// How long a request belongs to the gateway that took it. Default 60s. Longer than the clocks of two gateways
    /// differ, by far.
    pub lease: Span,
    /// How often the store is asked for work of other gateways. Default 250ms.
    pub poll: Span,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            in_flight: 128,
            lease: Span::seconds::<60>(),
            poll: Span::millis::<250>(),
        }
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_signing() -> PathBuf {
    "signing".into()
}

fn default_connections() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(15)
}

fn default_node_lag() -> u64 {
    64
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{} cannot be read: {error}. Check the path and its permissions.", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{}: {reason}", path.display())]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// What is wrong, where, and what to do.
        reason: String,
    },
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`]; the text never shows a secret, for the file holds none.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.into(),
            error,
        })?;
        Self::parse(&text, path.parent().unwrap_or(Path::new(""))).map_err(|reason| ConfigError::Invalid {
            path: path.into(),
            reason,
        })
    }

    /// Reads a text whose relative paths start at `home`.
    ///
    /// # Errors
    /// What is wrong with it, where, and what to do.
    pub fn parse(text: &str, home: &Path) -> Result<Self, String> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let variable = |name: &str| std::env::var(name).ok();
        config.store.url = expand("store.url", &config.store.url, variable)?;
        config.index = index::only(config.index, config.explorer.as_mut())?;
        if let Some(index) = &mut config.index {
            index.fill_in(variable)?;
        }
        if let Some(traces) = &mut config.traces {
            traces.fill_in(variable)?;
        }
        config.place(home);
        config.check()?;
        Ok(config)
    }

    fn place(&mut self, home: &Path) {
        let place = |path: &mut PathBuf| *path = home.join(&path);
        place(&mut self.store.signing);
        if let Some(file) = self.store.url.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            self.store.url = format!("sqlite:{}", home.join(file).display());
        }
        if let Some(tls) = &mut self.tls {
            place(&mut tls.certificate);
            place(&mut tls.key);
            tls.client_authorities.iter_mut().for_each(place);
        }
        if let Some(webhooks) = &mut self.webhooks {
            place(&mut webhooks.secret);
        }
        if let Some(index) = &mut self.index {
            index.place(home);
        }
        self.signers.place(home);
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(plain) {
            return Err("name is 1 to 64 letters, digits, dots, dashes or underscores".into());
        }
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| self.store.url.starts_with(scheme)) {
            return Err("store.url starts with sqlite: or postgres://".into());
        }
        if !self.listen.ip().is_loopback() && self.tls.is_none() {
            return Err(format!(
                "listen is {}, which others can reach, and there is no [tls]: add it, or listen on 127.0.0.1 behind a \
                 proxy that has it",
                self.listen
            ));
        }
        for (name, value) in [
            ("limits.body_bytes", self.limits.body_bytes),
            ("limits.transactions", self.limits.transactions),
            ("limits.statement_entries", self.limits.statement_entries),
            ("worker.in_flight", self.worker.in_flight),
        ] {
            if value == 0 {
                return Err(format!("{name} is 0: give at least 1"));
            }
        }
        if self.worker.lease.0.as_secs() < 5 {
            return Err(
                "worker.lease is less than 5s: a short pause would lose requests to another gateway".into(),
            );
        }
        self.traces.as_ref().map_or(Ok(()), TracesConfig::check)
    }
}

/// Puts environment variables in for `${NAME}` of a field.
fn expand(field: &str, text: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| format!("{field} has ${{ without }}: name the variable as ${{NAME}}"))?;
        let value =
            lookup(name).ok_or_else(|| format!("{field} names the variable {name}, which is not set"))?;
        expanded.push_str(before);
        expanded.push_str(&value);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
        name = "gateway-1"
        participant = "BKCHCNBJ"
        [store]
        url = "sqlite:gateway.sqlite"
        [chain]
        url = "ws://127.0.0.1:9944"
        settlement = "0x18d22cee3cacba6fafda2bc88f0d7a3d3dd2f6a4"
    "#;

    #[test]
    fn the_least_is_enough_and_paths_start_at_the_file() {
        let config = Config::parse(LEAST, Path::new("/etc/corridor")).expect("enough");
        assert_eq!(config.store.url, "sqlite:/etc/corridor/gateway.sqlite");
        assert_eq!(config.store.signing, Path::new("/etc/corridor/signing"));
        assert_eq!(config.limits.body_bytes, 1024 * 1024);
        assert!(config.webhooks.is_none() && config.tls.is_none());
        assert!(config.explorer.is_none() && config.traces.is_none() && config.index.is_none());
    }

    #[test]
    fn the_index_is_named_by_its_section_or_as_before_by_the_explorers() {
        for (sections, explorer) in [
            ("[index]\nurl = \"index.sqlite\"", None),
            (
                "[index]\nurl = \"index.sqlite\"\n[explorer]",
                Some(ExplorerAccess::Authenticated),
            ),
            (
                "[explorer]\nindex = \"index.sqlite\"",
                Some(ExplorerAccess::Authenticated),
            ),
        ] {
            let config =
                Config::parse(&format!("{LEAST}{sections}"), Path::new("/etc/corridor")).expect(sections);
            let index = config.index.expect(sections);
            assert_eq!(index.url.to_string(), "sqlite:/etc/corridor/index.sqlite");
            assert_eq!(
                config.explorer.map(|explorer| explorer.access),
                explorer,
                "{sections}"
            );
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_place() {
        for (text, wrong) in [
            (LEAST.replace("name =", "nmae ="), "nmae"),
            (LEAST.replace("BKCHCNBJ", "BOC"), "an agent is a BIC"),
            (LEAST.replace("sqlite:gateway.sqlite", "mysql://x"), "store.url"),
            (LEAST.replace("gateway-1", "gateway 1"), "name"),
            (format!("listen = \"0.0.0.0:8080\"\n{LEAST}"), "[tls]"),
            (format!("{LEAST}[worker]\nlease = \"1s\""), "worker.lease"),
            (format!("{LEAST}[limits]\ntimeout = \"1\""), "timeout"),
            (
                format!("{LEAST}[signers]\ninstructor = [\"secret phrase\"]"),
                "file:PATH",
            ),
            (format!("{LEAST}[explorer]\nindex = \"mysql://x\""), "index ="),
            (format!("{LEAST}[index]\nurl = \"mysql://x\""), "url ="),
            (format!("{LEAST}[explorer]\naccess = \"public\""), "[index]"),
            (
                format!("{LEAST}[index]\nurl = \"a.sqlite\"\n[explorer]\nindex = \"b.sqlite\""),
                "explorer.index",
            ),
            (
                format!("{LEAST}[explorer]\nindex = \"i.sqlite\"\naccess = \"all\""),
                "authenticated",
            ),
            (
                format!("{LEAST}[traces]\nendpoint = \"collector:4318\""),
                "traces.endpoint",
            ),
            (
                format!("{LEAST}[traces]\nendpoint = \"https://me:secret@collector/v1/traces\""),
                "traces.authorization",
            ),
        ] {
            let error = Config::parse(&text, Path::new("")).expect_err(wrong);
            assert!(error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn the_stores_password_comes_from_the_environment() {
        let lookup = |name: &str| (name == "PW").then(|| "s3cret".to_owned());
        let expand = |text| expand("store.url", text, lookup);
        assert_eq!(
            expand("postgres://u:${PW}@h/db").as_deref(),
            Ok("postgres://u:s3cret@h/db")
        );
        let error = expand("postgres://u:${NO}@h/db").expect_err("not set");
        assert!(error.contains("store.url") && error.contains("NO"), "{error}");
        assert!(expand("postgres://u:${PW").is_err());
    }
}

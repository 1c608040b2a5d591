//! Where to connect, as whom and with which key: flags before environment before `corridor.toml`.

use crate::{duration::ShortDuration, Common, Exit, Failure};
use corridor_client::{core::AgentId, AddressText, Config, KeySource, StoreLocation};
use serde::Deserialize;
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "corridor.toml";
/// The store's name where none is given.
const DEFAULT_STORE: &str = "corridor.sqlite";
/// The node where none is given: what `corridor-devnet` and other nodes listen on.
const DEFAULT_URL: &str = "ws://127.0.0.1:9944";

/// In which capacity a command signs: `[keys]` of `corridor.toml` has a key source for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Duty {
    /// Governs the settlement contract.
    Governor,
    /// Grants the participant's roles.
    Admin,
    /// Instructs and cancels.
    Instructor,
    /// Accepts, rejects and returns.
    Approver,
    /// Deposits and withdraws.
    Treasurer,
    /// Rejects and cancels, starts nothing.
    Compliance,
    /// Publishes, signs and withdraws quotes.
    Quoter,
    /// Issues and redeems tokenised money.
    Issuer,
    /// Pauses and freezes tokenised money.
    Guardian,
    /// Anyone: expires transfers, deploys, funds.
    Anyone,
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Governor => "governor",
            Self::Admin => "admin",
            Self::Instructor => "instructor",
            Self::Approver => "approver",
            Self::Treasurer => "treasurer",
            Self::Compliance => "compliance",
            Self::Quoter => "quoter",
            Self::Issuer => "issuer",
            Self::Guardian => "guardian",
            Self::Anyone => "anyone",
        })
    }
}

/// `corridor.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    url: Option<String>,
    settlement: Option<String>,
    participant: Option<String>,
    store: Option<PathBuf>,
    key: Option<String>,
    #[serde(default)]
    keys: Keys,
    connect_timeout: Option<String>,
    finality_timeout: Option<String>,
}

/// `[keys]` of `corridor.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    governor: Option<String>,
    admin: Option<String>,
    instructor: Option<String>,
    approver: Option<String>,
    treasurer: Option<String>,
    compliance: Option<String>,
    quoter: Option<String>,
    issuer: Option<String>,
    guardian: Option<String>,
}

impl Keys {
    fn get(&self, duty: Duty) -> Option<&str> {
        let key = match duty {
            Duty::Governor => &self.governor,
            Duty::Admin => &self.admin,
            Duty::Instructor => &self.instructor,
            Duty::Approver => &self.approver,
            Duty::Treasurer => &self.treasurer,
            Duty::Compliance => &self.compliance,
            Duty::Quoter => &self.quoter,
            Duty::Issuer => &self.issuer,
            Duty::Guardian => &self.guardian,
            Duty::Anyone => return self.any(),
        };
        key.as_deref()
    }

    /// Any key will do: the first there is.
    fn any(&self) -> Option<&str> {
        NAMED.into_iter().find_map(|duty| self.get(duty))
    }
}

/// Every duty that can have a key of its own, the everyday ones first.
const NAMED: [Duty; 9] = [
    Duty::Instructor,
    Duty::Approver,
    Duty::Treasurer,
    Duty::Compliance,
    Duty::Quoter,
    Duty::Admin,
    Duty::Governor,
    Duty::Issuer,
    Duty::Guardian,
];

/// Everything a command needs to know about where and who.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configuration file that was read.
    pub file: Option<PathBuf>,
    /// The node.
    pub url: String,
    /// The settlement contract.
    pub settlement: Option<AddressText>,
    /// On whose behalf.
    pub participant: Option<AgentId>,
    /// Where submissions are recorded.
    pub store: PathBuf,
    /// How long to look for the node.
    pub connect_timeout: Duration,
    /// How long to wait for a finalised block.
    pub finality_timeout: Duration,
    overriding_key: Option<KeyText>,
    default_key: Option<KeyText>,
    keys: Vec<(Duty, KeyText)>,
    duty: Option<Duty>,
}

impl Settings {
    /// Reads the configuration file and lets environment and flags override it.
    ///
    /// # Errors
    /// [`Exit::Usage`] when the file or a value is not what it should be.
    pub fn read(common: &Common) -> Result<Self, Failure> {
        let path = match &common.config {
            Some(path) => Some(path.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists()),
        };
        let file = path.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let place = Place::of(path.as_deref());
        let mut keys = Vec::new();
        for duty in NAMED {
            if let Some(key) = place.key(file.keys.get(duty), &format!("keys.{duty}"))? {
                keys.push((duty, key));
            }
        }
        let connect_timeout = place.value(file.connect_timeout.as_deref(), "connect_timeout")?;
        let finality_timeout = place.value(file.finality_timeout.as_deref(), "finality_timeout")?;
        let settlement = place.value(file.settlement.as_deref(), "settlement")?;
        let participant = place.value(file.participant.as_deref(), "participant")?;
        let or_seconds =
            |time: Option<ShortDuration>, seconds| time.map_or(Duration::from_secs(seconds), |time| time.0);
        Ok(Self {
            connect_timeout: or_seconds(common.connect_timeout.or(connect_timeout), 10),
            finality_timeout: or_seconds(common.finality_timeout.or(finality_timeout), 120),
            settlement: common.settlement.or(settlement),
            participant: common.participant.clone().or(participant),
            store: match (&common.store, file.store) {
                (Some(path), _) => path.clone(),
                (None, path) => place.home.join(path.unwrap_or(DEFAULT_STORE.into())),
            },
            url: common.url.clone().or(file.url).unwrap_or(DEFAULT_URL.into()),
            overriding_key: common.key.as_deref().map(KeyText::read).transpose()?,
            default_key: place.key(file.key.as_deref(), "key")?,
            duty: common.duty,
            keys,
            file: path,
        })
    }

    /// The key that signs for a duty: `--key`, else that of `--as` or of the duty, else the default key.
    ///
    /// # Errors
    /// [`Exit::Usage`] when there is none.
    pub fn key(&self, duty: Duty) -> Result<KeySource, Failure> {
        let duty = self.duty.unwrap_or(duty);
        let named = || self.keys.iter().find(|(of, _)| *of == duty).map(|(_, key)| key);
        let any = || (duty == Duty::Anyone).then(|| self.keys.first().map(|(_, key)| key));
        let key = self.overriding_key.as_ref().or_else(named);
        let key = key.or(self.default_key.as_ref()).or_else(|| any().flatten());
        key.map(KeyText::source).ok_or_else(|| {
            let advice = "Name one with --key, CORRIDOR_KEY, or `[keys]` in corridor.toml; \
                          `corridor key generate` makes one.";
            Failure::usage(
                "cli.no_key",
                format!("there is no key to sign with as {duty}"),
                advice,
            )
        })
    }

    /// Every key that is configured, by duty; `None` is the default.
    pub fn keys(&self) -> impl Iterator<Item = (Option<Duty>, &KeyText)> {
        let default = self.overriding_key.as_ref().or(self.default_key.as_ref());
        let named = self.keys.iter().map(|(duty, key)| (Some(*duty), key));
        default.into_iter().map(|key| (None, key)).chain(named)
    }

    /// The client library's configuration, without a key.
    #[must_use]
    pub fn client(&self, store: StoreLocation) -> Config {
        let mut config = Config::new(&self.url).store(store);
        config.settlement = self.settlement.map(|address| address.0);
        config.connect_timeout = self.connect_timeout;
        config.finality_timeout = self.finality_timeout;
        config
    }
}

fn read_file(path: &Path) -> Result<File, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::file(Exit::Usage, "read", path, &error))?;
    toml::from_str(&text).map_err(|error| {
        let message = format!("{}: {}", path.display(), error.to_string().trim_end());
        Failure::usage(
            "cli.config",
            message,
            "Correct the file; `corridor config --help` shows all of it.",
        )
    })
}

/// The configuration file's name, for messages, and its directory, which paths in it are relative to.
struct Place {
    name: String,
    home: PathBuf,
}

impl Place {
    fn of(path: Option<&Path>) -> Self {
        let path = path.unwrap_or(Path::new(DEFAULT_FILE));
        Self {
            name: path.display().to_string(),
            home: path.parent().unwrap_or(Path::new("")).to_owned(),
        }
    }

    fn value<T: FromStr<Err: fmt::Display>>(
        &self,
        text: Option<&str>,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        let parse = |text: &str| {
            text.parse().map_err(|error| {
                let message = format!("{}: {name} is {text:?}: {error}", self.name);
                Failure::usage("cli.config", message, "Correct the value.")
            })
        };
        text.map(parse).transpose()
    }

    fn key(&self, text: Option<&str>, name: &str) -> Result<Option<KeyText>, Failure> {
        let key = text.map(|text| KeyText::parse(text, &self.home)).transpose();
        key.map_err(|failure| failure.about(format!("{}: {name}", self.name)))
    }
}

/// Where a key is, as a word: `file:PATH`, `env:NAME` or a development key such as `//Alice`. Never a secret.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyText {
    /// A file only its owner can read.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A development key.
    Dev(String),
}

impl KeyText {
    /// Reads one from the command line or the environment.
    ///
    /// # Errors
    /// [`Exit::Usage`], without repeating the text.
    pub fn read(text: &str) -> Result<Self, Failure> {
        Self::parse(text, Path::new(""))
    }

    fn parse(text: &str, home: &Path) -> Result<Self, Failure> {
        let key = match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Some(Self::File(home.join(path))),
            Some(("env", name)) if !name.is_empty() => Some(Self::Env(name.into())),
            _ if text.starts_with("//") && !text.contains(char::is_whitespace) => {
                Some(Self::Dev(text.into()))
            }
            _ => None,
        };
        // The text is not repeated: somebody may have pasted a secret.
        key.ok_or_else(|| {
            Failure::usage(
                "cli.key_source",
                "a key source is file:PATH, env:NAME or a development key such as //Alice",
                "Keep the secret in a file (chmod 600) or a variable and name that.",
            )
        })
    }

    /// The source, for the client library.
    #[must_use]
    pub fn source(&self) -> KeySource {
        match self {
            Self::File(path) => KeySource::File(path.clone()),
            Self::Env(name) => KeySource::Env(name.clone()),
            Self::Dev(uri) => KeySource::DevSeed(uri.clone()),
        }
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Dev(uri) => f.write_str(uri),
        }
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

//! `corridor key`.

use crate::{
    context::Context,
    output::{Answer, Cell, Page, Table, Tone},
    settings::KeyText,
    view::Text,
    Exit, Failure,
};
use corridor_client::{AccountId, AddressText, KeySource};
use serde::Serialize;
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Show the accounts of keys, or make a key
///
/// Secrets stay in files or variables: no command takes or shows one.
#[derive(Debug, clap::Subcommand)]
pub enum Key {
    /// Show the account of each configured key, or of one
    Show {
        /// file:PATH, env:NAME or a development key such as //Alice [default: every configured key]
        #[arg(value_name = "SOURCE")]
        source: Option<String>,
    },
    /// Make a key file that only its owner can read; an existing file is never touched
    Generate {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

impl Key {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let keys = match self {
            Self::Show { source: Some(source) } => vec![KeyView::of(None, &KeyText::read(&source)?)?],
            Self::Show { source: None } => {
                let keys = context.settings.keys();
                let keys = keys.map(|(duty, key)| {
                    let name = duty.map_or_else(|| "default".into(), |duty| duty.to_string());
                    KeyView::of(Some(name), key)
                });
                keys.collect::<Result<_, _>>()?
            }
            Self::Generate { out } => {
                generate(&out)?;
                vec![KeyView::of(None, &KeyText::File(out))?]
            }
        };
        if keys.is_empty() {
            let advice = "Name one with --key, CORRIDOR_KEY or [keys] in corridor.toml.";
            return Err(Failure::usage("cli.no_key", "no key is configured", advice));
        }
        context.output.answer(&KeysView { keys })
    }
}

fn generate(path: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(Exit::Key, "made", path, &error);
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::internal)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    writeln!(file, "0x{}", hex::encode(seed)).map_err(failed)?;
    file.sync_all().map_err(failed)
}

#[derive(Debug, Serialize)]
struct KeysView {
    keys: Vec<KeyView>,
}

#[derive(Debug, Serialize)]
struct KeyView {
    #[serde(skip_serializing_if = "Option::is_none")]
    duty: Option<String>,
    source: Text<KeyText>,
    account: Option<Text<AccountId>>,
    address: Option<Text<AddressText>>,
    error: Option<Failure>,
}

impl KeyView {
    /// Of one source alone a failure is the command's; in a list it stands beside the others.
    fn of(duty: Option<String>, key: &KeyText) -> Result<Self, Failure> {
        let source: KeySource = key.source();
        let (account, error) = match source.load() {
            Ok(key) => (Some(key.account()), None),
            Err(error) if duty.is_none() => return Err(error.into()),
            Err(error) => (None, Some(Failure::from(error))),
        };
        Ok(Self {
            duty,
            source: Text(key.clone()),
            account: account.map(Text),
            address: account.map(|account| Text(AddressText(account.address()))),
            error,
        })
    }
}

impl Answer for KeysView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["key", "source", "account", "address"]);
        for key in &self.keys {
            let account = match (&key.account, &key.error) {
                (Some(account), _) => account.into(),
                (None, Some(error)) => Cell::toned(&error.message, Tone::Bad),
                (None, None) => Cell::default(),
            };
            table.row([
                key.duty.clone().unwrap_or("-".into()).into(),
                (&key.source).into(),
                account,
                key.address
                    .map(|address| address.to_string())
                    .unwrap_or_default()
                    .into(),
            ]);
        }
        page.table(&table);
    }
}

//! `corridor config`.

use crate::{
    context::Context,
    output::{Answer, Page, Table},
    settings::Settings,
    Failure,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// All of corridor.toml, for `--help`.
const EXAMPLE: &str = r#"corridor.toml (every line is optional; paths are relative to the file):

  url = "ws://127.0.0.1:9944"            # the node; CORRIDOR_URL, --url
  settlement = "0x5f3c..."               # the settlement contract; CORRIDOR_SETTLEMENT, --settlement
  participant = "BKCHCNBJ"               # on whose behalf; CORRIDOR_PARTICIPANT, --participant
  store = "corridor.sqlite"              # where submissions are recorded; CORRIDOR_STORE, --store
  connect_timeout = "10s"                # --connect-timeout
  finality_timeout = "120s"              # --finality-timeout
  key = "file:keys/operator.key"         # signs where [keys] has nothing; CORRIDOR_KEY, --key sign everything

  [keys]                                 # one for each duty: file:PATH, env:NAME or //DevelopmentKey
  instructor = "file:keys/instructor.key"
  approver = "env:APPROVER_KEY"
  treasurer = "file:keys/treasurer.key"
  compliance = "file:keys/compliance.key"
  quoter = "file:keys/quoter.key"
  admin = "file:keys/admin.key"
  # governor, issuer, guardian: for those who govern the contract or issue its money"#;

/// Show the configuration in effect: flags before environment before corridor.toml
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct ShowConfig {}

#[derive(Debug, Serialize)]
struct ConfigView {
    file: Option<String>,
    url: String,
    settlement: Option<String>,
    participant: Option<String>,
    store: String,
    connect_timeout_seconds: u64,
    finality_timeout_seconds: u64,
    keys: BTreeMap<String, String>,
}

impl ShowConfig {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        context.output.answer(&ConfigView::from(&context.settings))
    }
}

impl From<&Settings> for ConfigView {
    fn from(settings: &Settings) -> Self {
        let keys = settings.keys().map(|(duty, key)| {
            let name = duty.map_or_else(|| "default".into(), |duty| duty.to_string());
            (name, key.to_string())
        });
        Self {
            file: settings.file.as_ref().map(|path| path.display().to_string()),
            url: settings.url.clone(),
            settlement: settings.settlement.map(|address| address.to_string()),
            participant: settings.participant.as_ref().map(ToString::to_string),
            store: settings.store.display().to_string(),
            connect_timeout_seconds: settings.connect_timeout.as_secs(),
            finality_timeout_seconds: settings.finality_timeout.as_secs(),
            keys: keys.collect(),
        }
    }
}

impl Answer for ConfigView {
    fn print(&self, page: &mut Page) {
        let or_none = |value: &Option<String>| value.clone().unwrap_or("none".into());
        page.fields([
            ("file", or_none(&self.file)),
            ("url", self.url.clone()),
            ("settlement", or_none(&self.settlement)),
            ("participant", or_none(&self.participant)),
            ("store", self.store.clone()),
            ("connect timeout", format!("{} s", self.connect_timeout_seconds)),
            ("finality timeout", format!("{} s", self.finality_timeout_seconds)),
        ]);
        let mut table = Table::new(&["key", "source"]);
        for (duty, key) in &self.keys {
            table.row([duty.into(), key.into()]);
        }
        if !self.keys.is_empty() {
            page.line("");
            page.table(&table);
        }
    }
}

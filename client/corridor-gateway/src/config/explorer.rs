//! `[explorer]`: web pages over an index.

use super::expand;
use corridor_indexer::IndexLocation;
use serde::Deserialize;
use std::path::Path;

/// The explorer, served under `/explorer`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplorerConfig {
    /// What `corridor index` keeps: a SQLite file, or `postgres://...` where `${NAME}` stands for an environment
    /// variable.
    #[serde(deserialize_with = "super::span::text")]
    pub index: IndexLocation,
    /// Who may look. Default `authenticated`.
    #[serde(default)]
    pub access: ExplorerAccess,
}

/// Who may look at the explorer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplorerAccess {
    /// Whoever has an API key with the scope `auditor`: as a bearer, or as the password a browser asks for.
    #[default]
    Authenticated,
    /// Anyone who reaches the gateway.
    Public,
}

impl ExplorerConfig {
    pub(super) fn fill_in(&mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<(), String> {
        if let IndexLocation::Postgres(url) = &mut self.index {
            *url = expand("explorer.index", url, lookup)?;
        }
        Ok(())
    }

    pub(super) fn place(&mut self, home: &Path) {
        if let IndexLocation::Sqlite(path) = &mut self.index {
            *path = home.join(&path);
        }
    }
}

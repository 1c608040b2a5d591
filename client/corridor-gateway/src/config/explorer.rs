//! `[explorer]`: web pages over the index.

use corridor_indexer::IndexLocation;
use serde::{Deserialize, Deserializer};

/// The explorer, served under `/explorer`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplorerConfig {
    /// The index, where `[index]` does not name it; taken from here when the configuration is read.
    #[serde(default, deserialize_with = "location")]
    pub(super) index: Option<IndexLocation>,
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

fn location<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<IndexLocation>, D::Error> {
    super::span::text(deserializer).map(Some)
}

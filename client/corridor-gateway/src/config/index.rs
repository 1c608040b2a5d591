//! `[index]`: where `corridor index` keeps what statements and the explorer read.

use super::{expand, ExplorerConfig};
use corridor_indexer::IndexLocation;
use serde::Deserialize;
use std::path::Path;

/// The index.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexConfig {
    /// A SQLite file, or `postgres://...` where `${NAME}` stands for an environment variable.
    #[serde(deserialize_with = "super::span::text")]
    pub url: IndexLocation,
}

/// The one index there is: the section's, or the one the explorer's section names, as it did before there was this one.
pub(super) fn only(
    index: Option<IndexConfig>,
    explorer: Option<&mut ExplorerConfig>,
) -> Result<Option<IndexConfig>, String> {
    let Some(explorer) = explorer else {
        return Ok(index);
    };
    match (index, explorer.index.take()) {
        (Some(_), Some(_)) => Err("index.url and explorer.index both name the index: keep index.url".into()),
        (None, None) => Err("[explorer] shows an index: name it as url under [index]".into()),
        (None, Some(url)) => Ok(Some(IndexConfig { url })),
        (index, None) => Ok(index),
    }
}

impl IndexConfig {
    pub(super) fn fill_in(&mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<(), String> {
        if let IndexLocation::Postgres(url) = &mut self.url {
            *url = expand("index.url", url, lookup)?;
        }
        Ok(())
    }

    pub(super) fn place(&mut self, home: &Path) {
        if let IndexLocation::Sqlite(path) = &mut self.url {
            *path = home.join(&path);
        }
    }
}

//! The index of finalised blocks that a `corridor index` process keeps: the explorer and the statements read it.

use crate::problem::Problem;
use corridor_indexer::{Index, IndexLocation};
use tokio::sync::OnceCell;

/// An index that is opened when it is first asked for: the gateway does not depend on it.
pub struct SharedIndex {
    location: Option<IndexLocation>,
    opened: OnceCell<Index>,
}

impl SharedIndex {
    /// The index at a place, if there is to be one.
    #[must_use]
    pub fn new(location: Option<IndexLocation>) -> Self {
        Self {
            location,
            opened: OnceCell::new(),
        }
    }

    /// The index.
    ///
    /// # Errors
    /// 404 where none is configured, 503 where it cannot be opened.
    pub async fn opened(&self) -> Result<&Index, Problem> {
        let location = self.location.as_ref().ok_or_else(Problem::no_index)?;
        let open = || async {
            Index::open(location).await.map_err(|error| {
                tracing::warn!(%error, "the index cannot be opened");
                Problem::busy("the index cannot be opened; the gateway's log says why")
            })
        };
        self.opened.get_or_try_init(open).await
    }
}

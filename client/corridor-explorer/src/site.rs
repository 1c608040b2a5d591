//! What every page is given.

use crate::links::Links;
use corridor_client::BlockRef;
use corridor_indexer::Index;
use futures::future::BoxFuture;
use std::{sync::Arc, time::Duration};

/// Asks for the chain's newest finalised block; `None` where the chain does not answer.
pub type FinalisedHead = Arc<dyn Fn() -> BoxFuture<'static, Option<BlockRef>> + Send + Sync>;

/// What handlers have as their state.
pub(crate) type Shared = Arc<Site>;

/// A page does not wait for the chain longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Site {
    pub(crate) index: Index,
    pub(crate) links: Links,
    finalised: Option<FinalisedHead>,
}

impl Site {
    pub(crate) fn new(index: Index, links: Links, finalised: Option<FinalisedHead>) -> Self {
        Self {
            index,
            links,
            finalised,
        }
    }

    /// The chain's newest finalised block, where it can be had in time.
    pub(crate) async fn finalised(&self) -> Option<BlockRef> {
        let ask = self.finalised.as_ref()?;
        tokio::time::timeout(PATIENCE, ask()).await.ok().flatten()
    }
}

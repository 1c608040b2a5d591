//! Until when something that was submitted earlier may still be carried out.
//!
//! An extrinsic that was signed can land until its lifetime is over. An earlier holder of a request may have signed
//! one, and nobody saw its end; so may this one, where no block decided in time. Until then a refusal is not the last
//! word, nor is a fault. And of operations that overwrite what is there ([`Operation::overwrites`]) not even a success
//! is: an earlier copy that lands *after a later operation* would undo that one.
//!
//! [`Operation::overwrites`]: crate::operation::Operation::overwrites

use crate::{app::App, store::Claimed};
use corridor_client::chain::LIFETIME_BLOCKS;

/// Stands for a block that is not known yet.
const NOT_KNOWN: i64 = -1;

/// What may still land, each until a finalised block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Contest {
    earlier: Option<i64>,
    own: Option<i64>,
}

impl Contest {
    /// What earlier holders left behind.
    pub(super) fn of(claimed: &Claimed) -> Self {
        Self {
            earlier: claimed.contested_until,
            own: None,
        }
    }

    /// This process may have submitted something just now.
    pub(super) async fn submitted(&mut self, app: &App) {
        self.own = Some(horizon(app).await.unwrap_or(NOT_KNOWN));
    }

    /// Whether this process may have submitted something, and follows it.
    pub(super) fn is_followed(&self) -> bool {
        self.own.is_some()
    }

    /// What the store has to remember of earlier holders.
    pub(super) fn to_store(self) -> Option<i64> {
        self.earlier
    }

    /// The same where what this process submitted is not followed any more.
    pub(super) fn to_store_lost(self) -> Option<i64> {
        Some(NOT_KNOWN)
    }

    /// Until which block anything may still land; `None` when nothing can. -1 while that block is not known.
    pub(super) async fn any(&mut self, app: &App) -> Option<i64> {
        let own = look(&mut self.own, app).await;
        self.earliers(app).await.max(own)
    }

    /// The same of what earlier holders submitted.
    pub(super) async fn earliers(&mut self, app: &App) -> Option<i64> {
        look(&mut self.earlier, app).await
    }
}

async fn look(until: &mut Option<i64>, app: &App) -> Option<i64> {
    let given = (*until)?;
    if given < 0 {
        *until = Some(horizon(app).await.unwrap_or(NOT_KNOWN));
        return *until;
    }
    match head(app).await {
        Some(head) if head >= given => None,
        _ => Some(given),
    }
}

async fn head(app: &App) -> Option<i64> {
    let head = app.backend.head().await.ok()?;
    Some(i64::try_from(head.number).unwrap_or(i64::MAX))
}

/// From which block on nothing signed up to now can land: it was signed at a block that its signer's node had
/// finalised, and this gateway's node may be behind that one.
async fn horizon(app: &App) -> Option<i64> {
    let blocks = LIFETIME_BLOCKS.saturating_add(app.config.chain.node_lag);
    Some(
        head(app)
            .await?
            .saturating_add(i64::try_from(blocks).unwrap_or(i64::MAX)),
    )
}

/// What is said about a request that waits for that.
pub(super) fn text(what: &str, until: i64) -> String {
    match until {
        ..0 => format!("{what}, but an earlier attempt may still be carried out"),
        _ => format!("{what}, but an earlier attempt may still be carried out before block {until}"),
    }
}

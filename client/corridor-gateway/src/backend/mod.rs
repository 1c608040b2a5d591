//! The chain as the gateway uses it: operations carried out, what is recorded, finalised blocks.
//!
//! A trait, so that everything above it is tested without a chain.

mod chain;

pub use chain::ChainBackend;

use crate::{auth::Scope, directory::Directory, operation::Operation, view::request::OutcomeView};
use corridor_client::{
    core::{Charges, FxTransfer, Seconds, Transfer, Uetr},
    BlockRef, Corridor, Error, ParticipantEntry, SettlementEvent,
};
use futures::{future::BoxFuture, stream::BoxStream, FutureExt};
use std::sync::Arc;

/// An answer on its way.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// A finalised block's events.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which block.
    pub block: BlockRef,
    /// Each event with its extrinsic's place, where one made it, and its own, in order.
    pub events: Vec<(Option<u32>, u32, SettlementEvent)>,
}

/// What the gateway needs of a chain.
pub trait Backend: Send + Sync {
    /// Whether there is a key for a role.
    fn signs(&self, role: Scope) -> bool;

    /// Carries out an operation and waits for the finalised block that shows it. Repeating it has no second effect.
    fn execute<'a>(&'a self, role: Scope, operation: &'a Operation) -> Answer<'a, OutcomeView>;

    /// The newest finalised block.
    fn head(&self) -> Answer<'_, BlockRef>;

    /// The transfer recorded under a UETR.
    fn transfer(&self, uetr: Uetr) -> Answer<'_, Option<Transfer>>;

    /// When the window of a netted transfer was settled, which its record does not show.
    fn paid_at<'a>(&'a self, transfer: &'a Transfer) -> Answer<'a, Option<Seconds>>;

    /// The transfer in two currencies recorded under a UETR.
    fn fx_transfer(&self, uetr: Uetr) -> Answer<'_, Option<FxTransfer>>;

    /// The fees of a transfer in one currency.
    fn charges(&self, uetr: Uetr) -> Answer<'_, Option<Charges>>;

    /// Every participant.
    fn participants(&self) -> Answer<'_, Vec<ParticipantEntry>>;

    /// Every participant as last read, which needs no node where it has been read before. Nobody is renamed: what it says is true, and
    /// only who was admitted since is missing.
    fn directory(&self) -> Answer<'_, Arc<Directory>> {
        async move { Ok(Arc::new(Directory::of(self.participants().await?))) }.boxed()
    }

    /// Every finalised block from a number on, in order, without an end.
    fn blocks(&self, from: u64) -> BoxStream<'static, Result<Block, Error>>;

    /// A connection for everything else that is only read.
    ///
    /// # Errors
    /// [`Error::NoSettlement`] where there is none.
    fn reader(&self) -> Result<&Corridor, Error>;

    /// Stops submitting.
    fn close(&self) -> BoxFuture<'_, ()>;
}

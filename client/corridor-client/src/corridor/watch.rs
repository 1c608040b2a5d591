//! Every change, once, in order, from finalised blocks only.

use crate::{chain::BlockRef, contract::SettlementEvent, Corridor, Error};
use futures::stream::BoxStream;

/// Something the settlement contract recorded in a finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorridorEvent {
    /// The finalised block.
    pub block: BlockRef,
    /// The extrinsic's place in the block.
    pub extrinsic_index: u32,
    /// The event's place in the block: (block number, index) identifies it for ever.
    pub index: u32,
    /// What happened.
    pub event: SettlementEvent,
}

/// Events without gaps or repeats.
pub type EventStream = BoxStream<'static, Result<CorridorEvent, Error>>;

impl Corridor {
    /// Every event from `from_block` on, and then as blocks are finalised, for ever.
    ///
    /// Survives a lost connection: what was missed is filled in by block number.
    ///
    /// # Errors
    /// [`Error::NoSettlement`]. The stream itself yields an error, and ends, only where going on would leave
    /// a gap: another chain, a block the node no longer has.
    pub fn watch(&self, from_block: u64) -> Result<EventStream, Error> {
        let _ = from_block;
        todo!()
    }
}

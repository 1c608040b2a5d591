//! Every change, once, in order, from finalised blocks only.

use crate::{
    chain::{BlockRef, FinalisedBlock},
    contract::SettlementEvent,
    Corridor, Error,
};
use corridor_core::Address;
use futures::{stream::BoxStream, StreamExt};

/// Something the settlement contract recorded in a finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorridorEvent {
    /// The finalised block.
    pub block: BlockRef,
    /// The extrinsic's place in the block; `None` where the block itself called the contract.
    pub extrinsic_index: Option<u32>,
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
        let contract = self.contract()?.address();
        let blocks = self.inner.chain.follow_from(from_block);
        let events = blocks.flat_map(move |block| {
            let events = match block {
                Ok(block) => read(&block, contract),
                Err(error) => vec![Err(error.into())],
            };
            futures::stream::iter(events)
        });
        // An event that cannot be read would be a gap, too.
        let unbroken = events.scan(false, |broken, event| {
            let before = std::mem::replace(broken, *broken || event.is_err());
            std::future::ready((!before).then_some(event))
        });
        Ok(unbroken.boxed())
    }
}

/// The settlement contract's events of a block. Events of other contracts, and those of a later version that
/// this client does not know, are left out.
fn read(block: &FinalisedBlock, contract: Address) -> Vec<Result<CorridorEvent, Error>> {
    let ours = block.events.iter().filter(|event| event.contract == contract);
    ours.filter_map(|event| {
        let decoded = SettlementEvent::decode(&event.topics, &event.data).transpose()?;
        Some(decoded.map_err(Error::from).map(|decoded| CorridorEvent {
            block: block.block,
            extrinsic_index: event.extrinsic_index,
            index: event.index,
            event: decoded,
        }))
    })
    .collect()
}

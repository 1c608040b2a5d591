//! What became of transfers, read from finalised blocks once for all settlement contracts.

use corridor_client::chain::{Chain, FinalisedBlock};
use corridor_client::core::{Address, TransferChange, Uetr};
use corridor_client::SettlementEvent;
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How far behind the chain the record may be before that is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

type Changes = Arc<Mutex<HashMap<(Address, Uetr), Vec<TransferChange>>>>;

/// Follows the chain from its beginning.
pub(super) struct Record {
    changes: Changes,
    /// The last block that is in `changes`.
    reached: watch::Receiver<u64>,
}

impl Record {
    pub(super) fn follow(runtime: &Runtime, chain: &Chain) -> Self {
        let changes = Changes::default();
        let (sender, reached) = watch::channel(0);
        let (mut blocks, kept) = (chain.follow_from(0), changes.clone());
        runtime.spawn(async move {
            while let Some(block) = blocks.next().await {
                let block = block.unwrap_or_else(|error| panic!("the chain cannot be followed: {error}"));
                keep(&kept, &block);
                sender.send_replace(block.block.number);
            }
        });
        Self { changes, reached }
    }

    /// Every change of a transfer up to a block.
    pub(super) async fn changes(&self, settlement: Address, uetr: Uetr, block: u64) -> Vec<TransferChange> {
        let mut reached = self.reached.clone();
        let enough = tokio::time::timeout(PATIENCE, reached.wait_for(|reached| *reached >= block)).await;
        let enough = enough.unwrap_or_else(|_| panic!("block {block} was not followed within {PATIENCE:?}"));
        drop(enough.expect("the chain is being followed"));
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        changes.get(&(settlement, uetr)).cloned().unwrap_or_default()
    }
}

fn keep(changes: &Changes, block: &FinalisedBlock) {
    for event in &block.events {
        let decoded = SettlementEvent::decode(&event.topics, &event.data).expect("a readable event");
        if let Some(SettlementEvent::Transfer(recorded)) = decoded {
            let mut changes = changes.lock().unwrap_or_else(PoisonError::into_inner);
            let of_transfer = changes.entry((event.contract, recorded.uetr)).or_default();
            of_transfer.push(recorded.change);
        }
    }
}

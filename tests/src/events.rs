//! Reading everything a settlement contract ever reported, up to a mark.

use crate::backend::{Backend, Command, GOVERNOR};
use crate::node::NodeBackend;
use crate::payments::Payments;
use crate::scenario::stage::{BOC, CNY, CUP, FUNDS};
use corridor_client::core::registry::RegistryChange;
use corridor_client::core::{TransferChange, Uetr};
use corridor_client::{CorridorEvent, EventStream, SettlementEvent};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::time::Duration;

/// The last event of a test: the governor's pause, which nothing else in these tests uses.
pub fn mark_the_end(backend: &mut NodeBackend) {
    let paused = backend.submit(GOVERNOR, &Command::SetPaused { paused: true });
    assert_eq!(paused, Ok(()));
}

fn is_the_end(event: &CorridorEvent) -> bool {
    match &event.event {
        SettlementEvent::Registry(changed) => matches!(changed.change, RegistryChange::Paused(true)),
        _ => false,
    }
}

/// Reads a stream to the mark.
///
/// # Panics
/// When the mark does not come within `patience`, the stream fails, or events come twice or out of order.
pub async fn read_to_the_end(mut stream: EventStream, patience: Duration) -> Vec<CorridorEvent> {
    let mut events: Vec<CorridorEvent> = Vec::new();
    let reading = async {
        loop {
            let event = stream.next().await.expect("a stream without an end");
            let event = event.unwrap_or_else(|error| panic!("the stream fails: {error}"));
            let place = |event: &CorridorEvent| (event.block.number, event.index);
            if let Some(last) = events.last() {
                assert!(place(last) < place(&event), "{event:?} comes after {last:?}");
            }
            let ended = is_the_end(&event);
            events.push(event);
            if ended {
                return;
            }
        }
    };
    if tokio::time::timeout(patience, reading).await.is_err() {
        panic!(
            "the last event does not come within {patience:?}; {} came",
            events.len()
        );
    }
    events
}

/// Every transfer's changes, in order.
fn changes(events: &[CorridorEvent]) -> BTreeMap<Uetr, Vec<TransferChange>> {
    let mut changes: BTreeMap<Uetr, Vec<TransferChange>> = BTreeMap::new();
    for event in events {
        if let SettlementEvent::Transfer(recorded) = &event.event {
            changes.entry(recorded.uetr).or_default().push(recorded.change);
        }
    }
    changes
}

/// Exactly these transfers were made, each instructed once and settled once, and the books say the same.
///
/// # Panics
/// When that is not so.
pub fn assert_settled_once(backend: &NodeBackend, payments: &Payments, events: &[CorridorEvent]) {
    let mut changes = changes(events);
    for uetr in payments.uetrs() {
        let found = changes.remove(&uetr).unwrap_or_default();
        let once = matches!(
            found[..],
            [TransferChange::Instructed(_), TransferChange::Settled]
        );
        assert!(once, "{uetr}: {found:?}");
    }
    assert!(changes.is_empty(), "other transfers: {changes:?}");
    let (boc, cup) = (backend.position(BOC, CNY), backend.position(CUP, CNY));
    assert_eq!((boc.available, boc.reserved), (FUNDS - payments.total(), 0));
    assert_eq!((cup.available, cup.reserved), (payments.total(), 0));
    let books = backend.conservation(CNY).expect("a known currency");
    let all_booked = books.holds && books.booked == FUNDS && books.held == FUNDS && books.unallocated == 0;
    assert!(all_booked, "{books:?}");
}

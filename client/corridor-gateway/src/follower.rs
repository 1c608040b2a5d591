//! Recording events: one gateway at a time follows finalised blocks and writes what they hold to the outbox.

use crate::{app::App, backend::Block, directory::Directory, view::event::new_event};
use corridor_client::{core::registry::RegistryChange, RegistryChanged, SettlementEvent};
use futures::StreamExt;
use std::{sync::Arc, time::Duration};

/// How often those who do not follow look whether they should, and for new events.
const LOOK: Duration = Duration::from_millis(500);

/// Blocks recorded at a time at most: those that came while the ones before were being written.
const TOGETHER: usize = 64;

/// Follows whenever nobody else does, until the gateway stops.
pub async fn run(app: Arc<App>) {
    while !app.stopping() {
        if let Err(error) = follow(&app).await {
            tracing::warn!(error, "events cannot be followed now, trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.stopped() => {}
        }
    }
}

/// Tells event streams and deliveries of new events, whoever recorded them.
pub async fn announce(app: Arc<App>) {
    while !app.stopping() {
        if let Ok(Some(newest)) = app.store.last_event().await {
            app.newest_event.send_if_modified(|known| {
                let newer = newest > *known;
                *known = newest.max(*known);
                newer
            });
        }
        tokio::select! {
            () = tokio::time::sleep(app.config.worker.poll.0) => {}
            () = app.stopped() => {}
        }
    }
}

/// Follows until another gateway does, or something fails.
async fn follow(app: &App) -> Result<(), String> {
    let (name, lease) = (&app.owner, app.config.worker.lease.0);
    let first = app.config.chain.first_block;
    let lost = |error: &dyn std::fmt::Display| error.to_string();
    let Some(from) = app
        .store
        .follow(name, lease, first)
        .await
        .map_err(|error| lost(&error))?
    else {
        return Ok(());
    };
    tracing::info!(from, "recording events");
    let mut directory = Directory::default();
    let mut blocks = app.backend.blocks(from).ready_chunks(TOGETHER);
    let mut renew = tokio::time::interval(lease / 4);
    loop {
        tokio::select! {
            () = app.stopped() => return Ok(()),
            _ = renew.tick() => {
                let kept = app.store.follow(name, lease, first).await.map_err(|error| lost(&error))?;
                if kept.is_none() {
                    tracing::warn!("another gateway records events now");
                    return Ok(());
                }
            }
            ready = blocks.next() => {
                let mut failed = None;
                let ready = ready.ok_or("no more blocks")?.into_iter();
                let ready = ready.map_while(|block| block.map_err(|error| failed = Some(error)).ok());
                let ready: Vec<Block> = ready.collect();
                if !record(app, &mut directory, &ready).await? {
                    tracing::warn!("another gateway recorded these blocks");
                    return Ok(());
                }
                if let Some(error) = failed {
                    return Err(lost(&error));
                }
            }
        }
    }
}

/// Records blocks that follow each other. `false` where another gateway has recorded them.
async fn record(app: &App, directory: &mut Directory, blocks: &[Block]) -> Result<bool, String> {
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
        return Ok(true);
    };
    let mut events = Vec::new();
    for block in blocks {
        if !block.events.is_empty() && is_stale(directory, block) {
            let entries = app
                .backend
                .participants()
                .await
                .map_err(|error| error.to_string())?;
            *directory = Directory::of(entries);
        }
        for (extrinsic_index, place, event) in &block.events {
            let event = new_event(block.block, *extrinsic_index, *place, event, directory);
            events.push(event.map_err(|error| error.to_string())?);
        }
    }
    let numbers = first.block.number..=last.block.number;
    let recorded = app.store.record(&app.owner, numbers, &events).await;
    let recorded = recorded.map_err(|error| error.to_string())?;
    if let Some(last) = events.last().filter(|_| recorded) {
        app.newest_event.send_if_modified(|known| {
            let newer = last.id > *known;
            *known = last.id.max(*known);
            newer
        });
    }
    Ok(recorded)
}

/// Whether names may be missing: at the start, and when a participant was admitted. Names never change.
fn is_stale(directory: &Directory, block: &Block) -> bool {
    let admitted = |event: &SettlementEvent| {
        matches!(
            event,
            SettlementEvent::Registry(RegistryChanged {
                change: RegistryChange::ParticipantRegistered { .. }
            })
        )
    };
    directory.is_empty() || block.events.iter().any(|(_, _, event)| admitted(event))
}

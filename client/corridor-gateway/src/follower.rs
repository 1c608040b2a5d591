//! Recording events: one gateway at a time follows finalised blocks and writes what they hold to the outbox.

use crate::{app::App, backend::Block, directory::Directory, view::event::new_event};
use corridor_client::{core::registry::RegistryChange, RegistryChanged, SettlementEvent};
use futures::StreamExt;
use std::{sync::Arc, time::Duration};

/// How often those who do not follow look whether they should, and for new events.
const LOOK: Duration = Duration::from_millis(500);

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
    let mut blocks = app.backend.blocks(from);
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
            block = blocks.next() => {
                let block = block.ok_or("no more blocks")?.map_err(|error| lost(&error))?;
                if !record(app, &mut directory, &block).await? {
                    tracing::warn!(block = block.block.number, "another gateway recorded this block");
                    return Ok(());
                }
            }
        }
    }
}

async fn record(app: &App, directory: &mut Directory, block: &Block) -> Result<bool, String> {
    if !block.events.is_empty() && is_stale(directory, block) {
        let entries = app
            .backend
            .participants()
            .await
            .map_err(|error| error.to_string())?;
        *directory = Directory::of(entries);
    }
    let events = block.events.iter().map(|(extrinsic_index, place, event)| {
        new_event(block.block, *extrinsic_index, *place, event, directory).map_err(|error| error.to_string())
    });
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let recorded = app.store.record(&app.owner, block.block.number, &events).await;
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

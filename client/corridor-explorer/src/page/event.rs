//! One event.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Freshness, Section},
    failure::Failure,
    part::{event, legs, refer},
    site::{Shared, Site},
};
use axum::extract::{Path, State};
use corridor_indexer::{query::blocks::EventRow, EventId, IndexError, PageRequest};
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Path(text): Path<String>) -> Answer {
    let row = match place::parse(&text) {
        Some(id) => find(&site, id).await?,
        None => None,
    };
    let row = row.ok_or_else(|| {
        Failure::unknown(
            format!("No event {text} of the contracts is known"),
            "Events go by block and place, such as 120-3.",
        )
    })?;
    let directory = Directory::read(&site).await?;
    let settlement = site.index.source().await?.settlement;
    let moved = site.index.legs_of(row.id).await?;
    let links = &site.links;
    let call = row
        .extrinsic_index
        .and_then(|index| EventId::new(row.id.block(), index));
    let body = html! {
        h1 { "Event " (row.id) }
        p.quiet {
            "In block " (refer::block(links, row.id.block()))
            @if let Some(call) = call { ", extrinsic " (refer::extrinsic(links, call)) }
            @else { ", by the block itself" }
        }
        (event::card(links, &directory, settlement, &row, 1))
        h2 { "Legs" }
        (legs::table(links, &directory, &moved, "No money moved."))
    };
    Ok(Document::new(Section::Blocks, format!("Event {}", row.id), body).freshness(Freshness::Final))
}

/// The one after whatever comes before it.
async fn find(site: &Site, id: EventId) -> Result<Option<EventRow>, IndexError> {
    let before = EventId(id.0.saturating_sub(1));
    let page = site
        .index
        .events(None, PageRequest::first(1).after(before.into()))
        .await?;
    Ok(page.items.into_iter().find(|row| row.id == id))
}

//! An event as the contract emitted it, decoded where this version can.

use crate::{
    directory::Directory,
    links::Links,
    part::{decoded, refer},
    text::bytes,
};
use corridor_client::core::Address;
use corridor_indexer::query::blocks::EventRow;
use maud::{html, Markup};

/// The most bytes of an event a page shows.
const SHOWN_BYTES: usize = 4_096;

/// Events in order.
pub(crate) fn list(
    links: &Links,
    directory: &Directory,
    settlement: Address,
    events: &[EventRow],
    empty: &str,
) -> Markup {
    html! {
        @if events.is_empty() { p.empty { (empty) } }
        @else {
            ol.events {
                @for event in events { li { (card(links, directory, settlement, event, 2)) } }
            }
        }
    }
}

/// One event, below a heading of this level: 1 or 2.
pub(crate) fn card(
    links: &Links,
    directory: &Directory,
    settlement: Address,
    event: &EventRow,
    below: u8,
) -> Markup {
    let kind = event.kind.as_deref().unwrap_or("unknown event");
    html! {
        article.card {
            header {
                @if below == 1 { h2 { (kind) } } @else { h3 { (kind) } }
                p.quiet {
                    (refer::event(links, event.id)) " by " (refer::contract(links, directory, settlement, event.contract))
                }
            }
            @if let Some(problem) = &event.problem {
                p.notice.bad role="alert" { "Not taken into the books of the index: " (problem) }
            }
            @if let Some(note) = &event.note { p.notice.waiting { "Details are missing: " (note) } }
            @if let Some(text) = &event.decoded { (decoded::fields(links, directory, text)) }
            @else { p { "This version does not know this event. It is shown as it was emitted." } }
            details open[event.decoded.is_none()] {
                summary { "As emitted" }
                (raw(event))
            }
        }
    }
}

fn raw(event: &EventRow) -> Markup {
    let shown = event.data.get(..SHOWN_BYTES).unwrap_or(&event.data);
    let hidden = event.data.len().saturating_sub(shown.len());
    html! {
        dl.facts {
            @for topic in &event.topics { div { dt { "Topic" } dd { (bytes::full(topic)) } } }
            div {
                dt { "Data" }
                dd {
                    (bytes::full(shown))
                    @if hidden > 0 { " and " (hidden) " more bytes" }
                }
            }
        }
    }
}

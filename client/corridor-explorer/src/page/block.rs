//! A block: calls of the contracts in it, and what they emitted.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Freshness, Section},
    failure::Failure,
    links::Links,
    part::{event, extrinsic, facts::Facts, pager},
    site::{Shared, Site},
    text::{amount, bytes, time},
};
use axum::extract::{Path, Query, State};
use corridor_indexer::{
    query::{blocks::BlockRow, page::MAX_LIMIT},
    Order, PageRequest,
};
use maud::{html, Markup};

pub(crate) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    Query(paged): Query<super::Paged>,
) -> Answer {
    let row = find(&site, &text).await?;
    let number = row.block.number;
    let directory = Directory::read(&site).await?;
    let source = site.index.source().await?;
    let head = site.index.head().await?.map_or(number, |head| head.block.number);
    let calls = site
        .index
        .extrinsics(Some(number), PageRequest::first(MAX_LIMIT))
        .await?;
    let request = pager::request(paged.after.as_deref(), Order::OldestFirst)?;
    let page = site.index.events(Some(number), request).await?;
    let links = &site.links;
    let none = "The contracts were not called in this block.";
    let body = html! {
        h1 { "Block " (amount::count(number)) }
        (neighbours(links, number, source.first_block, head))
        (facts(links, &row, source.first_block))
        h2 { "Calls of the contracts" }
        (extrinsic::table(links, &directory, source.settlement, &calls.items, none))
        @if calls.next.is_some() { p.quiet { "The first " (MAX_LIMIT) " are shown." } }
        h2 { "Events" }
        (event::list(links, &directory, source.settlement, &page.items, "The contracts emitted nothing in this block."))
        (pager::links(links, &format!("/blocks/{number}"), &[], request, &page))
    };
    let document = Document::new(Section::Blocks, format!("Block {number}"), body);
    // The newest one gets a link to its successor once there is one.
    Ok(match number < head {
        true => document.freshness(Freshness::Final),
        false => document,
    })
}

async fn find(site: &Site, text: &str) -> Result<BlockRow, Failure> {
    let found = match (place::number(text), bytes::parse(&text.to_ascii_lowercase())) {
        (Some(number), _) => site.index.block(number).await?,
        (None, Some(hash)) => site.index.block_by_hash(hash).await?,
        (None, None) => None,
    };
    found.ok_or_else(|| {
        Failure::unknown(
            format!("There is no block {text} in the index"),
            "It may not be final or indexed yet, or lie before the contract\u{2019}s first block.",
        )
    })
}

fn neighbours(links: &Links, number: u64, first: u64, head: u64) -> Markup {
    html! {
        nav.pager aria-label="Neighbouring blocks" {
            @if let Some(before) = number.checked_sub(1).filter(|before| *before >= first) {
                a rel="prev" href=(links.block(before)) { "\u{2190} Block " (amount::count(before)) }
            }
            @if number < head {
                a.next rel="next" href=(links.block(number.saturating_add(1))) { "Block " (amount::count(number.saturating_add(1))) " \u{2192}" }
            }
        }
    }
}

fn facts(links: &Links, row: &BlockRow, first: u64) -> Markup {
    Facts::default()
        .with("Time", time::moment(row.block.time_ms / 1_000))
        .with("Hash", bytes::full(&row.block.hash))
        .with(
            "Parent",
            match row.block.number > first {
                true => {
                    html! { a href=(links.block(bytes::hex(&row.parent))) { (bytes::full(&row.parent)) } }
                }
                // It is not in the index.
                false => bytes::full(&row.parent),
            },
        )
        .with("Extrinsics, of anyone", html! { (amount::count(row.extrinsics)) })
        .with("Events of the contracts", html! { (amount::count(row.events)) })
        .render()
}

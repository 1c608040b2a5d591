//! The overview: how far the index is, what is in escrow, what happened last.

use super::Answer;
use crate::{
    directory::Directory,
    document::{Document, Freshness, Section},
    links::Links,
    part::{positions, transfers},
    site::{Shared, Site},
    text::{amount, time},
};
use axum::extract::State;
use corridor_indexer::{
    query::{blocks::BlockRow, movements::PositionRow, transfers::TransferFilter},
    IndexError, PageRequest, Status,
};
use maud::{html, Markup};
use std::time::{SystemTime, UNIX_EPOCH};

/// Transfers shown.
const LATEST: u32 = 10;

pub(crate) async fn show(State(site): State<Shared>) -> Answer {
    let directory = Directory::read(&site).await?;
    let head = site.index.head().await?;
    let latest = site
        .index
        .transfers(&TransferFilter::default(), PageRequest::newest(LATEST))
        .await?;
    let body = html! {
        h1 { "Overview" }
        (notices(&site).await?)
        div.tiles {
            (head_tile(&site.links, head.as_ref()))
            (lag_tile(&site, head.as_ref()).await?)
            (participants_tile(&site.links, &directory))
        }
        h2 { "In escrow, by currency" }
        (totals(&site.links, &directory, &site.index.positions().await?))
        h2 { "Latest transfers" }
        (transfers::table(&site.links, &directory, &latest.items, "No transfer was instructed yet."))
        @if latest.next.is_some() { nav.pager { a.next href=(site.links.to("/transfers")) { "All transfers \u{2192}" } } }
    };
    Ok(Document::new(Section::Home, "Overview", body).freshness(Freshness::Now))
}

/// What a reader has to know before believing the rest.
async fn notices(site: &Site) -> Result<Markup, IndexError> {
    let problems = site.index.count_problems().await?;
    let paused = site.index.registry("paused").await?.as_deref() == Some("true");
    Ok(html! {
        @if paused {
            p.notice.waiting role="status" { strong { "Paused. " } "The contract takes no new transfers and deposits; what is under way goes on." }
        }
        @if problems > 0 {
            p.notice.bad role="alert" {
                strong { (amount::things(problems, "event", "events")) " could not be taken into the books. " }
                "Positions may be wrong, and no statement is made of the currencies concerned. " a href=(site.links.to("/problems")) { "Show them" }
            }
        }
    })
}

fn head_tile(links: &Links, head: Option<&BlockRow>) -> Markup {
    html! {
        section.card.tile aria-labelledby="head" {
            h2 #head { "Last block" }
            @match head {
                Some(row) => {
                    p.figure { a href=(links.block(row.block.number)) { (amount::count(row.block.number)) } }
                    p.quiet { (time::moment(row.block.time_ms / 1_000)) }
                }
                None => { p.figure { "\u{2013}" } p.quiet { "Nothing is indexed yet." } }
            }
        }
    }
}

async fn lag_tile(site: &Site, head: Option<&BlockRow>) -> Result<Markup, IndexError> {
    let status = match site.finalised().await {
        Some(finalised) => match Status::at(&site.index, finalised).await {
            Err(error @ IndexError::OtherSource { .. }) => return Ok(other_chain(&error)),
            status => Some(status?),
        },
        None => None,
    };
    let age = head.map(|row| seconds_now().saturating_sub(row.block.time_ms / 1_000));
    let age = age.map_or_else(|| "\u{2013}".into(), time::duration);
    let title = if status.is_some() {
        "Behind the chain"
    } else {
        "Since the last block"
    };
    Ok(html! {
        section.card.tile aria-labelledby="lag" {
            h2 #lag { (title) }
            @match status {
                Some(status) => {
                    p.figure { (amount::things(status.lag_blocks, "block", "blocks")) }
                    p.quiet { "Finalised block " (amount::count(status.finalised.number)) }
                    p.quiet { "Last indexed block is " (age) " old" }
                }
                None => {
                    p.figure { (age) }
                    p.quiet { "How far behind the chain this is cannot be told: the node is not asked or does not answer." }
                }
            }
        }
    })
}

/// The node's chain is not the one that was indexed: a number of blocks would mean nothing.
fn other_chain(error: &IndexError) -> Markup {
    html! {
        section.card.tile aria-labelledby="lag" {
            h2 #lag { "Behind the chain" }
            p.notice.bad role="alert" { strong { "Another chain. " } (error) "." }
        }
    }
}

fn seconds_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

fn participants_tile(links: &Links, directory: &Directory) -> Markup {
    let suspended = directory.participants.iter().filter(|row| row.suspended).count();
    html! {
        section.card.tile aria-labelledby="members" {
            h2 #members { "Participants" }
            p.figure { a href=(links.to("/participants")) { (directory.participants.len()) } }
            p.quiet {
                (amount::things(directory.currencies.len() as u64, "currency", "currencies"))
                @if suspended > 0 { ", " (suspended) " suspended" }
            }
        }
    }
}

fn totals(links: &Links, directory: &Directory, rows: &[PositionRow]) -> Markup {
    let mut table = positions::table("In escrow, by currency", &["Currency"]);
    for (currency, balances) in positions::totals(rows) {
        let name = html! { a href=(links.currency(currency)) { (currency) } };
        table.row(
            [name]
                .into_iter()
                .chain(positions::cells(directory, currency, &balances)),
        );
    }
    table.render("Nothing is in escrow yet.")
}

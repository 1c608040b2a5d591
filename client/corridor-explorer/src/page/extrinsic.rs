//! A call of the contracts, and what it emitted.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Freshness, Section},
    failure::Failure,
    links::Links,
    part::{decoded, event, extrinsic, facts::Facts, refer},
    site::Shared,
    text::{amount, bytes, time},
};
use axum::extract::{Path, State};
use corridor_client::core::Address;
use corridor_indexer::{
    query::{
        blocks::{BlockRow, ExtrinsicRow},
        page::MAX_LIMIT,
        participants::AccountRow,
    },
    PageRequest,
};
use maud::{html, Markup};

pub(crate) async fn show(State(site): State<Shared>, Path(text): Path<String>) -> Answer {
    let row = match (place::parse(&text), bytes::parse(&text.to_ascii_lowercase())) {
        (Some(id), _) => site.index.extrinsic(id).await?,
        (None, Some(hash)) => site.index.extrinsic_by_hash(hash).await?,
        (None, None) => None,
    };
    let row = row.ok_or_else(|| {
        Failure::unknown(
            format!("No call {text} of the contracts is known"),
            "Calls go by block and place, such as 120-1, or by hash. Extrinsics that concern other contracts are not indexed.",
        )
    })?;
    let directory = Directory::read(&site).await?;
    let settlement = site.index.source().await?.settlement;
    let block = site.index.block(row.id.block()).await?;
    let account = match row.caller {
        Some(caller) => site.index.account(caller).await?,
        None => None,
    };
    let emitted = site
        .index
        .events(Some(row.id.block()), PageRequest::first(MAX_LIMIT))
        .await?;
    let mut events = emitted.items;
    events.retain(|event| event.extrinsic_index == Some(row.id.index()));
    let links = &site.links;
    let body = html! {
        h1 { "Extrinsic " (row.id) " " (extrinsic::result(&row)) }
        (facts(links, &directory, settlement, block.as_ref(), &row, account.as_ref()))
        @if let Some(arguments) = &row.arguments {
            h2 { "Arguments" }
            (decoded::fields(links, &directory, arguments))
        }
        h2 { "Events" }
        (event::list(links, &directory, settlement, &events, "It emitted nothing."))
        @if emitted.next.is_some() { p.quiet { "The block has more events: see " (refer::block(links, row.id.block())) "." } }
    };
    Ok(Document::new(Section::Blocks, format!("Extrinsic {}", row.id), body).freshness(Freshness::Final))
}

fn facts(
    links: &Links,
    directory: &Directory,
    settlement: Address,
    block: Option<&BlockRow>,
    row: &ExtrinsicRow,
    account: Option<&AccountRow>,
) -> Markup {
    Facts::default()
        .with("Message", extrinsic::message(row))
        .with("Contract", refer::contract(links, directory, settlement, row.contract))
        .with("Block", refer::block(links, row.id.block()))
        .maybe("Time", block.map(|row| time::moment(row.block.time_ms / 1_000)))
        .with("Hash", bytes::full(&row.hash))
        .maybe("On behalf of", row.signer.as_ref().map(|signer| html! { code.hash { (signer) } }))
        .maybe("As contracts see it", row.caller.map(|caller| html! {
            (bytes::address(caller))
            @if let Some(account) = account { " for " (refer::participant(links, directory, account.participant)) }
        }))
        .maybe("Carried out by", row.via.as_ref().map(|via| html! { code { (via) } }))
        .maybe("Fee", row.fee.map(|fee| html! { (amount::count(fee)) " of the smallest unit of the chain\u{2019}s own token" }))
        .with("Call data", html! { (amount::count(row.call_bytes)) " bytes, selector " (bytes::full(&row.selector)) })
        .with("Computation", html! { (amount::count(row.ref_time)) " ps" })
        .with("Storage proof", html! { (amount::count(row.proof_size)) " bytes" })
        .render()
}

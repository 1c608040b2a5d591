//! Finalised blocks.

use super::{Answer, Paged};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{facts::Facts, pager, refer, table::Table},
    site::Shared,
    text::{amount, bytes, time},
};
use axum::extract::{Query, State};
use corridor_indexer::Order;
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Query(paged): Query<Paged>) -> Answer {
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.blocks(request).await?;
    let directory = Directory::read(&site).await?;
    let source = site.index.source().await?;
    let links = &site.links;
    let mut table = Table::new(
        "Blocks",
        &["Block", "Time", "Hash", "Extrinsics>", "Contract events>"],
    );
    for row in &page.items {
        table.row([
            refer::block(links, row.block.number),
            time::moment(row.block.time_ms / 1_000),
            bytes::short(&row.block.hash),
            html! { (amount::count(row.extrinsics)) },
            html! { (amount::count(row.events)) },
        ]);
    }
    let facts = Facts::default()
        .with("Settlement contract", bytes::address(source.settlement))
        .with("Chain, by the hash of block 0", bytes::full(&source.genesis))
        .with("First indexed block", html! { (amount::count(source.first_block)) })
        .with("Currencies", html! {
            @for row in &directory.currencies { a href=(links.currency(row.currency)) { (row.currency) } " " }
        });
    let body = html! {
        h1 { "Blocks" }
        (facts.render())
        p { a href=(links.to("/extrinsics")) { "All calls of the contracts" } }
        (table.render("Nothing is indexed yet."))
        (pager::links(links, "/blocks", &[], request, &page))
    };
    Ok(Document::new(Section::Blocks, "Blocks", body))
}

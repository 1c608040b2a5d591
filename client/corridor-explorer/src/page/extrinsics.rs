//! Calls of the contracts.

use super::{Answer, Paged};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{extrinsic, pager},
    site::Shared,
};
use axum::extract::{Query, State};
use corridor_indexer::Order;
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Query(paged): Query<Paged>) -> Answer {
    let directory = Directory::read(&site).await?;
    let settlement = site.index.source().await?.settlement;
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.extrinsics(None, request).await?;
    let links = &site.links;
    let body = html! {
        h1 { "Calls of the contracts" }
        (extrinsic::table(links, &directory, settlement, &page.items, "Nobody called them yet."))
        (pager::links(links, "/extrinsics", &[], request, &page))
    };
    Ok(Document::new(Section::Blocks, "Calls of the contracts", body))
}

//! Events that could not be taken into the books of the index.

use super::{Answer, Paged};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{event, pager},
    site::Shared,
};
use axum::extract::{Query, State};
use corridor_indexer::Order;
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Query(paged): Query<Paged>) -> Answer {
    let directory = Directory::read(&site).await?;
    let settlement = site.index.source().await?.settlement;
    let request = pager::request(paged.after.as_deref(), Order::OldestFirst)?;
    let page = site.index.problems(request).await?;
    let links = &site.links;
    let none = "None: the books of the index hold everything the contracts emitted.";
    let body = html! {
        h1 { "Events that could not be taken in" }
        (event::list(links, &directory, settlement, &page.items, none))
        (pager::links(links, "/problems", &[], request, &page))
    };
    Ok(Document::new(
        Section::Other,
        "Events that could not be taken in",
        body,
    ))
}

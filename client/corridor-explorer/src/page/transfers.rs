//! The list of transfers.

use super::{filter::Form, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{pager, transfers},
    site::Shared,
};
use axum::extract::{Query, State};
use corridor_indexer::Order;
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Query(form): Query<Form>) -> Answer {
    let directory = Directory::read(&site).await?;
    let filter = form.filter(&directory)?;
    let request = pager::request(form.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.transfers(&filter, request).await?;
    let body = html! {
        h1 { "Transfers" }
        (form.render(&site.links, &directory, &filter))
        (transfers::table(&site.links, &directory, &page.items, "No transfer is like that."))
        (pager::links(&site.links, "/transfers", &form.parameters(), request, &page))
    };
    Ok(Document::new(Section::Transfers, "Transfers", body))
}

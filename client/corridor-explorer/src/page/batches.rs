//! Clearing batches.

use super::{Answer, Paged};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{pager, refer, table::Table},
    site::Shared,
    text::{amount, time},
};
use axum::extract::{Query, State};
use corridor_indexer::Order;
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Query(paged): Query<Paged>) -> Answer {
    let directory = Directory::read(&site).await?;
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.batches(None, request).await?;
    let links = &site.links;
    let heads = [
        "Submitted",
        "Debtor agent",
        "Batch",
        "Items>",
        "Left out>",
        "Control sum>",
    ];
    let mut table = Table::new("Clearing batches", &heads);
    for row in &page.items {
        let header = row.header.as_ref();
        let sum = header.map(|header| directory.money(header.currency, header.control_sum));
        table.row([
            time::moment(row.submitted_at),
            refer::participant(links, &directory, row.debtor_agent),
            html! { a href=(links.batch(row.debtor_agent, row.number)) { "batch " (row.number) } },
            html! { (header.map_or_else(|| "\u{2013}".into(), |header| amount::count(header.items))) },
            html! { (amount::count(row.rejected_items)) },
            html! { (sum.unwrap_or_else(|| "\u{2013}".into())) },
        ]);
    }
    let body = html! {
        h1 { "Clearing batches" }
        (table.render("No batch was submitted yet."))
        (pager::links(links, "/batches", &[], request, &page))
    };
    Ok(Document::new(Section::Batches, "Clearing batches", body))
}

//! The queue of a currency: what waits for cover, and what resolutions settled with how little.

use super::Answer;
use crate::{
    directory::Directory,
    document::{Document, Section},
    links::Links,
    part::{currencies, pager, refer, table::Table, transfers},
    site::Shared,
    text::{amount, time},
};
use axum::extract::{Query, State};
use corridor_indexer::{
    query::{controls::QueueResolutionRow, transfers::TransferFilter},
    Order, PageRequest,
};
use maud::{html, Markup};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    currency: Option<String>,
    after: Option<String>,
}

pub(crate) async fn show(State(site): State<Shared>, Query(form): Query<Form>) -> Answer {
    let directory = Directory::read(&site).await?;
    let currency = currencies::chosen(&directory, form.currency.as_deref())?;
    let waits = TransferFilter {
        status: Some("queued".into()),
        currency,
        ..TransferFilter::default()
    };
    let waiting = site
        .index
        .transfers(&waits, PageRequest::first(pager::LIMIT))
        .await?;
    let request = pager::request(form.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.queue_resolutions(currency, request).await?;
    let links = &site.links;
    let parameters = [("currency", currency.map(|currency| currency.to_string()))];
    let all = [("status", Some("queued".to_owned())), parameters[0].clone()];
    let body = html! {
        h1 { "Queue" @if let Some(currency) = currency { " in " (currency) } }
        (currencies::tabs(&directory, currency, |currency| links.queue(currency)))
        h2 { "Waiting" }
        (transfers::table(links, &directory, &waiting.items, "Nothing waits."))
        @if waiting.next.is_some() { nav.pager { a.next href=(links.query("/transfers", &all)) { "All that waits \u{2192}" } } }
        h2 { "Resolutions" }
        p.quiet { "What settled together moved at once: its gross sum is what was paid, the liquidity what debtor agents had to have for it." }
        (resolutions(links, &directory, &page.items))
        (pager::links(links, "/queue", &parameters, request, &page))
    };
    Ok(Document::new(Section::Queue, "Queue", body))
}

fn resolutions(links: &Links, directory: &Directory, rows: &[QueueResolutionRow]) -> Markup {
    let heads = [
        "Time",
        "Event",
        "Settled>",
        "Expired>",
        "Left waiting>",
        "Gross>",
        "Liquidity used>",
    ];
    let mut table = Table::new("Resolutions", &heads);
    for row in rows {
        let report = row.report;
        let money = |units| html! { (directory.money(row.currency, units)) };
        table.row([
            time::moment(row.at),
            refer::event(links, row.id),
            html! { (amount::count(report.settled)) },
            html! { (amount::count(report.expired)) },
            html! { (amount::count(report.waiting)) },
            money(report.gross_minor_units),
            money(report.liquidity_minor_units),
        ]);
    }
    table.render("No resolution settled anything yet.")
}

//! Settlement windows of a currency.

use super::Answer;
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{currencies, pager, refer, table::Table},
    site::Shared,
    text::{amount, time},
};
use axum::extract::{Query, State};
use corridor_indexer::{query::windows::WindowRow, Order, Page};
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
    let request = pager::request(form.after.as_deref(), Order::NewestFirst)?;
    let page = match currency {
        Some(currency) => site.index.windows(currency, request).await?,
        None => Page {
            items: Vec::new(),
            next: None,
        },
    };
    let links = &site.links;
    let parameters = [("currency", currency.map(|currency| currency.to_string()))];
    let body = html! {
        h1 { "Settlement windows" @if let Some(currency) = currency { " in " (currency) } }
        (currencies::tabs(&directory, currency, |currency| links.windows(currency)))
        (table(links, &directory, &page.items))
        (pager::links(links, "/windows", &parameters, request, &page))
    };
    Ok(Document::new(Section::Windows, "Settlement windows", body))
}

fn table(links: &crate::links::Links, directory: &Directory, rows: &[WindowRow]) -> Markup {
    let heads = ["Window", "Status", "Postings>", "Posted>", "Net debits>", "Ended"];
    let mut table = Table::new("Settlement windows", &heads);
    for row in rows {
        table.row([
            refer::window(links, row.currency, row.window),
            refer::badge(&row.status),
            html! { (amount::count(row.postings)) },
            html! { (directory.decimal(row.currency, row.posted_minor_units)) },
            html! { (row.net_minor_units.map_or_else(|| "\u{2013}".into(), |net| directory.decimal(row.currency, net))) },
            row.closed_at.map_or_else(|| html! { "\u{2013}" }, time::moment),
        ]);
    }
    table.render("Nothing was posted in a window of this currency yet.")
}

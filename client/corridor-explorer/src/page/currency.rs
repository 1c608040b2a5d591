//! A currency: its token, who holds what, tokenised money moving outside the books.

use super::{participants, place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{facts::Facts, pager, refer, table::Table},
    site::Shared,
    text::{bytes, time},
};
use axum::extract::{Path, Query, State};
use corridor_indexer::Order;
use maud::html;

pub(crate) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    Query(paged): Query<super::Paged>,
) -> Answer {
    let currency = place::currency(&text.to_ascii_uppercase())?;
    let directory = Directory::read(&site).await?;
    let row = directory
        .currency(currency)
        .ok_or_else(|| place::no_currency(&text))?;
    let mut held = site.index.positions().await?;
    held.retain(|row| row.currency == currency);
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.token_transfers(currency, request).await?;
    let links = &site.links;
    let mut table = Table::new(
        "Token movements",
        &["Time", "Event", "Kind", "From", "To", "Amount>"],
    );
    for row in &page.items {
        table.row([
            time::moment(row.at),
            refer::event(links, row.id),
            html! { (row.kind) },
            bytes::short(&row.from),
            bytes::short(&row.to),
            html! { (directory.money(row.amount.currency, row.amount.minor_units)) },
        ]);
    }
    let facts = Facts::default()
        .with("ISO 4217 code", html! { (row.currency) })
        .with("Digits after the point", html! { (row.exponent) })
        .with("Token contract", bytes::address(row.token))
        .with("Registered in event", refer::event(links, row.registered));
    let body = html! {
        h1 { (currency) }
        (facts.render())
        p { a href=(links.windows(currency)) { "Settlement windows in " (currency) } }
        h2 { "Positions" }
        (participants::positions_table(links, &directory, &held))
        h2 { "Token movements" }
        (table.render("The token has not moved since it was registered."))
        (pager::links(links, &format!("/currencies/{currency}"), &[], request, &page))
    };
    Ok(Document::new(Section::Other, currency.to_string(), body))
}

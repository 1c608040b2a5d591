//! A clearing batch: its parts by creditor agent, and its items.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    links::Links,
    part::{facts::Facts, pager, refer, table::Table},
    site::Shared,
    text::{amount, bytes, time, words},
};
use axum::extract::{Path, Query, State};
use corridor_client::core::{Currency, WindowId};
use corridor_indexer::{
    query::batches::{BatchItemRow, BatchPartRow, BatchRow},
    Order,
};
use maud::{html, Markup};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    /// The item somebody looked for.
    item: Option<String>,
    after: Option<String>,
}

pub(crate) async fn show(
    State(site): State<Shared>,
    Path((agent, number)): Path<(String, String)>,
    Query(form): Query<Form>,
) -> Answer {
    let directory = Directory::read(&site).await?;
    let agent = place::participant(&agent)?;
    let row = match place::number(&number) {
        Some(number) => site.index.batch(agent, number).await?,
        None => None,
    };
    let row = row.ok_or_else(|| {
        Failure::unknown(
            format!("{} has submitted no batch {number}", directory.name(agent)),
            "Batches are numbered by their debtor agent; the list has all of them.",
        )
    })?;
    let wanted: Option<u16> = form.item.as_deref().and_then(place::number);
    let mut request = pager::request(form.after.as_deref(), Order::OldestFirst)?;
    if let Some(before) = wanted.and_then(|item| item.checked_sub(1)) {
        // Begin the page with the item that was asked for.
        request.after = Some(corridor_indexer::EventId(before.into()).into());
    }
    let parts = site.index.batch_parts(row.id).await?;
    let page = site.index.batch_items(row.id, request).await?;
    let currency = row.header.as_ref().map(|header| header.currency);
    let links = &site.links;
    let title = format!("Batch {} of {}", row.number, directory.name(agent));
    let body = html! {
        h1 { (title) }
        (facts(links, &directory, &row))
        h2 { "Parts" }
        (parts_table(links, &directory, currency, &parts))
        h2 { "Items" }
        (items_table(links, &directory, currency, &page.items, wanted))
        (pager::links(links, &format!("/batches/{}/{}", agent.0, row.number), &[], request, &page))
    };
    Ok(Document::new(Section::Batches, title, body))
}

fn facts(links: &Links, directory: &Directory, row: &BatchRow) -> Markup {
    let facts = Facts::default()
        .with(
            "Debtor agent",
            refer::participant(links, directory, row.debtor_agent),
        )
        .with("Submitted", time::moment(row.submitted_at))
        .with("Submitted by event", refer::event(links, row.id))
        .with("Items left out", html! { (amount::count(row.rejected_items)) });
    let facts = match &row.header {
        Some(header) => facts
            .with("Items", html! { (amount::count(header.items)) })
            .with(
                "Control sum",
                html! { (directory.money(header.currency, header.control_sum)) },
            )
            .with(
                "All or nothing",
                html! { (if header.all_or_nothing { "yes" } else { "no" }) },
            )
            .with("To be accepted before", time::moment(header.expires_at)),
        None => facts.with(
            "Header",
            html! { "not known: the call came through another contract" },
        ),
    };
    facts.with("Root", bytes::full(&row.root)).render()
}

fn money(directory: &Directory, currency: Option<Currency>, minor_units: u128) -> Markup {
    html! {
        @match currency {
            Some(currency) => (directory.money(currency, minor_units)),
            None => { (amount::count(minor_units)) " minor units" }
        }
    }
}

fn booked(links: &Links, currency: Option<Currency>, window: Option<WindowId>) -> Markup {
    html! {
        @match (currency, window) {
            (Some(currency), Some(window)) => (refer::window(links, currency, window)),
            (None, Some(window)) => { "window " (window) }
            (_, None) => "\u{2013}",
        }
    }
}

fn parts_table(
    links: &Links,
    directory: &Directory,
    currency: Option<Currency>,
    rows: &[BatchPartRow],
) -> Markup {
    let heads = [
        "Creditor agent",
        "Items>",
        "Sum>",
        "Status",
        "Not accepted>",
        "Booked>",
        "Window",
        "Since",
    ];
    let mut table = Table::new("Parts", &heads);
    for row in rows {
        table.row([
            refer::participant(links, directory, row.creditor_agent),
            html! { (amount::count(row.items)) },
            money(directory, currency, row.minor_units),
            html! { (refer::badge(&row.status)) @if let Some(reason) = refer::reason(row.reason) { " " (reason) } },
            html! { (amount::count(row.excepted_items)) },
            row.booked_minor_units.map_or_else(|| html! { "\u{2013}" }, |units| money(directory, currency, units)),
            booked(links, currency, row.window),
            time::moment(row.updated_at),
        ]);
    }
    table.render("It has no valid items for anyone.")
}

fn items_table(
    links: &Links,
    directory: &Directory,
    currency: Option<Currency>,
    rows: &[BatchItemRow],
    wanted: Option<u16>,
) -> Markup {
    let mut table = Table::new("Items", &["Item>", "UETR", "Creditor agent", "Amount>", "Remark"]);
    for row in rows {
        let creditor = row
            .creditor_agent
            .map(|id| refer::participant(links, directory, id));
        table.row([
            html! { (row.index) @if wanted == Some(row.index) { " " span.badge.neutral { "searched" } } },
            html! { code.uetr { (row.uetr) } },
            creditor.unwrap_or_else(|| html! { "nobody" }),
            money(directory, currency, row.minor_units),
            html! {
                @if let Some(fault) = &row.fault { span.badge.bad { "left out" } " " (words::plain(fault)) }
                @else if row.excepted { span.badge.bad { "not accepted" } }
                @else { "\u{2013}" }
            },
        ]);
    }
    table.render("No items are known.")
}

//! A settlement window and what each participant owes or is owed in it.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    links::Links,
    part::{facts::Facts, refer, table::Table},
    site::Shared,
    text::{amount, time},
};
use axum::extract::{Path, State};
use corridor_client::core::WindowId;
use corridor_indexer::query::windows::{WindowPositionRow, WindowRow};
use maud::{html, Markup};

pub(crate) async fn show(
    State(site): State<Shared>,
    Path((currency, window)): Path<(String, String)>,
) -> Answer {
    let currency = place::currency(&currency)?;
    let row = match place::number(&window).map(WindowId) {
        Some(window) => site.index.window(currency, window).await?,
        None => None,
    };
    let row = row.ok_or_else(|| {
        Failure::unknown(
            format!("Nothing was posted in {currency} window {window}"),
            "Only windows in which something was posted are listed; the number may be of another currency.",
        )
    })?;
    let directory = Directory::read(&site).await?;
    let nets = site.index.window_positions(currency, row.window).await?;
    let links = &site.links;
    let title = format!("{currency} window {}", row.window);
    let transfers = [
        ("currency", Some(currency.to_string())),
        ("window", Some(row.window.to_string())),
    ];
    let body = html! {
        h1 { (title) " " (refer::badge(&row.status)) }
        (facts(links, &directory, &row))
        h2 { "Net positions" }
        (table(links, &directory, &row, &nets))
        (proof(&nets))
        p { a href=(links.query("/transfers", &transfers)) { "Transfers booked in this window" } }
    };
    Ok(Document::new(Section::Windows, title, body))
}

fn facts(links: &Links, directory: &Directory, row: &WindowRow) -> Markup {
    let money = |units| html! { (directory.money(row.currency, units)) };
    Facts::default()
        .with(
            "Transfers and batches posted",
            html! { (amount::count(row.postings)) },
        )
        .with("Sum posted", money(row.posted_minor_units))
        .maybe(
            "Cleared, with what was carried over",
            row.gross_minor_units.map(money),
        )
        .maybe("Sum of net debits", row.net_minor_units.map(money))
        .maybe(
            "Participants with a net position",
            row.participants.map(|count| html! { (count) }),
        )
        .with("First posting", refer::event(links, row.opened))
        .maybe("Ended", row.closed_at.map(time::moment))
        .maybe(
            "Ended by event",
            row.ended.map(|event| refer::event(links, event)),
        )
        .maybe(
            "Carried over to",
            (row.settled_in != row.window).then(|| refer::window(links, row.currency, row.settled_in)),
        )
        .render()
}

fn table(links: &Links, directory: &Directory, row: &WindowRow, nets: &[WindowPositionRow]) -> Markup {
    let heads = ["Participant", "Owes>", "Is owed>", "Carried over>", "Net>"];
    let mut table = Table::new("Net positions", &heads);
    for net in nets {
        table.row([
            refer::participant(links, directory, net.participant),
            html! { (directory.decimal(row.currency, net.debits)) },
            html! { (directory.decimal(row.currency, net.credits)) },
            html! { (directory.signed(row.currency, net.carried_over)) },
            html! { strong { (directory.signed(row.currency, net.net)) } },
        ]);
    }
    if let Some(sum) = Sum::of(nets) {
        table.total([
            html! { "All" },
            html! { (directory.decimal(row.currency, sum.debits)) },
            html! { (directory.decimal(row.currency, sum.credits)) },
            html! { (directory.signed(row.currency, sum.carried_over)) },
            html! { strong { (directory.signed(row.currency, sum.net)) } },
        ]);
    }
    table.render("Nobody has a position in it.")
}

/// What a reader would add up.
#[derive(Default)]
struct Sum {
    debits: u128,
    credits: u128,
    carried_over: i128,
    net: i128,
}

impl Sum {
    /// `None` where it does not fit.
    fn of(nets: &[WindowPositionRow]) -> Option<Self> {
        nets.iter().try_fold(Self::default(), |sum, row| {
            Some(Self {
                debits: sum.debits.checked_add(row.debits)?,
                credits: sum.credits.checked_add(row.credits)?,
                carried_over: sum.carried_over.checked_add(row.carried_over)?,
                net: sum.net.checked_add(row.net)?,
            })
        })
    }
}

fn proof(nets: &[WindowPositionRow]) -> Markup {
    let balanced = Sum::of(nets).is_some_and(|sum| sum.net == 0);
    html! {
        @if balanced { p.quiet { "The net positions add up to zero, as they must." } }
        @else { p.notice.bad role="alert" { "The net positions do not add up to zero: the index is damaged." } }
    }
}

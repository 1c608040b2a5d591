//! A table of movements on participants' books.

use crate::{
    directory::Directory,
    links::Links,
    part::{refer, table::Table},
    text::{time, words},
};
use corridor_client::core::ParticipantId;
use corridor_indexer::query::movements::LegRow;
use maud::{html, Markup};

pub(crate) fn table(links: &Links, directory: &Directory, rows: &[LegRow], empty: &str) -> Markup {
    let heads = [
        "Time",
        "Participant",
        "Bucket",
        "Movement",
        "Amount>",
        "Balance after>",
        "For",
    ];
    let mut table = Table::new("Legs", &heads);
    for row in rows {
        let sign = if row.amount < 0 { "out" } else { "in" };
        table.row([
            html! { (time::moment(row.at)) },
            refer::participant(links, directory, row.participant),
            html! { (row.bucket) },
            html! {
                a href=(links.event(row.id.event())) { (words::plain(&row.kind)) }
                @if let Some(purpose) = &row.purpose { span.quiet { ": " (words::purpose(purpose)) } }
            },
            html! { span class=(sign) { (row.currency) " " (directory.signed(row.currency, row.amount)) } },
            html! { (directory.signed(row.currency, row.balance)) },
            cause(links, directory, row),
        ]);
    }
    table.render(empty)
}

/// What moved it.
fn cause(links: &Links, directory: &Directory, row: &LegRow) -> Markup {
    html! {
        @if let Some(uetr) = row.uetr { (refer::uetr(links, uetr)) " " }
        @if let Some(reference) = &row.reference {
            a href=(links.operation(owner(row), reference)) { "reference" } " "
        }
        @if row.batch.is_some() { "batch " }
        @if let Some(window) = row.window { (refer::window(links, row.currency, window)) " " }
        @if let Some(other) = row.counterparty { "with " (refer::participant(links, directory, other)) }
    }
}

/// Whose reference it is: a return's is the one of the agent that sends back, on both sides.
fn owner(row: &LegRow) -> ParticipantId {
    match row.counterparty {
        Some(other) if row.kind == "return" && row.amount > 0 => other,
        _ => row.participant,
    }
}

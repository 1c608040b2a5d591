//! A table of calls.

use crate::{
    directory::Directory,
    links::Links,
    part::{refer, table::Table},
    text::{amount, bytes},
};
use corridor_client::core::Address;
use corridor_indexer::query::blocks::ExtrinsicRow;
use maud::{html, Markup};

pub(crate) fn table(
    links: &Links,
    directory: &Directory,
    settlement: Address,
    rows: &[ExtrinsicRow],
    empty: &str,
) -> Markup {
    let heads = ["Extrinsic", "Contract", "Message", "Signer", "Result", "Fee>"];
    let mut table = Table::new("Calls of the contracts", &heads);
    for row in rows {
        table.row([
            refer::extrinsic(links, row.id),
            refer::contract(links, directory, settlement, row.contract),
            message(row),
            html! { @if let Some(caller) = &row.caller { (bytes::short(caller)) } @else { "\u{2013}" } },
            result(row),
            html! { @if let Some(fee) = row.fee { (amount::count(fee)) } @else { "\u{2013}" } },
        ]);
    }
    table.render(empty)
}

/// The message's name; its selector where this version does not know it.
pub(crate) fn message(row: &ExtrinsicRow) -> Markup {
    html! {
        @if let Some(message) = &row.message { code { (message) } }
        @else { "unknown message " (bytes::full(&row.selector)) }
    }
}

pub(crate) fn result(row: &ExtrinsicRow) -> Markup {
    html! {
        @if let Some(failure) = &row.failure { (refer::badge("failed")) " " (failure) }
        @else { span.badge.good { "success" } }
    }
}

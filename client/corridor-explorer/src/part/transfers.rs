//! A table of transfers.

use crate::{
    directory::Directory,
    links::Links,
    part::{refer, table::Table},
    text::time,
};
use corridor_indexer::query::transfers::TransferRow;
use maud::{html, Markup};

pub(crate) fn table(links: &Links, directory: &Directory, rows: &[TransferRow], empty: &str) -> Markup {
    let heads = [
        "Instructed",
        "UETR",
        "Debtor agent",
        "Creditor agent",
        "Amount>",
        "Status",
    ];
    let mut table = Table::new("Transfers", &heads);
    for row in rows {
        let amount = row.interbank_settlement_amount;
        table.row([
            time::moment(row.instructed_at),
            refer::uetr(links, row.uetr),
            refer::participant(links, directory, row.debtor_agent),
            refer::participant(links, directory, row.creditor_agent),
            html! { (directory.money(amount.currency, amount.minor_units)) },
            status(row),
        ]);
    }
    table.render(empty)
}

/// Its status, and whether a netted one is paid.
pub(crate) fn status(row: &TransferRow) -> Markup {
    let paid = row
        .window
        .as_ref()
        .is_some_and(|window| window.settled_at.is_some());
    html! {
        (refer::badge(&row.status))
        @if paid && row.status == "netted" { " " (refer::badge("settled")) }
    }
}

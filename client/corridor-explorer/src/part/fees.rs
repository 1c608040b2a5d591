//! A table of fees.

use crate::{
    directory::Directory,
    links::Links,
    part::{refer, table::Table},
    text::words,
};
use corridor_indexer::query::fees::FeeRow;
use maud::{html, Markup};

pub(crate) fn table(links: &Links, directory: &Directory, rows: &[FeeRow]) -> Markup {
    let mut table = Table::new(
        "Fees",
        &["Borne by", "Paid to", "Amount>", "Status", "Fixed in event"],
    );
    for row in rows {
        table.row([
            html! { (refer::participant(links, directory, row.payer)) ", " (row.side) " agent" },
            refer::participant(links, directory, row.payee),
            html! { (directory.money(row.amount.currency, row.amount.minor_units)) },
            html! { (refer::badge(&row.status)) " " span.quiet { (words::fee(&row.status)) } },
            refer::event(links, row.id),
        ]);
    }
    table.render("It costs nothing.")
}

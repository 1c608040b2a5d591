//! What participants hold.

use crate::{directory::Directory, part::table::Table};
use corridor_client::core::Currency;
use corridor_indexer::query::movements::{Balances, Bucket, PositionRow};
use maud::{html, Markup};

/// Heads of the four buckets, with all that is escrowed.
pub(crate) const HEADS: [&str; 5] = [
    "Available>",
    "Reserved>",
    "Collateral>",
    "In escrow>",
    "Net, unsettled>",
];

/// The cells under [`HEADS`].
pub(crate) fn cells(directory: &Directory, currency: Currency, balances: &Balances) -> [Markup; 5] {
    let cell = |bucket| html! { (directory.signed(currency, balances.get(bucket))) };
    let escrow = balances.escrow().map(|sum| directory.signed(currency, sum));
    [
        cell(Bucket::Available),
        cell(Bucket::Reserved),
        cell(Bucket::Collateral),
        html! { strong { (escrow.unwrap_or_default()) } },
        cell(Bucket::Net),
    ]
}

/// The sums of all participants' positions by currency.
pub(crate) fn totals(positions: &[PositionRow]) -> Vec<(Currency, Balances)> {
    let mut totals: Vec<(Currency, Balances)> = Vec::new();
    for row in positions {
        match totals.iter_mut().find(|(currency, _)| *currency == row.currency) {
            Some((_, total)) => *total = sum(total, &row.balances),
            None => totals.push((row.currency, row.balances)),
        }
    }
    totals
}

fn sum(one: &Balances, other: &Balances) -> Balances {
    Balances {
        available: one.available.saturating_add(other.available),
        reserved: one.reserved.saturating_add(other.reserved),
        collateral: one.collateral.saturating_add(other.collateral),
        net: one.net.saturating_add(other.net),
    }
}

/// A table with these first columns and the buckets.
pub(crate) fn table(caption: &str, first: &[&'static str]) -> Table {
    Table::new(caption, &[first, HEADS.as_slice()].concat())
}

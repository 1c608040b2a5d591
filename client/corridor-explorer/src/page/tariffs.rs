//! What transfers of a corridor cost: every version of every tariff.

use super::Answer;
use crate::{
    directory::Directory,
    document::{Document, Section},
    links::Links,
    part::{pager, refer, table::Table},
    site::Shared,
    text::{amount, time},
};
use axum::extract::{Query, State};
use corridor_indexer::{query::controls::TariffRow, Order};
use maud::{html, Markup};

pub(crate) async fn show(State(site): State<Shared>, Query(paged): Query<super::Paged>) -> Answer {
    let directory = Directory::read(&site).await?;
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.tariffs(None, request).await?;
    let links = &site.links;
    let body = html! {
        h1 { "Tariffs of corridors" }
        (tabs(links, "/tariffs"))
        p.quiet { "The newest version that is in force counts; a transfer pays by the one of its instruction." }
        (table(links, &directory, &page.items))
        (pager::links(links, "/tariffs", &[], request, &page))
    };
    Ok(Document::new(Section::Tariffs, "Tariffs of corridors", body))
}

/// Between the two lists.
pub(crate) fn tabs(links: &Links, current: &str) -> Markup {
    html! {
        nav.tabs aria-label="Of corridors" {
            @for (path, name) in [("/tariffs", "Tariffs"), ("/limits", "Limits")] {
                a href=(links.to(path)) aria-current=[(path == current).then_some("true")] { (name) }
            }
        }
    }
}

fn table(links: &Links, directory: &Directory, rows: &[TariffRow]) -> Markup {
    let heads = [
        "Corridor",
        "Version>",
        "In force from",
        "Fixed>",
        "Share>",
        "Least>",
        "Most>",
        "Paid to",
        "Event",
    ];
    let mut table = Table::new("Tariffs", &heads);
    for row in rows {
        let tariff = row.tariff;
        let money = |units: u64| html! { (directory.decimal(row.currency, units.into())) };
        table.row([
            html! {
                (refer::participant(links, directory, row.debtor_agent)) " \u{2192} "
                (refer::participant(links, directory, row.creditor_agent)) ", " (row.currency)
            },
            html! { (amount::count(tariff.version)) },
            time::moment(tariff.effective_from),
            money(tariff.fixed_minor_units),
            html! { (tariff.basis_points) " bp" },
            money(tariff.minimum_minor_units),
            money(tariff.maximum_minor_units),
            refer::participant(links, directory, row.payee),
            refer::event(links, row.id),
        ]);
    }
    table.render("No corridor has a tariff: transfers cost nothing.")
}

//! How much there may be of a corridor's transfers: limits as they were set, the last of a scope counts.

use super::{tariffs::tabs, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    links::Links,
    part::{pager, refer, table::Table},
    site::Shared,
    text::{amount, time},
};
use axum::extract::{Query, State};
use corridor_client::core::{limits::BUCKETS, Seconds};
use corridor_indexer::{query::controls::LimitsRow, Order};
use maud::{html, Markup};

pub(crate) async fn show(State(site): State<Shared>, Query(paged): Query<super::Paged>) -> Answer {
    let directory = Directory::read(&site).await?;
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.limits(None, request).await?;
    let links = &site.links;
    let body = html! {
        h1 { "Limits of corridors" }
        (tabs(links, "/limits"))
        p.quiet { "As they were set, the newest first; of those for the same corridor the newest counts." }
        (table(links, &directory, &page.items))
        (pager::links(links, "/limits", &[], request, &page))
    };
    Ok(Document::new(Section::Tariffs, "Limits of corridors", body))
}

/// Within how much time the limits hold, however it falls: the oldest bucket may be as good as over.
fn period(bucket_seconds: u32) -> Seconds {
    let whole = u64::try_from(BUCKETS.saturating_sub(1)).unwrap_or_default();
    whole.saturating_mul(bucket_seconds.into())
}

fn table(links: &Links, directory: &Directory, rows: &[LimitsRow]) -> Markup {
    let heads = [
        "Corridor",
        "One transfer>",
        "Period",
        "Sum>",
        "Transfers>",
        "Event",
    ];
    let mut table = Table::new("Limits", &heads);
    for row in rows {
        let scope = row.scope;
        let corridor = html! {
            (refer::participant(links, directory, scope.debtor_agent)) " \u{2192} "
            @match scope.creditor_agent {
                Some(agent) => (refer::participant(links, directory, agent)),
                None => "anyone",
            }
            ", " (scope.currency)
        };
        let money = |units| html! { (directory.decimal(scope.currency, units)) };
        let [one, period, sum, transfers] = match row.limits {
            Some(limits) => [
                money(limits.per_transfer_minor_units),
                html! { (time::duration(period(limits.bucket_seconds))) },
                money(limits.period_minor_units),
                html! { (amount::count(limits.period_count)) },
            ],
            None => ["lifted", "\u{2013}", "\u{2013}", "\u{2013}"].map(|text| html! { (text) }),
        };
        table.row([corridor, one, period, sum, transfers, refer::event(links, row.id)]);
    }
    table.render("No corridor has limits.")
}

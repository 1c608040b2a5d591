//! A quote: its terms, how much of it is used, and by which transfers.

use super::{place, quotes::now, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    links::Links,
    part::{facts::Facts, pager, quotes, refer, transfers},
    site::Shared,
    text::{bytes, time},
};
use axum::extract::{Path, Query, State};
use corridor_client::core::{Quote, QuoteId, Reference};
use corridor_indexer::{
    query::{quotes::QuoteRow, transfers::TransferFilter},
    Order,
};
use maud::{html, Markup};

pub(crate) async fn show(
    State(site): State<Shared>,
    Path((provider, reference)): Path<(String, String)>,
    Query(paged): Query<super::Paged>,
) -> Answer {
    let provider = place::participant(&provider)?;
    let row = match bytes::parse(&reference).map(Reference) {
        Some(reference) => site.index.quote(QuoteId { provider, reference }).await?,
        None => None,
    };
    let row = row.ok_or_else(|| {
        Failure::unknown(
            format!("No quote {reference} is on the table"),
            "A signed quote is listed from its first use or its withdrawal on. A reference has 32 hexadecimal digits.",
        )
    })?;
    let directory = Directory::read(&site).await?;
    let filter = TransferFilter {
        quote: Some(row.id),
        ..TransferFilter::default()
    };
    let request = pager::request(paged.after.as_deref(), Order::NewestFirst)?;
    let used_by = site.index.transfers(&filter, request).await?;
    let links = &site.links;
    let path = Links::quote_path(row.id);
    let body = html! {
        h1 { "Quote of " (directory.name(row.id.provider)) " " (refer::badge(quotes::status(&row, now(&site).await?))) }
        (facts(links, &directory, &row))
        @if let Some(terms) = &row.terms { h2 { "Terms" } (self::terms(links, &directory, terms)) }
        h2 { "Transfers on it" }
        (transfers::table(links, &directory, &used_by.items, "No transfer used it."))
        (pager::links(links, &path, &[], request, &used_by))
    };
    Ok(Document::new(Section::Quotes, "Quote", body))
}

fn facts(links: &Links, directory: &Directory, row: &QuoteRow) -> Markup {
    let origin = match row.published {
        true => "published on chain",
        false => "signed off chain, brought by its first use or its withdrawal",
    };
    let used = row.terms.map(|terms| {
        let left = terms.maximum_minor_units.saturating_sub(row.used_minor_units);
        let money = |units| directory.money(terms.provider_buys, units);
        html! { strong { (money(row.used_minor_units)) } " of " (money(terms.maximum_minor_units)) ", " (money(left)) " left" }
    });
    Facts::default()
        .with("Reference", bytes::full(&row.id.reference.0))
        .with("Provider", refer::participant(links, directory, row.id.provider))
        .with("Origin", html! { (origin) })
        .maybe("Used", used)
        .with("On the table since event", refer::event(links, row.listed))
        .with(
            "Last changed",
            html! { (time::moment(row.updated_at)) ", event " (refer::event(links, row.updated)) },
        )
        .maybe(
            "Withdrawn",
            row.withdrawn
                .then(|| html! { "Its provider takes no new transfers on it." }),
        )
        .render()
}

fn terms(links: &Links, directory: &Directory, terms: &Quote) -> Markup {
    let money = |units| html! { (directory.money(terms.provider_buys, units)) };
    let seconds = |seconds: u32| html! { (time::duration(seconds.into())) };
    Facts::default()
        .with("Rate, before the spread", html! { (quotes::rate(terms)) })
        .with("Spread", html! { (terms.spread_basis_points) " basis points" })
        .with("Least for one transfer", money(terms.minimum_minor_units))
        .with("Most for all transfers", money(terms.maximum_minor_units))
        .with(
            "For",
            match terms.counterparty {
                Some(only) => refer::participant(links, directory, only),
                None => html! { "any debtor agent" },
            },
        )
        .with("Usable until", time::moment(terms.expires_at))
        .with("To be accepted within", seconds(terms.hold_seconds))
        .with("Returns at this rate within", seconds(terms.unwind_seconds))
        .render()
}

//! Quotes on the chain's table.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{pager, quotes},
    site::{Shared, Site},
};
use axum::extract::{Query, State};
use corridor_client::core::Seconds;
use corridor_indexer::{query::quotes::QuoteFilter, IndexError, Order};
use maud::html;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    provider: Option<String>,
    after: Option<String>,
}

pub(crate) async fn show(State(site): State<Shared>, Query(form): Query<Form>) -> Answer {
    let directory = Directory::read(&site).await?;
    let chosen = form.provider.filter(|text| !text.is_empty());
    let find = |text: &String| directory.find(text).ok_or_else(|| place::no_participant(text));
    let provider = chosen.as_ref().map(find).transpose()?;
    let filter = QuoteFilter {
        provider,
        ..QuoteFilter::default()
    };
    let request = pager::request(form.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.quotes(&filter, request).await?;
    let links = &site.links;
    let parameters = [("provider", provider.map(|id| id.0.to_string()))];
    let body = html! {
        h1 { "Quotes" @if let Some(provider) = provider { " of " (directory.name(provider)) } }
        p.quiet {
            "Published quotes, and signed ones from their first use or their withdrawal on. Used is what pending and settled transfers take."
        }
        (quotes::table(links, &directory, &page.items, now(&site).await?))
        (pager::links(links, "/quotes", &parameters, request, &page))
    };
    Ok(Document::new(Section::Quotes, "Quotes", body))
}

/// The time of the last block: pages are a function of it.
pub(crate) async fn now(site: &Site) -> Result<Seconds, IndexError> {
    let head = site.index.head().await?;
    Ok(head.map_or(0, |row| row.block.time_ms / 1_000))
}

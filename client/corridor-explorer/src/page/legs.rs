//! The legs of a participant's position: its statement, without dates.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    part::{legs, pager, refer},
    site::Shared,
};
use axum::extract::{Path, Query, State};
use corridor_indexer::{
    query::movements::{Bucket, LegFilter},
    Order,
};
use maud::html;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    currency: Option<String>,
    bucket: Option<String>,
    after: Option<String>,
}

pub(crate) async fn show(
    State(site): State<Shared>,
    Path(id): Path<String>,
    Query(form): Query<Form>,
) -> Answer {
    let id = place::participant(&id)?;
    let directory = Directory::read(&site).await?;
    directory
        .participant(id)
        .ok_or_else(|| place::no_participant(&id.0.to_string()))?;
    let currency = form.currency.filter(|text| !text.is_empty());
    let bucket = form.bucket.filter(|text| !text.is_empty());
    let filter = LegFilter {
        participant: Some(id),
        currency: currency.as_deref().map(place::currency).transpose()?,
        bucket: bucket.as_deref().map(parse_bucket).transpose()?,
        blocks: None,
    };
    let request = pager::request(form.after.as_deref(), Order::NewestFirst)?;
    let page = site.index.legs(&filter, request).await?;
    let path = format!("/participants/{}/legs", id.0);
    let with = |bucket: Option<String>| [("currency", currency.clone()), ("bucket", bucket)];
    let current = |of: Option<Bucket>| (filter.bucket == of).then_some("true");
    let links = &site.links;
    let body = html! {
        h1 { "Legs of " (refer::participant(links, &directory, id)) @if let Some(currency) = filter.currency { " in " (currency) } }
        nav.tabs aria-label="Buckets" {
            a href=(links.query(&path, &with(None))) aria-current=[current(None)] { "all" }
            @for bucket in Bucket::ALL {
                a href=(links.query(&path, &with(Some(bucket.to_string())))) aria-current=[current(Some(bucket))] { (bucket) }
            }
        }
        (legs::table(links, &directory, &page.items, "Nothing moved."))
        (pager::links(links, &path, &with(bucket.clone()), request, &page))
    };
    Ok(Document::new(
        Section::Participants,
        format!("Legs of {}", directory.name(id)),
        body,
    ))
}

fn parse_bucket(text: &str) -> Result<Bucket, Failure> {
    let hint = "A bucket is available, reserved, collateral or net.";
    text.parse()
        .map_err(|_| Failure::invalid(format!("{text} is no bucket"), hint))
}

//! What a participant's reference stands for.

use super::{place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    part::{facts::Facts, legs, refer},
    site::Shared,
    text::{bytes, time, words},
};
use axum::extract::{Path, State};
use maud::html;

pub(crate) async fn show(State(site): State<Shared>, Path((id, text)): Path<(String, String)>) -> Answer {
    let id = place::participant(&id)?;
    let reference = bytes::parse(&text.to_ascii_lowercase());
    let row = match reference {
        Some(reference) => site.index.operation(id, reference).await?,
        None => None,
    };
    let directory = Directory::read(&site).await?;
    let row = row.ok_or_else(|| {
        Failure::unknown(
            format!("{} has no operation with the reference {text}", directory.name(id)),
            "A reference is 32 hexadecimal digits and stands for a deposit, withdrawal, pledge, release or return.",
        )
    })?;
    let moved = site.index.legs_of(row.event).await?;
    let links = &site.links;
    let facts = Facts::default()
        .with(
            "Participant",
            refer::participant(links, &directory, row.participant),
        )
        .with("Reference", bytes::full(&row.reference))
        .with(
            "Amount",
            html! { (directory.money(row.amount.currency, row.amount.minor_units)) },
        )
        .maybe("Transfer", row.uetr.map(|uetr| refer::uetr(links, uetr)))
        .with("Time", time::moment(row.at))
        .with("Block", refer::block(links, row.event.block()))
        .with("Event", refer::event(links, row.event));
    let title = words::plain(&row.kind);
    let body = html! {
        h1.capital { (title) }
        (facts.render())
        h2 { "Legs" }
        (legs::table(links, &directory, &moved, "No money moved."))
    };
    Ok(Document::new(
        Section::Participants,
        format!("{title} of {}", directory.name(id)),
        body,
    ))
}

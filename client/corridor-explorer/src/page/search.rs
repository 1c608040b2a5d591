//! One word, anything it may stand for. A single hit leads straight to its page.

use super::place;
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    site::{Shared, Site},
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use corridor_client::core::ParticipantId;
use corridor_indexer::{query::search::SearchHit, IndexError};
use maud::html;
use serde::Deserialize;

/// The most characters that are looked up.
const LONGEST: usize = 200;

#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    q: Option<String>,
}

/// Something found: what it is, and where.
struct Found {
    what: String,
    link: String,
}

pub(crate) async fn show(State(site): State<Shared>, Query(form): Query<Form>) -> Result<Response, Failure> {
    let word: String = form.q.unwrap_or_default().trim().chars().take(LONGEST).collect();
    if word.is_empty() {
        return Ok(Redirect::to(&site.links.home()).into_response());
    }
    let directory = Directory::read(&site).await?;
    let mut found = Vec::new();
    for hit in site.index.search(&word).await? {
        found.extend(of_hit(&site, &directory, hit).await?);
    }
    found.extend(batches(&site, &directory, &word).await?);
    match found.as_slice() {
        [] => Err(nothing(&word)),
        [only] => Ok(Redirect::to(&only.link).into_response()),
        several => {
            let body = html! {
                h1 { "Several things are called " (word) }
                ul.card.choices { @for found in several { li { a href=(found.link) { (found.what) } } } }
            };
            Ok(Document::new(Section::Other, "Search", body).into_response())
        }
    }
}

fn nothing(word: &str) -> Failure {
    Failure::unknown(
        format!("Nothing is known as \u{201c}{word}\u{201d}"),
        "Search for a UETR, a block\u{2019}s number or hash, an extrinsic\u{2019}s hash, a participant\u{2019}s BIC or other identifier, an \
         account\u{2019}s address, a reference of 32 hexadecimal digits, or a batch as 7 or BKCHCNBJ/7. What is not final yet is not found.",
    )
}

async fn of_hit(site: &Site, directory: &Directory, hit: SearchHit) -> Result<Option<Found>, IndexError> {
    let links = &site.links;
    let found = |what: String, link: String| Some(Found { what, link });
    Ok(match hit {
        SearchHit::Transfer(uetr) => found(format!("Transfer {uetr}"), links.transfer(uetr)),
        SearchHit::Block(number) => found(format!("Block {number}"), links.block(number)),
        SearchHit::Extrinsic(id) => found(format!("Extrinsic {id}"), links.extrinsic(id)),
        SearchHit::Participant(id) => found(
            format!("Participant {}", directory.name(id)),
            links.participant(id),
        ),
        SearchHit::Account(_, id) => found(
            format!("Account of {}", directory.name(id)),
            links.participant(id),
        ),
        SearchHit::Operation(id, reference) => found(
            format!("Operation of {}", directory.name(id)),
            links.operation(id, &reference),
        ),
        SearchHit::Quote(id) => found(
            format!("Quote of {}", directory.name(id.provider)),
            links.quote(id),
        ),
        SearchHit::BatchItem(id, item) => match site.index.batch_by_id(id).await? {
            Some(batch) => found(
                format!(
                    "Item {item} of batch {} of {}",
                    batch.number,
                    directory.name(batch.debtor_agent)
                ),
                format!("{}?item={item}", links.batch(batch.debtor_agent, batch.number)),
            ),
            None => None,
        },
    })
}

/// Batches by number, of everyone or, as `BKCHCNBJ/7`, of one debtor agent.
async fn batches(site: &Site, directory: &Directory, word: &str) -> Result<Vec<Found>, IndexError> {
    let (agent, number) = match word.rsplit_once('/') {
        Some((agent, number)) => (Some(agent.trim()), number.trim()),
        None => (None, word),
    };
    // A reference of 32 digits is no number, however many zeros it begins with.
    let Some(number) = place::number(number).filter(|_| number.len() <= 10) else {
        return Ok(Vec::new());
    };
    let ids: Vec<ParticipantId> = match agent {
        Some(agent) => directory.find(agent).into_iter().collect(),
        None => directory.participants.iter().map(|row| row.id).collect(),
    };
    let mut found = Vec::new();
    for id in ids {
        if site.index.batch(id, number).await?.is_some() {
            let what = format!("Batch {number} of {}", directory.name(id));
            let link = site.links.batch(id, number);
            found.push(Found { what, link });
        }
    }
    Ok(found)
}

//! Every ISO 20022 message over HTTP, a file for each.
#![allow(clippy::unwrap_used)]

mod any;
mod cancellation;
mod chain;
#[path = "../common/mod.rs"]
mod common;
mod funding;
mod institution;
mod liquidity;
mod repeats;
mod reports;
mod statements;
mod status;

use axum::{body::Body, http::StatusCode};
use common::{request, terms, Answered, Gateway};
use corridor_client::core::{ParticipantId, Transfer, TransferStatus};
use std::time::{Duration, Instant};

/// Where messages go.
const MESSAGES: &str = "/v1/messages";
const XML: &str = "application/xml";

/// A transfer of CNY 1250.50 that stands like this, instructed by the gateway's own participant.
fn transfer(status: TransferStatus) -> Transfer {
    Transfer {
        terms: terms(),
        status,
        instructed_at: 1_800_000_000,
        updated_at: 1_800_000_006,
        returned_minor_units: 0,
        reason: None,
    }
}

/// One that somebody else instructed.
fn of_another(status: TransferStatus) -> Transfer {
    let mut transfer = transfer(status);
    transfer.terms.debtor_agent = ParticipantId(1);
    transfer.terms.creditor_agent = ParticipantId(0);
    transfer
}

/// Hands a message in under an idempotency key.
async fn post_under(
    gateway: &Gateway,
    own: &str,
    key: &str,
    path: &str,
    accept: &str,
    body: &str,
) -> Answered {
    let posted = request(key, "POST", path)
        .header("content-type", XML)
        .header("accept", accept)
        .header("idempotency-key", own);
    gateway
        .send(posted.body(Body::from(body.to_owned())).unwrap())
        .await
}

/// Carries out everything a message asks for.
async fn work_until_final(gateway: &Gateway, key: &str, location: &str) {
    let work = gateway.work();
    let view = gateway.get(key, location).await.json();
    for request in view["requests"].as_array().unwrap() {
        let path = format!("/v1/requests/{}", request["id"].as_str().unwrap());
        gateway.until_final(key, &path).await;
    }
    work.abort();
}

/// Nothing hostile, nothing of a version that is not known, nothing without a key is taken, and nothing of it is stored.
async fn refuses_what_it_should(gateway: &Gateway, key: &str, good: &str, name: &str) {
    let entities = (1..20).fold("<!ENTITY e0 \"lol\">".to_owned(), |text, level| {
        format!("{text}<!ENTITY e{level} \"&e{0};&e{0};&e{0};&e{0};\">", level - 1)
    });
    let bomb = good.replacen(
        "<Document",
        &format!("<!DOCTYPE Document [{entities}]><Document"),
        1,
    );
    let reference = good.replacen("</", "&e19;</", 1);
    let namespace = format!("{name}.001.");
    let at = good.find(&namespace).unwrap() + namespace.len();
    let newer = format!("{}99{}", &good[..at], &good[at + 2..]);
    let cut = &good[..good.len() / 2];
    for (text, code) in [
        (bomb.as_str(), "iso20022.doctype-refused"),
        (&reference, "iso20022.entity-refused"),
        (&newer, "iso20022.unsupported-version"),
        (cut, "iso20022.malformed-xml"),
    ] {
        let started = Instant::now();
        let answered = gateway.post_xml(key, MESSAGES, XML, text).await;
        let problem = answered.problem(422, code);
        assert!(problem["line"].as_u64().is_some(), "{problem}");
        assert!(started.elapsed() < Duration::from_secs(2), "{code}");
    }
    let nobody = gateway.post_xml("ck_none_none", MESSAGES, XML, good).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(gateway.requests(key).await, 0);
    assert!(gateway.chain.executed().is_empty());
}

//! A transfer: its terms, where it stands, its life line, what moved.

use super::Answer;
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    links::Links,
    part::{extrinsic, facts::Facts, fees, legs, refer, transfers},
    site::{Shared, Site},
    text::{amount, bytes, time, words},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use corridor_client::core::Uetr;
use corridor_indexer::{
    query::{
        blocks::ExtrinsicRow,
        movements::LegRow,
        participants::AccountRow,
        transfers::{ExchangeRow, TransferEventRow, TransferRow},
    },
    EventId, IndexError,
};
use maud::{html, Markup};

/// The most changes a page shows: a transfer may be returned in many small parts.
const SHOWN_CHANGES: usize = 200;

/// A change of the transfer with what belongs to it.
struct Step {
    event: TransferEventRow,
    call: Option<ExtrinsicRow>,
    account: Option<AccountRow>,
    legs: Vec<LegRow>,
}

pub(crate) async fn show(State(site): State<Shared>, Path(text): Path<String>) -> Result<Response, Failure> {
    let uetr: Uetr = text.to_ascii_lowercase().parse().map_err(|_| no_uetr(&text))?;
    match site.index.transfer(uetr).await? {
        Some(row) => Ok(page(&site, &row).await?.into_response()),
        None => batch_of(&site, uetr).await,
    }
}

fn no_uetr(text: &str) -> Failure {
    Failure::unknown(
        format!("{text} is no UETR"),
        "A UETR is a version 4 UUID: 36 characters, such as 8a562c67-ca16-48ba-b074-65581be6f001.",
    )
}

/// An item of a batch has no page of its own.
async fn batch_of(site: &Site, uetr: Uetr) -> Result<Response, Failure> {
    let items = site.index.items_by_uetr(uetr).await?;
    if let Some(item) = items.first() {
        if let Some(batch) = site.index.batch_by_id(item.batch).await? {
            let link = format!(
                "{}?item={}",
                site.links.batch(batch.debtor_agent, batch.number),
                item.index
            );
            return Ok(Redirect::to(&link).into_response());
        }
    }
    Err(Failure::unknown(
        format!("No transfer {uetr} is known"),
        "It may not be instructed yet, not final yet, or settled by another contract.",
    ))
}

async fn page(site: &Site, row: &TransferRow) -> Answer {
    let directory = Directory::read(site).await?;
    let mut life = site.index.transfer_life(row.uetr).await?;
    let hidden = life.len().saturating_sub(SHOWN_CHANGES);
    let mut steps = Vec::new();
    for event in life.drain(..).skip(hidden) {
        steps.push(step(site, event).await?);
    }
    let moved: Vec<LegRow> = steps.iter().flat_map(|step| step.legs.clone()).collect();
    let links = &site.links;
    let charged = site.index.fees(row.uetr).await?;
    let body = html! {
        (summary(links, &directory, row))
        @if let Some(exchange) = &row.exchange { h2 { "Exchange" } (self::exchange(links, &directory, exchange)) }
        h2 { "Life line" }
        @if hidden > 0 { p.quiet { "The first " (hidden) " changes are not shown." } }
        ol.life { @for step in &steps { (line(links, &directory, row, step)) } }
        h2 { "Legs" }
        (legs::table(links, &directory, &moved, "No money moved by itself: a net transfer is paid with its window."))
        (network_fees(&steps))
        @if !charged.is_empty() { h2 { "Fees" } (fees::table(links, &directory, &charged)) }
        h2 { "Terms" }
        (terms(links, row))
    };
    Ok(Document::new(
        Section::Transfers,
        format!("Transfer {}", row.uetr),
        body,
    ))
}

/// The extrinsic that made it, if one did.
fn place_of(event: &TransferEventRow) -> Option<EventId> {
    EventId::new(event.id.block(), event.extrinsic_index?)
}

async fn step(site: &Site, event: TransferEventRow) -> Result<Step, IndexError> {
    let call = match place_of(&event) {
        Some(id) => site.index.extrinsic(id).await?,
        None => None,
    };
    let account = match event.caller {
        Some(caller) => site.index.account(caller).await?,
        None => None,
    };
    let legs = site.index.legs_of(event.id).await?;
    Ok(Step {
        event,
        call,
        account,
        legs,
    })
}

fn summary(links: &Links, directory: &Directory, row: &TransferRow) -> Markup {
    let money = row.interbank_settlement_amount;
    html! {
        section.card.summary {
            p.kind { "Transfer " (transfers::status(row)) }
            h1.uetr { (row.uetr) }
            p.amount { span.code { (money.currency) } " " (directory.decimal(money.currency, money.minor_units)) }
            p.route {
                (refer::participant(links, directory, row.debtor_agent))
                " " span aria-label="pays" { "\u{2192}" } " "
                (refer::participant(links, directory, row.creditor_agent))
            }
            @if row.returned_minor_units > 0 {
                p.quiet { "Returned: " (directory.money(money.currency, row.returned_minor_units)) }
            }
            @if let Some(reason) = row.reason { p.quiet { "Reason " code { (reason.as_str()) } } }
        }
    }
}

/// The other side of a transfer in two currencies.
fn exchange(links: &Links, directory: &Directory, row: &ExchangeRow) -> Markup {
    let currency = row.credited.currency;
    let money = |units| html! { (directory.money(currency, units)) };
    Facts::default()
        .with("Paid out, before a fee", money(row.credited.minor_units))
        .with(
            "Exchanged by",
            refer::participant(links, directory, row.quote.provider),
        )
        .with("On quote", refer::quote(links, row.quote))
        .with("Spread", money(row.spread_minor_units))
        .maybe(
            "Sent back",
            (row.sent_back_minor_units > 0).then(|| money(row.sent_back_minor_units)),
        )
        .render()
}

fn line(links: &Links, directory: &Directory, row: &TransferRow, step: &Step) -> Markup {
    let event = &step.event;
    let currency = row.interbank_settlement_amount.currency;
    let facts = Facts::default()
        .maybe("Amount", event.minor_units.map(|units| html! { (directory.money(currency, units)) }))
        .maybe("Reason", refer::reason(event.reason))
        .maybe("Reference", event.reference.map(|reference| {
            html! { a href=(links.operation(row.creditor_agent, &reference)) { (bytes::short(&reference)) } }
        }))
        .maybe("Window", event.window.map(|window| refer::window(links, currency, window)))
        .with("Block", refer::block(links, event.id.block()))
        .with("Extrinsic", html! {
            @match place_of(event) {
                Some(id) => (refer::extrinsic(links, id)),
                None => "none: the block itself called the contract",
            }
            @if let Some(call) = &step.call { " " (extrinsic::message(call)) }
        })
        .with("Event", refer::event(links, event.id))
        .with("Signed by", who(links, directory, step));
    html! {
        li class=(words::Tone::of(&event.status).class()) {
            h3 { (words::plain(&event.change)) }
            p.quiet { (time::moment(event.at)) }
            @if let Some(text) = words::change(&event.change) { p { (text) } }
            (facts.render())
        }
    }
}

fn who(links: &Links, directory: &Directory, step: &Step) -> Markup {
    html! {
        @match step.event.caller {
            Some(caller) => (refer::caller(links, directory, caller, step.account.as_ref())),
            None => "not known: the call came through another contract",
        }
    }
}

/// What the chain charged for the calls, once for calls that made several changes.
fn network_fees(steps: &[Step]) -> Markup {
    let mut calls: Vec<&ExtrinsicRow> = steps.iter().filter_map(|step| step.call.as_ref()).collect();
    calls.dedup_by_key(|call| call.id);
    let fees: Vec<u128> = calls.iter().filter_map(|call| call.fee).collect();
    let sum = fees.iter().try_fold(0u128, |sum, fee| sum.checked_add(*fee));
    html! {
        @if let Some(sum) = sum.filter(|_| !fees.is_empty()) {
            p.quiet {
                "Network fees of " (amount::things(fees.len() as u64, "call", "calls")) ", paid to the chain: "
                strong { (amount::count(sum)) } " of the smallest unit of the chain\u{2019}s own token."
            }
        }
    }
}

fn terms(links: &Links, row: &TransferRow) -> Markup {
    let currency = row.interbank_settlement_amount.currency;
    Facts::default()
        .with("Interbank settlement date", html! { (time::day(row.interbank_settlement_date)) })
        .with("Settlement method", explained(&row.settlement_method, words::method(&row.settlement_method)))
        .with("Charge bearer", explained(&row.charge_bearer, words::charge_bearer(&row.charge_bearer)))
        .with("To be accepted before", time::moment(row.expires_at))
        .maybe("Booked in", row.window.as_ref().map(|booked| html! {
            (refer::window(links, currency, booked.window))
            @if booked.settled_in != booked.window { ", carried over to " (refer::window(links, currency, booked.settled_in)) }
            @match booked.settled_at {
                Some(at) => { ", settled " (time::moment(at)) }
                None => ", not settled yet",
            }
        }))
        .with("Message digest", bytes::full(&row.message_digest))
        .render()
}

fn explained(code: &str, meaning: &str) -> Markup {
    html! { (code) @if !meaning.is_empty() { span.quiet { ", " (meaning) } } }
}

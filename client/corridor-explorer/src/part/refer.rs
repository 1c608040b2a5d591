//! References to things that have a page.

use crate::{
    directory::Directory,
    links::Links,
    text::{bytes, words::Tone},
};
use corridor_client::core::{Address, Currency, ParticipantId, QuoteId, ReasonCode, Uetr, WindowId};
use corridor_indexer::{query::participants::AccountRow, EventId};
use maud::{html, Markup};

/// A status, in words and colour.
pub(crate) fn badge(status: &str) -> Markup {
    html! { span class={ "badge " (Tone::of(status).class()) } { (status) } }
}

pub(crate) fn participant(links: &Links, directory: &Directory, id: ParticipantId) -> Markup {
    html! { a href=(links.participant(id)) { (directory.name(id)) } }
}

pub(crate) fn uetr(links: &Links, uetr: Uetr) -> Markup {
    html! { a.uetr href=(links.transfer(uetr)) { (uetr) } }
}

pub(crate) fn quote(links: &Links, id: QuoteId) -> Markup {
    html! { a href=(links.quote(id)) { (bytes::short(&id.reference.0)) } }
}

pub(crate) fn block(links: &Links, number: u64) -> Markup {
    html! { a href=(links.block(number)) { (number) } }
}

pub(crate) fn extrinsic(links: &Links, id: EventId) -> Markup {
    html! { a href=(links.extrinsic(id)) { (id) } }
}

pub(crate) fn event(links: &Links, id: EventId) -> Markup {
    html! { a href=(links.event(id.event())) { (id) } }
}

pub(crate) fn window(links: &Links, currency: Currency, window: WindowId) -> Markup {
    html! { a href=(links.window(currency, window)) { (currency) " window " (window) } }
}

pub(crate) fn reason(reason: Option<ReasonCode>) -> Option<Markup> {
    reason.map(|reason| html! { code { (reason.as_str()) } })
}

/// A contract: the settlement contract, a currency's token, or another one's address.
pub(crate) fn contract(
    links: &Links,
    directory: &Directory,
    settlement: Address,
    contract: Address,
) -> Markup {
    html! {
        @if contract == settlement { "settlement contract" }
        @else if let Some(currency) = directory.token(contract) { a href=(links.currency(currency)) { (currency) " token" } }
        @else { (bytes::address(contract)) }
    }
}

/// Who signed, with the participant it acts for now.
pub(crate) fn caller(
    links: &Links,
    directory: &Directory,
    caller: Address,
    acts: Option<&AccountRow>,
) -> Markup {
    html! {
        (bytes::short(&caller))
        @if let Some(account) = acts { " for " (participant(links, directory, account.participant)) }
    }
}

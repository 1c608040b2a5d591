//! A participant: identifiers, positions, accounts, what it did last.

use super::{participants, place, Answer};
use crate::{
    directory::Directory,
    document::{Document, Section},
    failure::Failure,
    links::Links,
    part::{facts::Facts, pager, refer, table::Table, transfers},
    site::{Shared, Site},
    text::{bytes, time, words},
};
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use corridor_client::core::ParticipantId;
use corridor_indexer::{
    query::{
        participants::{AccountRow, OperationRow, ParticipantRow},
        transfers::TransferFilter,
    },
    Order, PageRequest,
};
use maud::{html, Markup};

/// Transfers shown.
const LATEST: u32 = 10;

pub(crate) async fn show(
    State(site): State<Shared>,
    Path(text): Path<String>,
    Query(paged): Query<super::Paged>,
) -> Result<Response, Failure> {
    let Some(id) = place::number(&text).map(ParticipantId) else {
        let found = Directory::read(&site).await?.find(&text);
        let id = found.ok_or_else(|| place::no_participant(&text))?;
        return Ok(Redirect::to(&site.links.participant(id)).into_response());
    };
    Ok(page(&site, id, paged.after.as_deref()).await?.into_response())
}

async fn page(site: &Site, id: ParticipantId, after: Option<&str>) -> Answer {
    let directory = Directory::read(site).await?;
    let row = directory
        .participant(id)
        .ok_or_else(|| place::no_participant(&id.0.to_string()))?;
    let mut held = site.index.positions().await?;
    held.retain(|row| row.participant == id);
    let accounts = site.index.accounts(id).await?;
    let filter = TransferFilter {
        participant: Some(id),
        ..TransferFilter::default()
    };
    let latest = site.index.transfers(&filter, PageRequest::newest(LATEST)).await?;
    let request = pager::request(after, Order::NewestFirst)?;
    let operations = site.index.operations(Some(id), request).await?;
    let links = &site.links;
    let all = links.query("/transfers", &[("participant", Some(id.0.to_string()))]);
    let body = html! {
        h1 { (directory.name(id)) " " (participants::state(row.suspended)) }
        (facts(links, row))
        h2 { "Positions" }
        (participants::positions_table(links, &directory, &held))
        p.quiet { "A currency leads to the legs of its position." }
        h2 { "Latest transfers" }
        (transfers::table(links, &directory, &latest.items, "It has no transfers yet."))
        @if latest.next.is_some() { nav.pager { a.next href=(all) { "All of its transfers \u{2192}" } } }
        h2 { "Accounts" }
        (accounts_table(&accounts))
        h2 { "Deposits, withdrawals, pledges, releases, returns" }
        (operations_table(links, &directory, &operations.items))
        (pager::links(links, &format!("/participants/{}", id.0), &[], request, &operations))
    };
    Ok(Document::new(Section::Participants, directory.name(id), body))
}

fn facts(links: &Links, row: &ParticipantRow) -> Markup {
    Facts::default()
        .with(
            "Identifiers",
            html! { @for agent in &row.agents { code { (agent) } " " } },
        )
        .with("Number", html! { (row.id.0) })
        .with("Administered by", bytes::address(row.admin))
        .maybe("Asked to take over", row.proposed_admin.map(bytes::address))
        .with("Admitted in event", refer::event(links, row.registered))
        .render()
}

fn accounts_table(rows: &[AccountRow]) -> Markup {
    let mut table = Table::new("Accounts", &["Account", "Roles"]);
    for row in rows {
        let roles = match row.roles.is_empty() {
            true => "none: all were revoked".into(),
            false => row.roles.join(", "),
        };
        table.row([bytes::address(row.account), html! { (roles) }]);
    }
    table.render("No account acts for it yet.")
}

fn operations_table(links: &Links, directory: &Directory, rows: &[OperationRow]) -> Markup {
    let mut table = Table::new(
        "Operations",
        &["Time", "Operation", "Reference", "Amount>", "Transfer"],
    );
    for row in rows {
        table.row([
            time::moment(row.at),
            html! { (words::plain(&row.kind)) },
            html! { a href=(links.operation(row.participant, &row.reference)) { (bytes::short(&row.reference)) } },
            html! { (directory.money(row.amount.currency, row.amount.minor_units)) },
            html! { @if let Some(uetr) = row.uetr { (refer::uetr(links, uetr)) } @else { "\u{2013}" } },
        ]);
    }
    table.render("None so far.")
}

//! Every participant.

use super::Answer;
use crate::{
    directory::Directory,
    document::{Document, Section},
    part::{positions, refer, table::Table},
    site::Shared,
};
use axum::extract::State;
use maud::html;

pub(crate) async fn show(State(site): State<Shared>) -> Answer {
    let directory = Directory::read(&site).await?;
    let mut table = Table::new(
        "Participants",
        &["Participant", "Number>", "Other identifiers", "State"],
    );
    for row in &directory.participants {
        table.row([
            refer::participant(&site.links, &directory, row.id),
            html! { (row.id.0) },
            html! { @for agent in row.agents.iter().skip(1) { (agent) " " } },
            state(row.suspended),
        ]);
    }
    let held = site.index.positions().await?;
    let body = html! {
        h1 { "Participants" }
        (table.render("Nobody is admitted yet."))
        h2 { "Positions" }
        (positions_table(&site.links, &directory, &held))
    };
    Ok(Document::new(Section::Participants, "Participants", body))
}

/// Whether it may start new business.
pub(crate) fn state(suspended: bool) -> maud::Markup {
    match suspended {
        true => refer::badge("suspended"),
        false => html! { span.badge.good { "active" } },
    }
}

/// Positions of several participants.
pub(crate) fn positions_table(
    links: &crate::links::Links,
    directory: &Directory,
    rows: &[corridor_indexer::query::movements::PositionRow],
) -> maud::Markup {
    let mut table = positions::table("Positions", &["Participant", "Currency"]);
    for row in rows {
        let first = [
            refer::participant(links, directory, row.participant),
            html! { a href=(links.legs(row.participant, row.currency)) { (row.currency) } },
        ];
        let cells = positions::cells(directory, row.currency, &row.balances);
        table.row(first.into_iter().chain(cells));
    }
    table.render("Nothing is in escrow yet.")
}

//! Which transfers a person asks for.

use crate::{directory::Directory, failure::Failure, links::Links, page::place, text::time, text::words};
use corridor_client::core::WindowId;
use corridor_indexer::query::transfers::{Side, TransferFilter};
use corridor_iso20022::Date;
use maud::{html, Markup};
use serde::Deserialize;

/// The form as it was sent. A field left empty does not restrict.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Form {
    participant: Option<String>,
    side: Option<String>,
    currency: Option<String>,
    status: Option<String>,
    from: Option<String>,
    until: Option<String>,
    window: Option<String>,
    pub(crate) after: Option<String>,
}

fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

impl Form {
    /// What it means.
    pub(crate) fn filter(&self, directory: &Directory) -> Result<TransferFilter, Failure> {
        let participant = given(&self.participant)
            .map(|text| directory.find(text).ok_or_else(|| place::no_participant(text)))
            .transpose()?;
        let window = given(&self.window).map(window).transpose()?;
        Ok(TransferFilter {
            participant,
            side: side(given(&self.side))?,
            status: given(&self.status).map(String::from),
            currency: given(&self.currency).map(place::currency).transpose()?,
            window,
            quote: None,
            instructed_from: given(&self.from)
                .map(date)
                .transpose()?
                .map(time::beijing_day_begins),
            instructed_until: given(&self.until)
                .map(date)
                .transpose()?
                .map(|date| time::beijing_day_begins(date).saturating_add(time::DAY)),
        })
    }

    /// As parameters of an address.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, Option<String>)> {
        [
            ("participant", &self.participant),
            ("side", &self.side),
            ("currency", &self.currency),
            ("status", &self.status),
            ("from", &self.from),
            ("until", &self.until),
            ("window", &self.window),
        ]
        .map(|(name, field)| (name, given(field).map(String::from)))
        .into()
    }

    /// Whether anything is restricted.
    fn restricts(&self) -> bool {
        self.parameters().iter().any(|(_, value)| value.is_some())
    }

    pub(crate) fn render(&self, links: &Links, directory: &Directory, filter: &TransferFilter) -> Markup {
        let participant = filter.participant.map(|id| id.0.to_string());
        let participants = directory
            .participants
            .iter()
            .map(|row| (row.id.0.to_string(), directory.name(row.id)));
        let currencies = directory
            .currencies
            .iter()
            .map(|row| (row.currency.to_string(), row.currency.to_string()));
        let statuses = words::STATUSES.map(|status| (status.to_owned(), status.to_owned()));
        let sides = [("debtor", "pays"), ("creditor", "is paid")]
            .map(|(value, text)| (value.to_owned(), text.to_owned()));
        html! {
            form.filter.card action=(links.to("/transfers")) method="get" aria-label="Filter transfers" {
                (select("participant", "Participant", "any", participants, participant.as_deref()))
                (select("side", "Side", "either side", sides, given(&self.side)))
                (select("currency", "Currency", "any", currencies, given(&self.currency)))
                (select("status", "Status", "any", statuses, given(&self.status)))
                (day("from", "From (Beijing day)", given(&self.from)))
                (day("until", "Until (Beijing day)", given(&self.until)))
                @if let Some(window) = given(&self.window) { input type="hidden" name="window" value=(window); }
                div.buttons {
                    button type="submit" { "Filter" }
                    @if self.restricts() { a href=(links.to("/transfers")) { "Clear" } }
                }
            }
            @if let Some(window) = given(&self.window) { p.quiet { "Booked in window " (window) "." } }
        }
    }
}

fn select(
    name: &str,
    label: &str,
    any: &str,
    options: impl IntoIterator<Item = (String, String)>,
    chosen: Option<&str>,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                option value="" { (any) }
                @for (value, text) in options {
                    option value=(value) selected[chosen == Some(value.as_str())] { (text) }
                }
            }
        }
    }
}

fn day(name: &str, label: &str, value: Option<&str>) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            input id=(name) name=(name) type="date" value=[value];
        }
    }
}

fn side(text: Option<&str>) -> Result<Side, Failure> {
    match text {
        None => Ok(Side::Either),
        Some("debtor") => Ok(Side::DebtorAgent),
        Some("creditor") => Ok(Side::CreditorAgent),
        Some(other) => Err(Failure::invalid(
            format!("{other} is no side of a transfer"),
            "A side is debtor or creditor.",
        )),
    }
}

fn window(text: &str) -> Result<WindowId, Failure> {
    let hint = "A window is a number; the list of windows has all of them.";
    let number = place::number(text).map(WindowId);
    number.ok_or_else(|| Failure::invalid(format!("{text} is no window"), hint))
}

fn date(text: &str) -> Result<Date, Failure> {
    let hint = "A day is written as 2026-11-24.";
    text.parse()
        .map_err(|_| Failure::invalid(format!("{text} is no day"), hint))
}

//! The currency a list is of, and the tabs that choose it.

use crate::{directory::Directory, failure::Failure, page::place};
use corridor_client::core::Currency;
use maud::{html, Markup};

/// The one a person chose, else the first there is.
pub(crate) fn chosen(directory: &Directory, text: Option<&str>) -> Result<Option<Currency>, Failure> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => place::currency(text).map(Some),
        None => Ok(directory.currencies.first().map(|row| row.currency)),
    }
}

pub(crate) fn tabs(
    directory: &Directory,
    current: Option<Currency>,
    link: impl Fn(Currency) -> String,
) -> Markup {
    html! {
        nav.tabs aria-label="Currencies" {
            @for row in &directory.currencies {
                a href=(link(row.currency)) aria-current=[(current == Some(row.currency)).then_some("true")] { (row.currency) }
            }
        }
    }
}

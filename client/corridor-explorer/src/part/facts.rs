//! Names and values, one below the other.

use maud::{html, Markup};

/// A list under construction.
#[derive(Default)]
pub(crate) struct Facts(Vec<(&'static str, Markup)>);

impl Facts {
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: Markup) -> Self {
        self.0.push((name, value));
        self
    }

    /// Nothing where there is no value.
    #[must_use]
    pub(crate) fn maybe(self, name: &'static str, value: Option<Markup>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn render(&self) -> Markup {
        html! {
            dl.facts {
                @for (name, value) in &self.0 { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

//! What a page hands to the frame around it.

use axum::response::{IntoResponse, Response};
use maud::Markup;

/// Parts of the site, as the navigation shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Transfers,
    Participants,
    Windows,
    Batches,
    Quotes,
    Queue,
    Tariffs,
    Blocks,
    Other,
}

/// How long what a page shows stays true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Until the next block is indexed.
    UntilNextBlock,
    /// For good: a finalised block does not change.
    Final,
    /// It tells the time.
    Now,
}

/// A page without its frame.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) section: Section,
    pub(crate) freshness: Freshness,
    pub(crate) body: Markup,
}

impl Document {
    /// A page that is true until the next block.
    pub(crate) fn new(section: Section, title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            section,
            freshness: Freshness::UntilNextBlock,
            body,
        }
    }

    pub(crate) fn freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }
}

impl IntoResponse for Document {
    /// The frame takes it out and renders it.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

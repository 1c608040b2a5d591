//! Every address of the explorer. Whatever comes from a person is encoded here.

use corridor_client::core::{Currency, ParticipantId, QuoteId, Uetr, WindowId};
use corridor_indexer::EventId;
use std::fmt::Display;
use url::form_urlencoded::Serializer;

/// Addresses below the path the explorer is mounted at.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    base: String,
}

impl Links {
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.into() }
    }

    pub(crate) fn home(&self) -> String {
        match self.base.as_str() {
            "" => "/".into(),
            base => base.into(),
        }
    }

    /// A page or asset by its path.
    pub(crate) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A page with parameters; those that are `None` are left out.
    pub(crate) fn query(&self, path: &str, parameters: &[(&str, Option<String>)]) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in parameters {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => self.to(path),
            query => format!("{}?{query}", self.to(path)),
        }
    }

    pub(crate) fn transfer(&self, uetr: Uetr) -> String {
        self.to(&format!("/transfers/{uetr}"))
    }

    pub(crate) fn participant(&self, id: ParticipantId) -> String {
        self.to(&format!("/participants/{}", id.0))
    }

    pub(crate) fn legs(&self, id: ParticipantId, currency: Currency) -> String {
        self.to(&format!("/participants/{}/legs?currency={currency}", id.0))
    }

    pub(crate) fn operation(&self, id: ParticipantId, reference: &[u8; 16]) -> String {
        let reference = crate::text::bytes::hex(reference);
        self.to(&format!("/participants/{}/operations/{reference}", id.0))
    }

    pub(crate) fn currency(&self, currency: Currency) -> String {
        self.to(&format!("/currencies/{currency}"))
    }

    pub(crate) fn windows(&self, currency: Currency) -> String {
        self.to(&format!("/windows?currency={currency}"))
    }

    pub(crate) fn window(&self, currency: Currency, window: WindowId) -> String {
        self.to(&format!("/windows/{currency}/{window}"))
    }

    pub(crate) fn batch(&self, agent: ParticipantId, number: u32) -> String {
        self.to(&format!("/batches/{}/{number}", agent.0))
    }

    pub(crate) fn quote(&self, id: QuoteId) -> String {
        self.to(&Self::quote_path(id))
    }

    /// Below where the explorer is mounted.
    pub(crate) fn quote_path(id: QuoteId) -> String {
        let reference = crate::text::bytes::hex(&id.reference.0);
        format!("/quotes/{}/{reference}", id.provider.0)
    }

    pub(crate) fn queue(&self, currency: Currency) -> String {
        self.to(&format!("/queue?currency={currency}"))
    }

    /// By number, or by hash.
    pub(crate) fn block(&self, block: impl Display) -> String {
        self.to(&format!("/blocks/{block}"))
    }

    pub(crate) fn extrinsic(&self, id: EventId) -> String {
        self.to(&format!("/extrinsics/{id}"))
    }

    pub(crate) fn event(&self, id: EventId) -> String {
        self.to(&format!("/events/{id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_where_the_explorer_is_mounted() {
        let (root, nested) = (Links::new(""), Links::new("/explorer"));
        assert_eq!((root.home(), nested.home()), ("/".into(), "/explorer".into()));
        assert_eq!(nested.block(7), "/explorer/blocks/7");
    }

    #[test]
    fn what_a_person_typed_cannot_leave_its_parameter() {
        let link = Links::new("").query("/search", &[("q", Some("a&b=\"<x>#".into())), ("after", None)]);
        assert_eq!(link, "/search?q=a%26b%3D%22%3Cx%3E%23");
    }
}

//! Why a page cannot be shown, for the person who asked for it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use corridor_indexer::IndexError;

/// What is said instead of a page. The frame renders it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) title: String,
    /// What was wrong, and what to do.
    pub(crate) text: String,
    /// Of the index's failures, for whoever looks after it.
    pub(crate) code: Option<&'static str>,
}

impl Failure {
    /// Nothing is known under that name.
    pub(crate) fn unknown(what: impl Into<String>, hint: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            title: what.into(),
            text: hint.into(),
            code: None,
        }
    }

    /// What was asked cannot be understood.
    pub(crate) fn invalid(what: impl Into<String>, hint: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: what.into(),
            text: hint.into(),
            code: None,
        }
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        if let IndexError::Cursor(_) = error {
            return Self::invalid(
                "That page of the list does not exist",
                "Go to the first page and on from there.",
            );
        }
        // The reason may name hosts and paths: it is for the log, not for the page.
        tracing::error!(code = error.code(), %error, "a page of the explorer cannot be shown");
        Self {
            status: match error.is_transient() {
                true => StatusCode::SERVICE_UNAVAILABLE,
                false => StatusCode::INTERNAL_SERVER_ERROR,
            },
            title: "The index cannot be read".into(),
            text: error.advice().into(),
            code: Some(error.code()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

//! What a request that changes something brings along: body, type, `Idempotency-Key`, where to.

use crate::{app::App, operation::Method, problem::Problem};
use axum::{
    body::{to_bytes, Bytes},
    extract::{FromRequest, OriginalUri, Request},
    http::{header, HeaderMap},
    RequestExt,
};
use serde::{de::DeserializeOwned, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The longest idempotency key.
const MOST_KEY: usize = 255;

/// A request that changes something.
pub struct Intent {
    /// Method and path.
    pub target: String,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Of the body.
    pub content_type: String,
    /// What is to come back: `true` for XML.
    pub wants_xml: bool,
    /// The body.
    pub body: Bytes,
}

impl FromRequest<Arc<App>> for Intent {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let method = request.method().clone();
        let path = match request.extract_parts::<OriginalUri>().await {
            Ok(OriginalUri(uri)) => uri.path().to_owned(),
            Err(never) => match never {},
        };
        let idempotency_key = idempotency_key(request.headers())?;
        let content_type = content_type(request.headers());
        let wants_xml = wants_xml(request.headers())?;
        let limit = app.config.limits.body_bytes;
        let body = to_bytes(request.into_body(), limit).await;
        Ok(Self {
            target: format!("{method} {path}"),
            idempotency_key,
            content_type,
            wants_xml,
            body: body.map_err(|error| unreadable(&error, limit))?,
        })
    }
}

fn unreadable(error: &axum::Error, limit: usize) -> Problem {
    let source = std::error::Error::source(error);
    match source.is_some_and(|source| source.is::<http_body_util::LengthLimitError>()) {
        true => Problem::too_large(limit),
        false => Problem::malformed("the body ended too early"),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let visible = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    match !text.is_empty() && text.len() <= MOST_KEY && visible {
        true => Ok(Some(text.into())),
        false => Err(Problem::malformed(format!(
            "Idempotency-Key: 1 to {MOST_KEY} visible ASCII characters"
        ))),
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a media type is XML.
#[must_use]
pub fn is_xml(media_type: &str) -> bool {
    matches!(media_type, "application/xml" | "text/xml") || media_type.ends_with("+xml")
}

/// Whether an answer is wanted as XML; JSON where nothing is said.
///
/// # Errors
/// 406 where neither will do.
pub fn wants_xml(headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else {
        return Ok(false);
    };
    let types = accept
        .split(',')
        .map(|part| part.split(';').next().unwrap_or_default().trim());
    for media_type in types {
        match media_type {
            "application/json" | "application/*" | "*/*" | "application/problem+json" => return Ok(false),
            xml if is_xml(xml) => return Ok(true),
            _ => {}
        }
    }
    Err(Problem::not_acceptable("application/json or application/xml"))
}

impl Intent {
    /// The body as JSON.
    ///
    /// # Errors
    /// 415, 400 for what is no JSON, 422 for what is no `T`: with the field and what was expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.content_type != "application/json" {
            return Err(Problem::media_type("application/json"));
        }
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let value: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
        let value = value.map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            let text = match path.as_str() {
                "." => inner.to_string(),
                path => format!("{path}: {inner}"),
            };
            match inner.is_data() {
                true => Problem::invalid(text),
                false => Problem::malformed(text),
            }
        })?;
        reader
            .end()
            .map_err(|error| Problem::malformed(error.to_string()))?;
        Ok(value)
    }

    /// The body of a request that needs none: nothing, or an empty object.
    ///
    /// # Errors
    /// 422 where there is more.
    pub fn nothing(&self) -> Result<(), Problem> {
        let text = self.body.trim_ascii();
        match text.is_empty() || text == b"{}" {
            true => Ok(()),
            false => Err(Problem::invalid("this takes no body")),
        }
    }

    /// SHA-256 of what a message says: of its bytes, and of how its transfers settle where the query asks for anything but the default.
    #[must_use]
    pub fn message_digest(&self, method: Method) -> String {
        let asked = match method {
            Method::Gross => "",
            Method::Net => "settlement_method=net\n",
            Method::Queued => "settlement_method=queued\n",
        };
        hex::encode(
            Sha256::new()
                .chain_update(asked)
                .chain_update(&self.body)
                .finalize(),
        )
    }
}

/// SHA-256 of a value's JSON as this program writes it: the order of fields and white space do not matter.
#[must_use]
pub fn digest_of(kind: &str, value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    hex::encode(Sha256::digest([kind.as_bytes(), b"\n", &json].concat()))
}

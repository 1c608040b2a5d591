//! `[traces]`: where OpenTelemetry spans go.

use super::{expand, Span};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use url::Url;

/// An OpenTelemetry collector.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TracesConfig {
    /// Its OTLP/HTTP address for traces, whole: `http://127.0.0.1:4318/v1/traces`.
    #[serde(deserialize_with = "super::span::text")]
    pub endpoint: Url,
    /// The `Authorization` header it wants. `${NAME}` stands for an environment variable, so that it need not be in
    /// this file.
    #[serde(default, deserialize_with = "secret")]
    pub authorization: Option<SecretString>,
    /// How long it may take to answer. Default 10s.
    #[serde(default = "Span::seconds::<10>")]
    pub timeout: Span,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}

impl TracesConfig {
    pub(super) fn fill_in(&mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<(), String> {
        if let Some(given) = &self.authorization {
            let whole = expand("traces.authorization", given.expose_secret(), lookup)?;
            self.authorization = Some(whole.into());
        }
        Ok(())
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if !matches!(self.endpoint.scheme(), "http" | "https") {
            return Err("traces.endpoint starts with http:// or https://".into());
        }
        if !self.endpoint.username().is_empty() || self.endpoint.password().is_some() {
            return Err("traces.endpoint holds no password: use traces.authorization".into());
        }
        Ok(())
    }
}

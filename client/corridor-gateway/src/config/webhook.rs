//! `[webhooks]`.

use super::Span;
use ipnet::IpNet;
use serde::Deserialize;
use std::path::PathBuf;

/// How events are sent to bank systems.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// A file of at least 32 bytes that only its owner can read, the same for all gateways: each webhook's secret is
    /// derived from it.
    pub secret: PathBuf,
    /// Whether targets may be `http://`. Default no.
    #[serde(default)]
    pub allow_http: bool,
    /// Networks targets may be in although they are private, loopback or otherwise special. Default none.
    #[serde(default)]
    pub allow_networks: Vec<IpNet>,
    /// Attempts before a delivery becomes a dead letter. Default 12, which takes four hours with the default back-off.
    #[serde(default = "default_attempts")]
    pub attempts: u32,
    /// The wait after the first failure, doubled each time, an hour at most. Default 15s.
    #[serde(default = "Span::seconds::<15>")]
    pub back_off: Span,
    /// How long a target may take to answer. Default 10s.
    #[serde(default = "Span::seconds::<10>")]
    pub timeout: Span,
    /// Deliveries under way at a time. Default 32.
    #[serde(default = "default_deliveries")]
    pub in_flight: usize,
    /// Of these to one webhook, so that a target that hangs holds up no other. Default 8.
    #[serde(default = "default_deliveries_each")]
    pub in_flight_each: usize,
}

fn default_attempts() -> u32 {
    12
}

fn default_deliveries() -> usize {
    32
}

fn default_deliveries_each() -> usize {
    8
}

//! How to connect.

use crate::{key::KeySource, store::StoreLocation};
use corridor_core::Address;
use std::time::Duration;

/// Everything [`Corridor::connect`](crate::Corridor::connect) needs; [`Config::new`] fills in defaults.
#[derive(Clone, Debug)]
pub struct Config {
    /// The node's WebSocket URL.
    pub url: String,
    /// The settlement contract; `None` until it is deployed.
    pub settlement: Option<Address>,
    /// Where submissions are recorded. Default: in memory, which survives nothing.
    pub store: StoreLocation,
    /// The key that signs; `None` for queries and watching only.
    pub key: Option<KeySource>,
    /// How long to look for the node before giving up. Default: 10 s.
    pub connect_timeout: Duration,
    /// How long a call waits for its finalised block before it answers "unknown". Default: 120 s.
    pub finality_timeout: Duration,
    /// How many operations of one key may be in flight. Default: 128, half of what an extrinsic's lifetime
    /// of 256 blocks allows on a chain that makes a block for each.
    pub max_in_flight: usize,
}

impl Config {
    /// Defaults for the node at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            settlement: None,
            store: StoreLocation::Memory,
            key: None,
            connect_timeout: Duration::from_secs(10),
            finality_timeout: Duration::from_secs(120),
            max_in_flight: 128,
        }
    }

    /// The same with a settlement contract.
    #[must_use]
    pub fn settlement(mut self, address: Address) -> Self {
        self.settlement = Some(address);
        self
    }

    /// The same with a store.
    #[must_use]
    pub fn store(mut self, store: StoreLocation) -> Self {
        self.store = store;
        self
    }

    /// The same with a signing key.
    #[must_use]
    pub fn key(mut self, key: KeySource) -> Self {
        self.key = Some(key);
        self
    }
}

//! What every part of a gateway shares.

use crate::{
    auth::{KeyRing, RateLimit},
    backend::Backend,
    config::Config,
    index::SharedIndex,
    metrics::Metrics,
    store::{EventId, Store},
    webhook::Secrets,
};
use std::sync::Arc;
use tokio::sync::{watch, Notify, Semaphore};

/// A gateway's shared state.
pub struct App {
    /// As configured.
    pub config: Config,
    /// What all gateways share.
    pub store: Store,
    /// The chain.
    pub backend: Arc<dyn Backend>,
    /// The index of finalised blocks, where there is one.
    pub index: SharedIndex,
    /// API keys.
    pub keys: KeyRing,
    /// How often each may ask.
    pub rate: RateLimit,
    /// Figures.
    pub metrics: Metrics,
    /// Wakes the worker.
    pub work: Notify,
    /// The newest event, for event streams and deliveries.
    pub newest_event: watch::Sender<EventId>,
    /// Event streams that may still be opened.
    pub streams: Arc<Semaphore>,
    /// Secrets of webhooks, where there are webhooks.
    pub secrets: Option<Secrets>,
    stop: watch::Sender<bool>,
}

impl App {
    /// Puts a gateway together; nothing runs yet.
    #[must_use]
    pub fn new(
        config: Config,
        store: Store,
        backend: Arc<dyn Backend>,
        secrets: Option<Secrets>,
    ) -> Arc<Self> {
        Arc::new(Self {
            keys: KeyRing::new(store.clone()),
            rate: RateLimit::new(&config.limits),
            metrics: Metrics::new(),
            work: Notify::new(),
            newest_event: watch::Sender::new(EventId::default()),
            streams: Arc::new(Semaphore::new(config.limits.event_streams)),
            secrets,
            stop: watch::Sender::new(false),
            index: SharedIndex::new(config.index.as_ref().map(|index| index.url.clone())),
            store,
            backend,
            config,
        })
    }

    /// Asks every part to stop.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Whether it was asked to.
    #[must_use]
    pub fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until it is.
    pub async fn stopped(&self) {
        // The sender is ours: it cannot be gone.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }
}

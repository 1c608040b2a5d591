//! What every part of a gateway shares.

use crate::{
    auth::{KeyRing, RateLimit, Scope},
    backend::Backend,
    config::Config,
    index::SharedIndex,
    metrics::Metrics,
    store::{EventId, Store},
    webhook::Secrets,
    worker::UnderWay,
};
use corridor_client::new_uetr;
use std::sync::{Arc, OnceLock};
use tokio::sync::{watch, Notify, Semaphore};

/// Statements drawn up at a time.
const STATEMENTS: usize = 2;

/// A gateway's shared state.
pub struct App {
    /// As configured.
    pub config: Config,
    /// What this process calls itself in the store: its name, and something no other process ever has. So two that have
    /// the same name by mistake, or one and its own next start, never take each other's requests for their own.
    pub owner: String,
    /// Roles there are signing keys for.
    pub roles: Vec<&'static str>,
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
    /// What the worker carries out.
    pub under_way: UnderWay,
    /// The newest event, for event streams and deliveries.
    pub newest_event: watch::Sender<EventId>,
    /// Event streams that may still be opened.
    pub streams: Arc<Semaphore>,
    /// Statements that may be drawn up at a time: each is in memory as a whole until it is written.
    pub statements: Semaphore,
    /// Secrets of webhooks, where there are webhooks.
    pub secrets: Option<Secrets>,
    stage: watch::Sender<Stage>,
    failure: OnceLock<String>,
}

/// How far a gateway has come on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// It serves.
    Serving,
    /// It serves, and asks balancers to send nothing more.
    Leaving,
    /// Every part ends.
    Stopping,
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
        let roles = Scope::ALL.into_iter().filter(|role| backend.signs(*role));
        Arc::new(Self {
            owner: format!("{}#{}", config.name, new_uetr()),
            roles: roles.map(Scope::name).collect(),
            keys: KeyRing::new(store.clone()),
            rate: RateLimit::new(&config.limits),
            metrics: Metrics::new(),
            work: Notify::new(),
            under_way: UnderWay::default(),
            newest_event: watch::Sender::new(EventId::default()),
            streams: Arc::new(Semaphore::new(config.limits.event_streams)),
            statements: Semaphore::new(STATEMENTS),
            secrets,
            stage: watch::Sender::new(Stage::Serving),
            failure: OnceLock::new(),
            index: SharedIndex::new(config.index.as_ref().map(|index| index.url.clone())),
            store,
            backend,
            config,
        })
    }

    /// Asks balancers to send nothing more: `/ready` says no, and everything else goes on.
    pub fn leave(&self) {
        self.reach(Stage::Leaving);
    }

    /// Asks every part to stop.
    pub fn stop(&self) {
        self.reach(Stage::Stopping);
    }

    /// Leaves because this process cannot do its work any more: its supervisor is to start another.
    pub fn fail(&self, reason: &str) {
        if !self.stopping() && self.failure.set(reason.into()).is_ok() {
            tracing::error!(reason, "this gateway cannot go on and stops");
        }
        self.leave();
    }

    fn reach(&self, stage: Stage) {
        self.stage.send_if_modified(|reached| {
            let further = stage > *reached;
            *reached = stage.max(*reached);
            further
        });
    }

    /// Why it stops by itself.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Whether it is on its way out.
    #[must_use]
    pub fn leaving(&self) -> bool {
        *self.stage.borrow() >= Stage::Leaving
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn stopping(&self) -> bool {
        *self.stage.borrow() == Stage::Stopping
    }

    /// Waits until it is on its way out.
    pub async fn left(&self) {
        self.reached(Stage::Leaving).await;
    }

    /// Waits until it was asked to stop.
    pub async fn stopped(&self) {
        self.reached(Stage::Stopping).await;
    }

    async fn reached(&self, stage: Stage) {
        // The sender is ours: it cannot be gone.
        let _ = self.stage.subscribe().wait_for(|now| *now >= stage).await;
    }
}

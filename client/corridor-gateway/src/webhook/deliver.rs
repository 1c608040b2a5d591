//! Delivering: each gateway takes what is due, sends it, and notes what became of it.

use super::target::{GuardedResolver, Rules};
use crate::{
    app::App,
    config::WebhookConfig,
    iso::now,
    store::{Due, StoreError},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How often the store is asked where nothing wakes the task.
const POLL: Duration = Duration::from_secs(1);

/// Delivers until the gateway stops.
///
/// # Errors
/// The text for the operator where no HTTP client can be made.
pub async fn run(app: Arc<App>) -> Result<(), String> {
    let Some(config) = app.config.webhooks.clone() else {
        return Ok(());
    };
    let rules = Rules::from(&config);
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(GuardedResolver::new(rules.clone())))
        .https_only(!config.allow_http)
        .timeout(config.timeout.0)
        .user_agent(concat!("corridor-gateway/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| format!("webhooks cannot be delivered: {error}"))?;
    let sender = Arc::new(Sender {
        client,
        rules,
        config,
    });
    let mut lanes = Lanes::new(sender);
    let mut newest = app.newest_event.subscribe();
    while !app.stopping() {
        while lanes.under_way.try_join_next().is_some() {}
        newest.mark_unchanged();
        if let Err(error) = lanes.fill(&app).await {
            tracing::error!(%error, "deliveries cannot be taken");
        }
        tokio::select! {
            // What was delivered may have freed what comes after it.
            Some(_) = lanes.under_way.join_next() => {}
            _ = newest.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.stopped() => {}
        }
    }
    while lanes.under_way.join_next().await.is_some() {}
    Ok(())
}

/// Deliveries under way: so many together, and so many to each webhook, so that a target that hangs holds up no other.
struct Lanes {
    sender: Arc<Sender>,
    permits: Arc<Semaphore>,
    each: HashMap<String, Arc<Semaphore>>,
    under_way: JoinSet<()>,
}

impl Lanes {
    fn new(sender: Arc<Sender>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(sender.config.in_flight.max(1))),
            each: HashMap::new(),
            under_way: JoinSet::new(),
            sender,
        }
    }

    /// Takes what is due and there is room for.
    async fn fill(&mut self, app: &Arc<App>) -> Result<(), StoreError> {
        let most = self.sender.config.in_flight_each.max(1);
        // Longer than an attempt takes, so that nobody else makes the same one meanwhile.
        let lease = self.sender.config.timeout.0.saturating_mul(3);
        self.each.retain(|_, lane| lane.available_permits() < most);
        if self.permits.available_permits() == 0 {
            return Ok(());
        }
        for webhook in app.store.webhooks_waiting().await? {
            let lane = self.each.entry(webhook.clone());
            let lane = lane.or_insert_with(|| Arc::new(Semaphore::new(most))).clone();
            let room = self.permits.available_permits().min(lane.available_permits());
            if room == 0 {
                continue;
            }
            for due in app.store.due(&app.owner, &webhook, lease, room).await? {
                self.deliver(app.clone(), &lane, due);
            }
        }
        Ok(())
    }

    fn deliver(&mut self, app: Arc<App>, lane: &Arc<Semaphore>, due: Due) {
        let permits = (
            self.permits.clone().try_acquire_owned(),
            lane.clone().try_acquire_owned(),
        );
        let (Ok(shared), Ok(own)) = permits else {
            return;
        };
        let sender = self.sender.clone();
        self.under_way.spawn(async move {
            sender.attempt(&app, &due).await;
            drop((shared, own));
        });
    }
}

struct Sender {
    client: reqwest::Client,
    rules: Rules,
    config: WebhookConfig,
}

impl Sender {
    async fn attempt(&self, app: &App, due: &Due) {
        let id = due.event.id;
        let noted = match self.send(app, due).await {
            Ok(()) => {
                app.metrics.delivery("delivered");
                app.store.delivered(&app.owner, due).await
            }
            Err(error) => {
                let wait = self.wait_after(due.attempts);
                let (webhook, event) = (&due.webhook_id, id.to_string());
                match wait {
                    Some(wait) => {
                        tracing::info!(webhook, event, error, wait_s = wait.as_secs(), "not delivered")
                    }
                    None => tracing::warn!(webhook, event, error, "a dead letter"),
                }
                app.metrics
                    .delivery(if wait.is_some() { "failed" } else { "dead" });
                app.store.undelivered(&app.owner, due, wait, &error).await
            }
        };
        match noted {
            Ok(true) => {}
            Ok(false) => tracing::info!("another gateway has this delivery now"),
            // It will be taken again when its lease has run out: at least once.
            Err(error) => tracing::error!(%error, "what became of a delivery was not noted"),
        }
    }

    /// `None` after the last attempt.
    fn wait_after(&self, attempts: i64) -> Option<Duration> {
        if attempts >= i64::from(self.config.attempts) {
            return None;
        }
        let doublings = u32::try_from(attempts.saturating_sub(1))
            .unwrap_or_default()
            .min(20);
        let wait = self
            .config
            .back_off
            .0
            .saturating_mul(2u32.saturating_pow(doublings));
        Some(wait.min(LONGEST_WAIT))
    }

    /// # Errors
    /// What went wrong, in words that name no secret and no answer's content.
    async fn send(&self, app: &App, due: &Due) -> Result<(), String> {
        let secrets = app.secrets.as_ref().ok_or("webhooks have no secret here")?;
        // The rules may have become stricter since it was made.
        let url = self.rules.check(&due.url)?;
        let signature = secrets.signature(&due.webhook_id, now(), due.event.body.as_bytes());
        let answer = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("corridor-event-id", due.event.id.to_string())
            .header("corridor-event-kind", due.event.kind.as_str())
            .header("corridor-webhook-id", due.webhook_id.as_str())
            .header("corridor-signature", signature)
            .body(due.event.body.clone())
            .send()
            .await
            .map_err(|error| why(&error))?;
        let status = answer.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(format!("the target answers {}", status.as_u16())),
        }
    }
}

/// The innermost reason: the outer ones repeat the URL.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".into();
    }
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

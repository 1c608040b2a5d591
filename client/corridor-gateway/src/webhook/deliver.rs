//! Delivering: each gateway takes what is due, sends it, and notes what became of it.

use super::target::{GuardedResolver, Rules};
use crate::{app::App, config::WebhookConfig, iso::now, store::Due};
use std::{sync::Arc, time::Duration};
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
    let permits = Arc::new(Semaphore::new(sender.config.in_flight.max(1)));
    let mut newest = app.newest_event.subscribe();
    let mut under_way = JoinSet::new();
    while !app.stopping() {
        while under_way.try_join_next().is_some() {}
        newest.mark_unchanged();
        let free = permits.available_permits();
        // Longer than an attempt takes, so that nobody else makes the same one meanwhile.
        let lease = sender.config.timeout.0.saturating_mul(3);
        let due = match free {
            0 => Ok(Vec::new()),
            _ => app.store.due(&app.config.name, lease, free).await,
        };
        let due = due.unwrap_or_else(|error| {
            tracing::error!(%error, "deliveries cannot be taken");
            Vec::new()
        });
        let some = !due.is_empty();
        for due in due {
            let Ok(permit) = permits.clone().try_acquire_owned() else {
                continue;
            };
            let (app, sender) = (app.clone(), sender.clone());
            under_way.spawn(async move {
                sender.attempt(&app, &due).await;
                drop(permit);
            });
        }
        tokio::select! {
            // What was delivered may have freed what comes after it.
            Some(_) = under_way.join_next(), if some || free == 0 => {}
            _ = newest.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.stopped() => {}
        }
    }
    while under_way.join_next().await.is_some() {}
    Ok(())
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
                app.store.delivered(&due.webhook_id, id).await
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
                app.store.undelivered(&due.webhook_id, id, wait, &error).await
            }
        };
        if let Err(error) = noted {
            // It will be taken again when its lease has run out: at least once.
            tracing::error!(%error, "what became of a delivery was not noted");
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

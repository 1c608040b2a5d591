//! Carrying out requests: each gateway takes what is open, does it, and records what finalised blocks say.
//!
//! Unknown is never final: a request is kept, and asked about again, until a block decides.
//!
//! | file | content |
//! |---|---|
//! | `verdict.rs` | what a result means |
//! | `contest.rs` | until when something submitted earlier may still be carried out |
//! | `leases.rs` | keeping leases alive |

mod contest;
mod leases;
mod verdict;

pub use leases::{keep_leases, UnderWay};

use crate::{
    app::App,
    auth::Scope,
    operation::Operation,
    store::{Claimed, Ending, Progress, State, StoreError},
    view::request::{FaultView, OutcomeView, ResultView},
};
use contest::Contest;
use corridor_client::Error;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
    time::Instant,
};
use tracing::Instrument;
use verdict::{judge, wait_after, Verdict, MOST_FAULTS};

/// Between two looks for work, at least. What comes meanwhile is taken together, and mostly lands in the same block.
const GATHERING: Duration = Duration::from_millis(10);

/// How often it is looked whether what is held back can be told.
const HOLDING: Duration = Duration::from_millis(500);

/// Takes and carries out requests until the gateway stops; then waits for those under way, for as long as the
/// configuration says. What is left is taken up by another gateway, or by this one's next process.
pub async fn run(app: Arc<App>) {
    let permits = Arc::new(Semaphore::new(app.config.worker.in_flight));
    let mut under_way = JoinSet::new();
    while !app.stopping() {
        while let Some(ended) = under_way.try_join_next() {
            report(ended);
        }
        let free = permits.available_permits();
        let looked = Instant::now();
        // Where this process cannot find out any more, another one is to begin what is new.
        let claimed = match free > 0 && app.failure().is_none() {
            true => claim(&app, free).await,
            false => Vec::new(),
        };
        let took_all = claimed.len() == free;
        for claimed in claimed {
            let Ok(permit) = permits.clone().try_acquire_owned() else {
                continue;
            };
            let app = app.clone();
            let span = span(&claimed);
            let work = async move {
                if let Some(kept) = app.under_way.begin(&claimed.id) {
                    Attempts::of(&app, claimed).carry_out().await;
                    drop(kept);
                }
                drop(permit);
                // A stream's next request, or one that waited for a permit, can be taken now.
                app.work.notify_one();
            };
            under_way.spawn(work.instrument(span));
        }
        app.metrics.in_flight(
            app.config
                .worker
                .in_flight
                .saturating_sub(permits.available_permits()),
        );
        if took_all && free > 0 {
            continue;
        }
        tokio::select! {
            () = app.work.notified() => tokio::time::sleep_until(looked + GATHERING).await,
            () = tokio::time::sleep(app.config.worker.poll.0) => {}
            () = app.stopped() => {}
        }
    }
    let drain = async {
        while let Some(ended) = under_way.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(app.config.limits.drain.0, drain)
        .await
        .is_err()
    {
        tracing::warn!(
            count = under_way.len(),
            "requests under way are left to the next process"
        );
    }
}

/// A task that panicked leaves its request to its lease: what it submitted may still land.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "carrying out a request failed: it is taken again when its lease has run out");
    }
}

fn span(claimed: &Claimed) -> tracing::Span {
    let uetr = claimed.operation.uetr().map(|uetr| uetr.to_string());
    tracing::info_span!(
        "request",
        request = claimed.id,
        kind = claimed.operation.kind(),
        uetr,
        attempt = claimed.attempts
    )
}

async fn claim(app: &App, limit: usize) -> Vec<Claimed> {
    let claimed = app
        .store
        .claim(&app.owner, app.config.worker.lease.0, limit, &app.roles)
        .await;
    claimed.unwrap_or_else(|error| {
        tracing::error!(%error, "no work can be taken");
        Vec::new()
    })
}

/// A request being carried out.
struct Attempts<'a> {
    app: &'a App,
    claimed: Claimed,
    contest: Contest,
}

impl<'a> Attempts<'a> {
    fn of(app: &'a App, claimed: Claimed) -> Self {
        Self {
            contest: Contest::of(&claimed),
            app,
            claimed,
        }
    }

    /// Takes it as far as it goes: to its end, or back to the others.
    async fn carry_out(mut self) {
        let role: Scope = self.claimed.role.parse().unwrap_or(Scope::Auditor);
        loop {
            let result = self.app.backend.execute(role, &self.claimed.operation).await;
            let verdict = judge(&result);
            if let Err(error) = &result {
                tracing::info!(%error, code = error.code(), ?verdict, "not carried out");
            }
            let Some(waiting_for) = self.proceed(verdict, result).await else {
                return;
            };
            self.note(&waiting_for).await;
            let wait = wait_after(self.claimed.attempts);
            self.claimed.attempts = self.claimed.attempts.saturating_add(1);
            if !self.sleep(wait).await {
                return;
            }
        }
    }

    /// What follows from an attempt: `Some` with what is waited for where this gateway goes on with the request.
    async fn proceed(&mut self, verdict: Verdict, result: Result<OutcomeView, Error>) -> Option<String> {
        let text = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        match verdict {
            Verdict::Succeeded => {
                if self.held_back().await {
                    self.end(State::Succeeded, result).await;
                }
                None
            }
            Verdict::Refused => self.end_unless_contested("refused", State::Refused, result).await,
            Verdict::Fault => {
                self.claimed.faults = self.claimed.faults.saturating_add(1);
                if self.claimed.faults >= MOST_FAULTS {
                    return self.end_unless_contested("failed", State::Failed, result).await;
                }
                self.let_go(text, self.contest.to_store()).await
            }
            Verdict::Again => self.let_go(text, self.contest.to_store()).await,
            Verdict::Lost => self.let_go(text, self.contest.to_store_lost()).await,
            Verdict::Unknown => {
                self.contest.submitted(self.app).await;
                Some(text)
            }
            Verdict::Stopped => {
                // The lease is left as it is: whoever takes the request next knows that something may still land.
                self.app.fail(&text);
                None
            }
        }
    }

    async fn end_unless_contested(
        &mut self,
        what: &str,
        state: State,
        result: Result<OutcomeView, Error>,
    ) -> Option<String> {
        if let Some(until) = self.contest.any(self.app).await {
            return Some(contest::text(what, until));
        }
        self.end(state, result).await;
        None
    }

    /// Hands the request back, unless something of it is followed here.
    async fn let_go(&mut self, text: String, contested_until: Option<i64>) -> Option<String> {
        if self.contest.is_followed() {
            return Some(text);
        }
        let (app, claimed) = (self.app, &self.claimed);
        let wait = wait_after(claimed.attempts);
        let progress = Progress {
            error: text,
            contested_until,
            faults: claimed.faults,
        };
        let let_go = || app.store.let_go(&app.owner, &claimed.id, wait, &progress);
        persist(app, let_go).await;
        None
    }

    /// Holds back a success that an earlier copy could undo later, and with it what follows in its stream, until it
    /// cannot any more. `false` where the gateway stops before.
    async fn held_back(&mut self) -> bool {
        if !self.claimed.operation.overwrites() {
            return true;
        }
        let mut said = None;
        while let Some(until) = self.contest.earliers(self.app).await {
            if said.replace(until) != Some(until) {
                self.note(&contest::text("carried out", until)).await;
            }
            if !self.sleep(HOLDING).await {
                return false;
            }
        }
        true
    }

    /// `false` where the gateway stops before.
    async fn sleep(&self, wait: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.app.stopped() => false,
        }
    }

    async fn note(&self, text: &str) {
        let progress = Progress {
            error: text.into(),
            contested_until: self.contest.to_store(),
            faults: self.claimed.faults,
        };
        let noted = self.app.store.note(&self.app.owner, &self.claimed.id, &progress);
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the request's progress was not noted");
        }
    }

    async fn end(&self, state: State, result: Result<OutcomeView, Error>) {
        end(self.app, &self.claimed, state, result).await;
    }
}

async fn end(app: &App, claimed: &Claimed, state: State, result: Result<OutcomeView, Error>) {
    let view = match result {
        Ok(outcome) => ResultView::Outcome(Box::new(outcome)),
        Err(error) => ResultView::Fault(FaultView::from(&error)),
    };
    let ending = Ending {
        state,
        result: serde_json::to_string(&view).unwrap_or_default(),
    };
    let ended = persist(app, || app.store.end(&app.owner, &claimed.id, &ending)).await;
    let took =
        u64::try_from(crate::store::now_ms().saturating_sub(claimed.created_at_ms)).unwrap_or_default();
    match ended {
        Some(true) => {
            tracing::info!(state = state.name(), took_ms = took, "ended");
            app.metrics.ended(
                claimed.operation.kind(),
                state.name(),
                Duration::from_millis(took),
            );
        }
        Some(false) => tracing::warn!(state = state.name(), "ended here, but another gateway has it now"),
        None => {}
    }
    if let Operation::RegisterParticipant(_) = claimed.operation {
        tracing::info!("the directory is read again on the next unknown name");
    }
}

/// Writes until it is written, or the process ends: what became of a request must not be lost.
async fn persist<T, F>(app: &App, write: impl Fn() -> F) -> Option<T>
where
    F: std::future::Future<Output = Result<T, StoreError>>,
{
    for attempt in 1i64.. {
        match write().await {
            Ok(done) => return Some(done),
            Err(error) => tracing::error!(%error, "what became of the request was not written, trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(wait_after(attempt)) => {}
            () = app.stopped() => return None,
        }
    }
    None
}

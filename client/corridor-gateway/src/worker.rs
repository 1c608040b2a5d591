//! Carrying out requests: each gateway takes what is open, does it, and records what finalised blocks say.
//!
//! What a result means for the request is decided in one place, `judge`. Unknown is never final: the request is
//! kept, and asked about again, until a block decides.

use crate::{
    app::App,
    auth::Scope,
    operation::Operation,
    store::{Claimed, Ending, State, StoreError},
    view::request::{FaultView, OutcomeView, ResultView},
};
use corridor_client::{chain::LIFETIME_BLOCKS, ContractError, Error, SubmitError};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};
use tracing::Instrument;

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often something is tried that fails for a reason of its own, not the chain's: then it is given up.
const MOST_ATTEMPTS: i64 = 8;

/// What an attempt's result means.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// Final.
    Ends(State),
    /// Refused; final unless an earlier holder's extrinsic may still land.
    Refused,
    /// Nothing was submitted: let go, and try again.
    Again,
    /// Something may have been submitted: keep, and ask again.
    Unknown,
}

/// Judges how an attempt ended.
fn judge(result: &Result<OutcomeView, Error>, attempts: i64) -> Verdict {
    let error = match result {
        Ok(_) => return Verdict::Ends(State::Succeeded),
        Err(error) => error,
    };
    let given_up = match attempts >= MOST_ATTEMPTS {
        true => Verdict::Ends(State::Failed),
        false => Verdict::Again,
    };
    match error {
        Error::Contract(ContractError::Refused(_) | ContractError::Token(_)) => Verdict::Refused,
        Error::Contract(_) => given_up,
        // Executed in a finalised block, and failed there; the next dry-run tells why if it lasts.
        Error::Submit(SubmitError::Failed { .. }) => given_up,
        Error::Submit(_) => Verdict::Unknown,
        Error::Chain(_)
        | Error::Store(_)
        | Error::Key(_)
        | Error::Proof(_)
        | Error::NoKey
        | Error::NoSettlement
        | Error::OtherChain { .. } => Verdict::Again,
    }
}

/// How long to wait after so many attempts.
fn wait_after(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or_default()
        .min(10);
    Duration::from_millis(250)
        .saturating_mul(2u32.saturating_pow(doublings))
        .min(LONGEST_WAIT)
}

/// Takes and carries out requests until the gateway stops; then waits for those under way, for as long as the
/// configuration says. What is left is taken up by another gateway, or by this one's next process.
pub async fn run(app: Arc<App>) {
    let permits = Arc::new(Semaphore::new(app.config.worker.in_flight));
    let mut under_way = JoinSet::new();
    while !app.stopping() {
        while under_way.try_join_next().is_some() {}
        let free = permits.available_permits();
        let claimed = match free {
            0 => Vec::new(),
            _ => claim(&app, free).await,
        };
        let took_all = claimed.len() == free;
        for claimed in claimed {
            let Ok(permit) = permits.clone().try_acquire_owned() else {
                continue;
            };
            let app = app.clone();
            let span = span(&claimed);
            let work = async move {
                carry_out(&app, claimed).await;
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
            () = app.work.notified() => {}
            () = tokio::time::sleep(app.config.worker.poll.0) => {}
            () = app.stopped() => {}
        }
    }
    let drain = async { while under_way.join_next().await.is_some() {} };
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
        .claim(&app.config.name, app.config.worker.lease.0, limit)
        .await;
    claimed.unwrap_or_else(|error| {
        tracing::error!(%error, "no work can be taken");
        Vec::new()
    })
}

/// Keeps leases alive. A gateway that cannot is fenced: it stops, because another one may have its requests.
///
/// # Errors
/// The text for the operator when the gateway has to stop.
pub async fn keep_leases(app: Arc<App>) -> Result<(), String> {
    let lease = app.config.worker.lease.0;
    // A safe distance before the lease runs out for everybody else.
    let patience = lease.saturating_sub(lease / 4);
    let mut renewed = Instant::now();
    loop {
        // The worker still drains when the gateway stops: leases are kept until this task is dropped.
        tokio::time::sleep(lease / 6).await;
        // A process that was suspended wakes up here, and must not submit another byte.
        if renewed.elapsed() > lease {
            return Err("this process was suspended for longer than worker.lease".into());
        }
        let asked = Instant::now();
        let renewal = app.store.renew(&app.config.name, lease);
        match tokio::time::timeout(lease / 6, renewal).await {
            Ok(Ok(())) => renewed = asked,
            Ok(Err(error)) => tracing::error!(%error, "leases cannot be renewed"),
            Err(_) => tracing::error!("leases cannot be renewed: the store does not answer"),
        }
        if renewed.elapsed() > patience {
            return Err("leases could not be renewed in time: another gateway takes over".into());
        }
    }
}

/// Takes a request as far as it goes: to its end, or back to the others.
async fn carry_out(app: &App, mut claimed: Claimed) {
    let role: Scope = claimed.role.parse().unwrap_or(Scope::Auditor);
    loop {
        let result = app.backend.execute(role, &claimed.operation).await;
        let verdict = judge(&result, claimed.attempts);
        if let Err(error) = &result {
            tracing::info!(%error, code = error.code(), ?verdict, "not carried out");
        }
        let wait = wait_after(claimed.attempts);
        match verdict {
            Verdict::Ends(state) => return end(app, &claimed, state, result).await,
            Verdict::Refused => match may_still_land(app, &mut claimed).await {
                Some(until) => note(app, &claimed, &contested_text(until)).await,
                None => return end(app, &claimed, State::Refused, result).await,
            },
            Verdict::Again => {
                let text = result.err().map(|error| error.to_string()).unwrap_or_default();
                let let_go = || app.store.let_go(&app.config.name, &claimed.id, wait, &text);
                return persist(app, let_go).await.unwrap_or_default();
            }
            Verdict::Unknown => {
                let text = result.err().map(|error| error.to_string()).unwrap_or_default();
                note(app, &claimed, &text).await;
            }
        }
        claimed.attempts = claimed.attempts.saturating_add(1);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.stopped() => return,
        }
    }
}

/// Until which block an earlier holder's extrinsic may still land; `None` when it cannot.
async fn may_still_land(app: &App, claimed: &mut Claimed) -> Option<i64> {
    let until = claimed.contested_until?;
    let Ok(head) = app.backend.head().await else {
        return Some(until);
    };
    let head = i64::try_from(head.number).unwrap_or(i64::MAX);
    if until < 0 {
        // Whatever the earlier holder signed, it signed at a block up to this one.
        let lifetime = i64::try_from(LIFETIME_BLOCKS).unwrap_or(i64::MAX);
        let until = head.saturating_add(lifetime);
        claimed.contested_until = Some(until);
        return Some(until);
    }
    (head < until).then_some(until)
}

fn contested_text(until: i64) -> String {
    match until {
        ..0 => "refused, but an earlier attempt may still be carried out".into(),
        _ => format!("refused, but an earlier attempt may still be carried out before block {until}"),
    }
}

async fn note(app: &App, claimed: &Claimed, text: &str) {
    let until = claimed.contested_until.filter(|until| *until >= 0);
    if let Err(error) = app.store.note(&app.config.name, &claimed.id, text, until).await {
        tracing::warn!(%error, "the request's progress was not noted");
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
    let ended = persist(app, || app.store.end(&app.config.name, &claimed.id, &ending)).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::{core::Error as Refusal, ChainError, KeyError};

    fn verdict(error: Error, attempts: i64) -> Verdict {
        judge(&Err(error), attempts)
    }

    #[test]
    fn unknown_is_never_final() {
        for attempts in [1, 100] {
            let unknown = SubmitError::Unknown {
                operation: "accept".into(),
                waited: Duration::from_secs(1),
            };
            assert_eq!(verdict(Error::Submit(unknown), attempts), Verdict::Unknown);
            let stopped = SubmitError::Stopped("closed".into());
            assert_eq!(verdict(Error::Submit(stopped), attempts), Verdict::Unknown);
            let gone = ChainError::Disconnected {
                reason: "gone".into(),
            };
            assert_eq!(verdict(Error::Chain(gone), attempts), Verdict::Again);
            let locked = KeyError::Signer {
                account: "5".into(),
                reason: "locked".into(),
            };
            assert_eq!(verdict(Error::Key(locked), attempts), Verdict::Again);
        }
    }

    #[test]
    fn a_refusal_is_final_and_a_trap_is_given_up_in_the_end() {
        let refused = ContractError::Refused(Refusal::InsufficientFunds);
        assert_eq!(verdict(refused.into(), 1), Verdict::Refused);
        let trap = || Error::from(ContractError::Failed("ContractTrapped".into()));
        assert_eq!(verdict(trap(), 1), Verdict::Again);
        assert_eq!(verdict(trap(), MOST_ATTEMPTS), Verdict::Ends(State::Failed));
    }

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert_eq!(wait_after(1), Duration::from_millis(250));
        assert_eq!(wait_after(3), Duration::from_secs(1));
        assert_eq!(wait_after(1_000), LONGEST_WAIT);
    }
}

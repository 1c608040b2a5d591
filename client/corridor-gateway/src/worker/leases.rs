//! Keeping leases alive, and knowing when they are lost.
//!
//! Only what this process carries out is kept. The store may hold more in its name: a claim whose answer was lost, a
//! request whose task has ended without an end for it. That lease runs out, and whoever takes the request next knows that
//! something of it may still land.

use crate::{app::App, store::now_ms};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Ids of the requests this process carries out.
#[derive(Debug, Default)]
pub struct UnderWay(Mutex<HashSet<String>>);

impl UnderWay {
    /// Keeps a request's lease until the guard is dropped, by a panic, too. `None` where it is under way already: a clock
    /// that was set forward ends leases early.
    #[must_use]
    pub fn begin(&self, id: &str) -> Option<Kept<'_>> {
        self.locked().insert(id.into()).then(|| Kept {
            all: self,
            id: id.into(),
        })
    }

    fn ids(&self) -> Vec<String> {
        self.locked().iter().cloned().collect()
    }

    fn locked(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose lease is kept.
#[derive(Debug)]
pub struct Kept<'a> {
    all: &'a UnderWay,
    id: String,
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        self.all.locked().remove(&self.id);
    }
}

/// A moment by two clocks: one that never goes back but may stand still while the machine is suspended, and the one
/// on the wall, which other gateways go by.
#[derive(Clone, Copy, Debug)]
struct Moment {
    steady: Instant,
    wall_ms: i64,
}

impl Moment {
    fn now() -> Self {
        Self {
            steady: Instant::now(),
            wall_ms: now_ms(),
        }
    }

    /// How long ago it was, by the clock that says more.
    fn elapsed(&self) -> Duration {
        let wall = now_ms().saturating_sub(self.wall_ms);
        let wall = Duration::from_millis(u64::try_from(wall).unwrap_or_default());
        self.steady.elapsed().max(wall)
    }
}

/// Keeps leases alive. A gateway that cannot is fenced: it stops, because another one may have its requests.
///
/// # Errors
/// The text for the operator when the gateway has to stop.
pub async fn keep_leases(app: Arc<App>) -> Result<(), String> {
    let lease = app.config.worker.lease.0;
    // A safe distance before the lease runs out for everybody else.
    let patience = lease.saturating_sub(lease / 4);
    let mut renewed = Moment::now();
    loop {
        // The worker still drains when the gateway stops: leases are kept until this task is dropped.
        tokio::time::sleep(lease / 6).await;
        // A process that was suspended wakes up here, and must not submit another byte.
        if renewed.elapsed() > lease {
            return Err("this process was suspended for longer than worker.lease".into());
        }
        let asked = Moment::now();
        let under_way = app.under_way.ids();
        let renewal = app.store.renew(&app.owner, lease, &under_way);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspended_machine_is_noticed_by_the_clock_that_went_on() {
        let suspended = Moment {
            steady: Instant::now(),
            wall_ms: now_ms() - 90_000,
        };
        assert!(suspended.elapsed() >= Duration::from_secs(90));
        let set_back = Moment {
            steady: Instant::now(),
            wall_ms: now_ms() + 90_000,
        };
        assert!(set_back.elapsed() < Duration::from_secs(10));
    }
}

//! Keeping leases alive, and knowing when they are lost.

use crate::{app::App, store::now_ms};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

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
        let renewal = app.store.renew(&app.owner, lease);
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

//! How often a key may ask.

use crate::{config::LimitsConfig, problem::Problem};
use governor::{clock::Clock, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::sync::Arc;

/// A bucket for each API key, in this process.
pub struct RateLimit {
    buckets: DefaultKeyedRateLimiter<Arc<str>>,
}

impl RateLimit {
    /// As the configuration says.
    #[must_use]
    pub fn new(limits: &LimitsConfig) -> Self {
        let quota = Quota::per_second(limits.requests_per_second).allow_burst(limits.burst);
        Self {
            buckets: RateLimiter::keyed(quota),
        }
    }

    /// Takes one from a key's bucket.
    ///
    /// # Errors
    /// 429, with the time after which it is worth asking again.
    pub fn check(&self, key_id: &Arc<str>) -> Result<(), Problem> {
        self.buckets.check_key(key_id).map_err(|not_until| {
            let wait = not_until.wait_time_from(governor::clock::DefaultClock::default().now());
            Problem::rate_limited(wait.as_secs().saturating_add(1))
        })
    }
}

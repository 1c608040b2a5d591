//! How long a gateway takes to answer 202 at a steady rate.

use super::bank::Bank;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Times of answers, the shortest first.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn at(&self, percent: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0
            .get((self.0.len() * percent / 100).min(last))
            .copied()
            .unwrap_or_default()
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// Each answer counts from the moment its request was due, so that a stall is not hidden by requests that were not sent.
pub async fn steady(bank: &Arc<Bank>, rate: u32, time: Duration) -> Times {
    let (started, step) = (Instant::now(), Duration::from_secs(1) / rate);
    let mut answers = Vec::new();
    for number in 0.. {
        let due = step * number;
        if due >= time {
            break;
        }
        tokio::time::sleep_until((started + due).into()).await;
        let bank = bank.clone();
        answers.push(tokio::spawn(async move {
            bank.instruct().await;
            started.elapsed().saturating_sub(due)
        }));
    }
    let mut times = Vec::new();
    for answer in answers {
        times.push(answer.await.expect("taken"));
    }
    times.sort_unstable();
    Times(times)
}

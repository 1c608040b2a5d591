//! Records of API keys, remembered for a few seconds so that a request need not wait for the store.

use super::{Caller, KeyRecord, PresentedKey};
use crate::{
    problem::Problem,
    store::{now_ms, Store},
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For how long a record is believed: a revoked key works this much longer at most.
pub(crate) const FRESH: Duration = Duration::from_secs(5);

/// How many ids nobody knows are looked up a second, whoever presents them. Anyone can make up as many as he likes.
const STRANGERS: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// Compared with where there is no record, so that an unknown id takes as long as a known one.
const NOBODY: [u8; 32] = [0; 32];

/// Finds callers by their keys.
pub struct KeyRing {
    store: Store,
    known: Mutex<HashMap<String, (Instant, KeyRecord)>>,
    strangers: Mutex<Strangers>,
    lookups: DefaultDirectRateLimiter,
}

/// Ids that were found to be nobody's, until they may be somebody's.
struct Strangers {
    since: Instant,
    ids: HashSet<String>,
}

impl KeyRing {
    /// The keys of a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: Mutex::default(),
            strangers: Mutex::new(Strangers {
                since: Instant::now(),
                ids: HashSet::new(),
            }),
            lookups: RateLimiter::direct(Quota::per_second(STRANGERS)),
        }
    }

    /// Who presents this key; `None` where it is not good.
    ///
    /// # Errors
    /// 503 where the store does not answer, 429 where too many unknown keys are presented.
    pub async fn find(&self, presented: &PresentedKey) -> Result<Option<Caller>, Problem> {
        let record = self.record(&presented.id).await?;
        let opens = presented.opens(record.as_ref().map_or(&NOBODY[..], |record| &record.hash));
        Ok(record
            .filter(|record| opens && record.is_good(now_ms()))
            .map(|record| record.caller()))
    }

    /// Whether a key that was good still is.
    ///
    /// # Errors
    /// As [`KeyRing::find`].
    pub async fn is_still_good(&self, id: &str) -> Result<bool, Problem> {
        Ok(self
            .record(id)
            .await?
            .is_some_and(|record| record.is_good(now_ms())))
    }

    async fn record(&self, id: &str) -> Result<Option<KeyRecord>, Problem> {
        match self.remembered(id) {
            Some((true, record)) => return Ok(Some(record)),
            // Of those there are no more than the store has: they are never counted among the strangers.
            Some((false, _)) => {}
            None if self.is_stranger(id) => return Ok(None),
            None => self.lookups.check().map_err(|_| Problem::too_many_strangers())?,
        }
        let record = self.store.key(id).await?;
        self.remember(id, record.as_ref());
        Ok(record)
    }

    /// A record, and whether it is fresh.
    fn remembered(&self, id: &str) -> Option<(bool, KeyRecord)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, record) = known.get(id)?;
        Some((at.elapsed() < FRESH, record.clone()))
    }

    fn is_stranger(&self, id: &str) -> bool {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.since.elapsed() >= FRESH {
            strangers.since = Instant::now();
            strangers.ids.clear();
        }
        strangers.ids.contains(id)
    }

    fn remember(&self, id: &str, record: Option<&KeyRecord>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match record {
            Some(record) => {
                known.insert(id.into(), (Instant::now(), record.clone()));
            }
            None => {
                known.remove(id);
                let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
                strangers.ids.insert(id.into());
            }
        }
    }
}

//! Records of API keys, remembered for a few seconds so that a request need not wait for the store.

use super::{Caller, KeyRecord, PresentedKey};
use crate::store::{now_ms, Store, StoreError};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For how long a record is believed: a revoked key works this much longer at most.
const FRESH: Duration = Duration::from_secs(5);

/// Records remembered at most; unknown ids are remembered, too, and must not fill the memory.
const CAPACITY: usize = 10_000;

/// Compared with where there is no record, so that an unknown id takes as long as a known one.
const NOBODY: [u8; 32] = [0; 32];

/// Finds callers by their keys.
pub struct KeyRing {
    store: Store,
    known: Mutex<HashMap<String, (Instant, Option<KeyRecord>)>>,
}

impl KeyRing {
    /// The keys of a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: Mutex::default(),
        }
    }

    /// Who presents this key; `None` where it is not good.
    ///
    /// # Errors
    /// The store's.
    pub async fn find(&self, presented: &PresentedKey) -> Result<Option<Caller>, StoreError> {
        let record = match self.remembered(&presented.id) {
            Some(record) => record,
            None => {
                let record = self.store.key(&presented.id).await?;
                self.remember(&presented.id, record.clone());
                record
            }
        };
        let opens = presented.opens(record.as_ref().map_or(&NOBODY[..], |record| &record.hash));
        Ok(record
            .filter(|record| opens && record.is_good(now_ms()))
            .map(|record| record.caller()))
    }

    fn remembered(&self, id: &str) -> Option<Option<KeyRecord>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, record) = known.get(id)?;
        (at.elapsed() < FRESH).then(|| record.clone())
    }

    fn remember(&self, id: &str, record: Option<KeyRecord>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(id.into(), (Instant::now(), record));
    }
}

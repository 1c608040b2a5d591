//! What drivers and pilot share.

use super::{Landed, SubmitError};
use crate::{
    chain::Chain,
    contract::ContractError,
    key::SigningKey,
    store::{Settlement, Store},
    AccountId,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// How far an operation has come.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// Not signed, or not known to be.
    UnderWay,
    /// Signed and on disk: it has a nonce, behind that of everything signed before.
    Signed,
    /// Over, as far as who waits is concerned.
    Ended(Result<Landed, SubmitError>),
}

pub(super) struct Shared {
    pub(super) chain: Chain,
    pub(super) store: Store,
    pub(super) key: SigningKey,
    /// Operations under way in this process, by row: who asks for one again waits with the first.
    fates: Mutex<HashMap<i64, watch::Sender<Fate>>>,
}

impl Shared {
    pub(super) fn new(chain: Chain, store: Store, key: SigningKey) -> Self {
        Self {
            chain,
            store,
            key,
            fates: Mutex::default(),
        }
    }

    pub(super) fn account(&self) -> AccountId {
        self.key.account()
    }

    fn fates(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<Fate>>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for an operation's fate from now on. `true` for the first, who has to carry it out.
    pub(super) fn enter(&self, id: i64) -> (watch::Receiver<Fate>, bool) {
        let mut fates = self.fates();
        if let Some(fate) = fates.get(&id) {
            return (fate.subscribe(), false);
        }
        let (sender, receiver) = watch::channel(Fate::UnderWay);
        fates.insert(id, sender);
        (receiver, true)
    }

    /// Records how an operation ended, then tells those who wait.
    pub(super) async fn resolve(&self, id: i64, result: Result<Landed, SubmitError>) {
        let settlement = match &result {
            Ok(landed) => Settlement::Finalised(landed.landing()),
            Err(SubmitError::Contract(error)) => {
                let number = match error {
                    ContractError::Refused(error) => Some(error.number()),
                    _ => None,
                };
                Settlement::Refused(error.to_string(), number)
            }
            Err(error) => Settlement::Failed(error.to_string()),
        };
        let recorded = self.store.settle(id, settlement).await;
        self.tell(id, recorded.map_err(SubmitError::from).and(result));
    }

    /// Tells those who wait, and forgets the operation; its row stays as it is.
    pub(super) fn tell(&self, id: i64, result: Result<Landed, SubmitError>) {
        if let Some(sender) = self.fates().remove(&id) {
            // Nobody waits any more where the caller gave up; the store has it.
            sender.send_replace(Fate::Ended(result));
        }
    }

    /// Tells those who wait for that only.
    pub(super) fn tell_signed(&self, id: i64) {
        if let Some(sender) = self.fates().get(&id) {
            sender.send_replace(Fate::Signed);
        }
    }

    /// Tells those who wait how it stands; the operation goes on, and others may wait for it.
    pub(super) fn tell_so_far(&self, id: i64, error: SubmitError) {
        if let Some(sender) = self.fates().insert(id, watch::Sender::new(Fate::Signed)) {
            sender.send_replace(Fate::Ended(Err(error)));
        }
    }

    /// Tells everybody the same: the pilot has ended.
    pub(super) fn tell_all(&self, error: &SubmitError) {
        for (_, sender) in self.fates().drain() {
            sender.send_replace(Fate::Ended(Err(error.clone())));
        }
    }
}

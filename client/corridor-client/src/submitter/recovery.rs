//! Picking up what an earlier process left open.

use super::{
    drive::drive,
    flights::Flights,
    landing::{end_in, explain, End},
    pilot::{Commands, PilotTask, FILLER},
    shared::{Fate, Shared},
    Landed, Ready, SubmitError, Submitter,
};
use crate::{
    chain::{Anchor, Call, ChainError, Limits, SignedExtrinsic},
    store::{is_once, KeyLease, Operation, OperationStatus},
};
use futures::{future::BoxFuture, FutureExt, StreamExt, TryStreamExt};
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::Instant,
};
use tokio::sync::watch;

type Recovered = Vec<(String, watch::Receiver<Fate>)>;

/// An operation's identity, and how it ended.
pub type Resumed = (String, Result<Landed, SubmitError>);

/// Blocks searched at a time.
const AHEAD: usize = 8;

/// Makes the pilot's task out of what the store and the chain know.
///
/// What may still be included is followed from the block it was signed at, and sent again; what can no
/// longer be is searched for in the blocks of its lifetime, beside everything else.
pub(super) async fn recover(
    shared: Arc<Shared>,
    commands: Commands,
    lease: KeyLease,
) -> Result<(PilotTask, Recovered), SubmitError> {
    let account = shared.account();
    let head = shared.chain.finalised_head().await?;
    let anchor = Anchor {
        number: head.number,
        hash: head.hash,
    };
    let (used, in_pool, open) = tokio::join!(
        shared.chain.nonce_at(account, head.hash),
        shared.chain.pool_nonce(account),
        shared.store.open_operations(account),
    );
    let used = used?;
    let mut next_nonce = used.max(in_pool?);
    let mut recovered = Recovered::new();
    let (mut flights, mut held, mut first_block) = (
        Flights::default(),
        BTreeSet::new(),
        anchor.number.saturating_add(1),
    );
    for operation in open? {
        let Some(signed) = operation
            .signed
            .clone()
            .filter(|_| operation.status == OperationStatus::Signed)
        else {
            continue;
        };
        next_nonce = next_nonce.max(signed.nonce.saturating_add(1));
        let (fate, _) = shared.enter(operation.id);
        if !operation.wanted.identity.starts_with(FILLER) {
            recovered.push((operation.wanted.identity.clone(), fate));
        }
        if matches!(operation.wanted.call, Call::Instantiate { .. }) {
            held.insert(signed.nonce.saturating_add(1));
            next_nonce = next_nonce.max(signed.nonce.saturating_add(2));
        }
        let ready = again(&operation);
        if signed.era_end > anchor.number {
            first_block = first_block.min(signed.signed_at.saturating_add(1));
            shared.tell_signed(ready.id);
            flights.insert(ready, signed, Instant::now());
        } else {
            // What is signed anew gets a second nonce of its own.
            held.remove(&signed.nonce.saturating_add(1));
            if signed.nonce >= used {
                held.insert(signed.nonce);
            }
            tokio::spawn(search_lifetime(
                shared.clone(),
                commands.clone(),
                ready,
                signed,
                used,
                anchor.number,
            ));
        }
    }
    if !recovered.is_empty() {
        tracing::info!(
            count = recovered.len(),
            "operations were left open, picking them up"
        );
    }
    let task = PilotTask {
        blocks: shared.chain.follow_from(first_block),
        searched: (first_block > anchor.number).then_some(anchor),
        shared,
        commands,
        anchor,
        next_nonce,
        flights,
        held,
        free: BTreeSet::new(),
        gap: None,
        _lease: lease,
    };
    Ok((task, recovered))
}

/// An operation that was signed before.
fn again(operation: &Operation) -> Ready {
    Ready {
        id: operation.id,
        wanted: operation.wanted.clone(),
        limits: Limits::default(),
        nonce: None,
        attempt: 1,
        may_land: None,
        unseen: false,
        in_order: false,
    }
}

/// Whether what was never signed is not begun by another process: the caller may have repeated the call since, or have
/// decided otherwise, and nothing would tell the two apart.
fn never_again(operation: &Operation) -> bool {
    is_once(&operation.wanted.identity) || !operation.wanted.answer.is_idempotent()
}

/// Finds out what became of bytes whose lifetime is over.
async fn search_lifetime(
    shared: Arc<Shared>,
    commands: Commands,
    mut ready: Ready,
    signed: SignedExtrinsic,
    used: u64,
    head: u64,
) {
    let operation = ready.wanted.identity.clone();
    if signed.nonce >= used {
        tracing::info!(operation, "its lifetime ended without it, signing anew");
        ready.nonce = Some(signed.nonce);
        return drive(shared, commands, ready).await;
    }
    match find(&shared, &signed, head).await {
        Ok(Some(number)) => finish(shared, commands, ready, &signed, number).await,
        Ok(None) => {
            tracing::info!(operation, "its nonce was used by another extrinsic, signing anew");
            drive(shared, commands, ready).await;
        }
        // The blocks are gone: only the contract can tell, and its messages have no second effect.
        Err(error) if ready.wanted.answer.is_idempotent() && !error.is_transient() => {
            ready.unseen = true;
            drive(shared, commands, ready).await;
        }
        // Left open, for the next attempt.
        Err(error) => shared.tell(ready.id, Err(error.into())),
    }
}

/// The finalised block that has the extrinsic.
async fn find(shared: &Shared, signed: &SignedExtrinsic, head: u64) -> Result<Option<u64>, ChainError> {
    let last = signed.era_end.saturating_sub(1).min(head);
    let blocks = futures::stream::iter(signed.signed_at.saturating_add(1)..=last);
    let mut searched = blocks
        .map(|number| async move {
            let hashes = shared.chain.extrinsic_hashes(number).await?;
            Ok::<_, ChainError>((number, hashes.contains(&signed.hash)))
        })
        .buffered(AHEAD);
    while let Some((number, found)) = searched.try_next().await? {
        if found {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Settles an operation by the block that has it.
async fn finish(
    shared: Arc<Shared>,
    commands: Commands,
    mut ready: Ready,
    signed: &SignedExtrinsic,
    number: u64,
) {
    let block = match shared.chain.block(number).await {
        Ok(block) => block,
        // The block is there and its state is not: whether it succeeded only the contract can tell.
        Err(ChainError::BlockUnavailable { .. }) if ready.wanted.answer.is_idempotent() => {
            ready.unseen = true;
            return drive(shared, commands, ready).await;
        }
        Err(error) => return shared.tell(ready.id, Err(error.into())),
    };
    match end_in(&block, &signed.hash) {
        Some(End::Landed(landed)) => shared.resolve(ready.id, Ok(*landed)).await,
        Some(End::Failed(failure)) => {
            let error = explain(&shared, &ready, &block, failure).await;
            shared.resolve(ready.id, Err(error)).await;
        }
        Some(End::LimitsTooLow) | None => drive(shared, commands, ready).await,
    }
}

impl Submitter {
    /// Finds out what became of operations that an earlier process left open, and completes them.
    ///
    /// # Errors
    /// Where not even the start is possible; each operation's own fate is in the list.
    pub fn resume(&self) -> BoxFuture<'_, Result<Vec<Resumed>, SubmitError>> {
        async move {
            let pilot = self.pilot().await?;
            let mut waiting = {
                let mut recovered = pilot.recovered.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::take(&mut *recovered)
            };
            let shared = &self.inner.shared;
            for operation in shared.store.open_operations(self.account()).await? {
                // Signed ones are in the list already; planned ones never got as far as a signature.
                if operation.status == OperationStatus::Planned {
                    let (fate, first) = shared.enter(operation.id);
                    if first && never_again(&operation) {
                        let error = SubmitError::NeverSigned {
                            operation: operation.wanted.identity.clone(),
                        };
                        shared.resolve(operation.id, Err(error)).await;
                    } else if first {
                        let ready = Ready::first(operation.id, operation.wanted.clone());
                        tokio::spawn(drive(shared.clone(), pilot.commands(), ready));
                    }
                    waiting.push((operation.wanted.identity, fate));
                }
            }
            let fates = waiting.into_iter().map(|(identity, fate)| async move {
                let result = self.wait(identity.clone(), fate).await;
                (identity, result)
            });
            Ok(futures::future::join_all(fates).await)
        }
        .boxed()
    }
}

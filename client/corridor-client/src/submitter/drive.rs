//! Recording the intent, asking what the contract would do, and waiting for what it did.

use super::{
    landing::Landed,
    pilot::{Command, Commands, FILLER},
    shared::{Fate, Shared},
    Ready, SubmitError, Submitter,
};
use crate::{
    chain::{Call, ChainError, DryRun, Hash, Limits, Weight},
    contract::{Answer, Verdict},
    store::{NewOperation, OperationStatus, Planned},
};
use futures::{future::BoxFuture, FutureExt};
use std::{sync::Arc, time::Duration};
use tokio::sync::{watch, SemaphorePermit};
use tracing::Instrument;

/// Added to what a dry-run needed, because other operations come in between. Unused weight is given back
/// by the chain, and a deposit is only ever what is used.
const MARGIN_PERCENT: u8 = 25;

/// The least limit of the deposit for storage, in planck: above what the longest value there may be takes under the
/// longest key (456 bytes at 10^7 each, and 2 * 10^9 for the key's place).
const LEAST_STORAGE_DEPOSIT: u128 = 10_000_000_000;

/// Between two attempts to go on with an operation that was signed before.
const PAUSE: Duration = Duration::from_millis(500);

impl Submitter {
    /// Carries out an operation and waits for the finalised block that shows it.
    ///
    /// The same operation under way already, from this process or an earlier one, is waited for, and one
    /// carried out before is answered from the store.
    ///
    /// # Errors
    /// See [`SubmitError`]. Dropping the returned future stops the waiting, not the operation.
    pub fn submit(&self, wanted: NewOperation) -> BoxFuture<'_, Result<Landed, SubmitError>> {
        async move {
            let _permit = self.permit().await?;
            let begun = self.begin(wanted, false).await?;
            self.end(begun).await
        }
        .boxed()
    }

    /// Room for one more in flight.
    pub(super) async fn permit(&self) -> Result<SemaphorePermit<'_>, SubmitError> {
        let acquired = self.inner.permits.acquire().await;
        acquired.map_err(|_| SubmitError::Stopped("closed".into()))
    }

    /// Records the intent and starts what is to be done, if nobody has yet.
    pub(super) async fn begin(&self, wanted: NewOperation, in_order: bool) -> Result<Begun, SubmitError> {
        let commands = self.pilot().await?.commands();
        let identity = wanted.identity.clone();
        let shared = &self.inner.shared;
        // Signed and followed by nobody: what became of it could not be found out.
        let (id, unseen) = match shared.store.plan(wanted.clone()).await? {
            Planned::Fresh(id) => (id, false),
            Planned::Conflict => return Err(SubmitError::Conflict { operation: identity }),
            Planned::Known(known) => match (known.status, known.landing) {
                (OperationStatus::Finalised, Some(landing)) => {
                    return Ok(Begun::Landed(Landed::stored(landing)));
                }
                (status, _) => (known.id, status == OperationStatus::Signed),
            },
        };
        let (fate, first) = shared.enter(id);
        if first {
            let ready = Ready {
                in_order,
                attempt: u32::from(unseen),
                unseen,
                ..Ready::first(id, wanted)
            };
            tokio::spawn(drive(shared.clone(), commands, ready).in_current_span());
        }
        Ok(Begun::UnderWay(identity, fate))
    }

    /// Waits for the end of what was begun; not for ever.
    pub(super) async fn end(&self, begun: Begun) -> Result<Landed, SubmitError> {
        match begun {
            Begun::Landed(landed) => Ok(landed),
            Begun::UnderWay(identity, fate) => self.wait(identity, fate).await,
        }
    }

    /// Waits for an operation's fate; not for ever.
    pub(super) async fn wait(
        &self,
        operation: String,
        mut fate: watch::Receiver<Fate>,
    ) -> Result<Landed, SubmitError> {
        let waited = self.inner.settings.finality_timeout;
        let ended = fate.wait_for(|fate| matches!(fate, Fate::Ended(_)));
        match tokio::time::timeout(waited, ended).await {
            Ok(Ok(fate)) => match &*fate {
                Fate::Ended(result) => result.clone(),
                _ => Err(SubmitError::Stopped("without a word".into())),
            },
            Ok(Err(_)) => Err(SubmitError::Stopped("closed".into())),
            Err(_) => Err(SubmitError::Unknown { operation, waited }),
        }
    }
}

/// An operation that this process looks after.
pub(super) enum Begun {
    /// Its identity, and where its fate will be told.
    UnderWay(String, watch::Receiver<Fate>),
    /// It had been carried out before.
    Landed(Landed),
}

impl Ready {
    /// An operation that was never signed.
    pub(super) fn first(id: i64, wanted: NewOperation) -> Self {
        Self {
            id,
            wanted,
            limits: Limits::default(),
            nonce: None,
            attempt: 0,
            may_land: None,
            unseen: false,
            in_order: false,
        }
    }
}

/// Takes an operation as far as the pilot, or to its end where there is nothing to submit.
pub(super) async fn drive(shared: Arc<Shared>, commands: Commands, mut ready: Ready) {
    let operation = ready.wanted.identity.clone();
    if ready.attempt > 0 && ready.nonce.is_none() && operation.starts_with(FILLER) {
        // Something else used the nonce it was made to use: as good.
        let error = SubmitError::Stopped("its nonce was used".into());
        return shared.resolve(ready.id, Err(error)).await;
    }
    let judged = loop {
        match judge(&shared, &ready.wanted).await {
            // Nothing was signed yet, so the caller learns the truth: it was not submitted.
            Err(error) if ready.attempt == 0 => break Err(error),
            Err(SubmitError::Contract(refusal)) if ready.may_land.is_some() => {
                tracing::info!(operation, %refusal, "its nonce is given to something else first");
                let id = ready.id;
                if !commands.send(Command::Fill(Box::new(ready))) {
                    shared.tell(id, Err(SubmitError::Stopped("closed".into())));
                }
                return;
            }
            Err(SubmitError::Contract(refusal)) if ready.unseen => {
                break Err(SubmitError::Unseen {
                    operation: operation.clone(),
                    refusal,
                });
            }
            // What was signed can never land any more, so this is the end of it.
            Err(error @ SubmitError::Contract(_)) => break Err(error),
            // Signed before: what was begun is finished, however long the chain is away.
            Err(error) => {
                tracing::warn!(operation, %error, "cannot go on yet");
                tokio::time::sleep(PAUSE).await;
            }
            judged => break judged,
        }
    };
    match judged {
        Ok(Judged::Submit(limits)) => {
            ready.limits = limits;
            let id = ready.id;
            if !commands.send(Command::Sign(Box::new(ready))) {
                shared.tell(id, Err(SubmitError::Stopped("closed".into())));
            }
        }
        Ok(Judged::Known(landed)) => {
            tracing::debug!(operation, "had been carried out before");
            commands.send(Command::Abandon(ready.id, ready.nonce));
            shared.resolve(ready.id, Ok(landed)).await;
        }
        // Left open: it may have been carried out.
        Err(error @ SubmitError::Unseen { .. }) => {
            tracing::warn!(%error);
            shared.tell(ready.id, Err(error));
        }
        Err(error) => {
            tracing::debug!(operation, %error, "not submitted");
            commands.send(Command::Abandon(ready.id, ready.nonce));
            shared.resolve(ready.id, Err(error)).await;
        }
    }
}

/// What a dry-run decides.
enum Judged {
    /// To be submitted, with these limits.
    Submit(Limits),
    /// Carried out before, as a finalised block shows.
    Known(Landed),
}

async fn judge(shared: &Shared, wanted: &NewOperation) -> Result<Judged, SubmitError> {
    let Some(run) = dry_run(shared, wanted, None).await? else {
        return Ok(Judged::Submit(Limits::default()));
    };
    match wanted.answer.judge(&run.execution) {
        Verdict::Refused(error) => Err(error.into()),
        Verdict::Fresh => Ok(Judged::Submit(limits(&run))),
        Verdict::Repeated => {
            // The best block has it. Only a finalised one counts; until then it is submitted all the same,
            // which changes nothing.
            let head = shared.chain.finalised_head().await?;
            let run_at_head = dry_run(shared, wanted, Some(head.hash)).await?;
            let verdict = run_at_head.map(|run| wanted.answer.judge(&run.execution));
            Ok(match verdict {
                Some(Verdict::Repeated) => Judged::Known(Landed {
                    block: head,
                    extrinsic: None,
                }),
                _ => Judged::Submit(limits(&run)),
            })
        }
    }
}

/// Dry-runs an operation, if it is one that can be.
pub(super) async fn dry_run(
    shared: &Shared,
    wanted: &NewOperation,
    at: Option<Hash>,
) -> Result<Option<DryRun>, ChainError> {
    let origin = wanted.signer;
    match &wanted.call {
        Call::Contract { dest, data } => shared.chain.dry_run(origin, *dest, data, at).await.map(Some),
        Call::Instantiate { code, data, salt } => {
            let run = shared.chain.dry_run_instantiate(origin, code, data, *salt);
            run.await.map(Some)
        }
        Call::MapAccount | Call::Fund { .. } | Call::Remark => Ok(None),
    }
}

fn limits(run: &DryRun) -> Limits {
    let with_margin = |value: u64| value.saturating_add(value / 100 * u64::from(MARGIN_PERCENT));
    let Weight { ref_time, proof_size } = run.weight_required;
    let deposit = run.max_storage_deposit;
    Limits {
        weight: Weight {
            ref_time: with_margin(ref_time),
            proof_size: with_margin(proof_size),
        },
        storage_deposit: storage_deposit_limit(deposit),
    }
}

/// The limit of the deposit for storage to sign with, where a dry-run needed so much: more, as for weight, and never less
/// than a stored value takes. A dry-run that needed nothing says little where another operation may come in between, and
/// the chain asks for no more than is used, nor for the signer to have it.
#[must_use]
pub fn storage_deposit_limit(dry_run: u128) -> u128 {
    let with_margin = dry_run.saturating_add(dry_run / 100 * u128::from(MARGIN_PERCENT));
    with_margin.max(LEAST_STORAGE_DEPOSIT)
}

impl Answer {
    /// Whether a second execution would change nothing, so that signing anew is safe whatever happened.
    pub(super) fn is_idempotent(self) -> bool {
        !matches!(self, Self::Deployment | Self::Native)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_limit_covers_another_stored_value_even_where_a_dry_run_needed_nothing() {
        for dry_run in [0, 1, 40_000_000, 8_000_000_000] {
            assert_eq!(storage_deposit_limit(dry_run), LEAST_STORAGE_DEPOSIT, "{dry_run}");
        }
        assert_eq!(storage_deposit_limit(8_000_000_100), 10_000_000_125);
        assert_eq!(storage_deposit_limit(100_000_000_000), 125_000_000_000);
        assert_eq!(storage_deposit_limit(u128::MAX), u128::MAX);
    }
}

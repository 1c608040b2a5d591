//! One submitter for each key: it owns the nonce, and follows what it sent until a finalised block decides.
//!
//! The life of an operation, each step on disk before the next:
//!
//! 1. its intent is recorded;
//! 2. a dry-run shows whether it would be refused, or was carried out before;
//! 3. it gets the key's next nonce and is signed; the bytes are recorded;
//! 4. they are sent, and sent again until
//! 5. a finalised block decides, which is recorded.
//!
//! No answer of the node's pool is taken as proof of anything. An operation is signed anew only when the
//! bytes signed before can never be included: their lifetime is over, or their nonce is used up by something
//! else. For the same reason a contract's refusal ends an operation that was signed before only then. Every message of the contracts has no second effect, so even a mistake here moves no money twice.
//!
//! | file | content |
//! |---|---|
//! | `shared.rs` | what drivers and pilot share: chain, store, key, and who waits for what |
//! | `drive.rs` | steps 1 and 2, and waiting for the rest |
//! | `order.rs` | many operations whose order matters, each signed before the next is looked at |
//! | `pilot.rs` | the task that owns the nonce: steps 3 to 5 |
//! | `upkeep.rs` | refusals of the pool, used-up nonces, lifetimes, gaps |
//! | `flights.rs` | what is in the air, by nonce |
//! | `landing.rs` | reading an operation's end from the block it is in |
//! | `recovery.rs` | what a crash left behind |

mod drive;
mod error;
mod flights;
mod landing;
mod order;
mod pilot;
mod recovery;
mod shared;
mod upkeep;

pub use drive::storage_deposit_limit;
pub use error::SubmitError;
pub use landing::{Landed, LandedExtrinsic};
pub use order::InOrder;
pub use recovery::Resumed;

use crate::{
    chain::{Chain, Limits, SignedExtrinsic},
    key::SigningKey,
    store::{NewOperation, Store},
    AccountId,
};
use futures::{future::BoxFuture, FutureExt};
use pilot::Pilot;
use shared::Shared;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, Semaphore};

/// An operation on its way to being signed.
#[derive(Clone, Debug)]
struct Ready {
    /// The row.
    id: i64,
    wanted: NewOperation,
    limits: Limits,
    /// The nonce of bytes that can never be included, to be used again; otherwise the next one.
    nonce: Option<u64>,
    /// How often it was signed before.
    attempt: u32,
    /// The bytes signed last, where they may still be included although they are looked at again.
    may_land: Option<SignedExtrinsic>,
    /// Nobody saw what became of bytes signed before: they may have been carried out.
    unseen: bool,
    /// It needs a nonce above all others given so far, also where a lower one has become free.
    in_order: bool,
}

/// How submissions are made.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a call waits for its finalised block.
    pub finality_timeout: Duration,
    /// How many operations may be in flight.
    pub max_in_flight: usize,
}

/// Submits for one key. Cheap to clone.
#[derive(Clone)]
pub struct Submitter {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    settings: Settings,
    permits: Semaphore,
    pilot: Mutex<Seat>,
}

/// Where the pilot is.
enum Seat {
    /// Not started yet.
    Empty,
    /// Started; it may have had to stop since.
    Taken(Arc<Pilot>),
    /// Let go of for good.
    Closed,
}

impl Submitter {
    /// A submitter for `key`. Nothing is started before the first operation.
    #[must_use]
    pub fn new(chain: Chain, store: Store, key: SigningKey, settings: Settings) -> Self {
        Self {
            inner: Arc::new(Inner {
                shared: Arc::new(Shared::new(chain, store, key)),
                settings,
                permits: Semaphore::new(settings.max_in_flight.max(1)),
                pilot: Mutex::new(Seat::Empty),
            }),
        }
    }

    /// The account it signs for.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.inner.shared.account()
    }

    /// Signs bytes that are no extrinsic, with the chain's own signing context.
    ///
    /// # Errors
    /// The signer's.
    pub async fn sign(&self, payload: &[u8]) -> Result<[u8; 64], crate::KeyError> {
        self.inner.shared.key.sign(payload).await
    }

    /// Takes the sole right to submit for the key now, and not only with the first operation.
    ///
    /// # Errors
    /// [`StoreError::KeyInUse`](crate::StoreError::KeyInUse); otherwise as [`Submitter::submit`].
    pub fn hold_key(&self) -> BoxFuture<'_, Result<(), SubmitError>> {
        async move { self.pilot().await.map(|_| ()) }.boxed()
    }

    /// The task that owns the nonce, started on first need, and anew when it had to stop: the way a new process would,
    /// from what the store and the chain know.
    async fn pilot(&self) -> Result<Arc<Pilot>, SubmitError> {
        let mut seat = self.inner.pilot.lock().await;
        let again = match &*seat {
            Seat::Taken(pilot) if pilot.is_flying() => return Ok(pilot.clone()),
            Seat::Closed => return Err(SubmitError::Stopped("closed".into())),
            Seat::Taken(pilot) => {
                // It lets go of the key when it has ended.
                pilot.stop().await;
                true
            }
            Seat::Empty => false,
        };
        if again {
            tracing::info!(account = %self.account(), "starting the submitter again");
        }
        let started = Pilot::start(self.inner.shared.clone()).await;
        let pilot = Arc::new(started.map_err(|error| match again && error.is_transient() {
            // What was sent before may still land: nobody may take this for "nothing was submitted".
            true => SubmitError::Stopped(error.to_string()),
            false => error,
        })?);
        *seat = Seat::Taken(pilot.clone());
        Ok(pilot)
    }

    /// Stops submitting and lets go of the key. What is open stays open.
    pub fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            let seat = std::mem::replace(&mut *self.inner.pilot.lock().await, Seat::Closed);
            if let Seat::Taken(pilot) = seat {
                pilot.stop().await;
            }
        }
        .boxed()
    }
}

impl std::fmt::Debug for Submitter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submitter({})", self.account())
    }
}

//! What was submitted, on disk before it is sent.
//!
//! One SQLite file, written ahead (WAL) and flushed at every commit, because what it is for is the moment
//! after a power cut. All statements go through one task that commits whatever is waiting in one go, so
//! that a thousand operations do not wait for a thousand flushes.
//!
//! | file | content |
//! |---|---|
//! | `schema.rs` | the tables, and how an older file becomes a newer one |
//! | `operation.rs` | an operation and its life |
//! | `writer.rs` | the task that owns the database |
//! | `statements.rs` | every statement |
//! | `lease.rs` | one process for each key |

mod error;
mod lease;
mod operation;
mod schema;
mod statements;
mod writer;

pub(crate) use operation::{is_once, once};

pub use error::StoreError;
pub use lease::KeyLease;
pub use operation::{
    Landing, NewOperation, Operation, OperationStatus, Planned, Settlement, SignedOperation, StoredTransfer,
};

use crate::{chain::Hash, AccountId};
use corridor_core::{Address, Uetr};
use futures::{future::BoxFuture, FutureExt};
use std::path::PathBuf;
use writer::{Job, Reply, Writer};

/// Where the store is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreLocation {
    /// A file, created when missing. What a bank uses.
    File(PathBuf),
    /// Memory: gone with the process. For queries, tests and throw-away chains.
    Memory,
}

/// An open store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    location: StoreLocation,
    writer: Writer,
}

impl Store {
    /// Opens or creates the store of the chain with this genesis hash.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::NewerSchema`], [`StoreError::OtherChain`].
    pub fn open(location: StoreLocation, genesis: Hash) -> BoxFuture<'static, Result<Self, StoreError>> {
        async move {
            let connection = schema::open(&location, genesis).await?;
            Ok(Self {
                location,
                writer: Writer::start(connection),
            })
        }
        .boxed()
    }

    /// Takes the sole right to submit for a key from this store, until the lease is dropped.
    ///
    /// # Errors
    /// [`StoreError::KeyInUse`].
    pub fn lease(&self, account: AccountId) -> Result<KeyLease, StoreError> {
        KeyLease::take(&self.location, account)
    }

    /// Records the intent to carry out an operation, or finds what is recorded under its identity.
    ///
    /// # Errors
    /// The database's.
    pub async fn plan(&self, operation: NewOperation) -> Result<Planned, StoreError> {
        match self.writer.run(Job::Plan(Box::new(operation))).await? {
            Reply::Planned(planned) => Ok(planned),
            _ => Err(wrong_reply()),
        }
    }

    /// Records signed bytes. They may be sent once this has returned, and not before.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign(&self, operations: Vec<SignedOperation>) -> Result<(), StoreError> {
        self.writer.run(Job::Sign(operations)).await.map(|_| ())
    }

    /// Records what became of an operation.
    ///
    /// # Errors
    /// The database's.
    pub async fn settle(&self, id: i64, settlement: Settlement) -> Result<(), StoreError> {
        self.writer.run(Job::Settle(id, settlement)).await.map(|_| ())
    }

    /// Operations of an account that are neither carried out nor given up, in order of nonce.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_operations(&self, signer: AccountId) -> Result<Vec<Operation>, StoreError> {
        match self.writer.run(Job::Open(signer)).await? {
            Reply::Operations(operations) => Ok(operations),
            _ => Err(wrong_reply()),
        }
    }

    /// Keeps what the chain does not carry of a transfer, and answers what is kept: of several records for
    /// one UETR the first stays.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_transfer(&self, transfer: StoredTransfer) -> Result<StoredTransfer, StoreError> {
        match self.writer.run(Job::Keep(Box::new(transfer))).await? {
            Reply::Transfer(Some(kept)) => Ok(*kept),
            _ => Err(wrong_reply()),
        }
    }

    /// Keeps another record of a transfer instead: the terms the contract recorded.
    ///
    /// # Errors
    /// The database's.
    pub async fn replace_transfer(&self, transfer: StoredTransfer) -> Result<(), StoreError> {
        self.writer
            .run(Job::Replace(Box::new(transfer)))
            .await
            .map(|_| ())
    }

    /// What is kept of a transfer.
    ///
    /// # Errors
    /// The database's.
    pub async fn transfer(
        &self,
        settlement: Address,
        uetr: Uetr,
    ) -> Result<Option<StoredTransfer>, StoreError> {
        match self.writer.run(Job::Transfer(settlement, uetr)).await? {
            Reply::Transfer(transfer) => Ok(transfer.map(|kept| *kept)),
            _ => Err(wrong_reply()),
        }
    }
}

fn wrong_reply() -> StoreError {
    StoreError::Database("the store's task gave another answer than was asked for".into())
}

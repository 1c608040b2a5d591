//! The task that owns the database.

use super::{
    operation::{NewOperation, Operation, Planned, Settlement, SignedOperation, StoredTransfer},
    schema::run,
    statements, StoreError,
};
use crate::AccountId;
use corridor_core::{Address, Uetr};
use futures::{future::BoxFuture, FutureExt};
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

/// Something to do in the database.
#[derive(Debug)]
pub(super) enum Job {
    Plan(Box<NewOperation>),
    Sign(Vec<SignedOperation>),
    Settle(i64, Settlement),
    Open(AccountId),
    Keep(Box<StoredTransfer>),
    Replace(Box<StoredTransfer>),
    Transfer(Address, Uetr),
}

/// What a job answers.
#[derive(Debug)]
pub(super) enum Reply {
    Done,
    Planned(Planned),
    Operations(Vec<Operation>),
    Transfer(Option<Box<StoredTransfer>>),
}

type Waiting = (Job, oneshot::Sender<Result<Reply, StoreError>>);

/// At most this many jobs share a commit.
const BATCH: usize = 256;

/// A handle on the task.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Waiting>,
}

impl Writer {
    /// Starts the task; it ends when the last handle is dropped.
    pub(super) fn start(connection: SqliteConnection) -> Self {
        let (jobs, waiting) = mpsc::channel(BATCH);
        tokio::spawn(write(connection, waiting));
        Self { jobs }
    }

    /// Does a job; when this returns, its effect is on disk.
    pub(super) fn run(&self, job: Job) -> BoxFuture<'_, Result<Reply, StoreError>> {
        async move {
            let gone = || StoreError::Database("the store's task has stopped".into());
            let (sender, reply) = oneshot::channel();
            self.jobs.send((job, sender)).await.map_err(|_| gone())?;
            reply.await.map_err(|_| gone())?
        }
        .boxed()
    }
}

async fn write(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let mut replies = Vec::with_capacity(batch.len());
        let outcome = commit(&mut connection, batch.drain(..), &mut replies).await;
        for (sender, reply) in replies {
            // A caller that stopped waiting has no use for the answer; the effect is on disk all the same.
            let _ = sender.send(outcome.clone().and(reply));
        }
    }
}

type Replies = Vec<(
    oneshot::Sender<Result<Reply, StoreError>>,
    Result<Reply, StoreError>,
)>;

/// Does all jobs in one transaction: all or none take effect.
async fn commit(
    connection: &mut SqliteConnection,
    jobs: impl Iterator<Item = Waiting>,
    replies: &mut Replies,
) -> Result<(), StoreError> {
    let mut failed = run(connection, "BEGIN IMMEDIATE").await.err();
    for (job, sender) in jobs {
        let reply = match &failed {
            None => apply(connection, job).await,
            Some(error) => Err(error.clone()),
        };
        // That is one caller's mistake, and undone already.
        let fault = reply.as_ref().err();
        let fault = fault.filter(|error| !matches!(error, StoreError::NotOpen(_)));
        failed = failed.or_else(|| fault.cloned());
        replies.push((sender, reply));
    }
    match failed {
        None => run(connection, "COMMIT").await,
        Some(error) => {
            tracing::error!(%error, "the store cannot be written");
            // There is nothing to roll back where the transaction could not even begin.
            let _ = run(connection, "ROLLBACK").await;
            Err(error)
        }
    }
}

async fn apply(connection: &mut SqliteConnection, job: Job) -> Result<Reply, StoreError> {
    match job {
        Job::Plan(operation) => {
            let planned = statements::plan(connection, &operation).await?;
            Ok(Reply::Planned(planned))
        }
        Job::Sign(operations) => {
            run(connection, "SAVEPOINT signing").await?;
            for operation in &operations {
                if let Err(error) = statements::sign(connection, operation).await {
                    run(connection, "ROLLBACK TO signing").await?;
                    return Err(error);
                }
            }
            run(connection, "RELEASE signing").await?;
            Ok(Reply::Done)
        }
        Job::Settle(id, settlement) => {
            statements::settle(connection, id, &settlement).await?;
            Ok(Reply::Done)
        }
        Job::Open(signer) => statements::open(connection, signer).await.map(Reply::Operations),
        Job::Keep(transfer) => {
            statements::keep(connection, &transfer).await?;
            let kept = statements::transfer(connection, transfer.settlement, transfer.uetr).await?;
            Ok(Reply::Transfer(kept.map(Box::new)))
        }
        Job::Replace(transfer) => {
            statements::replace(connection, &transfer).await?;
            Ok(Reply::Done)
        }
        Job::Transfer(settlement, uetr) => {
            let kept = statements::transfer(connection, settlement, uetr).await?;
            Ok(Reply::Transfer(kept.map(Box::new)))
        }
    }
}

//! Messages that arrive together share one flush to disk.
//!
//! SQLite has one writer, and a flush takes milliseconds: one for each message would be a limit of a few hundred a
//! second. One task takes whatever waits, each message within a savepoint of its own, and commits once. PostgreSQL does
//! the same by itself, across connections.

use super::{
    intake::{take_in, Intake, NewMessage},
    Result, Store, StoreError,
};
use sqlx::{AnyConnection, Connection};
use tokio::sync::{mpsc, oneshot};

/// Messages of one commit at most.
const MOST: usize = 128;

/// Messages that may wait before their senders do.
const QUEUE: usize = 1_024;

type Job = (NewMessage, oneshot::Sender<Result<Intake>>);

/// Hands messages to the task.
#[derive(Clone, Debug)]
pub(super) struct Batcher {
    sender: mpsc::Sender<Job>,
}

impl Batcher {
    /// Starts the task; it ends with the last handle.
    pub(super) fn start(store: Store) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, receiver));
        Self { sender }
    }

    pub(super) async fn take(&self, message: NewMessage) -> Result<Intake> {
        let gone = || StoreError::Database("the store is closed".into());
        let (answer, answered) = oneshot::channel();
        self.sender.send((message, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn run(store: Store, mut receiver: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(MOST);
    while receiver.recv_many(&mut jobs, MOST).await > 0 {
        let (messages, answers): (Vec<_>, Vec<_>) = jobs.drain(..).unzip();
        let intakes = match commit(&store, &messages).await {
            Ok(intakes) => intakes,
            // Nothing of it is on disk, or nobody knows: the same message again tells.
            Err(error) => messages.iter().map(|_| Err(error.clone())).collect(),
        };
        for (answer, intake) in answers.into_iter().zip(intakes) {
            // Whoever asked may have gone; the message is taken all the same.
            let _ = answer.send(intake);
        }
    }
}

async fn commit(store: &Store, messages: &[NewMessage]) -> Result<Vec<Result<Intake>>> {
    let mut writing = store.write().await?;
    let mut intakes = Vec::with_capacity(messages.len());
    for message in messages {
        intakes.push(within(&mut writing.transaction, message).await);
    }
    writing.commit().await?;
    Ok(intakes)
}

/// A message within a savepoint: what is wrong with one takes nothing from the others.
async fn within(connection: &mut AnyConnection, message: &NewMessage) -> Result<Intake> {
    let mut savepoint = connection.begin().await?;
    let intake = take_in(&mut savepoint, message).await;
    match &intake {
        Ok(Intake::Taken(_)) => savepoint.commit().await?,
        Ok(Intake::Conflict { .. }) | Err(_) => savepoint.rollback().await?,
    }
    intake
}

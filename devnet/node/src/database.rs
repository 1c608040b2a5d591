//! ParityDb, changed so that a commit that has been answered survives the process being killed.
//!
//! Left alone, ParityDb answers a commit once it is in a queue in memory; threads of its own write it to the log later. A
//! client could be told that a block is final, and a `kill -9` at that moment would take the block away again. Here a
//! commit is written to the log before it is answered, and only the work after that (syncing the log, moving it into the
//! tables) is left to a thread. What the log holds is in the system's page cache at least: a killed process loses
//! nothing, a power cut loses at most about [`SYNC_INTERVAL`].

use std::{
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use parity_db::{CompressionType, Db, Operation};
use polkadot_sdk::{
    sc_client_db::DbHash,
    sp_database::{error::DatabaseError, Change, ColumnId, Database, Transaction},
};

use crate::Error;

/// What ParityDb does to one value of a column.
type ColumnOperation = (u8, Operation<Vec<u8>, Vec<u8>>);

/// How long logged commits are gathered before they are synced to disk and moved into the tables.
const SYNC_INTERVAL: Duration = Duration::from_millis(500);

/// The columns of the client's database, which numbers them itself and keeps the names private.
mod column {
    pub(super) const COUNT: u8 = 13;
    pub(super) const META: u32 = 0;
    pub(super) const STATE: u32 = 1;
    pub(super) const HEADER: u32 = 4;
    pub(super) const BODY: u32 = 5;
    pub(super) const JUSTIFICATIONS: u32 = 6;
    pub(super) const TRANSACTION: u32 = 11;
    pub(super) const BODY_INDEX: u32 = 12;

    pub(super) const COMPRESSED: [u32; 6] = [STATE, HEADER, BODY, JUSTIFICATIONS, TRANSACTION, BODY_INDEX];
    /// Keys here are hashes of the values, shared between blocks and counted.
    pub(super) const COUNTED: [u32; 2] = [STATE, TRANSACTION];
}

/// Where the client writes the hash of the first block, in [`column::META`].
const GENESIS_HASH_KEY: &[u8] = b"gen";

/// A database on disk in which every answered commit is safe from a kill.
pub(crate) struct LoggedDb {
    shared: Arc<Shared>,
    maintenance: Option<JoinHandle<()>>,
}

struct Shared {
    db: Db,
    /// Held while records are appended to the log: their order is the order of commits.
    writer: Mutex<()>,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    has_work: bool,
    is_closing: bool,
    failure: Option<String>,
}

impl LoggedDb {
    /// Opens the database in `path`, making one where there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut options = parity_db::Options::with_columns(path, column::COUNT);
        options.stats = false;
        // Its threads would write the log; we do.
        options.with_background_thread = false;
        for id in column::COMPRESSED {
            options.columns[id as usize].compression = CompressionType::Lz4;
        }
        for id in column::COUNTED {
            let column = &mut options.columns[id as usize];
            column.ref_counted = true;
            column.preimage = true;
            column.uniform = true;
        }
        let db = std::fs::create_dir_all(path)
            .map_err(parity_db::Error::Io)
            .and_then(|()| Db::open_or_create(&options))
            .map_err(|error| match error {
                parity_db::Error::Locked(_) => Error::DatabaseInUse {
                    path: path.to_owned(),
                },
                other => Error::Database {
                    path: path.to_owned(),
                    source: Box::new(other),
                },
            })?;
        let shared = Arc::new(Shared {
            db,
            writer: Mutex::default(),
            state: Mutex::default(),
            wake: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let maintenance = thread::Builder::new()
            .name("devnet-database".to_owned())
            .spawn(move || worker.maintain())
            .map_err(Error::Thread)?;
        Ok(Self {
            shared,
            maintenance: Some(maintenance),
        })
    }

    /// Whether a chain was begun here. One that was killed before its first block counts as not begun.
    pub(crate) fn has_genesis(&self) -> bool {
        <Self as Database<DbHash>>::get(self, column::META, GENESIS_HASH_KEY).is_some()
    }
}

impl Shared {
    /// Moves logged commits into the tables until the database is closed.
    fn maintain(&self) {
        loop {
            let mut state = lock(&self.state);
            while !state.has_work && !state.is_closing {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.is_closing {
                return; // Dropping the database does the rest.
            }
            let waited = self
                .wake
                .wait_timeout_while(state, SYNC_INTERVAL, |state| !state.is_closing);
            waited.unwrap_or_else(PoisonError::into_inner).0.has_work = false;
            if let Err(error) = self.empty_log() {
                tracing::error!(%error, "the database failed; nothing more is written to it");
                lock(&self.state).failure = Some(error.to_string());
                return;
            }
        }
    }

    fn empty_log(&self) -> parity_db::Result<()> {
        self.db.flush_logs()?;
        self.db.enact_logs()?;
        self.db.clean_logs()?;
        let _writer = lock(&self.writer);
        self.db.process_reindex()
    }

    fn append(&self, operations: Vec<ColumnOperation>) -> parity_db::Result<()> {
        let _writer = lock(&self.writer);
        self.db.commit_changes(operations)?;
        self.db.process_commits()
    }
}

impl Drop for LoggedDb {
    fn drop(&mut self) {
        lock(&self.shared.state).is_closing = true;
        self.shared.wake.notify_all();
        if let Some(thread) = self.maintenance.take() {
            // It can only have panicked; the log is complete all the same and is read when next opened.
            let _ = thread.join();
        }
    }
}

impl<H: Clone + AsRef<[u8]>> Database<H> for LoggedDb {
    fn commit(&self, transaction: Transaction<H>) -> Result<(), DatabaseError> {
        if let Some(failure) = &lock(&self.shared.state).failure {
            return Err(DatabaseError(failure.clone().into()));
        }
        let operations = transaction
            .0
            .into_iter()
            .map(operation)
            .collect::<Result<Vec<_>, _>>()?;
        self.shared.append(operations).map_err(|error| {
            // The record may be half written: a later one must not follow it.
            lock(&self.shared.state).failure = Some(error.to_string());
            DatabaseError(Box::new(error))
        })?;
        lock(&self.shared.state).has_work = true;
        self.shared.wake.notify_all();
        Ok(())
    }

    fn get(&self, column: ColumnId, key: &[u8]) -> Option<Vec<u8>> {
        or_panic(self.shared.db.get(column as u8, key))
    }

    fn contains(&self, column: ColumnId, key: &[u8]) -> bool {
        or_panic(self.shared.db.get_size(column as u8, key)).is_some()
    }

    fn value_size(&self, column: ColumnId, key: &[u8]) -> Option<usize> {
        or_panic(self.shared.db.get_size(column as u8, key)).map(|size| size as usize)
    }

    fn supports_ref_counting(&self) -> bool {
        true
    }

    fn sanitize_key(&self, key: &mut Vec<u8>) {
        // The client puts a trie path before the hash; a counted column is keyed by the hash alone.
        key.drain(..key.len().saturating_sub(std::mem::size_of::<DbHash>()));
    }
}

fn operation<H: AsRef<[u8]>>(change: Change<H>) -> Result<ColumnOperation, DatabaseError> {
    let counted = |column: ColumnId, hash: H| match column::COUNTED.contains(&column) {
        true => Ok((column as u8, hash.as_ref().to_vec())),
        false => Err(DatabaseError(
            format!("column {column} does not count references").into(),
        )),
    };
    Ok(match change {
        Change::Set(column, key, value) => (column as u8, Operation::Set(key, value)),
        Change::Remove(column, key) => (column as u8, Operation::Dereference(key)),
        Change::Store(column, hash, value) => {
            let (column, key) = counted(column, hash)?;
            (column, Operation::Set(key, value))
        }
        Change::Reference(column, hash) => {
            let (column, key) = counted(column, hash)?;
            (column, Operation::Reference(key))
        }
        Change::Release(column, hash) => {
            let (column, key) = counted(column, hash)?;
            (column, Operation::Dereference(key))
        }
    })
}

/// The trait has no way to answer that reading failed, and going on without the value would corrupt the chain.
fn or_panic<T>(result: parity_db::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("cannot read the database: {error}"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

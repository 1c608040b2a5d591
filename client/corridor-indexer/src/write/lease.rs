//! One writer for each index: a file lock beside SQLite's file, an advisory lock in PostgreSQL. Both end with the process, however
//! that ends. That the cursor is moved only from where this writer left it guards what a lock cannot (see `writer.rs`).

use crate::{sql::Sql, Index, IndexError, IndexLocation};
use sqlx::{AnyConnection, Row};
use std::{
    fs::File,
    sync::Mutex,
    time::{Duration, Instant},
};

/// The sole right to write an index. Ends when dropped.
#[derive(Debug)]
pub(crate) enum Lease {
    File {
        _lock: File,
    },
    /// The lock belongs to the connection. Nobody uses it; the mutex lets threads share what holds it.
    Session {
        _connection: Mutex<AnyConnection>,
    },
}

/// The advisory lock's number: any, as long as nothing else in the database uses it ("CORRIDOR" in ASCII).
const LOCK: i64 = 0x434f_5252_4944_4f52;

/// PostgreSQL takes note of a session's end a moment after it: so long a lock that nobody holds any more may look held.
const PATIENCE: Duration = Duration::from_secs(2);

impl Lease {
    /// [`IndexError::Busy`] while another process has it.
    pub(crate) async fn take(index: &Index) -> Result<Self, IndexError> {
        match index.location() {
            IndexLocation::Sqlite(path) => {
                let mut lock = path.clone().into_os_string();
                lock.push(".lock");
                let file = File::options()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(&lock);
                let file = file.map_err(|error| IndexError::Open {
                    location: index.location().to_string(),
                    reason: error.to_string(),
                })?;
                file.try_lock().map_err(|_| IndexError::Busy)?;
                Ok(Self::File { _lock: file })
            }
            IndexLocation::Postgres(_) => {
                let mut connection = index.connection().await?.detach();
                let asked = Instant::now();
                while !try_lock(&mut connection).await? {
                    if asked.elapsed() >= PATIENCE {
                        return Err(IndexError::Busy);
                    }
                    tokio::time::sleep(PATIENCE / 20).await;
                }
                Ok(Self::Session {
                    _connection: Mutex::new(connection),
                })
            }
        }
    }
}

async fn try_lock(connection: &mut AnyConnection) -> Result<bool, IndexError> {
    let mut sql = Sql::default();
    sql.bind("SELECT pg_try_advisory_lock(", LOCK).push(") AS taken");
    let row = sql.optional(connection).await?.ok_or(IndexError::Busy)?;
    Ok(row.try_get("taken")?)
}

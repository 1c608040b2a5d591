//! What the gateways of an institution share: requests, keys, events, webhooks. SQLite for one process, PostgreSQL
//! for several; the same statements for both, all of them with parameters.
//!
//! | file | content |
//! |---|---|
//! | `schema.rs` | every table, and how an older store becomes a newer one |
//! | `intake.rs` | taking a message: once for each identity |
//! | `batch.rs` | messages that arrive together share one flush to disk |
//! | `claim.rs` | requests on their way: taken, kept, ended |
//! | `reading.rs` | requests and messages as recorded |
//! | `warm.rs` | connections that are ready before the first message |
//! | `keys.rs` | API keys |
//! | `events.rs` | the outbox of events from finalised blocks, and who fills it |
//! | `webhooks.rs` | webhooks and their deliveries |

mod batch;
mod claim;
mod events;
mod intake;
mod keys;
mod reading;
mod repeat;
mod schema;
mod warm;
mod webhooks;

pub use claim::{Claimed, Ending, Progress};
pub use events::{EventId, NewEvent, StoredEvent};
pub use intake::{Intake, NewMessage, NewRequest, Taken};
pub use reading::{MessageRecord, RequestFilter, RequestRecord, State};
pub use webhooks::{Added, DeadLetter, Due, WebhookRecord};

use sqlx::{
    any::{AnyConnectOptions, AnyPoolOptions, AnyRow},
    Any, AnyPool, Connection, Row, Transaction,
};
use std::{
    sync::{Arc, Once},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// A failure of the store.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be opened.
    #[error("the store cannot be opened: {0}. Check store.url, the server and the file's permissions.")]
    Open(String),
    /// A newer version of this program wrote it.
    #[error("the store has schema {found}, this version knows {known}. Use the newer version.")]
    Newer {
        /// The store's schema.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// It belongs to another chain or contract.
    #[error(
        "the store belongs to {stored}, the configuration says {found}. Use one store for each contract."
    )]
    Other {
        /// What the store was made for.
        stored: String,
        /// What is configured.
        found: String,
    },
    /// A statement failed.
    #[error("the store failed: {0}")]
    Database(String),
    /// What is stored cannot be read.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.to_string())
    }
}

type Result<T> = std::result::Result<T, StoreError>;

/// Which database this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// An open store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// Flushes to disk at every commit: for what was promised to somebody, or could be done twice. The others flush
    /// later, in order; after a power cut a little of what they wrote is done again. One and the same on PostgreSQL, where
    /// only what is derived from the chain flushes later.
    durable: AnyPool,
    dialect: Dialect,
    batcher: Option<batch::Batcher>,
    /// SQLite has one writer: waiting here is fair and takes no connection.
    writer: Arc<Mutex<()>>,
}

/// A transaction that writes.
struct Writing {
    transaction: Transaction<'static, Any>,
    /// Let go of after the transaction.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Writing {
    async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Takes everything back, before the next writer begins.
    async fn undo(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}

impl Store {
    /// Opens a store and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::Newer`].
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let dialect = match url.split(':').next() {
            Some("sqlite") => Dialect::Sqlite,
            _ => Dialect::Postgres,
        };
        let url = match dialect {
            Dialect::Sqlite => format!("{url}?mode=rwc"),
            Dialect::Postgres => url.into(),
        };
        // The driver's words may repeat the URL, and with it the password.
        let cannot = |error: sqlx::Error| {
            StoreError::Open(match error {
                sqlx::Error::Configuration(_) => "the URL is not valid".into(),
                other => other.to_string(),
            })
        };
        let options: AnyConnectOptions = url.parse().map_err(cannot)?;
        let pool = pool(&options, connections, schema::on_connect(dialect, false));
        let pool = pool.await.map_err(cannot)?;
        let durable = match dialect {
            Dialect::Sqlite => self::pool(&options, 1, schema::on_connect(dialect, true))
                .await
                .map_err(cannot)?,
            Dialect::Postgres => pool.clone(),
        };
        let mut store = Self {
            pool,
            durable,
            dialect,
            batcher: None,
            writer: Arc::default(),
        };
        store.migrate().await?;
        if dialect == Dialect::Sqlite {
            store.batcher = Some(batch::Batcher::start(store.clone()));
        }
        Ok(store)
    }

    /// Lets go of the database.
    pub async fn close(&self) {
        self.pool.close().await;
        self.durable.close().await;
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").fetch_one(&self.pool).await?;
        Ok(())
    }

    /// Begins to write what must be on disk when it is committed.
    async fn write(&self) -> Result<Writing> {
        self.begin(&self.durable).await
    }

    /// Begins to write what may be done again after a power cut.
    async fn write_lazily(&self) -> Result<Writing> {
        self.begin(&self.pool).await
    }

    /// Begins to write what the chain tells again, or a receiver may be told again: no database flushes it at once. A
    /// transaction that is flushed takes all that were committed before it along.
    async fn write_derived(&self) -> Result<Writing> {
        self.begin_with(&self.pool, "BEGIN; SET LOCAL synchronous_commit = off")
            .await
    }

    async fn begin(&self, pool: &AnyPool) -> Result<Writing> {
        self.begin_with(pool, "BEGIN").await
    }

    async fn begin_with(&self, pool: &AnyPool, postgres: &'static str) -> Result<Writing> {
        let (turn, begin) = match self.dialect {
            // A transaction that reads first and writes then would be refused when another wrote in between.
            Dialect::Sqlite => (Some(self.writer.clone().lock_owned().await), "BEGIN IMMEDIATE"),
            Dialect::Postgres => (None, postgres),
        };
        Ok(Writing {
            transaction: pool.begin_with(begin).await?,
            _turn: turn,
        })
    }

    /// Runs one statement that writes.
    async fn execute<'q>(&self, query: sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>) -> Result<u64> {
        match self.dialect {
            Dialect::Sqlite => run(self.write().await?, query).await,
            // A statement is a transaction of its own, without the words around it.
            Dialect::Postgres => Ok(query.execute(&self.durable).await?.rows_affected()),
        }
    }

    /// The same for one that answers rows.
    async fn execute_returning<'q>(
        &self,
        query: sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>,
    ) -> Result<Vec<AnyRow>> {
        match self.dialect {
            Dialect::Sqlite => {
                let mut writing = self.write().await?;
                let rows = query.fetch_all(&mut *writing.transaction).await?;
                writing.commit().await?;
                Ok(rows)
            }
            Dialect::Postgres => Ok(query.fetch_all(&self.durable).await?),
        }
    }

    /// The same for what may be done again after a power cut.
    async fn execute_lazily<'q>(
        &self,
        query: sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>,
    ) -> Result<u64> {
        match self.dialect {
            Dialect::Sqlite => run(self.write_lazily().await?, query).await,
            Dialect::Postgres => self.execute(query).await,
        }
    }

    /// The same for what may be told again.
    async fn execute_derived<'q>(
        &self,
        query: sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>,
    ) -> Result<u64> {
        run(self.write_derived().await?, query).await
    }

    /// The words that let several gateways take different rows at once; SQLite has one writer and needs none.
    fn skip_locked(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}

async fn run<'q>(
    mut writing: Writing,
    query: sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>,
) -> Result<u64> {
    let done = query.execute(&mut *writing.transaction).await?.rows_affected();
    writing.commit().await?;
    Ok(done)
}

/// How long a connection is taken to live without being asked.
const FRESH: Duration = Duration::from_millis(100);

async fn pool(
    options: &AnyConnectOptions,
    connections: u32,
    first: &'static [&'static str],
) -> std::result::Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .max_connections(connections)
        // One that was opened stays, also when nothing is asked of it: another one is long in opening.
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10))
        // Asking a connection whether it lives costs as much as a statement: one that was used just now is not asked.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > FRESH {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in first {
                    sqlx::query(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .connect_with(options.clone())
        .await
}

/// This machine's clock in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A length of time in milliseconds.
fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// A column's value.
fn column<'r, T>(row: &'r AnyRow, name: &'static str) -> Result<T>
where
    T: sqlx::Decode<'r, Any> + sqlx::Type<Any>,
{
    Ok(row.try_get(name)?)
}

/// A block number, as a column holds it.
fn from_block(block: u64) -> i64 {
    i64::try_from(block).unwrap_or(i64::MAX)
}

fn to_block(column: i64) -> u64 {
    u64::try_from(column).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use corridor_test_postgres::Cluster;

    async fn flushes(mut writing: Writing) -> String {
        let row = sqlx::query("SHOW synchronous_commit")
            .fetch_one(&mut *writing.transaction)
            .await
            .unwrap();
        writing.commit().await.unwrap();
        row.try_get(0).unwrap()
    }

    #[tokio::test]
    async fn postgresql_flushes_everything_at_once_but_what_is_derived_from_the_chain() {
        let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
        // One connection, so that a setting that stayed with it would show.
        let store = Store::open(&cluster.database("flushes").unwrap(), 1)
            .await
            .unwrap();
        assert_eq!(flushes(store.write_derived().await.unwrap()).await, "off");
        assert_eq!(flushes(store.write().await.unwrap()).await, "on");
        assert_eq!(flushes(store.write_lazily().await.unwrap()).await, "on");
    }
}

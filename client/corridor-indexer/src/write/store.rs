//! Where rows go: a connection in the database's own driver, which can do more than what both have in common.

use super::{
    rows::{Row, Value},
    table::Table,
};
use crate::{index::PRAGMAS, sql::hex, EventId, IndexError, IndexLocation};
use corridor_client::chain::Hash;
use sqlx::{
    postgres::{PgConnectOptions, PgConnection},
    sqlite::{SqliteConnectOptions, SqliteConnection},
    ConnectOptions, Connection, Database, Executor,
};
use std::{future::Future, str::FromStr};
use tokio::sync::mpsc::Receiver;

/// What PostgreSQL is told about the writer's connection, as SQLite is with `synchronous = NORMAL`: after a power cut the last blocks may
/// be missing, never half there, and are fetched again.
const SETTINGS: &str = "SET synchronous_commit = off";

/// Where the cursor moves: from the block this writer left it at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) from: Option<Hash>,
    pub(crate) number: u64,
    pub(crate) hash: Hash,
}

/// What a transaction is made of.
#[derive(Debug)]
pub(crate) enum Part {
    Rows(&'static Table, Vec<Row>),
    /// Items of batches that turned out not to be accepted. Nothing comes after it: without it nothing is written.
    End {
        excepted: Vec<(EventId, u16)>,
    },
}

/// How a database is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As a file, or through a socket of this machine.
    Socket,
    Network,
}

/// What a database's own driver does for the writer.
pub(crate) trait RowStore: Send {
    /// Runs a statement with parameters; answers how many rows it changed.
    fn run(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64, IndexError>> + Send;

    /// Adds rows, or replaces those of the same key where the table's rows change. No key may be there twice.
    fn insert(
        &mut self,
        table: &'static Table,
        rows: Vec<Row>,
        way: Way,
    ) -> impl Future<Output = Result<(), IndexError>> + Send;
}

/// The writer's connection.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>, Way),
}

impl Store {
    pub(crate) async fn open(location: &IndexLocation) -> Result<Self, IndexError> {
        Ok(match location {
            IndexLocation::Sqlite(path) => {
                let mut connection = SqliteConnectOptions::new()
                    .filename(path)
                    .disable_statement_logging()
                    .connect()
                    .await?;
                connection.execute(PRAGMAS).await?;
                Self::Sqlite(Box::new(connection))
            }
            IndexLocation::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
                let socket = options.get_socket().is_some() || options.get_host().starts_with('/');
                let way = if socket { Way::Socket } else { Way::Network };
                let mut connection = options.connect().await?;
                connection.execute(SETTINGS).await?;
                Self::Postgres(Box::new(connection), way)
            }
        })
    }

    /// Writes what comes, with the cursor, in one transaction. Where the parts end without [`Part::End`], nothing is written.
    ///
    /// The connection is given back; after an error it is closed.
    pub(crate) async fn write(mut self, cursor: Cursor, parts: Receiver<Part>) -> Result<Self, IndexError> {
        match &mut self {
            Self::Sqlite(connection) => transact(connection.as_mut(), Way::Socket, cursor, parts).await?,
            Self::Postgres(connection, way) => transact(connection.as_mut(), *way, cursor, parts).await?,
        }
        Ok(self)
    }
}

async fn transact<C>(
    connection: &mut C,
    way: Way,
    cursor: Cursor,
    mut parts: Receiver<Part>,
) -> Result<(), IndexError>
where
    C: Connection + RowStore,
    C::Database: Database<Connection = C>,
{
    let mut transaction = connection.begin().await?;
    // First: where another process writes, too, this waits for it and then finds the cursor elsewhere.
    move_cursor(&mut *transaction, cursor).await?;
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(table, rows) => transaction.insert(table, rows, way).await?,
            Part::End { excepted } => {
                for (batch, index) in excepted {
                    except(&mut *transaction, batch, index).await?;
                }
                return Ok(transaction.commit().await?);
            }
        }
    }
    Ok(transaction.rollback().await?)
}

async fn move_cursor(connection: &mut impl RowStore, cursor: Cursor) -> Result<(), IndexError> {
    let to = [cursor.number.into(), hex(&cursor.hash).into()];
    let (text, values) = match cursor.from {
        Some(before) => (
            "UPDATE progress SET block_number = $1, block_hash = $2 WHERE block_hash = $3",
            [to.to_vec(), vec![hex(&before).into()]].concat(),
        ),
        None => (
            "INSERT INTO progress (one, block_number, block_hash) VALUES (1, $1, $2) ON CONFLICT (one) DO NOTHING",
            to.to_vec(),
        ),
    };
    match connection.run(text, values).await? {
        1 => Ok(()),
        _ => Err(IndexError::Busy),
    }
}

async fn except(connection: &mut impl RowStore, batch: EventId, index: u16) -> Result<(), IndexError> {
    let text = "UPDATE batch_items SET excepted = 1 WHERE batch_id = $1 AND item_index = $2";
    connection.run(text, vec![batch.0.into(), index.into()]).await?;
    Ok(())
}

//! The tables, and how an older file becomes a newer one.

use super::{StoreError, StoreLocation};
use crate::chain::Hash;
use sqlx::{
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous},
    ConnectOptions, Row,
};
use std::{
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Each step leads from the schema of its position to the next; appended to, never edited.
const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE chain (genesis BLOB NOT NULL) STRICT",
    "CREATE TABLE operation (
        id INTEGER PRIMARY KEY,
        identity TEXT NOT NULL,
        signer BLOB NOT NULL,
        destination BLOB NOT NULL,
        call BLOB NOT NULL,
        answer TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('planned', 'signed', 'finalised', 'refused', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        weight_ref_time INTEGER,
        weight_proof_size INTEGER,
        storage_deposit_limit TEXT,
        nonce INTEGER,
        signed BLOB,
        extrinsic_hash BLOB,
        signed_at_block INTEGER,
        era_end_block INTEGER,
        block_number INTEGER,
        block_hash BLOB,
        block_time_ms INTEGER,
        extrinsic_index INTEGER,
        error TEXT,
        error_number INTEGER,
        created_at_ms INTEGER NOT NULL,
        updated_at_ms INTEGER NOT NULL,
        UNIQUE (signer, destination, identity)
    ) STRICT",
    "CREATE INDEX operation_open ON operation (signer, nonce) WHERE status IN ('planned', 'signed')",
    "CREATE TABLE transfer (
        settlement BLOB NOT NULL,
        uetr BLOB NOT NULL,
        end_to_end_id TEXT NOT NULL,
        salt BLOB NOT NULL,
        terms BLOB NOT NULL,
        created_at_ms INTEGER NOT NULL,
        PRIMARY KEY (settlement, uetr)
    ) STRICT, WITHOUT ROWID",
]];

/// How long to wait for whoever has the file locked.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two attempts to open a file that is locked.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

/// The newest schema this version knows.
fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Opens the database, brings its schema up to date and checks that it belongs to the chain.
pub(super) async fn open(location: &StoreLocation, genesis: Hash) -> Result<SqliteConnection, StoreError> {
    let path = match location {
        StoreLocation::File(path) => path.display().to_string(),
        StoreLocation::Memory => ":memory:".into(),
    };
    let cannot = |reason: String| StoreError::Open {
        path: path.clone(),
        reason,
    };
    let options = match location {
        StoreLocation::File(file) => {
            create_private(file).map_err(|error| cannot(error.to_string()))?;
            SqliteConnectOptions::new().filename(file)
        }
        StoreLocation::Memory => SqliteConnectOptions::new().in_memory(true),
    };
    let options = options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let connected = connect(&options).await;
    let mut connection = connected.map_err(|error| cannot(error.to_string()))?;
    migrate(&mut connection).await?;
    belongs_to(&mut connection, genesis).await?;
    Ok(connection)
}

/// Connects, and waits while somebody else turns a new file over to write-ahead logging: SQLite answers at once then,
/// whatever time-out it was given.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let started = Instant::now();
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && started.elapsed() < PATIENCE => {
                tokio::time::sleep(BETWEEN_ATTEMPTS).await;
            }
            connected => return connected,
        }
    }
}

/// SQLITE_BUSY, or one of its variants, whose low byte is the same.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// The store opens message digests, which is nobody else's business: only its owner may read it.
///
/// A file that is there is not touched. Closing any handle on it would drop the locks this process holds on it, SQLite's
/// own included (POSIX says so), so nobody may open it before the handle that made it is closed.
fn create_private(path: &Path) -> std::io::Result<()> {
    static CREATION: Mutex<()> = Mutex::new(());
    let _only_one = CREATION.lock();
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    // The lock is taken first, so that two processes do not both bring an old file up to date.
    run(connection, "BEGIN IMMEDIATE").await?;
    let row = sqlx::query("PRAGMA user_version")
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
    let found: i64 = row.try_get(0).map_err(database)?;
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > newest() {
        run(connection, "ROLLBACK").await?;
        return Err(StoreError::NewerSchema {
            found,
            known: newest(),
        });
    }
    for step in MIGRATIONS.iter().skip(found as usize) {
        for statement in *step {
            run(connection, statement).await?;
        }
    }
    // A pragma takes no parameters; the number is ours.
    let version = format!("PRAGMA user_version = {}", newest());
    sqlx::query(sqlx::AssertSqlSafe(version))
        .execute(&mut *connection)
        .await
        .map_err(database)?;
    run(connection, "COMMIT").await
}

async fn belongs_to(connection: &mut SqliteConnection, genesis: Hash) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO chain (genesis) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM chain)")
        .bind(genesis.to_vec())
        .execute(&mut *connection)
        .await
        .map_err(database)?;
    let row = sqlx::query("SELECT genesis FROM chain")
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
    let stored: Vec<u8> = row.try_get(0).map_err(database)?;
    if stored == genesis {
        return Ok(());
    }
    Err(StoreError::OtherChain {
        stored: hex::encode(stored),
        found: hex::encode(genesis),
    })
}

/// Runs a statement without parameters.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(database)
}

pub(super) fn database(error: sqlx::Error) -> StoreError {
    StoreError::Database(error.to_string())
}

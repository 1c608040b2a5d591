//! Every table. A step of the list leads from one schema to the next; it is appended to, never edited.

use super::{Dialect, Result, Store, StoreError};
use sqlx::Row;

/// `SERIAL` and `BYTES` stand for what each database calls a counted key and a string of bytes.
const MIGRATIONS: &[&[&str]] = &[FIRST, SECOND];

const FIRST: &[&str] = &[
    // Which contract of which chain this store is for.
    "CREATE TABLE belonging (id BIGINT PRIMARY KEY, text TEXT NOT NULL)",
    // What was received, as it was received.
    "CREATE TABLE message (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        key_id TEXT NOT NULL,
        idempotency_key TEXT,
        target TEXT NOT NULL,
        digest TEXT NOT NULL,
        content_type TEXT NOT NULL,
        body BYTES NOT NULL,
        received_at_ms BIGINT NOT NULL,
        UNIQUE (owner, idempotency_key)
    )",
    // What is to be done, and what became of it.
    "CREATE TABLE request (
        seq SERIAL,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        stream TEXT NOT NULL,
        role TEXT NOT NULL,
        operation TEXT NOT NULL,
        digest TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('accepted', 'working', 'succeeded', 'refused', 'failed')),
        result TEXT,
        attempts BIGINT NOT NULL DEFAULT 0,
        last_error TEXT,
        next_at_ms BIGINT NOT NULL,
        lease_owner TEXT,
        lease_until_ms BIGINT,
        contested_until BIGINT,
        created_at_ms BIGINT NOT NULL,
        updated_at_ms BIGINT NOT NULL
    )",
    // One operation of a subject is open or done; what was refused may be asked for again.
    "CREATE UNIQUE INDEX request_subject ON request (subject)
        WHERE state IN ('accepted', 'working', 'succeeded')",
    "CREATE INDEX request_open ON request (seq) WHERE state IN ('accepted', 'working')",
    "CREATE INDEX request_open_stream ON request (stream, seq) WHERE state IN ('accepted', 'working')",
    "CREATE INDEX request_stream ON request (stream, seq)",
    "CREATE TABLE message_request (
        message_id TEXT NOT NULL REFERENCES message (id),
        position BIGINT NOT NULL,
        request_id TEXT NOT NULL,
        PRIMARY KEY (message_id, position)
    )",
    "CREATE INDEX message_of_request ON message_request (request_id)",
    "CREATE TABLE api_key (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        hash BYTES NOT NULL,
        scopes TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        expires_at_ms BIGINT,
        revoked_at_ms BIGINT
    )",
    // What finalised blocks hold, once for each block and place in it.
    "CREATE TABLE event (
        block BIGINT NOT NULL,
        place BIGINT NOT NULL,
        kind TEXT NOT NULL,
        stream TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (block, place)
    )",
    "CREATE INDEX event_stream ON event (stream, block, place)",
    // The last block whose events are all recorded, and who records them.
    "CREATE TABLE follower (
        id BIGINT PRIMARY KEY,
        block BIGINT NOT NULL,
        owner TEXT,
        until_ms BIGINT NOT NULL
    )",
    "CREATE TABLE webhook (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        url TEXT NOT NULL,
        kinds TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        deleted_at_ms BIGINT
    )",
    "CREATE TABLE delivery (
        webhook_id TEXT NOT NULL REFERENCES webhook (id),
        block BIGINT NOT NULL,
        place BIGINT NOT NULL,
        stream TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
        attempts BIGINT NOT NULL DEFAULT 0,
        next_at_ms BIGINT NOT NULL,
        lease_owner TEXT,
        lease_until_ms BIGINT,
        last_error TEXT,
        updated_at_ms BIGINT NOT NULL,
        PRIMARY KEY (webhook_id, block, place)
    )",
    "CREATE INDEX delivery_open ON delivery (next_at_ms) WHERE state = 'pending'",
    "CREATE INDEX delivery_stream ON delivery (webhook_id, stream, block, place) WHERE state <> 'delivered'",
];

const SECOND: &[&str] = &[
    // How often a request failed for a reason of its own.
    "ALTER TABLE request ADD COLUMN faults BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX request_ended_badly ON request (state, seq) WHERE state IN ('refused', 'failed')",
    // One webhook for each idempotency key of its owner.
    "ALTER TABLE webhook ADD COLUMN idempotency_key TEXT",
    "ALTER TABLE webhook ADD COLUMN digest TEXT",
    "CREATE UNIQUE INDEX webhook_identity ON webhook (owner, idempotency_key)",
    // Deliveries are taken webhook by webhook, in the order they are due.
    "DROP INDEX delivery_open",
    "CREATE INDEX delivery_due ON delivery (webhook_id, next_at_ms, block, place) WHERE state = 'pending'",
    "CREATE INDEX delivery_dead ON delivery (webhook_id, block, place) WHERE state = 'dead'",
];

/// What every connection starts with. What is durable survives a power cut once it is committed.
pub(super) fn on_connect(dialect: Dialect, durable: bool) -> &'static [&'static str] {
    match (dialect, durable) {
        (Dialect::Sqlite, true) => &[
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA busy_timeout = 10000",
            "PRAGMA foreign_keys = ON",
        ],
        (Dialect::Sqlite, false) => &[
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = NORMAL",
            "PRAGMA busy_timeout = 10000",
            "PRAGMA foreign_keys = ON",
        ],
        // A bitmap scan never marks index entries of rows that have changed since as dead; the queue's rows change at every step, and
        // claims would walk through what is left of them.
        (Dialect::Postgres, _) => &["SET synchronous_commit = on", "SET enable_bitmapscan = off"],
    }
}

/// Any number: makes gateways that start together bring the schema up to date one after the other.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(4922391)";

impl Store {
    pub(super) async fn migrate(&self) -> Result<()> {
        let mut writing = self.write().await?;
        let transaction = &mut *writing.transaction;
        if self.dialect == Dialect::Postgres {
            sqlx::query(MIGRATION_LOCK).execute(&mut *transaction).await?;
        }
        sqlx::query("CREATE TABLE IF NOT EXISTS gateway_schema (version BIGINT NOT NULL)")
            .execute(&mut *transaction)
            .await?;
        let found = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM gateway_schema")
            .fetch_one(&mut *transaction)
            .await?;
        let found: i64 = found.try_get(0)?;
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or_default()) {
            for statement in *step {
                let statement = self.translate(statement);
                // The statements are this file's own.
                sqlx::query(sqlx::AssertSqlSafe(statement))
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        if found < known {
            sqlx::query("INSERT INTO gateway_schema (version) VALUES ($1)")
                .bind(known)
                .execute(&mut *transaction)
                .await?;
        }
        writing.commit().await
    }

    fn translate(&self, statement: &str) -> String {
        let (serial, bytes) = match self.dialect {
            Dialect::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB"),
            Dialect::Postgres => ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTEA"),
        };
        statement.replace("SERIAL", serial).replace("BYTES", bytes)
    }

    /// Binds an empty store to a contract, or checks that it is this one's.
    ///
    /// # Errors
    /// [`StoreError::Other`].
    pub async fn belongs_to(&self, found: &str) -> Result<()> {
        let insert = "INSERT INTO belonging (id, text) VALUES (1, $1) ON CONFLICT DO NOTHING";
        self.execute(sqlx::query(insert).bind(found)).await?;
        let row = sqlx::query("SELECT text FROM belonging WHERE id = 1")
            .fetch_one(&self.pool)
            .await?;
        let stored: String = row.try_get(0)?;
        if stored == found {
            return Ok(());
        }
        Err(StoreError::Other {
            stored,
            found: found.into(),
        })
    }
}

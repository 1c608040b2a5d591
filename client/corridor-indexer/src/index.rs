//! An open index.

use crate::{
    schema::{self, Dialect},
    sql::{Columns, Sql},
    IndexError, IndexLocation,
};
use sqlx::{
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::PoolConnection,
    Any, AnyPool, ConnectOptions, Executor,
};
use std::{path::Path, str::FromStr, time::Duration};

/// An index, for any number of readers. Cheap to clone. Queries are in `query/`.
#[derive(Clone, Debug)]
pub struct Index {
    pub(crate) pool: AnyPool,
    pub(crate) dialect: Dialect,
    location: IndexLocation,
}

/// Connections of one process at a time.
const MAX_CONNECTIONS: u32 = 16;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// What SQLite is told about each connection. NORMAL: after a power cut the last blocks may be missing, never half
/// there, and are fetched again. A log of up to 64 MiB before it is copied: pages that change again and again are copied once.
pub(crate) const PRAGMAS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000; \
     PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384; PRAGMA temp_store = MEMORY";

impl Index {
    /// Opens an index to read.
    ///
    /// # Errors
    /// [`IndexError::Open`], [`IndexError::Empty`] where nothing was indexed, [`IndexError::Schema`] for one that another version
    /// made.
    pub async fn open(location: &IndexLocation) -> Result<Self, IndexError> {
        if matches!(location, IndexLocation::Sqlite(path) if !path.exists()) {
            return Err(IndexError::Empty);
        }
        let index = Self::connect(location, "rw").await?;
        index.require_schema().await?;
        Ok(index)
    }

    /// Opens an index to write, makes it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`IndexError::Open`], [`IndexError::Schema`] for one that a newer version made.
    pub async fn create(location: &IndexLocation) -> Result<Self, IndexError> {
        if let IndexLocation::Sqlite(path) = location {
            create_private(path).map_err(|error| cannot(location, &error))?;
        }
        let index = Self::connect(location, "rwc").await?;
        index.dialect.migrate(&index.pool).await?;
        Ok(index)
    }

    async fn connect(location: &IndexLocation, mode: &str) -> Result<Self, IndexError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(location);
        let url = match location {
            IndexLocation::Sqlite(path) => format!("sqlite:{}?mode={mode}", encoded(path)),
            IndexLocation::Postgres(url) => url.clone(),
        };
        let options = AnyConnectOptions::from_str(&url).map_err(|error| cannot(location, &error))?;
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if dialect == Dialect::Sqlite {
                        connection.execute(PRAGMAS).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(|error| cannot(location, &error))?;
        Ok(Self {
            pool,
            dialect,
            location: location.clone(),
        })
    }

    async fn require_schema(&self) -> Result<(), IndexError> {
        let version = Sql::new("SELECT MAX(version) AS version FROM _sqlx_migrations WHERE success");
        // Without that table nobody ever made an index here.
        let Ok(rows) = version.all(&mut *self.connection().await?).await else {
            return Err(IndexError::Empty);
        };
        let found = rows
            .first()
            .map(|row| row.maybe_int("version"))
            .transpose()?
            .flatten();
        match found {
            Some(found) if found == schema::newest() => Ok(()),
            Some(found) => Err(IndexError::Schema {
                reason: format!("it is version {found}, this program reads {}", schema::newest()),
            }),
            None => Err(IndexError::Empty),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &IndexLocation {
        &self.location
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) async fn connection(&self) -> Result<PoolConnection<Any>, IndexError> {
        Ok(self.pool.acquire().await?)
    }

    pub(crate) async fn all(&self, sql: Sql) -> Result<Vec<sqlx::any::AnyRow>, IndexError> {
        sql.all(&mut *self.connection().await?).await
    }

    pub(crate) async fn optional(&self, sql: Sql) -> Result<Option<sqlx::any::AnyRow>, IndexError> {
        sql.optional(&mut *self.connection().await?).await
    }
}

fn cannot(location: &IndexLocation, error: &dyn std::error::Error) -> IndexError {
    IndexError::Open {
        location: location.to_string(),
        reason: error.to_string(),
    }
}

/// A bank's payments are nobody else's business: only the owner may read the file.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// A path as a URL takes it.
fn encoded(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

//! The schema in each database's own words, and bringing a database up to it.

use crate::{IndexError, IndexLocation};
use sqlx::{
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    AnyPool, AssertSqlSafe, SqlSafeStr,
};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Every version of the schema, oldest first. One that has been released is never changed.
const MIGRATIONS: [(&str, &str); 1] = [("schema", include_str!("../migrations/0001_schema.sql"))];

impl Dialect {
    pub(crate) fn of(location: &IndexLocation) -> Self {
        match location {
            IndexLocation::Sqlite(_) => Self::Sqlite,
            IndexLocation::Postgres(_) => Self::Postgres,
        }
    }

    /// The migrations' three type words in the database's own.
    fn translate(self, text: &str) -> String {
        match self {
            Self::Sqlite => text.replace("BYTES", "BLOB").replace("AMOUNT", "TEXT"),
            Self::Postgres => text
                .replace("INTEGER", "BIGINT")
                .replace("BYTES", "BYTEA")
                .replace("AMOUNT", "NUMERIC(39,0)"),
        }
    }

    fn migrator(self) -> Migrator {
        let migrations = MIGRATIONS.iter().zip(1..).map(|((name, text), version)| {
            let text = AssertSqlSafe(self.translate(text)).into_sql_str();
            Migration::new(version, (*name).into(), MigrationType::Simple, text, false)
        });
        Migrator::with_migrations(migrations.collect())
    }

    /// Brings an empty or older database up to date. [`IndexError::Schema`] for a newer or an altered one.
    pub(crate) async fn migrate(self, pool: &AnyPool) -> Result<(), IndexError> {
        self.migrator().run(pool).await.map_err(refusal)
    }
}

/// The newest schema this version knows.
pub(crate) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn refusal(error: MigrateError) -> IndexError {
    match error {
        MigrateError::Execute(error) => IndexError::Database(error),
        other => IndexError::Schema {
            reason: other.to_string(),
        },
    }
}

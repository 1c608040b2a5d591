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
pub(crate) const MIGRATIONS: [(&str, &str); 2] = [
    ("schema", include_str!("../migrations/0001_schema.sql")),
    ("details", include_str!("../migrations/0002_details.sql")),
];

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

    fn migrator(self, newest: usize) -> Migrator {
        let migrations = MIGRATIONS
            .iter()
            .take(newest)
            .zip(1..)
            .map(|((name, text), version)| {
                let text = AssertSqlSafe(self.translate(text)).into_sql_str();
                Migration::new(version, (*name).into(), MigrationType::Simple, text, false)
            });
        Migrator::with_migrations(migrations.collect())
    }

    /// Brings an empty or older database up to date. [`IndexError::Schema`] for a newer or an altered one.
    pub(crate) async fn migrate(self, pool: &AnyPool) -> Result<(), IndexError> {
        self.migrator(MIGRATIONS.len()).run(pool).await.map_err(refusal)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{query::page::PageRequest, sql::Sql, EventId, Index};
    use corridor_test_postgres::Cluster;
    use sqlx::any::AnyPoolOptions;

    const EVENT: &str = "INSERT INTO raw_events (id, block_number, event_index, extrinsic_index, contract, topics, data, kind) \
        VALUES (1, 0, 0, 3, '0x0101010101010101010101010101010101010101', CAST('' AS BYTES), CAST('' AS BYTES), 'escrow')";
    const EXTRINSIC: &str =
        "INSERT INTO extrinsics (id, block_number, extrinsic_index, hash, contract, selector, call_bytes, \
        ref_time, proof_size) VALUES (1024, 0, 1, \
        '0x0202020202020202020202020202020202020202020202020202020202020202', \
        '0x0101010101010101010101010101010101010101', '0x01020304', 4, 0, 0)";

    /// What an earlier version wrote is there after the schema was brought up to date, and what it did not know is not.
    async fn upgraded(location: IndexLocation, url: &str) {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(&location);
        let pool = AnyPoolOptions::new().connect(url).await.expect("a database");
        dialect.migrator(1).run(&pool).await.expect("the first schema");
        for text in [EVENT, EXTRINSIC] {
            let mut connection = pool.acquire().await.expect("a connection");
            Sql::new(&dialect.translate(text))
                .execute(&mut connection)
                .await
                .expect("a row");
        }
        pool.close().await;
        let old = Index::open(&location).await.expect_err("an older schema");
        assert_eq!(old.code(), "index.schema");
        let index = Index::create(&location).await.expect("brought up to date");
        let events = index
            .events(None, PageRequest::first(5))
            .await
            .expect("events")
            .items;
        assert_eq!((events[0].extrinsic_index, &events[0].note), (Some(3), &None));
        let call = index
            .extrinsic(EventId(1_024))
            .await
            .expect("a query")
            .expect("kept");
        assert_eq!((call.call_bytes, call.data, call.via), (4, None, None));
        index.digest().await.expect("every table is read");
        Index::open(&location).await.expect("of this version");
    }

    #[tokio::test]
    async fn an_index_of_an_earlier_version_keeps_its_rows() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("index.sqlite");
        let url = format!("sqlite:{}?mode=rwc", path.display());
        upgraded(IndexLocation::Sqlite(path), &url).await;
        let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
        let url = cluster.database("upgraded").expect("a database");
        upgraded(IndexLocation::Postgres(url.clone()), &url).await;
    }
}

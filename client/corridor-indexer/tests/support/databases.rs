//! The same test on both databases.

use corridor_indexer::{Index, IndexLocation};
use corridor_test_postgres::Cluster;
use std::{future::Future, sync::Arc};
use tempfile::TempDir;

/// New, empty databases of one kind.
#[derive(Clone)]
pub struct Databases(Arc<Kind>);

enum Kind {
    Sqlite(TempDir),
    Postgres(Cluster),
}

impl Databases {
    pub fn sqlite() -> Self {
        Self(Arc::new(Kind::Sqlite(tempfile::tempdir().expect("a directory"))))
    }

    /// # Panics
    /// Without PostgreSQL, saying how to get it: the tests of a bank's database are not left out quietly.
    pub fn postgres() -> Self {
        match Cluster::start() {
            Ok(cluster) => Self(Arc::new(Kind::Postgres(cluster))),
            Err(unusable) => panic!("{unusable}"),
        }
    }

    /// An empty database of that name.
    pub fn make(&self, name: &str) -> IndexLocation {
        match &*self.0 {
            Kind::Sqlite(directory) => IndexLocation::Sqlite(directory.path().join(format!("{name}.sqlite"))),
            Kind::Postgres(cluster) => IndexLocation::Postgres(cluster.database(name).expect("a database")),
        }
    }
}

/// Runs a test on SQLite, then on PostgreSQL.
pub async fn on_both<F: Future<Output = ()>>(test: impl Fn(Databases) -> F) {
    test(Databases::sqlite()).await;
    test(Databases::postgres()).await;
}

/// Row by row.
pub async fn assert_equal(one: &Index, other: &Index) {
    let (one, other) = (one.digest().await, other.digest().await);
    assert_eq!(one.expect("a digest"), other.expect("a digest"));
}

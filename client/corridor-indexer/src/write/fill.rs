//! Filling a new index from far behind: without the indexes that only queries need, which are made in the end.
//!
//! Entering each row into them as it comes touches pages all over the file; sorting once does not. Unique ones stay: the writer goes
//! by them. Until the end queries answer the same, only slower. Which indexes are there is the only record of it, so that an index whose
//! filling was cut off is completed by whoever writes it next.

use crate::{
    schema::{Dialect, MIGRATIONS},
    sql::{Columns, Sql},
    Index, IndexError,
};
use sqlx::{AnyConnection, Connection};
use std::collections::{BTreeMap, BTreeSet};

/// Each index that may come later, and what makes it, without the words before its name.
fn deferrable() -> BTreeMap<&'static str, &'static str> {
    let mut all = BTreeMap::new();
    for line in MIGRATIONS.iter().flat_map(|(_, text)| text.lines()) {
        if let Some(made) = line.strip_prefix("CREATE INDEX ") {
            all.extend(made.split(' ').next().map(|name| (name, made)));
        } else if let Some(dropped) = line.strip_prefix("DROP INDEX ") {
            all.remove(dropped.trim_start_matches("IF EXISTS ").trim_end_matches(';'));
        }
    }
    all
}

/// Drops them.
pub(crate) async fn begin(index: &Index) -> Result<(), IndexError> {
    let mut connection = index.connection().await?;
    for name in deferrable().keys() {
        Sql::new(&format!("DROP INDEX IF EXISTS {name}"))
            .execute(&mut connection)
            .await?;
    }
    Ok(())
}

/// Whether any is missing.
pub(crate) async fn is_under_way(index: &Index) -> Result<bool, IndexError> {
    let there = there(index, &mut *index.connection().await?).await?;
    Ok(deferrable().keys().any(|name| !there.contains(*name)))
}

/// Makes those that are missing.
pub(crate) async fn end(index: &Index) -> Result<(), IndexError> {
    let mut connection = index.connection().await?.detach();
    Sql::new(match index.dialect {
        // What is sorted may be more than there is memory.
        Dialect::Sqlite => "PRAGMA temp_store = FILE",
        // It may take longer than queries are given.
        Dialect::Postgres => "SET statement_timeout = 0",
    })
    .execute(&mut connection)
    .await?;
    let there = there(index, &mut connection).await?;
    for (name, made) in deferrable() {
        if there.contains(name) {
            continue;
        }
        let mut transaction = connection.begin().await?;
        if index.dialect == Dialect::Postgres {
            wait_for_others(&mut transaction, made).await?;
        }
        Sql::new(&format!("CREATE INDEX IF NOT EXISTS {made}"))
            .execute(&mut transaction)
            .await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// A server goes on making an index for a process that has died meanwhile: nobody makes it a second time.
async fn wait_for_others(connection: &mut AnyConnection, made: &str) -> Result<(), IndexError> {
    let table = made
        .split_once(" ON ")
        .and_then(|(_, rest)| rest.split(' ').next())
        .unwrap_or_default();
    let lock = format!("LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE");
    Sql::new(&lock).execute(connection).await?;
    Ok(())
}

async fn there(index: &Index, connection: &mut AnyConnection) -> Result<BTreeSet<String>, IndexError> {
    let sql = Sql::new(match index.dialect {
        Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'index'",
        Dialect::Postgres => {
            "SELECT CAST(indexname AS TEXT) AS name FROM pg_indexes WHERE schemaname = current_schema()"
        }
    });
    let rows = sql.all(connection).await?;
    rows.iter().map(|row| row.text("name")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_indexes_but_the_unique_ones_may_come_later_as_the_newest_schema_has_them() {
        let all = deferrable();
        assert_eq!(
            all["raw_events_note"],
            "raw_events_note ON raw_events (id) WHERE note IS NOT NULL;"
        );
        assert!(all.values().all(|made| made.ends_with(';')), "on one line each");
        let count = |words: &str| {
            MIGRATIONS
                .iter()
                .flat_map(|(_, text)| text.matches(words))
                .count()
        };
        // Each that was dropped was made twice.
        assert_eq!(
            all.len() + count("CREATE UNIQUE INDEX ") + 2 * count("DROP INDEX "),
            count("INDEX ")
        );
    }

    /// An index may be missing where a migration drops it.
    #[test]
    fn migrations_that_may_meet_an_index_being_filled_drop_what_is_there() {
        // Before version 3 nobody filled one like this.
        for (name, text) in MIGRATIONS.iter().skip(2) {
            for line in text.lines().filter(|line| line.starts_with("DROP INDEX ")) {
                assert!(line.starts_with("DROP INDEX IF EXISTS "), "{name}: {line}");
            }
        }
    }
}

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
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Each index that may come later, and the statement that makes it.
fn deferrable() -> BTreeMap<&'static str, &'static str> {
    let lines = MIGRATIONS.iter().flat_map(|(_, text)| text.lines());
    // Where a later migration makes one again, that one counts.
    lines
        .filter_map(|line| {
            let name = line.strip_prefix("CREATE INDEX ")?.split(' ').next()?;
            Some((name, line))
        })
        .collect()
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
    if index.dialect == Dialect::Sqlite {
        // What is sorted may be more than there is memory.
        Sql::new("PRAGMA temp_store = FILE")
            .execute(&mut connection)
            .await?;
    }
    let there = there(index, &mut connection).await?;
    for (name, statement) in deferrable() {
        if !there.contains(name) {
            Sql::new(statement).execute(&mut connection).await?;
        }
    }
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
            "CREATE INDEX raw_events_note ON raw_events (id) WHERE note IS NOT NULL;"
        );
        let indexes = MIGRATIONS
            .iter()
            .flat_map(|(_, text)| text.matches("INDEX "))
            .count();
        let unique = MIGRATIONS
            .iter()
            .flat_map(|(_, text)| text.matches("CREATE UNIQUE INDEX "))
            .count();
        let dropped = MIGRATIONS
            .iter()
            .flat_map(|(_, text)| text.matches("DROP INDEX "))
            .count();
        // Each that was dropped was made twice.
        assert_eq!(all.len() + unique + 2 * dropped, indexes);
    }
}

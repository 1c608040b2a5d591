//! Rows into SQLite: many in one statement, each statement prepared once.

use super::{
    rows::{check_width, replacing, Row, Value},
    store::{RowStore, Way},
    table::{self, Table},
};
use crate::IndexError;
use sqlx::{
    query::Query,
    sqlite::{SqliteArguments, SqliteConnection},
    Sqlite,
};
use std::{collections::HashMap, sync::LazyLock};

/// How many rows a statement takes: few sizes, so that few are prepared.
const CHUNKS: [usize; 4] = [512, 64, 8, 1];

/// The statement for each table and number of rows.
static STATEMENTS: LazyLock<HashMap<(&'static str, usize), String>> = LazyLock::new(|| {
    let sizes = |table: &&'static Table| CHUNKS.map(|size| ((table.name, size), statement(table, size)));
    table::ALL.iter().flat_map(sizes).collect()
});

impl RowStore for SqliteConnection {
    async fn run(&mut self, text: &'static str, values: Vec<Value>) -> Result<u64, IndexError> {
        let query = values.into_iter().fold(sqlx::query(text), bind);
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn insert(&mut self, table: &'static Table, rows: Vec<Row>, _: Way) -> Result<(), IndexError> {
        let mut rows = rows.into_iter();
        for size in CHUNKS {
            let Some(text) = STATEMENTS.get(&(table.name, size)) else {
                continue;
            };
            while rows.len() >= size {
                let mut query = sqlx::query(text.as_str());
                for row in rows.by_ref().take(size) {
                    check_width(table, &row)?;
                    query = row.into_iter().fold(query, bind);
                }
                query.execute(&mut *self).await?;
            }
        }
        Ok(())
    }
}

fn bind<'q>(query: Query<'q, Sqlite, SqliteArguments>, value: Value) -> Query<'q, Sqlite, SqliteArguments> {
    match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
        Value::Null => query.bind(None::<i64>),
    }
}

/// The statement that writes `size` rows. Its parameters have no names: SQLite looks those up one by one, and with a thousand of
/// them that is most of the work.
fn statement(table: &Table, size: usize) -> String {
    let names = table.names();
    let tuple = format!("({})", vec!["?"; names.len()].join(", "));
    format!(
        "INSERT INTO {} ({}) VALUES {}{}",
        table.name,
        names.join(", "),
        vec![tuple; size].join(", "),
        replacing(table),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_writes_many_rows_and_replaces_those_that_change() {
        assert_eq!(
            statement(&table::REGISTRY, 2),
            "INSERT INTO registry (name, value, updated_id) VALUES (?, ?, ?), (?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_id = excluded.updated_id"
        );
        assert_eq!(
            statement(&table::BLOCKS, 1),
            "INSERT INTO blocks (number, hash, parent, time_ms, extrinsics, events) VALUES (?, ?, ?, ?, ?, ?)"
        );
    }

    #[test]
    fn the_largest_statement_has_no_more_parameters_than_sqlite_takes() {
        let widest = table::ALL.iter().map(|table| table.columns.len()).max();
        assert!(widest.expect("some") * CHUNKS[0] <= 32_766);
    }
}

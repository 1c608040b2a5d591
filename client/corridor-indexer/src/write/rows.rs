//! Rows on their way into the database, many in one statement.

use super::table::{Kind, Table};
use crate::{schema::Dialect, sql, IndexError};
use sqlx::{any::AnyArguments, AnyConnection, Arguments, AssertSqlSafe, Executor};
use std::{collections::HashMap, sync::Arc};

/// A column's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Null,
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

macro_rules! narrower {
    ($($type:ty)*) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Int(value.into())
            }
        })*
    };
}

narrower!(u8 u16 u32 bool);

impl From<u64> for Value {
    /// Block numbers, times and weights: none comes near the limit, and one beyond it is kept at it.
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u128> for Value {
    fn from(value: u128) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<i128> for Value {
    fn from(value: i128) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A hash, an address, a reference: as hexadecimal digits.
impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Text(sql::hex(value))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row: one value for each column, in the table's order.
pub(crate) type Row = Vec<Value>;

/// Makes a row.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::write::rows::Value::from($value)),*] };
}
pub(crate) use row;

/// How many rows a statement takes: few sizes, so that each statement is prepared once.
const CHUNKS: [usize; 3] = [128, 16, 1];

/// Writes rows; remembers its statements.
#[derive(Debug)]
pub(crate) struct Inserter {
    dialect: Dialect,
    statements: HashMap<(&'static str, usize), Arc<str>>,
}

impl Inserter {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            statements: HashMap::new(),
        }
    }

    /// Adds rows, or replaces those of the same key where the table's rows change. No key may be there twice.
    pub(crate) async fn insert(
        &mut self,
        connection: &mut AnyConnection,
        table: &'static Table,
        rows: Vec<Row>,
    ) -> Result<(), IndexError> {
        let mut rows = rows.into_iter();
        for size in CHUNKS {
            while rows.len() >= size {
                let chunk = rows.by_ref().take(size).collect();
                self.insert_chunk(connection, table, chunk).await?;
            }
        }
        Ok(())
    }

    async fn insert_chunk(
        &mut self,
        connection: &mut AnyConnection,
        table: &'static Table,
        rows: Vec<Row>,
    ) -> Result<(), IndexError> {
        let dialect = self.dialect;
        let size = rows.len();
        let text = self
            .statements
            .entry((table.name, size))
            .or_insert_with(|| statement(table, dialect, size).into())
            .clone();
        let mut arguments = AnyArguments::default();
        arguments.reserve(size.saturating_mul(table.columns.len()), 0);
        for row in rows {
            if row.len() != table.columns.len() {
                return Err(IndexError::Damaged(format!(
                    "a row of {} has {} values",
                    table.name,
                    row.len()
                )));
            }
            for (value, (_, kind)) in row.into_iter().zip(table.columns) {
                bind(&mut arguments, value, *kind).map_err(sqlx::Error::Encode)?;
            }
        }
        connection
            .execute(sqlx::query_with(AssertSqlSafe(text), arguments))
            .await?;
        Ok(())
    }
}

fn bind(arguments: &mut AnyArguments, value: Value, kind: Kind) -> Result<(), sqlx::error::BoxDynError> {
    match (value, kind) {
        (Value::Int(value), _) => arguments.add(value),
        (Value::Text(value), _) => arguments.add(value),
        (Value::Bytes(value), _) => arguments.add(value),
        // A null has a type, too, for PostgreSQL.
        (Value::Null, Kind::Int) => arguments.add(None::<i64>),
        (Value::Null, Kind::Text | Kind::Amount) => arguments.add(None::<String>),
        (Value::Null, Kind::Bytes) => arguments.add(None::<Vec<u8>>),
    }
}

/// The statement that writes `size` rows.
fn statement(table: &Table, dialect: Dialect, size: usize) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let mut number = 0usize;
    let mut placeholder = |kind: Kind| {
        number = number.saturating_add(1);
        match kind {
            Kind::Amount => dialect.amount_parameter(number),
            _ => dialect.parameter(number),
        }
    };
    let mut tuple = || {
        let values: Vec<String> = table.columns.iter().map(|(_, kind)| placeholder(*kind)).collect();
        format!("({})", values.join(", "))
    };
    let tuples: Vec<String> = (0..size).map(|_| tuple()).collect();
    let mut text = format!(
        "INSERT INTO {} ({}) VALUES {}",
        table.name,
        names.join(", "),
        tuples.join(", ")
    );
    if !table.append_only {
        let (key, rest) = names.split_at(table.key.min(names.len()));
        let updates: Vec<String> = rest
            .iter()
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        text.push_str(&format!(
            " ON CONFLICT ({}) DO UPDATE SET {}",
            key.join(", "),
            updates.join(", ")
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::table;

    #[test]
    fn statements_are_the_databases_own() {
        assert_eq!(
            statement(&table::REGISTRY, Dialect::Sqlite, 2),
            "INSERT INTO registry (name, value, updated_id) VALUES (?, ?, ?), (?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_id = excluded.updated_id"
        );
        let text = statement(&table::OPERATIONS, Dialect::Postgres, 1);
        assert!(
            text.ends_with("VALUES ($1, $2, $3, $4, CAST($5 AS NUMERIC), $6, $7, $8)"),
            "{text}"
        );
    }

    #[test]
    fn the_largest_statement_has_no_more_parameters_than_either_database_takes() {
        let widest = table::ALL
            .iter()
            .map(|table| table.columns.len())
            .max()
            .expect("some");
        assert!(widest * CHUNKS[0] <= 32_766);
    }
}

//! Rows on their way into the database.

use super::table::Table;
use crate::{sql, IndexError};

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

/// An amount: a number where it fits, which is nearly always and costs no text, otherwise its digits. A column of amounts takes both.
impl From<u128> for Value {
    fn from(value: u128) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Text(value.to_string()), Self::Int)
    }
}

impl From<i128> for Value {
    fn from(value: i128) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Text(value.to_string()), Self::Int)
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

/// [`IndexError::Damaged`] for a row that is not as wide as its table.
pub(crate) fn check_width(table: &Table, row: &Row) -> Result<(), IndexError> {
    match row.len() == table.columns.len() {
        true => Ok(()),
        false => Err(IndexError::Damaged(format!(
            "a row of {} has {} values",
            table.name,
            row.len()
        ))),
    }
}

/// [`IndexError::Damaged`] for a value that its column does not hold.
pub(crate) fn other_kind(table: &Table, column: &str) -> IndexError {
    IndexError::Damaged(format!("a value of {}.{column} is of another kind", table.name))
}

/// ` ON CONFLICT …`: how a row replaces the one of the same key; empty for a table whose rows are only added.
pub(crate) fn replacing(table: &Table) -> String {
    if table.append_only {
        return String::new();
    }
    let names = table.names();
    let (key, rest) = names.split_at(table.key.min(names.len()));
    let updates: Vec<String> = rest
        .iter()
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    format!(
        " ON CONFLICT ({}) DO UPDATE SET {}",
        key.join(", "),
        updates.join(", ")
    )
}

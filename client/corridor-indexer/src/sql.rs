//! Statements for either database, with parameters only: no value is ever part of a statement's text.

use crate::IndexError;
use sqlx::{
    any::{AnyArguments, AnyRow},
    AnyConnection, Arguments, AssertSqlSafe, Encode, Executor, Row, Type,
};
use std::str::FromStr;

/// A statement under construction. Both databases know numbered placeholders.
#[derive(Default)]
pub(crate) struct Sql {
    text: String,
    arguments: AnyArguments,
    failed: Option<sqlx::Error>,
}

impl Sql {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Adds words of the statement: constants only.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds words and a parameter after them.
    pub(crate) fn bind<'t, T>(&mut self, text: &str, value: T) -> &mut Self
    where
        T: Encode<'t, sqlx::Any> + Type<sqlx::Any>,
    {
        if let Err(error) = self.arguments.add(value) {
            self.failed = Some(sqlx::Error::Encode(error));
        }
        self.text.push_str(text);
        self.text.push_str(&format!("${}", self.arguments.len()));
        self
    }

    fn finish(self) -> Result<(AssertSqlSafe<String>, AnyArguments), IndexError> {
        match self.failed {
            Some(error) => Err(error.into()),
            None => Ok((AssertSqlSafe(self.text), self.arguments)),
        }
    }

    /// How SQLite would go about it, a line for each step.
    #[cfg(test)]
    pub(crate) async fn plan(mut self, connection: &mut AnyConnection) -> String {
        self.text.insert_str(0, "EXPLAIN QUERY PLAN ");
        let rows = self.all(connection).await.expect("a plan");
        let steps = rows.iter().map(|row| row.text("detail").expect("a step"));
        steps.collect::<Vec<_>>().join("\n")
    }

    pub(crate) async fn all(self, connection: &mut AnyConnection) -> Result<Vec<AnyRow>, IndexError> {
        let (text, arguments) = self.finish()?;
        Ok(connection.fetch_all(sqlx::query_with(text, arguments)).await?)
    }

    pub(crate) async fn optional(self, connection: &mut AnyConnection) -> Result<Option<AnyRow>, IndexError> {
        let (text, arguments) = self.finish()?;
        Ok(connection
            .fetch_optional(sqlx::query_with(text, arguments))
            .await?)
    }

    pub(crate) async fn execute(self, connection: &mut AnyConnection) -> Result<u64, IndexError> {
        let (text, arguments) = self.finish()?;
        let done = connection.execute(sqlx::query_with(text, arguments)).await?;
        Ok(done.rows_affected())
    }
}

/// Reads columns as what they stand for.
pub(crate) trait Columns {
    fn int(&self, column: &str) -> Result<i64, IndexError>;
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, IndexError>;
    fn text(&self, column: &str) -> Result<String, IndexError>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>, IndexError>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>, IndexError>;
    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, IndexError>;

    /// A number of a narrower type.
    fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, IndexError> {
        let value = self.int(column)?;
        T::try_from(value).map_err(|_| damaged(column, &value.to_string()))
    }

    fn maybe_number<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>, IndexError> {
        let value = self.maybe_int(column)?;
        value
            .map(|value| T::try_from(value).map_err(|_| damaged(column, &value.to_string())))
            .transpose()
    }

    /// A text that stands for something.
    fn parsed<T: FromStr>(&self, column: &str) -> Result<T, IndexError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| damaged(column, &text))
    }

    fn maybe_parsed<T: FromStr>(&self, column: &str) -> Result<Option<T>, IndexError> {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|_| damaged(column, &text)))
            .transpose()
    }

    /// `0x` and hexadecimal digits of exactly that many bytes.
    fn hex<const N: usize>(&self, column: &str) -> Result<[u8; N], IndexError> {
        let text = self.text(column)?;
        unhex(&text).ok_or_else(|| damaged(column, &text))
    }

    fn maybe_hex<const N: usize>(&self, column: &str) -> Result<Option<[u8; N]>, IndexError> {
        let text = self.maybe_text(column)?;
        text.map(|text| unhex(&text).ok_or_else(|| damaged(column, &text)))
            .transpose()
    }
}

impl Columns for AnyRow {
    fn int(&self, column: &str) -> Result<i64, IndexError> {
        Ok(self.try_get(column)?)
    }

    fn maybe_int(&self, column: &str) -> Result<Option<i64>, IndexError> {
        Ok(self.try_get(column)?)
    }

    fn text(&self, column: &str) -> Result<String, IndexError> {
        Ok(self.try_get(column)?)
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>, IndexError> {
        Ok(self.try_get(column)?)
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>, IndexError> {
        Ok(self.try_get(column)?)
    }

    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.try_get(column)?)
    }
}

pub(crate) fn damaged(column: &str, value: &str) -> IndexError {
    IndexError::Damaged(format!("{column} is {value:?}"))
}

/// Bytes as `0x` and hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2).saturating_add(2));
    text.push_str("0x");
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 0xf)]);
    }
    text
}

/// What [`hex`] wrote.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
    Some(bytes)
}

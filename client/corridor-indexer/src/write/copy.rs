//! Rows as PostgreSQL's `COPY … (FORMAT binary)` takes them: see "Binary Format" in the documentation of `COPY`, and
//! `numeric_recv` in PostgreSQL's source for numbers.

use super::{
    rows::{check_width, other_kind, Row, Value},
    table::{Kind, Table},
};
use crate::IndexError;

/// The signature, no flags, no extension.
const HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// In place of a row's number of columns: there are no more rows.
const END: [u8; 2] = (-1i16).to_be_bytes();

/// In place of a value's length: there is none.
const NULL: [u8; 4] = (-1i32).to_be_bytes();

/// A number's digits have base 10,000.
const BASE: u128 = 10_000;

pub(super) fn statement(table: &Table) -> String {
    let names = table.names().join(", ");
    format!("COPY {} ({names}) FROM STDIN (FORMAT binary)", table.name)
}

/// The whole stream.
pub(super) fn stream(table: &Table, rows: &[Row]) -> Result<Vec<u8>, IndexError> {
    let mut to = HEADER.to_vec();
    for row in rows {
        check_width(table, row)?;
        let columns = i16::try_from(row.len()).unwrap_or(i16::MAX);
        to.extend(columns.to_be_bytes());
        for (value, (name, kind)) in row.iter().zip(table.columns) {
            field(&mut to, *kind, value).ok_or_else(|| other_kind(table, name))?;
        }
    }
    to.extend(END);
    Ok(to)
}

/// `None` for a value that is not of the column's kind, or is too long for any.
fn field(to: &mut Vec<u8>, kind: Kind, value: &Value) -> Option<()> {
    match (kind, value) {
        (_, Value::Null) => to.extend(NULL),
        (Kind::Int, Value::Int(value)) => bytes(to, &value.to_be_bytes())?,
        (Kind::Text, Value::Text(value)) => bytes(to, value.as_bytes())?,
        (Kind::Bytes, Value::Bytes(value)) => bytes(to, value)?,
        (Kind::Amount, Value::Int(value)) => number(to, *value < 0, value.unsigned_abs().into())?,
        (Kind::Amount, Value::Text(text)) => match text.strip_prefix('-') {
            Some(digits) => number(to, true, digits.parse().ok()?)?,
            None => number(to, false, text.parse().ok()?)?,
        },
        _ => return None,
    }
    Some(())
}

fn bytes(to: &mut Vec<u8>, value: &[u8]) -> Option<()> {
    to.extend(i32::try_from(value.len()).ok()?.to_be_bytes());
    to.extend(value);
    Some(())
}

/// How many digits there are, how many stand behind the first, the sign, no decimals, and the digits.
fn number(to: &mut Vec<u8>, negative: bool, mut magnitude: u128) -> Option<()> {
    let mut digits = Vec::with_capacity(10);
    while magnitude > 0 {
        digits.push(i16::try_from(magnitude % BASE).ok()?);
        magnitude /= BASE;
    }
    let count = i16::try_from(digits.len()).ok()?;
    let sign: i16 = if negative { 0x4000 } else { 0 };
    let words = [count, count.saturating_sub(1).max(0), sign, 0];
    let words = words.into_iter().chain(digits.into_iter().rev());
    let words: Vec<u8> = words.flat_map(i16::to_be_bytes).collect();
    bytes(to, &words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::{rows::row, table};

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let mut to = Vec::new();
        assert!(field(&mut to, Kind::Int, &Value::from("1")).is_none());
        assert!(field(&mut to, Kind::Text, &Value::from(1i64)).is_none());
        assert!(field(&mut to, Kind::Bytes, &Value::from("1")).is_none());
        assert!(field(&mut to, Kind::Amount, &Value::from("1.5")).is_none());
        assert!(stream(&table::BLOCKS, &[row![1i64]]).is_err());
    }

    #[test]
    fn numbers_are_written_in_digits_of_four() {
        let mut to = Vec::new();
        field(&mut to, Kind::Amount, &Value::from(-123_456_789i64)).expect("a number");
        let words: Vec<i16> = to[4..]
            .chunks(2)
            .map(|word| i16::from_be_bytes([word[0], word[1]]))
            .collect();
        assert_eq!(to[..4], 14i32.to_be_bytes());
        assert_eq!(words, [3, 2, 0x4000, 0, 1, 2_345, 6_789]);
    }
}

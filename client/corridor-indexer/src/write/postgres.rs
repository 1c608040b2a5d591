//! Rows into PostgreSQL: by `COPY` where they are only added and the server is reached through a socket of this machine, otherwise as
//! arrays, a column each, in one statement.
//!
//! Not by `COPY` over TCP: its end is a small packet after a large one, which waits 40 ms for an acknowledgement.

use super::{
    copy,
    rows::{check_width, other_kind, replacing, Row, Value},
    store::{RowStore, Way},
    table::{Kind, Table},
};
use crate::IndexError;
use sqlx::{
    postgres::{PgArguments, PgConnection},
    query::Query,
    AssertSqlSafe, Postgres,
};

/// The most rows of one statement: what is under way fits into memory on both sides.
const AT_A_TIME: usize = 4_096;

impl RowStore for PgConnection {
    async fn run(&mut self, text: &'static str, values: Vec<Value>) -> Result<u64, IndexError> {
        let mut query = sqlx::query(text);
        for value in values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
                Value::Null => query.bind(None::<i64>),
            };
        }
        Ok(query.execute(self).await?.rows_affected())
    }

    async fn insert(&mut self, table: &'static Table, rows: Vec<Row>, way: Way) -> Result<(), IndexError> {
        if table.append_only && way == Way::Socket {
            let mut copy = self.copy_in_raw(&copy::statement(table)).await?;
            copy.send(copy::stream(table, &rows)?).await?;
            copy.finish().await?;
            return Ok(());
        }
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let some = rows.by_ref().take(AT_A_TIME);
            write(self, table, some).await?;
        }
        Ok(())
    }
}

async fn write(
    connection: &mut PgConnection,
    table: &Table,
    rows: impl Iterator<Item = Row>,
) -> Result<(), IndexError> {
    let mut columns: Vec<Vec<Value>> = vec![Vec::new(); table.columns.len()];
    for row in rows {
        check_width(table, &row)?;
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let kinds = table.columns.iter().map(|(_, kind)| *kind);
    let kinds: Vec<Kind> = kinds
        .zip(&columns)
        .map(|(kind, values)| sent_as(kind, values))
        .collect();
    let mut query = sqlx::query(AssertSqlSafe(statement(table, &kinds)));
    for ((values, (name, _)), kind) in columns.into_iter().zip(table.columns).zip(kinds) {
        query = bind_column(query, values, kind).ok_or_else(|| other_kind(table, name))?;
    }
    query.execute(connection).await?;
    Ok(())
}

/// Amounts go as numbers where all of them are: PostgreSQL reads those faster than digits.
fn sent_as(kind: Kind, values: &[Value]) -> Kind {
    let large = values.iter().any(|value| matches!(value, Value::Text(_)));
    match kind {
        Kind::Amount if !large => Kind::Int,
        kind => kind,
    }
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// Binds a column's values as one array; `None` where one is not of the column's kind.
fn bind_column(query: Statement<'_>, values: Vec<Value>, kind: Kind) -> Option<Statement<'_>> {
    let values = values.into_iter();
    Some(match kind {
        Kind::Int => query.bind(values.map(int).collect::<Option<Vec<_>>>()?),
        Kind::Text => query.bind(values.map(text).collect::<Option<Vec<_>>>()?),
        Kind::Amount => query.bind(values.map(digits).collect::<Option<Vec<_>>>()?),
        Kind::Bytes => query.bind(values.map(bytes).collect::<Option<Vec<_>>>()?),
    })
}

fn int(value: Value) -> Option<Option<i64>> {
    match value {
        Value::Int(value) => Some(Some(value)),
        Value::Null => Some(None),
        Value::Text(_) | Value::Bytes(_) => None,
    }
}

fn text(value: Value) -> Option<Option<String>> {
    match value {
        Value::Text(value) => Some(Some(value)),
        Value::Null => Some(None),
        Value::Int(_) | Value::Bytes(_) => None,
    }
}

fn digits(value: Value) -> Option<Option<String>> {
    match value {
        Value::Int(value) => Some(Some(value.to_string())),
        other => text(other),
    }
}

fn bytes(value: Value) -> Option<Option<Vec<u8>>> {
    match value {
        Value::Bytes(value) => Some(Some(value)),
        Value::Null => Some(None),
        Value::Int(_) | Value::Text(_) => None,
    }
}

/// The statement that writes any number of rows, each column an array of its kind. Unnested as columns, not as a table, which would be
/// kept whole.
fn statement(table: &Table, kinds: &[Kind]) -> String {
    let arrays = kinds.iter().zip(1usize..).map(|(kind, number)| match kind {
        Kind::Int => format!("UNNEST(CAST(${number} AS BIGINT[]))"),
        Kind::Text => format!("UNNEST(CAST(${number} AS TEXT[]))"),
        Kind::Amount => format!("CAST(UNNEST(CAST(${number} AS TEXT[])) AS NUMERIC)"),
        Kind::Bytes => format!("UNNEST(CAST(${number} AS BYTEA[]))"),
    });
    format!(
        "INSERT INTO {} ({}) SELECT {}{}",
        table.name,
        table.names().join(", "),
        arrays.collect::<Vec<_>>().join(", "),
        replacing(table),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        write::{rows::row, table},
        Index, IndexLocation,
    };
    use corridor_test_postgres::Cluster;
    use sqlx::Connection;

    fn kinds(table: &Table) -> Vec<Kind> {
        table.columns.iter().map(|(_, kind)| *kind).collect()
    }

    #[test]
    fn columns_are_arrays_and_rows_of_the_same_key_are_replaced() {
        assert_eq!(
            statement(&table::REGISTRY, &kinds(&table::REGISTRY)),
            "INSERT INTO registry (name, value, updated_id) SELECT UNNEST(CAST($1 AS TEXT[])), UNNEST(CAST($2 AS TEXT[])), \
             UNNEST(CAST($3 AS BIGINT[])) ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_id = excluded.updated_id"
        );
        let positions = statement(&table::POSITIONS, &kinds(&table::POSITIONS));
        assert!(positions.contains("CAST(UNNEST(CAST($3 AS TEXT[])) AS NUMERIC)"));
    }

    #[test]
    fn amounts_are_numbers_unless_one_is_too_large_for_that() {
        let (small, large) = (row![1u128, None::<u128>, -5i128], row![1u128, u128::MAX]);
        assert_eq!(sent_as(Kind::Amount, &small), Kind::Int);
        assert_eq!(sent_as(Kind::Amount, &large), Kind::Amount);
        assert_eq!(sent_as(Kind::Text, &large), Kind::Text);
        assert_eq!(row![i128::from(i64::MAX) + 1], row!["9223372036854775808"]);
    }

    /// A row with every kind of value, as far as numbers go.
    fn leg(id: i64, amount: i128) -> Row {
        row![
            id,
            1i64,
            2i64,
            3u16,
            "CNY",
            "net",
            "posting",
            None::<&str>,
            amount,
            u128::MAX / 10,
            None::<u16>,
            "ä\\\t\n",
            None::<&str>,
            None::<i64>,
            7u32,
        ]
    }

    #[tokio::test]
    async fn rows_are_the_same_whichever_way_they_go() {
        let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
        let mut read = Vec::new();
        for (name, way) in [("socket", Way::Socket), ("network", Way::Network)] {
            let url = cluster.database(name).expect("a database");
            let location = IndexLocation::Postgres(url.clone());
            let index = Index::create(&location).await.expect("an index");
            let mut connection = PgConnection::connect(&url).await.expect("a connection");
            let amounts = [
                0,
                1,
                -1,
                9_999,
                10_000,
                -10_000,
                123_456_789_012,
                i128::MAX / 10,
                i128::MIN / 10,
            ];
            let legs = (1..).zip(amounts).map(|(id, amount)| leg(id, amount)).collect();
            connection.insert(&table::LEGS, legs, way).await.expect("legs");
            let event = row![
                1i64,
                2u64,
                3u32,
                None::<u32>,
                "0x",
                vec![0u8, 255],
                Vec::new(),
                "k",
                "{}",
                None::<&str>,
                "",
                "n"
            ];
            connection
                .insert(&table::RAW_EVENTS, vec![event], way)
                .await
                .expect("an event");
            let sum = "SELECT CAST(SUM(amount) AS TEXT) FROM legs";
            let sum: String = sqlx::query_scalar(sum)
                .fetch_one(&mut connection)
                .await
                .expect("a sum");
            assert_eq!(sum, amounts.iter().sum::<i128>().to_string());
            read.push(index.digest().await.expect("a digest"));
        }
        assert_eq!(read[0], read[1]);
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let query = || sqlx::query("");
        assert!(bind_column(query(), row![1i64, None::<i64>], Kind::Int).is_some());
        assert!(bind_column(query(), row![1i64, "2", None::<i64>], Kind::Amount).is_some());
        assert!(bind_column(query(), row!["1"], Kind::Int).is_none());
        assert!(bind_column(query(), row![1i64], Kind::Text).is_none());
    }
}

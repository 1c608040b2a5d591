//! One number for everything in an index: two indexes of the same blocks have the same, whichever database they are in.

use crate::{
    schema::Dialect,
    sql::Columns,
    write::table::{self, Kind, Table},
    Index, IndexError,
};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{any::AnyRow, AssertSqlSafe, Executor};

/// What an index holds, table by table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDigest {
    /// Name, number of rows and SHA-256 of each table.
    pub tables: Vec<(&'static str, u64, [u8; 32])>,
}

impl IndexDigest {
    /// SHA-256 of all tables.
    #[must_use]
    pub fn all(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for (name, rows, digest) in &self.tables {
            hasher.update(name.as_bytes());
            hasher.update(rows.to_le_bytes());
            hasher.update(digest);
        }
        hasher.finalize().into()
    }
}

impl Index {
    /// The digest of every table, row by row in order of the key. Compare indexes whose last block is the same; while a writer is at work the
    /// answer is of no single block.
    ///
    /// # Errors
    /// The database's.
    pub async fn digest(&self) -> Result<IndexDigest, IndexError> {
        let mut tables = Vec::new();
        for table in table::ALL {
            let (rows, digest) = self.digest_table(table).await?;
            tables.push((table.name, rows, digest));
        }
        Ok(IndexDigest { tables })
    }

    async fn digest_table(&self, table: &Table) -> Result<(u64, [u8; 32]), IndexError> {
        let mut connection = self.connection().await?;
        let query = sqlx::query(AssertSqlSafe(select(table, self.dialect)));
        let mut rows = connection.fetch(query);
        let (mut hasher, mut count) = (Sha256::new(), 0u64);
        while let Some(row) = rows.try_next().await? {
            take(&mut hasher, table, &row)?;
            count = count.saturating_add(1);
        }
        Ok((count, hasher.finalize().into()))
    }
}

/// Every column as text or bytes, in the same order in both databases.
fn select(table: &Table, dialect: Dialect) -> String {
    let columns = table.columns.iter().map(|(name, kind)| match kind {
        Kind::Bytes => (*name).to_owned(),
        Kind::Int | Kind::Text | Kind::Amount => format!("CAST({name} AS TEXT) AS {name}"),
    });
    let key = table
        .columns
        .iter()
        .take(table.key)
        .map(|(name, kind)| match (kind, dialect) {
            (Kind::Text, Dialect::Postgres) => format!("{}.{name} COLLATE \"C\"", table.name),
            // Qualified: the number, not the text it is selected as.
            _ => format!("{}.{name}", table.name),
        });
    let (columns, key): (Vec<String>, Vec<String>) = (columns.collect(), key.collect());
    format!(
        "SELECT {} FROM {} ORDER BY {}",
        columns.join(", "),
        table.name,
        key.join(", ")
    )
}

fn take(hasher: &mut Sha256, table: &Table, row: &AnyRow) -> Result<(), IndexError> {
    for (name, kind) in table.columns {
        let value = match kind {
            Kind::Bytes => row.maybe_bytes(name)?,
            _ => row.maybe_text(name)?.map(String::into_bytes),
        };
        // Lengths, so that no two rows look alike; a null is not an empty text.
        let length = value.as_ref().map_or(u64::MAX, |value| value.len() as u64);
        hasher.update(length.to_le_bytes());
        hasher.update(value.unwrap_or_default());
    }
    Ok(())
}

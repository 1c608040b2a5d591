//! API keys.

use super::{column, now_ms, Result, Store, StoreError};
use crate::auth::{KeyRecord, Scopes};
use sqlx::any::AnyRow;

impl Store {
    /// A key's record.
    ///
    /// # Errors
    /// The database's.
    pub async fn key(&self, id: &str) -> Result<Option<KeyRecord>> {
        let row = sqlx::query("SELECT * FROM api_key WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(key).transpose()
    }

    /// Every key, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>> {
        let rows = sqlx::query("SELECT * FROM api_key ORDER BY created_at_ms, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(key).collect()
    }

    /// Keeps a new key.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_key(&self, record: &KeyRecord) -> Result<()> {
        let insert = "INSERT INTO api_key (id, owner, hash, scopes, created_at_ms, expires_at_ms)
                      VALUES ($1, $2, $3, $4, $5, $6)";
        let query = sqlx::query(insert)
            .bind(&record.id)
            .bind(&record.owner)
            .bind(record.hash.as_slice())
            .bind(record.scopes.to_string())
            .bind(record.created_at_ms)
            .bind(record.expires_at_ms);
        self.execute(query).await?;
        Ok(())
    }

    /// Revokes a key. `false` where there is none, or it was revoked before.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke_key(&self, id: &str) -> Result<bool> {
        let revoke = "UPDATE api_key SET revoked_at_ms = $1 WHERE id = $2 AND revoked_at_ms IS NULL";
        Ok(self.execute(sqlx::query(revoke).bind(now_ms()).bind(id)).await? == 1)
    }
}

fn key(row: &AnyRow) -> Result<KeyRecord> {
    let scopes: String = column(row, "scopes")?;
    Ok(KeyRecord {
        id: column(row, "id")?,
        owner: column(row, "owner")?,
        hash: column(row, "hash")?,
        scopes: scopes.parse::<Scopes>().map_err(StoreError::Damaged)?,
        created_at_ms: column(row, "created_at_ms")?,
        expires_at_ms: column(row, "expires_at_ms")?,
        revoked_at_ms: column(row, "revoked_at_ms")?,
    })
}

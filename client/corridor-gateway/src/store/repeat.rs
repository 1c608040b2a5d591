//! Messages by their idempotency keys.

use super::{column, MessageRecord, Result, Store};

impl Store {
    /// The message that a system sent under an idempotency key.
    ///
    /// # Errors
    /// The database's.
    pub async fn message_under(&self, owner: &str, idempotency_key: &str) -> Result<Option<MessageRecord>> {
        let row = sqlx::query("SELECT id FROM message WHERE owner = $1 AND idempotency_key = $2")
            .bind(owner)
            .bind(idempotency_key)
            .fetch_optional(&self.pool)
            .await?;
        match row {
            Some(row) => self.message(&column::<String>(&row, "id")?).await,
            None => Ok(None),
        }
    }
}

//! Webhooks and their deliveries.
//!
//! ```text
//! pending -> delivered | dead        dead -> pending: replayed
//! ```
//! A delivery is due when nothing earlier of its stream is undelivered at the same webhook: what is dead holds back
//! what follows it, because order is promised.

use super::{column, events::event, from_block, millis, now_ms, EventId, Result, Store, StoredEvent};
use sqlx::any::AnyRow;
use std::time::Duration;

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRecord {
    /// Its id.
    pub id: String,
    /// The system it was made by.
    pub owner: String,
    /// Where events go.
    pub url: String,
    /// Which events; none given means all.
    pub kinds: Vec<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at_ms: i64,
}

/// A delivery this gateway may make.
#[derive(Clone, Debug)]
pub struct Due {
    /// To which webhook.
    pub webhook_id: String,
    /// Where.
    pub url: String,
    /// What.
    pub event: StoredEvent,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// A delivery that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// What was to be delivered.
    pub event: StoredEvent,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When that was, in milliseconds since 1970.
    pub updated_at_ms: i64,
}

impl Store {
    /// Adds a webhook for events recorded from now on.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_webhook(&self, webhook: &WebhookRecord) -> Result<()> {
        let kinds = match webhook.kinds.is_empty() {
            true => String::new(),
            false => format!(",{},", webhook.kinds.join(",")),
        };
        let insert = "INSERT INTO webhook (id, owner, url, kinds, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
        let query = sqlx::query(insert)
            .bind(&webhook.id)
            .bind(&webhook.owner)
            .bind(&webhook.url)
            .bind(kinds)
            .bind(webhook.created_at_ms);
        self.execute(query).await?;
        Ok(())
    }

    /// Every webhook that was not deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRecord>> {
        let rows =
            sqlx::query("SELECT * FROM webhook WHERE deleted_at_ms IS NULL ORDER BY created_at_ms, id")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(webhook).collect()
    }

    /// Deletes a webhook; what was not delivered is not delivered any more. `false` where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_webhook(&self, id: &str) -> Result<bool> {
        let delete = "UPDATE webhook SET deleted_at_ms = $1 WHERE id = $2 AND deleted_at_ms IS NULL";
        Ok(self.execute(sqlx::query(delete).bind(now_ms()).bind(id)).await? == 1)
    }

    /// Takes up to `limit` deliveries that are due.
    ///
    /// # Errors
    /// The database's.
    pub async fn due(&self, owner: &str, lease: Duration, limit: usize) -> Result<Vec<Due>> {
        let now = now_ms();
        let statement = format!(
            "WITH picked AS (
                SELECT webhook_id, block, place FROM delivery
                WHERE state = 'pending' AND next_at_ms <= $1 AND (lease_until_ms IS NULL OR lease_until_ms < $2)
                  AND EXISTS (SELECT 1 FROM webhook WHERE webhook.id = delivery.webhook_id AND deleted_at_ms IS NULL)
                  AND NOT EXISTS (
                    SELECT 1 FROM delivery AS earlier
                    WHERE earlier.webhook_id = delivery.webhook_id AND earlier.stream = delivery.stream
                      AND earlier.state <> 'delivered'
                      AND (earlier.block < delivery.block
                        OR (earlier.block = delivery.block AND earlier.place < delivery.place)))
                ORDER BY block, place LIMIT $3 {}
             )
             UPDATE delivery SET attempts = attempts + 1, lease_owner = $4, lease_until_ms = $5, updated_at_ms = $6
             FROM picked
             WHERE delivery.webhook_id = picked.webhook_id AND delivery.block = picked.block
               AND delivery.place = picked.place
             RETURNING delivery.webhook_id AS webhook_id, delivery.block AS block, delivery.place AS place, attempts",
            self.skip_locked()
        );
        let mut writing = self.write_derived().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(now)
            .bind(now)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(owner)
            .bind(now.saturating_add(millis(lease)))
            .bind(now)
            .fetch_all(&mut *writing.transaction)
            .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            let (webhook_id, block, place): (String, i64, i64) = (
                column(row, "webhook_id")?,
                column(row, "block")?,
                column(row, "place")?,
            );
            let found = sqlx::query(
                "SELECT event.block AS block, event.place AS place, event.kind AS kind, event.body AS body,
                        webhook.url AS url
                 FROM event JOIN webhook ON webhook.id = $1 WHERE event.block = $2 AND event.place = $3",
            )
            .bind(&webhook_id)
            .bind(block)
            .bind(place)
            .fetch_one(&mut *writing.transaction)
            .await?;
            all.push(Due {
                webhook_id,
                url: column(&found, "url")?,
                event: event(&found)?,
                attempts: column(row, "attempts")?,
            });
        }
        writing.commit().await?;
        all.sort_by_key(|due| due.event.id);
        Ok(all)
    }

    /// Records that a delivery arrived.
    ///
    /// # Errors
    /// The database's.
    pub async fn delivered(&self, webhook_id: &str, id: EventId) -> Result<()> {
        let statement = "UPDATE delivery SET state = 'delivered', lease_owner = NULL, lease_until_ms = NULL,
                last_error = NULL, updated_at_ms = $1
             WHERE webhook_id = $2 AND block = $3 AND place = $4 AND state = 'pending'";
        let query = sqlx::query(statement)
            .bind(now_ms())
            .bind(webhook_id)
            .bind(from_block(id.block))
            .bind(i64::from(id.place));
        self.execute_derived(query).await?;
        Ok(())
    }

    /// Records that a delivery did not arrive: to be tried again after `wait`, or dead.
    ///
    /// # Errors
    /// The database's.
    pub async fn undelivered(
        &self,
        webhook_id: &str,
        id: EventId,
        wait: Option<Duration>,
        error: &str,
    ) -> Result<()> {
        let now = now_ms();
        let statement =
            "UPDATE delivery SET state = $1, next_at_ms = $2, last_error = $3, lease_owner = NULL,
                lease_until_ms = NULL, updated_at_ms = $4
             WHERE webhook_id = $5 AND block = $6 AND place = $7 AND state = 'pending'";
        let query = sqlx::query(statement)
            .bind(wait.map_or("dead", |_| "pending"))
            .bind(now.saturating_add(millis(wait.unwrap_or_default())))
            .bind(error)
            .bind(now)
            .bind(webhook_id)
            .bind(from_block(id.block))
            .bind(i64::from(id.place));
        self.execute_lazily(query).await?;
        Ok(())
    }

    /// Dead letters of a webhook after one, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn dead_letters(
        &self,
        webhook_id: &str,
        after: EventId,
        limit: i64,
    ) -> Result<Vec<DeadLetter>> {
        let rows = sqlx::query(
            "SELECT event.block AS block, event.place AS place, event.kind AS kind, event.body AS body,
                    attempts, last_error, updated_at_ms
             FROM delivery JOIN event ON event.block = delivery.block AND event.place = delivery.place
             WHERE webhook_id = $1 AND state = 'dead'
               AND (delivery.block > $2 OR (delivery.block = $3 AND delivery.place > $4))
             ORDER BY delivery.block, delivery.place LIMIT $5",
        )
        .bind(webhook_id)
        .bind(from_block(after.block))
        .bind(from_block(after.block))
        .bind(i64::from(after.place))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let letter = |row: &AnyRow| {
            Ok(DeadLetter {
                event: event(row)?,
                attempts: column(row, "attempts")?,
                last_error: column(row, "last_error")?,
                updated_at_ms: column(row, "updated_at_ms")?,
            })
        };
        rows.iter().map(letter).collect()
    }

    /// Tries dead letters of a webhook again, all of them or one; answers how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn replay(&self, webhook_id: &str, only: Option<EventId>) -> Result<u64> {
        let now = now_ms();
        let statement = "UPDATE delivery SET state = 'pending', attempts = 0, next_at_ms = $1, updated_at_ms = $2
             WHERE webhook_id = $3 AND state = 'dead' AND block = COALESCE($4, block) AND place = COALESCE($5, place)";
        let query = sqlx::query(statement)
            .bind(now)
            .bind(now)
            .bind(webhook_id)
            .bind(only.map(|id| from_block(id.block)))
            .bind(only.map(|id| i64::from(id.place)));
        self.execute(query).await
    }

    /// How many deliveries wait, and how many are dead.
    ///
    /// # Errors
    /// The database's.
    pub async fn delivery_counts(&self) -> Result<(i64, i64)> {
        let row = sqlx::query(
            "SELECT COALESCE(SUM(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), 0) AS pending,
                    COALESCE(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS dead
             FROM delivery WHERE state <> 'delivered'",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((column(&row, "pending")?, column(&row, "dead")?))
    }
}

fn webhook(row: &AnyRow) -> Result<WebhookRecord> {
    let kinds: String = column(row, "kinds")?;
    Ok(WebhookRecord {
        id: column(row, "id")?,
        owner: column(row, "owner")?,
        url: column(row, "url")?,
        kinds: kinds
            .split(',')
            .filter(|kind| !kind.is_empty())
            .map(String::from)
            .collect(),
        created_at_ms: column(row, "created_at_ms")?,
    })
}

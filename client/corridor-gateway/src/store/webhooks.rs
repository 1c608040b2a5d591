//! Webhooks and their deliveries.
//!
//! ```text
//! pending -> delivered | dead        dead -> pending: replayed
//! ```
//! A delivery is due when nothing earlier of its stream is undelivered at the same webhook: what is dead holds back
//! what follows it, because order is promised.

use super::{
    column, events::event, from_block, millis, now_ms, EventId, Result, Store, StoreError, StoredEvent,
};
use sqlx::{any::AnyRow, Row};
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

/// What became of adding a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was added now, or with an earlier request of the same identity.
    Webhook(WebhookRecord),
    /// The idempotency key was used for another one, whose digest this is.
    Conflict(String),
    /// The idempotency key's webhook was deleted.
    Deleted(WebhookRecord),
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
    /// Adds a webhook for events recorded from now on; once for each idempotency key of its owner.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_webhook(
        &self,
        new: &WebhookRecord,
        idempotency_key: Option<&str>,
        digest: &str,
    ) -> Result<Added> {
        let kinds = match new.kinds.is_empty() {
            true => String::new(),
            false => format!(",{},", new.kinds.join(",")),
        };
        let insert = "INSERT INTO webhook (id, owner, url, kinds, created_at_ms, idempotency_key, digest)
                      VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let query = sqlx::query(insert)
            .bind(&new.id)
            .bind(&new.owner)
            .bind(&new.url)
            .bind(kinds)
            .bind(new.created_at_ms)
            .bind(idempotency_key)
            .bind(digest);
        if self.execute(query).await? == 1 {
            return Ok(Added::Webhook(new.clone()));
        }
        let row = sqlx::query("SELECT * FROM webhook WHERE owner = $1 AND idempotency_key = $2")
            .bind(&new.owner)
            .bind(idempotency_key)
            .fetch_optional(&self.pool)
            .await?
            .ok_or_else(|| StoreError::Database("an idempotency key is neither free nor used".into()))?;
        let (recorded, deleted): (String, Option<i64>) =
            (column(&row, "digest")?, column(&row, "deleted_at_ms")?);
        Ok(match (recorded == digest, deleted) {
            (true, None) => Added::Webhook(webhook(&row)?),
            (true, Some(_)) => Added::Deleted(webhook(&row)?),
            (false, _) => Added::Conflict(recorded),
        })
    }

    /// Whether there is a webhook that was not deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_webhook(&self, id: &str) -> Result<bool> {
        let row = sqlx::query("SELECT 1 FROM webhook WHERE id = $1 AND deleted_at_ms IS NULL")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
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

    /// Webhooks with something undelivered that is not dead.
    ///
    /// # Errors
    /// The database's.
    pub async fn webhooks_waiting(&self) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT id FROM webhook WHERE deleted_at_ms IS NULL AND EXISTS (
                SELECT 1 FROM delivery WHERE delivery.webhook_id = webhook.id AND state = 'pending' AND next_at_ms <= $1)",
        )
        .bind(now_ms())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Takes up to `limit` deliveries to a webhook that are due.
    ///
    /// # Errors
    /// The database's.
    pub async fn due(&self, owner: &str, webhook: &str, lease: Duration, limit: usize) -> Result<Vec<Due>> {
        let now = now_ms();
        let mut writing = self.write_derived().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(taking(self.skip_locked())))
            .bind(webhook)
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
            let (block, place): (i64, i64) = (column(row, "block")?, column(row, "place")?);
            let found = sqlx::query(
                "SELECT event.block AS block, event.place AS place, event.kind AS kind, event.body AS body,
                        webhook.url AS url
                 FROM event JOIN webhook ON webhook.id = $1 WHERE event.block = $2 AND event.place = $3",
            )
            .bind(webhook)
            .bind(block)
            .bind(place)
            .fetch_one(&mut *writing.transaction)
            .await?;
            all.push(Due {
                webhook_id: webhook.into(),
                url: column(&found, "url")?,
                event: event(&found)?,
                attempts: column(row, "attempts")?,
            });
        }
        writing.commit().await?;
        all.sort_by_key(|due| due.event.id);
        Ok(all)
    }

    /// Records that a delivery of this gateway's arrived. `false` where another one has taken it meanwhile, and decides.
    ///
    /// # Errors
    /// The database's.
    pub async fn delivered(&self, owner: &str, due: &Due) -> Result<bool> {
        let statement = "UPDATE delivery SET state = 'delivered', lease_owner = NULL, lease_until_ms = NULL,
                last_error = NULL, updated_at_ms = $1
             WHERE webhook_id = $2 AND block = $3 AND place = $4 AND state = 'pending' AND lease_owner = $5";
        let query = sqlx::query(statement)
            .bind(now_ms())
            .bind(&due.webhook_id)
            .bind(from_block(due.event.id.block))
            .bind(i64::from(due.event.id.place))
            .bind(owner);
        Ok(self.execute_derived(query).await? == 1)
    }

    /// Records that it did not arrive: to be tried again after `wait`, or dead. What follows it in its stream waits as
    /// long, so that it need not be looked at meanwhile.
    ///
    /// # Errors
    /// The database's.
    pub async fn undelivered(
        &self,
        owner: &str,
        due: &Due,
        wait: Option<Duration>,
        error: &str,
    ) -> Result<bool> {
        let now = now_ms();
        let next = wait.map_or(i64::MAX, |wait| now.saturating_add(millis(wait)));
        let (block, place) = (from_block(due.event.id.block), i64::from(due.event.id.place));
        let mut writing = self.write_lazily().await?;
        let noted = sqlx::query(
            "UPDATE delivery SET state = $1, next_at_ms = $2, last_error = $3, lease_owner = NULL,
                lease_until_ms = NULL, updated_at_ms = $4
             WHERE webhook_id = $5 AND block = $6 AND place = $7 AND state = 'pending' AND lease_owner = $8",
        )
        .bind(wait.map_or("dead", |_| "pending"))
        .bind(next)
        .bind(error)
        .bind(now)
        .bind(&due.webhook_id)
        .bind(block)
        .bind(place)
        .bind(owner)
        .execute(&mut *writing.transaction)
        .await?;
        if noted.rows_affected() != 1 {
            writing.undo().await?;
            return Ok(false);
        }
        // Said twice, so that the index over what is undelivered fits.
        sqlx::query(
            "UPDATE delivery SET next_at_ms = $1
             WHERE webhook_id = $2 AND state <> 'delivered' AND state = 'pending'
               AND stream = (SELECT stream FROM event WHERE event.block = $3 AND event.place = $4)",
        )
        .bind(next)
        .bind(&due.webhook_id)
        .bind(block)
        .bind(place)
        .execute(&mut *writing.transaction)
        .await?;
        writing.commit().await?;
        Ok(true)
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
             WHERE webhook_id = $1 AND state = 'dead' AND (delivery.block, delivery.place) > ($2, $3)
             ORDER BY delivery.block, delivery.place LIMIT $4",
        )
        .bind(webhook_id)
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
        let statement = match only {
            Some(_) => REPLAY_ONE,
            None => REPLAY_ALL,
        };
        let mut query = sqlx::query(statement).bind(now).bind(now).bind(webhook_id);
        if let Some(id) = only {
            query = query.bind(from_block(id.block)).bind(i64::from(id.place));
        }
        let mut writing = self.write().await?;
        let replayed = query.execute(&mut *writing.transaction).await?.rows_affected();
        // What was held back behind them is due after them.
        sqlx::query(
            "UPDATE delivery SET next_at_ms = $1 WHERE webhook_id = $2 AND state = 'pending' AND next_at_ms = $3",
        )
        .bind(now)
        .bind(webhook_id)
        .bind(i64::MAX)
        .execute(&mut *writing.transaction)
        .await?;
        writing.commit().await?;
        Ok(replayed)
    }

    /// How many deliveries wait, and how many are dead; nothing of a webhook that was deleted is either.
    ///
    /// # Errors
    /// The database's.
    pub async fn delivery_counts(&self) -> Result<(i64, i64)> {
        let row = sqlx::query(
            "SELECT COALESCE(SUM(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), 0) AS pending,
                    COALESCE(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS dead
             FROM delivery JOIN webhook ON webhook.id = delivery.webhook_id
             WHERE state <> 'delivered' AND webhook.deleted_at_ms IS NULL",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((column(&row, "pending")?, column(&row, "dead")?))
    }
}

const REPLAY_ALL: &str =
    "UPDATE delivery SET state = 'pending', attempts = 0, next_at_ms = $1, updated_at_ms = $2
    WHERE webhook_id = $3 AND state = 'dead'";

const REPLAY_ONE: &str =
    "UPDATE delivery SET state = 'pending', attempts = 0, next_at_ms = $1, updated_at_ms = $2
    WHERE webhook_id = $3 AND state = 'dead' AND block = $4 AND place = $5";

/// The statement that takes what is due, along the index, so that a backlog costs nothing.
fn taking(skip_locked: &str) -> String {
    format!(
        "WITH picked AS (
            SELECT webhook_id, block, place FROM delivery
            WHERE webhook_id = $1 AND state = 'pending' AND next_at_ms <= $2
              AND (lease_until_ms IS NULL OR lease_until_ms < $3)
              AND NOT EXISTS (
                SELECT 1 FROM delivery AS earlier
                WHERE earlier.webhook_id = delivery.webhook_id AND earlier.stream = delivery.stream
                  AND earlier.state <> 'delivered'
                  AND (earlier.block, earlier.place) < (delivery.block, delivery.place))
            ORDER BY next_at_ms, block, place LIMIT $4 {skip_locked}
         )
         UPDATE delivery SET attempts = attempts + 1, lease_owner = $5, lease_until_ms = $6, updated_at_ms = $7
         FROM picked
         WHERE delivery.webhook_id = picked.webhook_id AND delivery.block = picked.block
           AND delivery.place = picked.place
         RETURNING delivery.block AS block, delivery.place AS place, attempts"
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_backlog_is_neither_sorted_nor_searched() {
        let home = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", home.path().join("store.sqlite").display());
        let store = Store::open(&url, 2).await.expect("opened");
        for (statement, index) in [
            (taking(""), "delivery_due"),
            (REPLAY_ALL.to_owned(), "delivery_dead"),
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
                .fetch_all(&store.pool)
                .await
                .expect("a plan");
            let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
        }
    }
}

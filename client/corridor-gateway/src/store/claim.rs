//! Requests on their way: taken by one gateway at a time, kept while it works, ended once.
//!
//! ```text
//! accepted -> working -> succeeded | refused | failed
//!     ^---------'  let go: nothing was submitted
//! ```
//!
//! A lease that runs out says nothing about what its holder submitted. The next holder repeats the request, which the
//! contract answers without a second effect. Only a *refusal* needs care: the first holder's extrinsic may still land,
//! until its lifetime has passed. `contested_until` is the finalised block from which on it cannot.

use super::{column, millis, now_ms, Result, State, Store, StoreError};
use crate::operation::Operation;
use sqlx::any::AnyRow;
use std::time::Duration;

/// A request this gateway may carry out.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Its id.
    pub id: String,
    /// The capacity that signs.
    pub role: String,
    /// What is asked for.
    pub operation: Operation,
    /// How often it was begun, this time included.
    pub attempts: i64,
    /// `Some` where an earlier holder's extrinsic may still land: until this finalised block, or -1 where that is not
    /// known yet.
    pub contested_until: Option<i64>,
    /// When it was taken in.
    pub created_at_ms: i64,
}

/// How a request ends.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Its last state.
    pub state: State,
    /// What is to be known about it, as JSON.
    pub result: String,
}

impl Store {
    /// Takes up to `limit` requests, the oldest of each stream first.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim(&self, owner: &str, lease: Duration, limit: usize) -> Result<Vec<Claimed>> {
        let now = now_ms();
        // The oldest of its stream: as `NOT EXISTS`, PostgreSQL compares every open request with every other where its
        // statistics are of a moment when there were few.
        let statement = format!(
            "WITH picked AS (
                SELECT seq FROM request
                WHERE state IN ('accepted', 'working') AND next_at_ms <= $1
                  AND (lease_until_ms IS NULL OR lease_until_ms < $2)
                  AND seq = (
                    SELECT MIN(earlier.seq) FROM request AS earlier
                    WHERE earlier.stream = request.stream AND earlier.state IN ('accepted', 'working'))
                ORDER BY seq LIMIT $3 {}
             )
             UPDATE request SET
                state = 'working', attempts = attempts + 1, updated_at_ms = $4,
                contested_until = CASE WHEN lease_owner IS NULL THEN contested_until ELSE -1 END,
                lease_owner = $5, lease_until_ms = $6
             FROM picked WHERE request.seq = picked.seq
             RETURNING request.id AS id, role, operation, attempts, contested_until, created_at_ms",
            self.skip_locked()
        );
        let mut writing = self.write().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(now)
            .bind(now)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(now)
            .bind(owner)
            .bind(now.saturating_add(millis(lease)))
            .fetch_all(&mut *writing.transaction)
            .await?;
        writing.commit().await?;
        rows.iter().map(claimed).collect()
    }

    /// Keeps everything this gateway holds for another lease.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew(&self, owner: &str, lease: Duration) -> Result<()> {
        let renew = "UPDATE request SET lease_until_ms = $1 WHERE lease_owner = $2 AND state = 'working'";
        let until = now_ms().saturating_add(millis(lease));
        self.execute_lazily(sqlx::query(renew).bind(until).bind(owner))
            .await?;
        Ok(())
    }

    /// Ends the leases an earlier process of the same name left behind, so that nobody waits for them.
    ///
    /// # Errors
    /// The database's.
    pub async fn expire_leases(&self, owner: &str) -> Result<u64> {
        let expire = "UPDATE request SET lease_until_ms = 0 WHERE lease_owner = $1 AND state = 'working'";
        self.execute_lazily(sqlx::query(expire).bind(owner)).await
    }

    /// Lets go of a request of which nothing was submitted, to be tried again after `wait`.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_go(&self, owner: &str, id: &str, wait: Duration, error: &str) -> Result<()> {
        let now = now_ms();
        // What an earlier holder left behind is contested still: the owner of a lease nobody holds says so.
        let statement = "UPDATE request SET
                state = 'accepted', lease_owner = NULL, lease_until_ms = NULL, next_at_ms = $1, last_error = $2,
                updated_at_ms = $3
             WHERE id = $4 AND lease_owner = $5 AND state = 'working'";
        let query = sqlx::query(statement)
            .bind(now.saturating_add(millis(wait)))
            .bind(error)
            .bind(now)
            .bind(id)
            .bind(owner);
        self.execute_lazily(query).await?;
        Ok(())
    }

    /// Notes how a request stands that this gateway goes on with.
    ///
    /// # Errors
    /// The database's.
    pub async fn note(&self, owner: &str, id: &str, error: &str, contested_until: Option<i64>) -> Result<()> {
        let statement = "UPDATE request SET last_error = $1, contested_until = COALESCE($2, contested_until), updated_at_ms = $3
             WHERE id = $4 AND lease_owner = $5 AND state = 'working'";
        let query = sqlx::query(statement)
            .bind(error)
            .bind(contested_until)
            .bind(now_ms())
            .bind(id)
            .bind(owner);
        self.execute_derived(query).await?;
        Ok(())
    }

    /// Ends a request. `false` where it is no longer this gateway's: another one has it, and decides.
    ///
    /// # Errors
    /// The database's.
    pub async fn end(&self, owner: &str, id: &str, ending: &Ending) -> Result<bool> {
        let statement = "UPDATE request SET
                state = $1, result = $2, lease_owner = NULL, lease_until_ms = NULL, last_error = NULL, updated_at_ms = $3
             WHERE id = $4 AND lease_owner = $5 AND state = 'working'";
        let query = sqlx::query(statement)
            .bind(ending.state.name())
            .bind(&ending.result)
            .bind(now_ms())
            .bind(id)
            .bind(owner);
        Ok(self.execute_lazily(query).await? == 1)
    }

    /// How many requests wait, and how long the oldest has.
    ///
    /// # Errors
    /// The database's.
    pub async fn backlog(&self) -> Result<(i64, i64)> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS open, MIN(created_at_ms) AS oldest FROM request WHERE state IN ('accepted', 'working')",
        )
        .fetch_one(&self.pool)
        .await?;
        let oldest: Option<i64> = column(&row, "oldest")?;
        let age = oldest.map_or(0, |oldest| now_ms().saturating_sub(oldest).max(0));
        Ok((column(&row, "open")?, age))
    }
}

fn claimed(row: &AnyRow) -> Result<Claimed> {
    let operation: String = column(row, "operation")?;
    Ok(Claimed {
        id: column(row, "id")?,
        role: column(row, "role")?,
        operation: serde_json::from_str(&operation)
            .map_err(|error| StoreError::Damaged(error.to_string()))?,
        attempts: column(row, "attempts")?,
        contested_until: column(row, "contested_until")?,
        created_at_ms: column(row, "created_at_ms")?,
    })
}

//! Requests on their way: taken by one gateway at a time, kept while it works, ended once.
//!
//! ```text
//! accepted -> working -> succeeded | refused | failed
//!     ^---------'  let go: nothing of it is followed
//! ```
//!
//! A lease that runs out says nothing about what its holder submitted. The next holder repeats the request, which the
//! contract answers without a second effect. What is *not* a success needs care: the first holder's extrinsic may still
//! land, until its lifetime has passed. `contested_until` is the finalised block from which on it cannot.

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
    /// How often it failed for a reason of its own.
    pub faults: i64,
    /// `Some` where an earlier holder's extrinsic may still land: until this finalised block, or -1 where that is not
    /// known yet.
    pub contested_until: Option<i64>,
    /// When it was taken in.
    pub created_at_ms: i64,
}

/// How long a request waits that this version cannot read: another gateway may be of a version that can.
const UNREADABLE: Duration = Duration::from_secs(5);

/// How a request stands that is not final.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// What it waits for.
    pub error: String,
    /// As [`Claimed::contested_until`].
    pub contested_until: Option<i64>,
    /// How often it failed for a reason of its own.
    pub faults: i64,
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
    /// Takes up to `limit` requests of these roles, the oldest of each stream first. What another role has to do first
    /// is waited for. What cannot be read is let go, and holds up nothing but its stream.
    ///
    /// An error does not say that nothing was taken: the database may have committed and the answer been lost. What was
    /// taken then is not renewed, and so taken again.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim(
        &self,
        owner: &str,
        lease: Duration,
        limit: usize,
        roles: &[&str],
    ) -> Result<Vec<Claimed>> {
        if roles.is_empty() {
            return Ok(Vec::new());
        }
        let now = now_ms();
        let statement = claiming(roles.len(), self.skip_locked());
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(now)
            .bind(now)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(now)
            .bind(owner)
            .bind(now.saturating_add(millis(lease)));
        for role in roles {
            query = query.bind(*role);
        }
        let rows = self.execute_returning(query).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            match claimed(row) {
                Ok(claimed) => all.push(claimed),
                Err(error) => {
                    // Where that fails its lease runs out; the others that were taken are carried out.
                    if let Err(error) = self.let_unreadable_go(owner, row, &error).await {
                        tracing::error!(%error, "a request that cannot be read was not let go");
                    }
                }
            }
        }
        Ok(all)
    }

    /// Lets go of a request that was taken just now and cannot be read, as it was taken.
    async fn let_unreadable_go(&self, owner: &str, row: &AnyRow, error: &StoreError) -> Result<()> {
        let id: String = column(row, "id")?;
        tracing::error!(request = id, %error, "this version cannot read the request: a gateway that can has to carry it out");
        let progress = Progress {
            error: "this version of the gateway cannot read the request; one that can carries it out".into(),
            contested_until: column(row, "contested_until")?,
            faults: column(row, "faults")?,
        };
        self.let_go(owner, &id, UNREADABLE, &progress).await
    }

    /// Keeps those of this gateway's requests for another lease that it carries out; with none it only shows that the
    /// store can be written to.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew(&self, owner: &str, lease: Duration, under_way: &[String]) -> Result<()> {
        // NULL is equal to nothing: the list must not be empty.
        let places = (0..under_way.len()).map(|place| format!(", ${}", place.saturating_add(3)));
        let renew = format!(
            "UPDATE request SET lease_until_ms = $1 WHERE lease_owner = $2 AND state = 'working' AND id IN (NULL{})",
            places.collect::<String>()
        );
        // A text for each number of requests: connections are not to remember them all.
        let mut query = sqlx::query(sqlx::AssertSqlSafe(renew))
            .persistent(false)
            .bind(now_ms().saturating_add(millis(lease)))
            .bind(owner);
        for id in under_way {
            query = query.bind(id);
        }
        self.execute_lazily(query).await?;
        Ok(())
    }

    /// Ends everything a process held that is known to be gone, so that nobody waits for it; how many requests that are.
    ///
    /// # Errors
    /// The database's.
    pub async fn expire_leases(&self, owner: &str) -> Result<u64> {
        let mut writing = self.write_lazily().await?;
        let expire = "UPDATE request SET lease_until_ms = 0 WHERE lease_owner = $1 AND state = 'working'";
        let requests = sqlx::query(expire)
            .bind(owner)
            .execute(&mut *writing.transaction)
            .await?;
        for expire in [
            "UPDATE delivery SET lease_until_ms = 0 WHERE lease_owner = $1 AND state = 'pending'",
            "UPDATE follower SET until_ms = 0 WHERE owner = $1",
        ] {
            let query = sqlx::query(expire).bind(owner);
            query.execute(&mut *writing.transaction).await?;
        }
        writing.commit().await?;
        Ok(requests.rows_affected())
    }

    /// Lets go of a request that nothing here follows any more, to be tried again after `wait`.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_go(&self, owner: &str, id: &str, wait: Duration, progress: &Progress) -> Result<()> {
        let now = now_ms();
        let statement = "UPDATE request SET
                state = 'accepted', lease_owner = NULL, lease_until_ms = NULL, next_at_ms = $1, last_error = $2,
                contested_until = $3, faults = $4, updated_at_ms = $5
             WHERE id = $6 AND lease_owner = $7 AND state = 'working'";
        let query = sqlx::query(statement)
            .bind(now.saturating_add(millis(wait)))
            .bind(&progress.error)
            .bind(progress.contested_until)
            .bind(progress.faults)
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
    pub async fn note(&self, owner: &str, id: &str, progress: &Progress) -> Result<()> {
        let statement =
            "UPDATE request SET last_error = $1, contested_until = $2, faults = $3, updated_at_ms = $4
             WHERE id = $5 AND lease_owner = $6 AND state = 'working'";
        let query = sqlx::query(statement)
            .bind(&progress.error)
            .bind(progress.contested_until)
            .bind(progress.faults)
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
        let ended = match ending.state {
            // Done again, it is the same success.
            State::Succeeded => self.execute_lazily(query).await?,
            // Whoever was shown this may ask for something else instead: it must not become a success after a power cut.
            _ => self.execute(query).await?,
        };
        Ok(ended == 1)
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

/// The statement that takes requests of so many roles. The text holds nothing that was given.
///
/// The oldest of its stream by MIN: as `NOT EXISTS`, PostgreSQL compares every open request with every other where its statistics
/// are of a moment when there were few.
fn claiming(roles: usize, skip_locked: &str) -> String {
    let roles: Vec<String> = (0..roles)
        .map(|place| format!("${}", place.saturating_add(7)))
        .collect();
    format!(
        "WITH picked AS (
            SELECT seq FROM request
            WHERE state IN ('accepted', 'working') AND next_at_ms <= $1
              AND (lease_until_ms IS NULL OR lease_until_ms < $2) AND role IN ({})
              AND seq = (
                SELECT MIN(earlier.seq) FROM request AS earlier
                WHERE earlier.stream = request.stream AND earlier.state IN ('accepted', 'working'))
            ORDER BY seq LIMIT $3 {skip_locked}
         )
         UPDATE request SET
            state = 'working', attempts = attempts + 1, updated_at_ms = $4,
            contested_until = CASE WHEN lease_owner IS NULL THEN contested_until ELSE -1 END,
            lease_owner = $5, lease_until_ms = $6
         FROM picked WHERE request.seq = picked.seq
         RETURNING request.id AS id, role, operation, attempts, faults, contested_until, created_at_ms",
        roles.join(", ")
    )
}

fn claimed(row: &AnyRow) -> Result<Claimed> {
    let operation: String = column(row, "operation")?;
    Ok(Claimed {
        id: column(row, "id")?,
        role: column(row, "role")?,
        operation: serde_json::from_str(&operation)
            .map_err(|error| StoreError::Damaged(error.to_string()))?,
        attempts: column(row, "attempts")?,
        faults: column(row, "faults")?,
        contested_until: column(row, "contested_until")?,
        created_at_ms: column(row, "created_at_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_must_not_become_a_success_after_a_power_cut_is_flushed_before_it_is_shown() {
        let home = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", home.path().join("store.sqlite").display());
        let store = Store::open(&url, 4).await.expect("opened");
        // Whoever flushes waits for the one connection that does.
        let _held = store.durable.acquire().await.expect("free");
        for (state, flushes) in [
            (State::Succeeded, false),
            (State::Refused, true),
            (State::Failed, true),
        ] {
            let ending = Ending {
                state,
                result: "{}".into(),
            };
            let end = store.end("a", "none", &ending);
            let ended = tokio::time::timeout(Duration::from_secs(1), end).await;
            assert_eq!(ended.is_err(), flushes, "{state:?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_not_let_go_where_another_gateway_has_it_meanwhile() {
        let home = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", home.path().join("store.sqlite").display());
        let store = Store::open(&url, 4).await.expect("opened");
        let insert = "INSERT INTO request
                (id, owner, kind, subject, stream, role, operation, digest, state, lease_owner, next_at_ms, created_at_ms, updated_at_ms)
             VALUES ('r', 'o', 'k', 's', 's', 'instructor', 'of a newer version', 'd', 'working', 'b', 0, 0, 0)";
        store.execute(sqlx::query(insert)).await.expect("inserted");
        let row = sqlx::query("SELECT * FROM request")
            .fetch_one(&store.pool)
            .await
            .expect("a row");
        let error = StoreError::Damaged("not known".into());
        for (by, state) in [("a", "working"), ("b", "accepted")] {
            store
                .let_unreadable_go(by, &row, &error)
                .await
                .expect("asked for");
            let row = sqlx::query("SELECT state FROM request")
                .fetch_one(&store.pool)
                .await
                .expect("a row");
            assert_eq!(
                column::<String>(&row, "state").expect("a state"),
                state,
                "by {by}"
            );
        }
    }
}

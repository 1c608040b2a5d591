//! The outbox of events from finalised blocks. Each is recorded once: block and place are its key, and the block
//! the recorder goes on from moves in the same transaction.

use super::{column, from_block, millis, now_ms, to_block, Result, Store, StoreError};
use sqlx::{any::AnyRow, AnyConnection, Row};
use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

/// An event's identity for ever: the finalised block, and the place in it. Written `block-place`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId {
    /// The block's number.
    pub block: u64,
    /// Its place among all events of the block.
    pub place: u32,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.block, self.place)
    }
}

impl FromStr for EventId {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let read = || {
            let (block, place) = text.split_once('-')?;
            let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            // SQL counts blocks with 63 bits.
            let block: u64 = block
                .parse()
                .ok()
                .filter(|block| *block <= i64::MAX.unsigned_abs())?;
            (digits(text.split_once('-')?.0) && digits(place)).then_some(Self {
                block,
                place: place.parse().ok()?,
            })
        };
        read().ok_or("an event id is BLOCK-PLACE, such as 1204-3")
    }
}

/// An event to be recorded.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Its identity.
    pub id: EventId,
    /// Such as `transfer.settled`.
    pub kind: String,
    /// What it is about: a UETR, or another name under which events keep their order.
    pub stream: String,
    /// What happened, as JSON.
    pub body: String,
}

/// An event as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its identity.
    pub id: EventId,
    /// Such as `transfer.settled`.
    pub kind: String,
    /// What happened, as JSON.
    pub body: String,
}

impl Store {
    /// Takes or keeps the right to record events; the last block recorded, or `None` where another gateway has it.
    ///
    /// # Errors
    /// The database's.
    pub async fn follow(&self, owner: &str, lease: Duration, first_block: u64) -> Result<Option<u64>> {
        let now = now_ms();
        let before_first = from_block(first_block).saturating_sub(1);
        let mut writing = self.write_derived().await?;
        sqlx::query("INSERT INTO follower (id, block, until_ms) VALUES (1, $1, 0) ON CONFLICT DO NOTHING")
            .bind(before_first)
            .execute(&mut *writing.transaction)
            .await?;
        let row = sqlx::query(
            "UPDATE follower SET owner = $1, until_ms = $2 WHERE id = 1 AND (owner = $3 OR until_ms < $4)
             RETURNING block",
        )
        .bind(owner)
        .bind(now.saturating_add(millis(lease)))
        .bind(owner)
        .bind(now)
        .fetch_optional(&mut *writing.transaction)
        .await?;
        writing.commit().await?;
        let block: Option<i64> = row.map(|row| row.try_get(0)).transpose()?;
        Ok(block.map(|block| to_block(block.saturating_add(1))))
    }

    /// Records the events of blocks that follow each other, with a delivery for each webhook that wants them. `false`, and
    /// nothing recorded, where the block before the first is not the last one recorded by this gateway.
    ///
    /// All of it can be read from the chain again, and what a database that lost power has lost of it, it has lost from
    /// the end, cursor and events together: the recorder goes on from there, and records the same.
    ///
    /// # Errors
    /// The database's.
    pub async fn record(
        &self,
        owner: &str,
        blocks: RangeInclusive<u64>,
        events: &[NewEvent],
    ) -> Result<bool> {
        let (first, last) = (from_block(*blocks.start()), from_block(*blocks.end()));
        let mut writing = self.write_derived().await?;
        let moved = sqlx::query("UPDATE follower SET block = $1 WHERE id = 1 AND block = $2 AND owner = $3")
            .bind(last)
            .bind(first.saturating_sub(1))
            .bind(owner)
            .execute(&mut *writing.transaction)
            .await?;
        if moved.rows_affected() != 1 {
            writing.undo().await?;
            return Ok(false);
        }
        insert(&mut writing.transaction, events).await?;
        if !events.is_empty() {
            let now = now_ms();
            // `kinds` is a list such as `,transfer.settled,batch.accepted,`.
            sqlx::query(
                "INSERT INTO delivery (webhook_id, block, place, stream, state, next_at_ms, updated_at_ms)
                 SELECT webhook.id, event.block, event.place, event.stream, 'pending', $1, $2
                 FROM event JOIN webhook ON webhook.deleted_at_ms IS NULL
                  AND (webhook.kinds = '' OR webhook.kinds LIKE '%,' || event.kind || ',%')
                 WHERE event.block >= $3 AND event.block <= $4",
            )
            .bind(now)
            .bind(now)
            .bind(first)
            .bind(last)
            .execute(&mut *writing.transaction)
            .await?;
        }
        writing.commit().await?;
        Ok(true)
    }

    /// Events after one, in order; only of one stream where it is given.
    ///
    /// # Errors
    /// The database's.
    pub async fn events(&self, after: EventId, stream: Option<&str>, limit: i64) -> Result<Vec<StoredEvent>> {
        let rows = match stream {
            None => {
                sqlx::query(
                    "SELECT block, place, kind, body FROM event
                     WHERE block > $1 OR (block = $2 AND place > $3) ORDER BY block, place LIMIT $4",
                )
                .bind(from_block(after.block))
                .bind(from_block(after.block))
                .bind(i64::from(after.place))
                .bind(limit)
                .fetch_all(&self.pool)
                .await?
            }
            Some(stream) => {
                sqlx::query(
                    "SELECT block, place, kind, body FROM event
                     WHERE stream = $1 AND (block > $2 OR (block = $3 AND place > $4))
                     ORDER BY block, place LIMIT $5",
                )
                .bind(stream)
                .bind(from_block(after.block))
                .bind(from_block(after.block))
                .bind(i64::from(after.place))
                .bind(limit)
                .fetch_all(&self.pool)
                .await?
            }
        };
        rows.iter().map(event).collect()
    }

    /// The newest event's id.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_event(&self) -> Result<Option<EventId>> {
        let row =
            sqlx::query("SELECT block, place, kind, body FROM event ORDER BY block DESC, place DESC LIMIT 1")
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.as_ref().map(event).transpose()?.map(|event| event.id))
    }

    /// The last block recorded.
    ///
    /// # Errors
    /// The database's.
    pub async fn followed_to(&self) -> Result<Option<u64>> {
        let row = sqlx::query("SELECT block FROM follower WHERE id = 1")
            .fetch_optional(&self.pool)
            .await?;
        let block: Option<i64> = row.map(|row| row.try_get(0)).transpose()?;
        Ok(block.map(to_block))
    }
}

/// Rows of one statement: a database knows each statement's text once, so there are few of them.
const ROWS: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

async fn insert(connection: &mut AnyConnection, events: &[NewEvent]) -> Result<()> {
    let mut rest = events;
    while let Some(rows) = ROWS.into_iter().find(|rows| *rows <= rest.len()) {
        let (now, later) = rest.split_at(rows);
        // The statement is made of numbers only.
        let statement = sqlx::AssertSqlSafe(insert_statement(rows));
        let mut query = sqlx::query(statement);
        for event in now {
            query = query
                .bind(from_block(event.id.block))
                .bind(i64::from(event.id.place))
                .bind(&event.kind)
                .bind(&event.stream)
                .bind(&event.body);
        }
        query.execute(&mut *connection).await?;
        rest = later;
    }
    Ok(())
}

fn insert_statement(rows: usize) -> String {
    let row = |row: usize| {
        let columns = (1..=5).map(|column| format!("${}", row.saturating_mul(5).saturating_add(column)));
        format!("({})", columns.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!(
        "INSERT INTO event (block, place, kind, stream, body) VALUES {}",
        rows.join(", ")
    )
}

pub(super) fn event(row: &AnyRow) -> Result<StoredEvent> {
    let place: i64 = column(row, "place")?;
    Ok(StoredEvent {
        id: EventId {
            block: to_block(column(row, "block")?),
            place: u32::try_from(place).map_err(|_| StoreError::Damaged("an event's place".into()))?,
        },
        kind: column(row, "kind")?,
        body: column(row, "body")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_ids_are_read_as_they_are_written() {
        let id = EventId {
            block: 1204,
            place: 3,
        };
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in [
            "",
            "1",
            "-",
            "1-",
            "-1",
            "+1-2",
            "1-+2",
            "1-2-3",
            "99999999999999999999-1",
            "1-4294967296",
        ] {
            assert!(text.parse::<EventId>().is_err(), "{text}");
        }
    }
}

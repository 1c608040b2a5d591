//! Taking a message: everything it asks for is on disk before it is answered, once for each identity.

use super::{now_ms, Result, Store, StoreError};
use sqlx::{any::AnyArguments, error::ErrorKind, query::Query, Any, AnyConnection, Executor, Row};

/// A message as it was received.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id, fresh.
    pub id: String,
    /// The system that sent it: idempotency keys are its own.
    pub owner: String,
    /// The API key it was sent with.
    pub key_id: String,
    /// `Idempotency-Key`, where there is one.
    pub idempotency_key: Option<String>,
    /// Method and path: the same key for another resource is a conflict, too.
    pub target: String,
    /// SHA-256 of what it says.
    pub digest: String,
    /// Of the body.
    pub content_type: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// What it asks for.
    pub requests: Vec<NewRequest>,
}

/// One request of a message.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Its id, fresh.
    pub id: String,
    /// What is asked for.
    pub kind: &'static str,
    /// What it is about: of two requests with the same subject one is carried out.
    pub subject: String,
    /// Requests of one stream are carried out in the order they were taken.
    pub stream: String,
    /// The capacity that signs.
    pub role: &'static str,
    /// The operation, as JSON.
    pub operation: String,
    /// SHA-256 of what was asked for.
    pub digest: String,
}

/// A message that was taken, now or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The message's id.
    pub message: String,
    /// Its requests, in order; each may have been taken with an earlier message.
    pub requests: Vec<String>,
    /// Whether anything is new.
    pub fresh: bool,
}

/// What became of taking a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intake {
    /// It is on disk.
    Taken(Taken),
    /// The same identity is recorded with another body. Nothing was stored.
    Conflict {
        /// The identity in words.
        identity: String,
        /// What was given.
        digest: String,
        /// What is recorded.
        recorded: String,
        /// The request recorded, where the identity is a request's.
        request: Option<String>,
    },
}

/// How often a request is tried whose recorded twin ended in the same moment.
const TRIES: usize = 3;

impl Store {
    /// Takes a message.
    ///
    /// # Errors
    /// The database's; then nothing was stored, or all of it: the same message again tells.
    pub async fn take(&self, message: NewMessage) -> Result<Intake> {
        if let Some(batcher) = &self.batcher {
            return batcher.take(message).await;
        }
        if let [request] = message.requests.as_slice() {
            if take_new(&self.durable, &message, request).await? {
                return Ok(Intake::Taken(Taken {
                    message: message.id.clone(),
                    requests: vec![request.id.clone()],
                    fresh: true,
                }));
            }
        }
        let mut writing = self.write().await?;
        let intake = take_in(&mut writing.transaction, &message).await?;
        match intake {
            Intake::Taken(_) => writing.commit().await?,
            Intake::Conflict { .. } => writing.undo().await?,
        }
        Ok(intake)
    }
}

/// Takes a message with one request in one statement, if both are new; otherwise nothing is stored, and the answer is
/// `false`. For PostgreSQL: each statement less is a journey less to the server, and most messages are like this.
pub(super) async fn take_new<'e>(
    executor: impl Executor<'e, Database = Any>,
    message: &NewMessage,
    request: &NewRequest,
) -> Result<bool> {
    let now = now_ms();
    // A request that is not new leaves its place empty, which the table refuses, and with it the message.
    let query = sqlx::query(
        "WITH taken AS (
            INSERT INTO message
                (id, owner, key_id, idempotency_key, target, digest, content_type, body, received_at_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id),
         asked AS (
            INSERT INTO request
                (id, owner, kind, subject, stream, role, operation, digest, state, next_at_ms, created_at_ms,
                 updated_at_ms)
            SELECT $10, $11, $12, $13, $14, $15, $16, $17, 'accepted', $18, $19, $20 FROM taken
            ON CONFLICT DO NOTHING RETURNING id)
         INSERT INTO message_request (message_id, position, request_id)
         SELECT id, 0, (SELECT id FROM asked) FROM taken",
    );
    let query = bind_request(bind_message(query, message, now), &message.owner, request, now);
    let taken = query.execute(executor).await;
    match taken {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(sqlx::Error::Database(error)) if error.kind() == ErrorKind::NotNullViolation => Ok(false),
        Err(error) => Err(error.into()),
    }
}

type Insert<'q> = Query<'q, Any, AnyArguments>;

/// A message's columns, in the order they are inserted in.
fn bind_message<'q>(query: Insert<'q>, message: &'q NewMessage, now: i64) -> Insert<'q> {
    query
        .bind(&message.id)
        .bind(&message.owner)
        .bind(&message.key_id)
        .bind(message.idempotency_key.as_deref())
        .bind(&message.target)
        .bind(&message.digest)
        .bind(&message.content_type)
        .bind(message.body.as_slice())
        .bind(now)
}

/// A request's columns, in the order they are inserted in; what it says of time is `now`.
fn bind_request<'q>(query: Insert<'q>, owner: &'q str, request: &'q NewRequest, now: i64) -> Insert<'q> {
    query
        .bind(&request.id)
        .bind(owner)
        .bind(request.kind)
        .bind(&request.subject)
        .bind(&request.stream)
        .bind(request.role)
        .bind(&request.operation)
        .bind(&request.digest)
        .bind(now)
        .bind(now)
        .bind(now)
}

/// Takes a message within a transaction, which is to be undone where the answer is a conflict.
pub(super) async fn take_in(connection: &mut AnyConnection, message: &NewMessage) -> Result<Intake> {
    if !insert_message(connection, message).await? {
        return recorded(connection, message).await;
    }
    let (mut requests, mut fresh) = (Vec::with_capacity(message.requests.len()), false);
    for (position, request) in (0i64..).zip(&message.requests) {
        let id = match take_request(connection, &message.owner, request).await? {
            TakenRequest::Fresh => {
                fresh = true;
                request.id.clone()
            }
            TakenRequest::Known(id) => id,
            TakenRequest::Conflict { id, digest } => {
                return Ok(Intake::Conflict {
                    identity: request.subject.clone(),
                    digest: request.digest.clone(),
                    recorded: digest,
                    request: Some(id),
                });
            }
        };
        sqlx::query("INSERT INTO message_request (message_id, position, request_id) VALUES ($1, $2, $3)")
            .bind(&message.id)
            .bind(position)
            .bind(&id)
            .execute(&mut *connection)
            .await?;
        requests.push(id);
    }
    Ok(Intake::Taken(Taken {
        message: message.id.clone(),
        requests,
        fresh,
    }))
}

async fn insert_message(connection: &mut AnyConnection, message: &NewMessage) -> Result<bool> {
    let query = sqlx::query(
        "INSERT INTO message
            (id, owner, key_id, idempotency_key, target, digest, content_type, body, received_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    );
    let inserted = bind_message(query, message, now_ms())
        .execute(&mut *connection)
        .await?;
    Ok(inserted.rows_affected() == 1)
}

/// What is recorded under the message's idempotency key.
async fn recorded(connection: &mut AnyConnection, message: &NewMessage) -> Result<Intake> {
    let row = sqlx::query("SELECT id, target, digest FROM message WHERE owner = $1 AND idempotency_key = $2")
        .bind(&message.owner)
        .bind(message.idempotency_key.as_deref())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| StoreError::Database("an idempotency key is neither free nor used".into()))?;
    let (id, target, digest): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let key = message.idempotency_key.as_deref().unwrap_or_default();
    if digest != message.digest || target != message.target {
        let identity = match target == message.target {
            true => format!("the idempotency key {key}"),
            false => format!("the idempotency key {key}, used with {target},"),
        };
        return Ok(Intake::Conflict {
            identity,
            digest: message.digest.clone(),
            recorded: digest,
            request: None,
        });
    }
    let rows = sqlx::query("SELECT request_id FROM message_request WHERE message_id = $1 ORDER BY position")
        .bind(&id)
        .fetch_all(&mut *connection)
        .await?;
    let requests = rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<std::result::Result<_, _>>()?;
    Ok(Intake::Taken(Taken {
        message: id,
        requests,
        fresh: false,
    }))
}

enum TakenRequest {
    Fresh,
    Known(String),
    Conflict { id: String, digest: String },
}

async fn take_request(
    connection: &mut AnyConnection,
    owner: &str,
    request: &NewRequest,
) -> Result<TakenRequest> {
    for _ in 0..TRIES {
        let query = sqlx::query(
            "INSERT INTO request
                (id, owner, kind, subject, stream, role, operation, digest, state, next_at_ms, created_at_ms, updated_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'accepted', $9, $10, $11) ON CONFLICT DO NOTHING",
        );
        let inserted = bind_request(query, owner, request, now_ms())
            .execute(&mut *connection)
            .await?;
        if inserted.rows_affected() == 1 {
            return Ok(TakenRequest::Fresh);
        }
        let recorded = sqlx::query(
            "SELECT id, digest FROM request
             WHERE subject = $1 AND state IN ('accepted', 'working', 'succeeded')",
        )
        .bind(&request.subject)
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(row) = recorded {
            let (id, digest): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            return Ok(match digest == request.digest {
                true => TakenRequest::Known(id),
                false => TakenRequest::Conflict { id, digest },
            });
        }
        // It was refused between the two statements: the subject is free.
    }
    Err(StoreError::Database("a subject is neither free nor used".into()))
}

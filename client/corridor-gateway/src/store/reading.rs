//! Requests and messages as recorded.

use super::{column, Result, Store, StoreError};
use crate::operation::Operation;
use sqlx::{any::AnyRow, Row};
use std::str::FromStr;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On disk, not begun.
    Accepted,
    /// Being carried out; its fate is not known yet.
    Working,
    /// Carried out, as a finalised block shows. Final.
    Succeeded,
    /// Refused by a contract: nothing was changed. Final.
    Refused,
    /// Not carried out, for another reason. Final.
    Failed,
}

impl State {
    /// The name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Working => "working",
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Accepted | Self::Working)
    }
}

impl FromStr for State {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        let all = [
            Self::Accepted,
            Self::Working,
            Self::Succeeded,
            Self::Refused,
            Self::Failed,
        ];
        let found = all.into_iter().find(|state| state.name() == text);
        found.ok_or_else(|| StoreError::Damaged(format!("{text:?} is no state")))
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct RequestRecord {
    /// Its place in the order of taking.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// What is asked for.
    pub operation: Operation,
    /// SHA-256 of what was asked for.
    pub digest: String,
    /// Where it stands.
    pub state: State,
    /// What became of it, as JSON, once it is final.
    pub result: Option<String>,
    /// How often it was begun.
    pub attempts: i64,
    /// Why it is not final yet, where an attempt says so.
    pub last_error: Option<String>,
    /// When it was taken in, in milliseconds since 1970.
    pub created_at_ms: i64,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// Which requests to list.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// Only of this state.
    pub state: Option<State>,
    /// Only of this stream, such as a UETR.
    pub stream: Option<String>,
    /// Only those taken before this one.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

/// A message with its requests.
#[derive(Clone, Debug)]
pub struct MessageRecord {
    /// Its id.
    pub id: String,
    /// The system that sent it.
    pub owner: String,
    /// Method and path.
    pub target: String,
    /// SHA-256 of what it says.
    pub digest: String,
    /// Of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// When it came, in milliseconds since 1970.
    pub received_at_ms: i64,
    /// What it asks for, in order.
    pub requests: Vec<RequestRecord>,
}

impl Store {
    /// A request by its id.
    ///
    /// # Errors
    /// The database's.
    pub async fn request(&self, id: &str) -> Result<Option<RequestRecord>> {
        let row = sqlx::query("SELECT * FROM request WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(request).transpose()
    }

    /// Requests, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn requests(&self, filter: &RequestFilter) -> Result<Vec<RequestRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM request
             WHERE seq < $1 AND state = COALESCE($2, state) AND stream = COALESCE($3, stream)
             ORDER BY seq DESC LIMIT $4",
        )
        .bind(filter.before.unwrap_or(i64::MAX))
        .bind(filter.state.map(State::name))
        .bind(filter.stream.as_deref())
        .bind(filter.limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(request).collect()
    }

    /// A message by its id.
    ///
    /// # Errors
    /// The database's.
    pub async fn message(&self, id: &str) -> Result<Option<MessageRecord>> {
        let row = sqlx::query("SELECT * FROM message WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let requests = sqlx::query(
            "SELECT request.* FROM message_request
             JOIN request ON request.id = message_request.request_id
             WHERE message_request.message_id = $1 ORDER BY message_request.position",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await?;
        Ok(Some(MessageRecord {
            id: column(&row, "id")?,
            owner: column(&row, "owner")?,
            target: column(&row, "target")?,
            digest: column(&row, "digest")?,
            content_type: column(&row, "content_type")?,
            body: column(&row, "body")?,
            received_at_ms: column(&row, "received_at_ms")?,
            requests: requests.iter().map(request).collect::<Result<_>>()?,
        }))
    }

    /// The message a request first came with.
    ///
    /// # Errors
    /// The database's.
    pub async fn message_of(&self, request_id: &str) -> Result<Option<String>> {
        let row = sqlx::query(
            "SELECT message.id FROM message_request JOIN message ON message.id = message_request.message_id
             WHERE request_id = $1 ORDER BY received_at_ms LIMIT 1",
        )
        .bind(request_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

fn request(row: &AnyRow) -> Result<RequestRecord> {
    let (operation, state): (String, String) = (column(row, "operation")?, column(row, "state")?);
    Ok(RequestRecord {
        seq: column(row, "seq")?,
        id: column(row, "id")?,
        subject: column(row, "subject")?,
        operation: serde_json::from_str(&operation)
            .map_err(|error| StoreError::Damaged(error.to_string()))?,
        digest: column(row, "digest")?,
        state: state.parse()?,
        result: column(row, "result")?,
        attempts: column(row, "attempts")?,
        last_error: column(row, "last_error")?,
        created_at_ms: column(row, "created_at_ms")?,
        updated_at_ms: column(row, "updated_at_ms")?,
    })
}

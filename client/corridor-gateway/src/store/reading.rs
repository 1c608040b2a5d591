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
        let statement = listing(filter);
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(filter.limit);
        if let Some(state) = filter.state {
            query = query.bind(state.name());
        }
        if let Some(stream) = &filter.stream {
            query = query.bind(stream.as_str());
        }
        let rows = query.fetch_all(&self.pool).await?;
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

/// The statement for what is asked for, so that an index fits it. The text holds nothing that was given.
fn listing(filter: &RequestFilter) -> String {
    let asked = match (filter.state, &filter.stream) {
        (None, None) => "",
        (None, Some(_)) => " AND stream = $3",
        (Some(_), Some(_)) => " AND state = $3 AND stream = $4",
        // In the words of the indexes that have a condition: a parameter proves nothing to the planner.
        (Some(State::Accepted | State::Working), None) => {
            " AND state IN ('accepted', 'working') AND state = $3"
        }
        (Some(State::Refused | State::Failed), None) => " AND state IN ('refused', 'failed') AND state = $3",
        (Some(State::Succeeded), None) => " AND state = $3",
    };
    format!("SELECT * FROM request WHERE seq < $1{asked} ORDER BY seq DESC LIMIT $2")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_list_has_an_index_that_fits_it() {
        let home = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", home.path().join("store.sqlite").display());
        let store = Store::open(&url, 2).await.expect("opened");
        for (state, stream, index) in [
            (None, None, "INTEGER PRIMARY KEY"),
            (Some(State::Accepted), None, "request_open"),
            (Some(State::Working), None, "request_open"),
            (Some(State::Failed), None, "request_ended_badly"),
            (Some(State::Refused), None, "request_ended_badly"),
            (None, Some("x"), "request_stream"),
            (Some(State::Succeeded), Some("x"), "request_stream"),
            (Some(State::Refused), Some("x"), "request_stream"),
        ] {
            let filter = RequestFilter {
                state,
                stream: stream.map(String::from),
                ..RequestFilter::default()
            };
            let explain = format!("EXPLAIN QUERY PLAN {}", listing(&filter));
            let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
                .fetch_all(&store.pool)
                .await
                .expect("a plan");
            let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            assert!(
                plan.iter().any(|step| step.contains(index)),
                "{filter:?} {plan:?}"
            );
            assert!(
                !plan.iter().any(|step| step.contains("TEMP B-TREE")),
                "{filter:?} {plan:?}"
            );
        }
    }
}

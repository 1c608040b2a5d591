//! Connections that are ready before the first message.
//!
//! What a new connection to PostgreSQL does first takes it a hundred times as long as later on: the server starts a process,
//! which reads its catalogue. Requests that came together just after a start would wait for each other.

use super::{
    intake::{take_new, NewMessage, NewRequest},
    Dialect, Result, Store,
};

impl Store {
    /// Opens every connection, and has each take a message that is taken back again.
    ///
    /// # Errors
    /// The database's: it may be that it grants fewer connections than are configured.
    pub async fn warm(&self, connections: u32) -> Result<()> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        // Held together, so that each is another connection.
        let mut held = Vec::new();
        for _ in 0..connections {
            let mut writing = self.write().await?;
            let (message, request) = probe();
            take_new(&mut *writing.transaction, &message, &request).await?;
            held.push(writing);
        }
        for writing in held {
            writing.undo().await?;
        }
        Ok(())
    }
}

/// A message that nobody sent, another one for each connection: transactions wait for each other over the same identity.
fn probe() -> (NewMessage, NewRequest) {
    let id = format!("warm-{}", corridor_client::new_uetr());
    let message = NewMessage {
        id: id.clone(),
        owner: String::new(),
        key_id: String::new(),
        idempotency_key: None,
        target: String::new(),
        digest: String::new(),
        content_type: String::new(),
        body: Vec::new(),
        requests: Vec::new(),
    };
    let request = NewRequest {
        id: id.clone(),
        kind: "",
        subject: id.clone(),
        stream: id,
        role: "",
        operation: String::new(),
        digest: String::new(),
    };
    (message, request)
}

#[cfg(test)]
mod tests {
    use crate::store::Store;
    use corridor_test_postgres::Cluster;

    async fn count(connection: &mut sqlx::AnyConnection, what: &str) -> i64 {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {what}")))
            .fetch_one(connection)
            .await
            .expect("counted");
        sqlx::Row::try_get(&row, 0).expect("a number")
    }

    #[tokio::test]
    async fn every_connection_knows_what_a_message_takes_before_the_first_one_and_nothing_is_recorded() {
        let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
        let store = Store::open(&cluster.database("warm").expect("made"), 4)
            .await
            .expect("opened");
        store.warm(4).await.expect("warm");
        // Held together, so that each is another connection.
        let mut held = Vec::new();
        for _ in 0..4 {
            let mut connection = store.pool.acquire().await.expect("a connection");
            let known = "pg_prepared_statements WHERE statement LIKE 'WITH taken%'";
            assert_eq!(count(&mut connection, known).await, 1);
            for table in ["message", "request", "message_request"] {
                assert_eq!(count(&mut connection, table).await, 0, "{table}");
            }
            held.push(connection);
        }
    }
}

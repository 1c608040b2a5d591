//! Connections that are ready before the first message.
//!
//! What a new connection to PostgreSQL does first takes it a hundred times as long as later on: the server starts a process,
//! which reads its catalogue. Requests that came together just after a start would wait for each other.

use super::{
    intake::{take_new, NewMessage, NewRequest},
    Dialect, Result, Store,
};
use sqlx::Connection;

impl Store {
    /// Opens every connection, and has each take a message that is taken back again. Where not all can be opened, those that can are.
    ///
    /// # Errors
    /// The database's: it may be that it grants fewer connections than are configured.
    pub async fn warm(&self) -> Result<()> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let (mut held, mut opened) = (Vec::new(), Ok(()));
        // Held together, so that each is another connection.
        for _ in 0..self.durable.options().get_max_connections() {
            match self.durable.acquire().await {
                Ok(connection) => held.push(connection),
                Err(error) => {
                    opened = Err(error.into());
                    break;
                }
            }
        }
        // One transaction at a time: where another process waits to change a table, a second one would wait for it, and it for the first.
        for connection in &mut held {
            let mut transaction = connection.begin().await?;
            let (message, request) = probe();
            take_new(&mut *transaction, &message, &request).await?;
            transaction.rollback().await?;
        }
        opened
    }
}

/// A message that nobody sent, another one each time: transactions wait for each other over the same identity.
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
        store.warm().await.expect("warm");
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

    #[tokio::test]
    async fn connections_a_server_does_not_grant_are_told_of_and_the_others_are_open() {
        let cluster = Cluster::start().unwrap_or_else(|unusable| panic!("{unusable}"));
        let url = cluster.database("few").expect("made");
        let store = Store::open(&url, 1).await.expect("opened");
        for statement in [
            "CREATE ROLE few LOGIN CONNECTION LIMIT 2",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO few",
            "GRANT ALL ON SCHEMA public TO few",
        ] {
            sqlx::query(statement)
                .execute(&store.pool)
                .await
                .expect(statement);
        }
        let few = url.replace("postgres://corridor@", "postgres://few@");
        let store = Store::open(&few, 3).await.expect("opened");
        assert!(store.warm().await.is_err());
        assert_eq!(store.pool.size(), 2);
    }
}

//! `corridor-gateway webhook`.

use crate::store::{EventId, Store};
use clap::Subcommand;

/// Dead letters read at a time.
const PAGE: i64 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// List webhooks: id, URL, kinds of events
    List,
    /// List deliveries that were given up
    DeadLetters {
        /// The webhook's id
        id: String,
    },
    /// Try deliveries again that were given up, all of them or one
    Replay {
        /// The webhook's id
        id: String,
        /// One event, such as 1204-3
        #[arg(long)]
        event: Option<EventId>,
    },
}

impl WebhookCommand {
    pub(super) async fn run(self, store: &Store) -> Result<(), String> {
        match self {
            Self::List => {
                for webhook in store.webhooks().await.map_err(|error| error.to_string())? {
                    let kinds = match webhook.kinds.is_empty() {
                        true => "all".into(),
                        false => webhook.kinds.join(","),
                    };
                    println!("{}  {}  {kinds}", webhook.id, webhook.url);
                }
                Ok(())
            }
            Self::DeadLetters { id } => {
                check(store, &id).await?;
                dead_letters(store, &id).await
            }
            Self::Replay { id, event } => {
                check(store, &id).await?;
                let count = store
                    .replay(&id, event)
                    .await
                    .map_err(|error| error.to_string())?;
                println!("{count} deliveries are due again");
                Ok(())
            }
        }
    }
}

/// A misspelt id is not a webhook without dead letters.
async fn check(store: &Store, id: &str) -> Result<(), String> {
    match store.has_webhook(id).await.map_err(|error| error.to_string())? {
        true => Ok(()),
        false => Err(format!(
            "there is no webhook {id}. `corridor-gateway webhook list` lists them; what was deleted delivers nothing."
        )),
    }
}

async fn dead_letters(store: &Store, id: &str) -> Result<(), String> {
    let mut after = EventId::default();
    loop {
        let letters = store
            .dead_letters(id, after, PAGE)
            .await
            .map_err(|error| error.to_string())?;
        let Some(last) = letters.last() else { return Ok(()) };
        after = last.event.id;
        for letter in &letters {
            println!(
                "{}  {}  {} attempts  {}",
                letter.event.id,
                letter.event.kind,
                letter.attempts,
                letter.last_error.as_deref().unwrap_or("-")
            );
        }
    }
}

//! `corridor-gateway key`.

use crate::{
    auth::{ApiKey, KeyRecord, Scope, Scopes},
    store::{now_ms, Store},
    view::moment_ms,
};
use clap::Subcommand;

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and print it; it is shown this once
    Create {
        /// The system it is for; idempotency keys are this system's own
        #[arg(long)]
        owner: String,
        /// What it may do
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// After how many days it expires
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=3_650))]
        days: i64,
    },
    /// List keys: id, owner, scopes, until when
    List,
    /// Revoke a key; gateways refuse it within five seconds
    Revoke {
        /// Its id, the part between `ck_` and the secret
        id: String,
    },
}

impl KeyCommand {
    pub(super) async fn run(self, store: &Store) -> Result<(), String> {
        match self {
            Self::Create { owner, scopes, days } => create(store, owner, Scopes::of(scopes), days).await,
            Self::List => list(store).await,
            Self::Revoke { id } => match store.revoke_key(&id).await.map_err(|error| error.to_string())? {
                true => {
                    println!("revoked {id}");
                    Ok(())
                }
                false => Err(format!(
                    "there is no key {id} that is not revoked; `key list` shows all"
                )),
            },
        }
    }
}

async fn create(store: &Store, owner: String, scopes: Scopes, days: i64) -> Result<(), String> {
    let key = ApiKey::generate().map_err(|error| error.to_string())?;
    let now = now_ms();
    let record = KeyRecord {
        id: key.id.clone(),
        owner,
        hash: key.hash().to_vec(),
        scopes,
        created_at_ms: now,
        expires_at_ms: Some(now.saturating_add(days.saturating_mul(DAY_MS))),
        revoked_at_ms: None,
    };
    store.add_key(&record).await.map_err(|error| error.to_string())?;
    println!("{}", key.reveal());
    Ok(())
}

async fn list(store: &Store) -> Result<(), String> {
    let now = now_ms();
    for record in store.keys().await.map_err(|error| error.to_string())? {
        let until = match (record.revoked_at_ms, record.expires_at_ms) {
            (Some(at), _) => format!("revoked {}", moment_ms(at)),
            (None, Some(at)) if at <= now => format!("expired {}", moment_ms(at)),
            (None, Some(at)) => format!("until {}", moment_ms(at)),
            (None, None) => "for ever".into(),
        };
        println!("{}  {}  {}  {until}", record.id, record.owner, record.scopes);
    }
    Ok(())
}

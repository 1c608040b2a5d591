//! A remote signer: somebody else holds the key, this process sends what is to be signed.
//!
//! One request for each signature, JSON over HTTP, on a Unix socket or over TLS:
//!
//! ```text
//! POST /v1/sign   {"account": "5Grw...", "payload": "0x..."}    ->   200 {"signature": "0x..."} (64 bytes)
//! ```
//!
//! Anything but 200 is an error; its text is logged, and nothing is submitted. `examples/remote_signer.rs` is such a
//! signer with keys from files.

use corridor_client::{AccountId, KeyError, Signature, Signer};
use futures::{future::BoxFuture, FutureExt};
use serde::{Deserialize, Serialize};
use std::{fmt, path::Path, time::Duration};

/// How long a signer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is sent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignRequest {
    /// Whose key is to sign.
    pub account: String,
    /// What: `0x` and hexadecimal digits.
    #[serde(with = "crate::text::hex_bytes")]
    pub payload: Vec<u8>,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignAnswer {
    /// The sr25519 signature, 64 bytes.
    #[serde(with = "crate::text::hex_bytes")]
    pub signature: Vec<u8>,
}

/// A signer at the other end of a connection.
pub struct RemoteSigner {
    account: AccountId,
    url: String,
    client: reqwest::Client,
}

impl fmt::Debug for RemoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteSigner({})", self.account)
    }
}

impl RemoteSigner {
    /// One that listens on a socket of this machine.
    ///
    /// # Errors
    /// [`KeyError::Signer`] where no client can be made.
    pub fn socket(path: &Path, account: AccountId) -> Result<Self, KeyError> {
        let client = builder().unix_socket(path);
        Self::new(client, "http://signer/v1/sign".into(), account)
    }

    /// One at a URL.
    ///
    /// # Errors
    /// As [`RemoteSigner::socket`].
    pub fn url(url: &str, account: AccountId) -> Result<Self, KeyError> {
        Self::new(builder(), url.into(), account)
    }

    fn new(builder: reqwest::ClientBuilder, url: String, account: AccountId) -> Result<Self, KeyError> {
        let client = builder.build().map_err(|error| failed(account, &error))?;
        Ok(Self { account, url, client })
    }

    async fn ask(&self, payload: &[u8]) -> Result<Signature, KeyError> {
        let request = SignRequest {
            account: self.account.to_string(),
            payload: payload.into(),
        };
        let body = serde_json::to_vec(&request).map_err(|error| failed(self.account, &error))?;
        let answer = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .map_err(|error| failed(self.account, &error))?;
        let status = answer.status();
        let bytes = answer
            .bytes()
            .await
            .map_err(|error| failed(self.account, &error))?;
        if !status.is_success() {
            return Err(failed(self.account, &format!("it answers {status}")));
        }
        let answer: SignAnswer =
            serde_json::from_slice(&bytes).map_err(|error| failed(self.account, &error))?;
        let wrong = |bytes: Vec<u8>| {
            failed(
                self.account,
                &format!("a signature has 64 bytes, not {}", bytes.len()),
            )
        };
        answer.signature.try_into().map_err(wrong)
    }
}

impl Signer for RemoteSigner {
    fn account(&self) -> AccountId {
        self.account
    }

    fn sign<'a>(&'a self, payload: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyError>> {
        self.ask(payload).boxed()
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
}

fn failed(account: AccountId, reason: &impl ToString) -> KeyError {
    KeyError::Signer {
        account: account.to_string(),
        reason: reason.to_string(),
    }
}

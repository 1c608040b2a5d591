//! API keys: `ck_ID_SECRET`. The id finds the record; of the secret only the SHA-256 is kept.
//!
//! The secret is 256 random bits, so a plain hash is enough: there is nothing to guess that a slow hash would
//! protect.

use super::{Caller, Scopes};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// What every key starts with, so that scanners find one that was published by mistake.
const PREFIX: &str = "ck_";

/// A key as it is made, to be shown once.
pub struct ApiKey {
    /// Its id.
    pub id: String,
    secret: SecretString,
}

impl ApiKey {
    /// A fresh one from the system's random source.
    ///
    /// # Errors
    /// Where there is no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let (mut id, mut secret) = ([0; 8], [0; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        Ok(Self {
            id: hex::encode(id),
            secret: hex::encode(secret).into(),
        })
    }

    /// The whole key, for the one who asked for it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}", self.id, self.secret.expose_secret())
    }

    /// What is kept of the secret.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.secret)
    }
}

fn hash(secret: &SecretString) -> [u8; 32] {
    Sha256::digest(secret.expose_secret().as_bytes()).into()
}

/// A key as a request presents it. Prints as its id.
pub struct PresentedKey {
    /// Its id.
    pub id: String,
    secret: SecretString,
}

impl fmt::Debug for PresentedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PresentedKey({})", self.id)
    }
}

impl PresentedKey {
    /// Reads a key; `None` where it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let hexadecimal =
            |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
        (hexadecimal(id, 16) && hexadecimal(secret, 64)).then(|| Self {
            id: id.into(),
            secret: secret.to_owned().into(),
        })
    }

    /// Whether it is the key of a record, in a time that does not depend on where they differ.
    #[must_use]
    pub fn opens(&self, hash_kept: &[u8]) -> bool {
        hash(&self.secret).ct_eq(hash_kept).into()
    }
}

/// What is kept of a key.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    /// Its id.
    pub id: String,
    /// The system it was made for.
    pub owner: String,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// What it may do.
    pub scopes: Scopes,
    /// Made at, in milliseconds since 1970.
    pub created_at_ms: i64,
    /// No longer good from this millisecond on.
    pub expires_at_ms: Option<i64>,
    /// Revoked at.
    pub revoked_at_ms: Option<i64>,
}

impl KeyRecord {
    /// Whether it is good at a moment.
    #[must_use]
    pub fn is_good(&self, now_ms: i64) -> bool {
        self.revoked_at_ms.is_none() && self.expires_at_ms.is_none_or(|end| now_ms < end)
    }

    /// Who asks with it.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller {
            key_id: self.id.as_str().into(),
            owner: self.owner.as_str().into(),
            scopes: self.scopes.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_key_opens_its_record_and_none_is_ever_printed() {
        let key = ApiKey::generate().expect("random");
        let presented = PresentedKey::parse(&key.reveal()).expect("well formed");
        assert!(presented.opens(&key.hash()));
        let other = ApiKey::generate().expect("random");
        assert!(!presented.opens(&other.hash()));
        assert!(!presented.opens(&key.hash()[..31]));
        let secret = key.reveal().rsplit('_').next().expect("a secret").to_owned();
        assert!(!format!("{presented:?}").contains(&secret));
        for text in [
            "",
            "ck_",
            "ck_1_2",
            &key.reveal()[..80],
            &format!("{}0", key.reveal()),
        ] {
            assert!(PresentedKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn expiry_and_revocation_end_a_key() {
        let mut record = KeyRecord {
            id: "1".into(),
            owner: "core banking".into(),
            hash: vec![],
            scopes: Scopes::default(),
            created_at_ms: 0,
            expires_at_ms: Some(100),
            revoked_at_ms: None,
        };
        assert!(record.is_good(99) && !record.is_good(100));
        record.revoked_at_ms = Some(50);
        assert!(!record.is_good(60));
    }
}

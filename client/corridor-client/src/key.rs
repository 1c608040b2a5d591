//! Signing keys: where they come from, and the care taken that they go nowhere else.

use crate::AccountId;
use futures::{future::BoxFuture, FutureExt};
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, path::PathBuf, str::FromStr, sync::Arc};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// A signature by an sr25519 key.
pub type Signature = [u8; 64];

/// Signs for one account: a key in this process, a hardware module, a service elsewhere.
///
/// What is signed is the chain's signer payload as it is: a payload longer than 256 bytes has been replaced by its
/// blake2_256 hash already. The signature is sr25519 with the context `substrate`.
pub trait Signer: fmt::Debug + Send + Sync {
    /// The account whose key signs. The same for as long as the signer lives.
    fn account(&self) -> AccountId;

    /// Signs a payload.
    ///
    /// # Errors
    /// [`KeyError::Signer`]; what was to be signed is not submitted then, and may be tried again.
    fn sign<'a>(&'a self, payload: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyError>>;
}

/// Where a signing key is read from.
///
/// The content is a mnemonic phrase, a seed (`0x` and 64 hexadecimal digits) or a development URI
/// (`//Alice`); each may carry a derivation path. Keys are sr25519.
#[derive(Clone)]
pub enum KeySource {
    /// A file that only its owner can read.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A well-known development key such as `//Alice`. Everybody has it: for development chains only.
    DevSeed(String),
    /// Nowhere: somebody else holds the key and signs.
    Signer(Arc<dyn Signer>),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Env(name) => write!(f, "Env({name})"),
            // It should be a public word, but what if somebody pasted a phrase?
            Self::DevSeed(_) => f.write_str("DevSeed([redacted])"),
            Self::Signer(signer) => write!(f, "Signer({})", signer.account()),
        }
    }
}

impl KeySource {
    /// Reads the key.
    ///
    /// # Errors
    /// See [`KeyError`]; none of them shows any part of the secret.
    pub fn load(&self) -> Result<SigningKey, KeyError> {
        let text = match self {
            Self::File(path) => read_file(path)?,
            Self::Env(name) => {
                let value = std::env::var(name).map_err(|_| KeyError::EnvMissing(name.clone()))?;
                SecretString::from(value)
            }
            Self::DevSeed(uri) if uri.starts_with("//") => SecretString::from(uri.clone()),
            Self::DevSeed(_) => return Err(KeyError::NotADevSeed),
            Self::Signer(signer) => return Ok(SigningKey::of(signer.clone())),
        };
        SigningKey::parse(&text)
    }
}

/// Reads a key file, refusing one that others can read.
fn read_file(path: &std::path::Path) -> Result<SecretString, KeyError> {
    let unreadable = |error: std::io::Error| KeyError::FileUnreadable {
        path: path.to_owned(),
        reason: error.kind().to_string(),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyError::FileTooOpen {
                path: path.to_owned(),
                mode: mode & 0o777,
            });
        }
    }
    std::fs::read_to_string(path)
        .map(SecretString::from)
        .map_err(unreadable)
}

/// A key that signs, wherever it is. A local one never leaves this library; it prints as its public account.
#[derive(Clone)]
pub struct SigningKey {
    signer: Arc<dyn Signer>,
}

impl SigningKey {
    /// The key behind a signer.
    #[must_use]
    pub fn of(signer: Arc<dyn Signer>) -> Self {
        Self { signer }
    }

    fn parse(text: &SecretString) -> Result<Self, KeyError> {
        // Neither parser's message is passed on: it could quote its input.
        let uri = SecretUri::from_str(text.expose_secret().trim()).map_err(|_| KeyError::Malformed)?;
        let pair = Keypair::from_uri(&uri).map_err(|_| KeyError::Malformed)?;
        Ok(Self::of(Arc::new(LocalKey(pair))))
    }

    /// The account this key signs for.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.signer.account()
    }

    /// Signs a payload, see [`Signer::sign`].
    ///
    /// # Errors
    /// [`KeyError::Signer`]; a local key always answers.
    pub fn sign<'a>(&'a self, payload: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyError>> {
        self.signer.sign(payload)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.account())
    }
}

/// A key in this process's memory.
struct LocalKey(Keypair);

impl Signer for LocalKey {
    fn account(&self) -> AccountId {
        self.0.public_key().into()
    }

    fn sign<'a>(&'a self, payload: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyError>> {
        let signature = self.0.sign(payload).0;
        std::future::ready(Ok(signature)).boxed()
    }
}

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalKey({})", self.account())
    }
}

/// Why a key cannot be used. Nothing secret is in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the key file {} cannot be read: {reason}", path.display())]
    FileUnreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Somebody else could read the key.
    #[error("the key file {} can be read by others (mode {mode:o})", path.display())]
    FileTooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The environment variable is not set.
    #[error("the environment variable {0} holds no key")]
    EnvMissing(String),
    /// Neither phrase, seed nor development URI.
    #[error("the key is neither a mnemonic phrase, a seed of 0x and 64 hexadecimal digits, nor a development URI such as //Alice")]
    Malformed,
    /// A development key starts with two slashes.
    #[error("a development key is a path such as //Alice")]
    NotADevSeed,
    /// Whoever holds the key did not sign. Nothing was submitted.
    #[error("the signer of {account} did not sign: {reason}")]
    Signer {
        /// Which key.
        account: String,
        /// What it says.
        reason: String,
    },
}

impl KeyError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "key.file_unreadable",
            Self::FileTooOpen { .. } => "key.file_too_open",
            Self::EnvMissing(_) => "key.env_missing",
            Self::Malformed => "key.malformed",
            Self::NotADevSeed => "key.not_a_dev_seed",
            Self::Signer { .. } => "key.signer",
        }
    }

    /// Whether the same call may succeed later: a key does not mend itself, a signer may answer again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Signer { .. })
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "Check the path and that this user may read it.",
            Self::FileTooOpen { .. } => {
                "Run `chmod 600` on the file; if it was ever readable by others, use a new key."
            }
            Self::EnvMissing(_) => "Set the variable, or name another key source.",
            Self::Malformed => "Store exactly one phrase, seed or URI, without quotes.",
            Self::NotADevSeed => {
                "Use a key file or an environment variable for anything but a development key."
            }
            Self::Signer { .. } => "Check that the signer runs, is unlocked and has this account's key.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    fn key_file(name: &str, content: &str, mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("corridor-key-{name}-{}", std::process::id()));
        std::fs::write(&path, content).expect("writable");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("own file");
        path
    }

    #[test]
    fn a_phrase_with_a_path_and_the_development_uri_are_the_same_key() {
        let path = key_file("phrase", &format!("{PHRASE}//Alice\n"), 0o600);
        let from_file = KeySource::File(path.clone()).load().expect("readable");
        let from_uri = KeySource::DevSeed("//Alice".into()).load().expect("known");
        assert_eq!(from_file.account(), from_uri.account());
        assert_eq!(
            from_uri.account().to_string(),
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
        );
        std::fs::remove_file(path).expect("own file");
    }

    #[test]
    fn a_seed_is_read() {
        let seed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
        let path = key_file("seed", seed, 0o400);
        let key = KeySource::File(path.clone()).load().expect("readable");
        let alice = KeySource::DevSeed("//Alice".into()).load().expect("known");
        assert_eq!(key.account(), alice.account());
        std::fs::remove_file(path).expect("own file");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let path = key_file("open", PHRASE, 0o640);
        let error = KeySource::File(path.clone()).load().expect_err("too open");
        assert_eq!(error.code(), "key.file_too_open");
        assert!(error.advice().contains("chmod 600"));
        std::fs::remove_file(path).expect("own file");
    }

    #[tokio::test]
    async fn signed_bytes_are_verified_by_the_account_alone() {
        use subxt_signer::sr25519::{verify, PublicKey, Signature};
        let alice = KeySource::DevSeed("//Alice".into()).load().expect("known");
        let signature = Signature(alice.sign(b"a quote").await.expect("a local key answers"));
        let public = PublicKey(alice.account().0);
        assert!(verify(&signature, b"a quote", &public));
        assert!(!verify(&signature, b"another quote", &public));
        assert!(!verify(&signature, b"a quote", &PublicKey([7; 32])));
    }

    #[test]
    fn nothing_printed_shows_a_secret() {
        let malformed = key_file("malformed", "correct horse battery staple", 0o600);
        let error = KeySource::File(malformed.clone()).load().expect_err("no key");
        let pasted = KeySource::DevSeed(PHRASE.into());
        let key = KeySource::DevSeed("//Alice".into()).load().expect("known");
        let refused = pasted.load().expect_err("not a path");
        let printed = format!("{error} {error:?} {pasted:?} {refused} {refused:?} {key:?}");
        for secret in ["horse", "bottom", "curtain", "//Alice///"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        std::fs::remove_file(malformed).expect("own file");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = KeySource::Env("CORRIDOR_NO_SUCH_VARIABLE".into()).load();
        assert_eq!(
            error.map(|key| key.account()),
            Err(KeyError::EnvMissing("CORRIDOR_NO_SUCH_VARIABLE".into()))
        );
        let error = KeySource::File("/nonexistent/key".into())
            .load()
            .expect_err("no file");
        assert_eq!(error.code(), "key.file_unreadable");
    }
}

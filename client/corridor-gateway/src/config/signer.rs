//! `[signers]`: for each role, one or several places where its keys are.

use crate::auth::Scope;
use corridor_client::AccountId;
use serde::{de::Error, Deserialize, Deserializer};
use std::path::{Path, PathBuf};

/// Where a signing key is, as a word. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerSource {
    /// `file:PATH`, a file only its owner can read.
    File(PathBuf),
    /// `env:NAME`, an environment variable.
    Env(String),
    /// `//NAME`, a development key.
    Dev(String),
    /// `remote:unix:PATH#ACCOUNT`, a remote signer on a socket of this machine.
    Socket(PathBuf, AccountId),
    /// `remote:https://HOST/PATH#ACCOUNT`, a remote signer elsewhere.
    Url(String, AccountId),
}

impl SignerSource {
    fn parse(text: &str) -> Option<Self> {
        if text.starts_with("//") && !text.contains(char::is_whitespace) {
            return Some(Self::Dev(text.into()));
        }
        match text.split_once(':')? {
            ("file", path) if !path.is_empty() => Some(Self::File(path.into())),
            ("env", name) if !name.is_empty() => Some(Self::Env(name.into())),
            ("remote", place) => {
                let (place, account) = place.rsplit_once('#')?;
                let account = account.parse().ok()?;
                match place.strip_prefix("unix:") {
                    Some(path) if !path.is_empty() => Some(Self::Socket(path.into(), account)),
                    None if is_safe(place) => Some(Self::Url(place.into(), account)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn place(&mut self, home: &Path) {
        if let Self::File(path) | Self::Socket(path, _) = self {
            *path = home.join(&path);
        }
    }
}

/// Signatures travel encrypted, or not at all.
fn is_safe(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    let local = matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && local))
}

impl<'de> Deserialize<'de> for SignerSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The text is not repeated: somebody may have pasted a secret.
        Self::parse(&String::deserialize(deserializer)?).ok_or_else(|| {
            D::Error::custom(
                "a signer is file:PATH, env:NAME, a development key such as //Alice, remote:unix:PATH#ACCOUNT or \
                 remote:https://HOST/PATH#ACCOUNT",
            )
        })
    }
}

/// The signing keys of each role. Several for one role submit side by side.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signers {
    instructor: Vec<SignerSource>,
    approver: Vec<SignerSource>,
    treasurer: Vec<SignerSource>,
    compliance: Vec<SignerSource>,
    admin: Vec<SignerSource>,
    quoter: Vec<SignerSource>,
    governor: Vec<SignerSource>,
    issuer: Vec<SignerSource>,
    guardian: Vec<SignerSource>,
}

impl Signers {
    /// The keys of a role; none for what no key signs.
    #[must_use]
    pub fn of(&self, role: Scope) -> &[SignerSource] {
        match role {
            Scope::Instructor => &self.instructor,
            Scope::Approver => &self.approver,
            Scope::Treasurer => &self.treasurer,
            Scope::Compliance => &self.compliance,
            Scope::Admin => &self.admin,
            Scope::Quoter => &self.quoter,
            Scope::Governor => &self.governor,
            Scope::Issuer => &self.issuer,
            Scope::Guardian => &self.guardian,
            Scope::Auditor | Scope::Operator => &[],
        }
    }

    /// The files among them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let all = Scope::ALL.into_iter().flat_map(|role| self.of(role));
        all.filter_map(|source| match source {
            SignerSource::File(path) => Some(path.as_path()),
            _ => None,
        })
    }

    pub(super) fn place(&mut self, home: &Path) {
        let all = [
            &mut self.instructor,
            &mut self.approver,
            &mut self.treasurer,
            &mut self.compliance,
            &mut self.admin,
            &mut self.quoter,
            &mut self.governor,
            &mut self.issuer,
            &mut self.guardian,
        ];
        all.into_iter().flatten().for_each(|source| source.place(home));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    #[test]
    fn every_form_is_read_and_nothing_else() {
        let alice: AccountId = ALICE.parse().expect("an account");
        for (text, source) in [
            ("file:a.key".to_owned(), SignerSource::File("a.key".into())),
            ("env:KEY".into(), SignerSource::Env("KEY".into())),
            ("//Alice".into(), SignerSource::Dev("//Alice".into())),
            (
                format!("remote:unix:/run/s#{ALICE}"),
                SignerSource::Socket("/run/s".into(), alice),
            ),
            (
                format!("remote:https://hsm.bank/sign#{ALICE}"),
                SignerSource::Url("https://hsm.bank/sign".into(), alice),
            ),
        ] {
            assert_eq!(SignerSource::parse(&text), Some(source));
        }
        for text in [
            "",
            "file:",
            "bottom drive obey lake",
            "remote:unix:/run/s",
            &format!("remote:http://hsm.bank/sign#{ALICE}"),
            &format!("remote:http://127.0.0.1.evil.example/sign#{ALICE}"),
            "remote:unix:/run/s#Alice",
        ] {
            assert_eq!(SignerSource::parse(text), None, "{text}");
        }
    }
}

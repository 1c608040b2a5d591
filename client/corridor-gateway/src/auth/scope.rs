//! What an API key may do: the roles of the contracts, and two of the gateway's own.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// One capacity. Every key may read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Instructs and cancels transfers and batches.
    Instructor,
    /// Accepts, rejects and returns.
    Approver,
    /// Deposits, withdraws, pledges and releases.
    Treasurer,
    /// Rejects and cancels; starts nothing.
    Compliance,
    /// Grants and revokes roles of the participant.
    Admin,
    /// Publishes and withdraws quotes.
    Quoter,
    /// Governs the settlement contract.
    Governor,
    /// Issues and redeems tokenised money.
    Issuer,
    /// Stops movements of tokenised money.
    Guardian,
    /// Reads, and nothing else.
    Auditor,
    /// Manages webhooks.
    Operator,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 11] = [
        Self::Instructor,
        Self::Approver,
        Self::Treasurer,
        Self::Compliance,
        Self::Admin,
        Self::Quoter,
        Self::Governor,
        Self::Issuer,
        Self::Guardian,
        Self::Auditor,
        Self::Operator,
    ];

    /// The name, as stored and typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instructor => "instructor",
            Self::Approver => "approver",
            Self::Treasurer => "treasurer",
            Self::Compliance => "compliance",
            Self::Admin => "admin",
            Self::Quoter => "quoter",
            Self::Governor => "governor",
            Self::Issuer => "issuer",
            Self::Guardian => "guardian",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|scope| scope.name() == text);
        found.ok_or_else(|| format!("{text:?} is no scope"))
    }
}

/// A set of scopes, written as names with spaces between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// These scopes, each once.
    #[must_use]
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut scopes: Vec<Scope> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// Whether one is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.name()).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scopes = text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of(scopes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_and_read_back() {
        let scopes = Scopes::of([Scope::Approver, Scope::Instructor, Scope::Approver]);
        assert_eq!(scopes.to_string(), "instructor approver");
        assert_eq!(scopes.to_string().parse(), Ok(scopes.clone()));
        assert!(scopes.has(Scope::Approver) && !scopes.has(Scope::Governor));
        assert!("root".parse::<Scopes>().is_err());
    }
}

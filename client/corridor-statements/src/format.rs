//! How a statement is written.

use crate::{Form, StatementError};
use corridor_client::proof::Evidence;
use corridor_iso20022::{
    camt052, camt053, camt054,
    statement::{to_csv, to_json, to_json_with_proof, Statement, StatementMessage},
    DateTime,
};
use std::{fmt, str::FromStr};

/// The version of the camt messages that is written here: camt.053.001.08 and its siblings.
const VERSION: u8 = 8;

/// What a statement is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// camt.052: a report, within the day or after it.
    Camt052,
    /// camt.053: the statement of finished days.
    Camt053,
    /// camt.054: notifications of booked entries, without balances.
    Camt054,
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Camt052, Self::Camt053, Self::Camt054, Self::Csv, Self::Json];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Camt052 => "camt052",
            Self::Camt053 => "camt053",
            Self::Camt054 => "camt054",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// What has to be drawn up for it. CSV and JSON say in the kind of their closing balance whether the days are over.
    #[must_use]
    pub fn form(self) -> Form {
        match self {
            Self::Camt052 => Form::Report,
            Self::Camt053 => Form::Statement,
            Self::Camt054 => Form::Notification,
            Self::Csv | Self::Json => Form::Either,
        }
    }

    /// Writes a statement; as a message under the statement's own id, created when the statement was.
    ///
    /// # Errors
    /// [`StatementError::Message`] for one that does not tie or fit.
    pub fn write(self, statement: &Statement, created_at: DateTime) -> Result<String, StatementError> {
        let message = || StatementMessage {
            version: VERSION,
            business_header: None,
            message_id: statement.id.clone(),
            created_at,
            statements: vec![statement.clone()],
        };
        Ok(match self {
            Self::Camt052 => camt052::write(&message())?,
            Self::Camt053 => camt053::write(&message())?,
            Self::Camt054 => camt054::write(&message())?,
            Self::Csv => to_csv(statement)?,
            Self::Json => to_json(statement)?,
        })
    }
}

/// Writes a statement as JSON with the evidence of what it ends with in its field `proof`.
///
/// # Errors
/// [`StatementError::Message`] for one that does not tie or fit.
pub fn json_with_evidence(statement: &Statement, evidence: &Evidence) -> Result<String, StatementError> {
    // Strings, numbers and lists: there is nothing in it that JSON cannot hold.
    let proof = serde_json::to_value(evidence).ok();
    Ok(to_json_with_proof(statement, proof)?)
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a format is one of camt052, camt053, camt054, csv, json")]
pub struct InvalidFormat;

impl FromStr for Format {
    type Err = InvalidFormat;

    /// Reads the word, with or without the message's point: `camt053`, `camt.053`.
    fn from_str(text: &str) -> Result<Self, InvalidFormat> {
        let word = text.to_ascii_lowercase().replace("camt.", "camt");
        let named = |format: &Self| format.name() == word;
        Self::ALL.into_iter().find(named).ok_or(InvalidFormat)
    }
}

//! How a statement is written.

use crate::{Form, StatementError};
use corridor_client::proof::Evidence;
use corridor_iso20022::{
    camt052, camt053, camt054,
    statement::{to_csv, to_json, to_json_with_proof, EntryStatus, Statement, StatementMessage},
    Agent, BusinessHeader, DateTime, Iso20022Error,
};
use std::{fmt, str::FromStr};

/// The version of the camt messages that is written here: camt.053.001.08 and its siblings.
const VERSION: u8 = 8;

/// The version of the business application header that is written here: head.001.001.02.
const HEADER_VERSION: u8 = 2;

/// Who sends a statement whose account names nobody that keeps it: the ledger has no identifier of its own.
const LEDGER_NAME: &str = "Corridor";

/// What a statement is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// camt.052: a report, within the day or after it.
    Camt052,
    /// camt.053: the statement of finished days. By its definition it is of booked entries only; what is pending, or told without
    /// being counted, is in the other formats.
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

    /// Whether it is an ISO 20022 message, which may have a business application header before it.
    #[must_use]
    pub fn is_message(self) -> bool {
        matches!(self, Self::Camt052 | Self::Camt053 | Self::Camt054)
    }

    /// Writes a statement; as a message under the statement's own id, created when the statement was.
    ///
    /// # Errors
    /// [`StatementError::Message`] for one that does not tie or fit.
    pub fn write(self, statement: &Statement, created_at: DateTime) -> Result<String, StatementError> {
        Ok(match self {
            Self::Csv => to_csv(statement)?,
            Self::Json => to_json(statement)?,
            Self::Camt052 => camt052::write(&message(statement, created_at))?,
            Self::Camt053 => camt053::write(&message(&booked(statement), created_at))?,
            Self::Camt054 => camt054::write(&message(statement, created_at))?,
        })
    }

    /// The same with a business application header (head.001) before it, both in one `BizMsgEnvlp`: from whoever keeps the account to
    /// its owner, under the message's own id, of the message's own moment.
    ///
    /// # Errors
    /// [`StatementError::NoHeader`] for CSV and JSON, which are no messages; else as [`Self::write`].
    pub fn write_with_header(
        self,
        statement: &Statement,
        created_at: DateTime,
    ) -> Result<String, StatementError> {
        let (name, write): (_, MessageWriter) = match self {
            Self::Camt052 => ("camt.052", camt052::write),
            Self::Camt053 => ("camt.053", camt053::write),
            Self::Camt054 => ("camt.054", camt054::write),
            Self::Csv | Self::Json => return Err(StatementError::NoHeader(self)),
        };
        let mut message = match self {
            Self::Camt053 => message(&booked(statement), created_at),
            _ => message(statement, created_at),
        };
        message.business_header = Some(header(name, statement, &message));
        Ok(write(&message)?)
    }
}

/// Writes one of the three messages.
type MessageWriter = fn(&StatementMessage) -> Result<String, Iso20022Error>;

/// The header of a message with one statement.
fn header(name: &str, statement: &Statement, message: &StatementMessage) -> BusinessHeader {
    let account = &statement.account;
    let servicer = account.servicer.clone();
    BusinessHeader {
        version: HEADER_VERSION,
        from: Some(servicer.unwrap_or_else(|| Agent::new([]).named(LEDGER_NAME))),
        to: account.owner.clone(),
        business_message_id: message.message_id.clone(),
        message_definition_id: format!("{name}.001.{VERSION:02}"),
        created_at: message.created_at.clone(),
    }
}

/// The statement with its booked entries only.
fn booked(statement: &Statement) -> Statement {
    let mut statement = statement.clone();
    statement
        .entries
        .retain(|entry| entry.status == EntryStatus::Booked);
    statement
}

/// A message of one statement, under the statement's id.
fn message(statement: &Statement, created_at: DateTime) -> StatementMessage {
    StatementMessage {
        version: VERSION,
        business_header: None,
        message_id: statement.id.clone(),
        created_at,
        statements: vec![statement.clone()],
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

//! A bank's ledger.

use super::{camt, csv, line::Line};
use crate::Zone;
use corridor_client::core::Currency;
use corridor_iso20022::Iso20022Error;
use std::str::FromStr;

/// The most lines of a ledger.
pub const MAX_LINES: usize = 1_000_000;

/// Entries of one account in one currency, as a bank's own books have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// What it is called in reports: the file's name.
    pub name: String,
    /// The entries.
    pub lines: Vec<Line>,
    /// The balance it begins with, in minor units, where it says one.
    pub opening: Option<i128>,
    /// The balance it ends with, in minor units, where it says one.
    pub closing: Option<i128>,
    /// How many lines are of other currencies, and left out.
    pub other_currency: usize,
}

/// How a ledger is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerFormat {
    /// Comma-separated values, with a line of column names.
    Csv,
    /// camt.053, of one statement.
    Camt053,
}

/// The word names no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ledger is csv or camt053")]
pub struct InvalidLedgerFormat;

impl FromStr for LedgerFormat {
    type Err = InvalidLedgerFormat;

    fn from_str(text: &str) -> Result<Self, InvalidLedgerFormat> {
        match text {
            "csv" => Ok(Self::Csv),
            "camt053" | "camt.053" => Ok(Self::Camt053),
            _ => Err(InvalidLedgerFormat),
        }
    }
}

impl LedgerFormat {
    /// The format of a file by its first character: a message begins with a tag.
    #[must_use]
    pub fn guess(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match bytes.trim_ascii_start().first() {
            Some(b'<') => Self::Camt053,
            _ => Self::Csv,
        }
    }
}

/// From whose side a ledger's signs are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signs {
    /// As in a statement: what comes in is a credit, and positive.
    #[default]
    Statement,
    /// As in the bank's own books, where its account with Corridor is an asset: what comes in is a debit.
    Mirrored,
}

/// Why a ledger cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// A line is not what it should be.
    #[error("line {line}: {reason}")]
    Line {
        /// Its number, the line of column names being 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The columns are not those of a ledger.
    #[error("{0}")]
    Columns(String),
    /// There are more lines than are read.
    #[error("the ledger has more than {MAX_LINES} lines")]
    TooLong,
    /// The camt.053 is wrong.
    #[error(transparent)]
    Message(#[from] Iso20022Error),
    /// The camt.053 does not have exactly one statement in the currency.
    #[error("the message has {found} statements in {currency}, not one")]
    Statements {
        /// How many.
        found: usize,
        /// In which currency.
        currency: Currency,
    },
}

impl LedgerError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Line { .. } => "ledger.line",
            Self::Columns(_) => "ledger.columns",
            Self::TooLong => "ledger.too_long",
            Self::Message(_) => "ledger.message",
            Self::Statements { .. } => "ledger.statements",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Line { .. } => {
                "Correct the line; docs/reconciliation.md has the columns. Nothing was compared."
            }
            Self::Columns(_) => "docs/reconciliation.md has the columns and an example.",
            Self::TooLong => "Export fewer days at a time.",
            Self::Message(error) => error.advice(),
            Self::Statements { .. } => "Export the one account that is to be compared.",
        }
    }
}

impl Ledger {
    /// Reads a ledger. Its own currency only; amounts of others are counted and left out.
    ///
    /// # Errors
    /// [`LedgerError`]; a ledger is read whole or not at all.
    pub fn read(
        name: &str,
        bytes: &[u8],
        format: LedgerFormat,
        currency: Currency,
        zone: Zone,
    ) -> Result<Self, LedgerError> {
        let mut ledger = match format {
            LedgerFormat::Csv => csv::read(bytes, currency, zone)?,
            LedgerFormat::Camt053 => camt::read(bytes, currency, zone)?,
        };
        ledger.name = name.to_owned();
        Ok(ledger)
    }

    /// The same seen from the statement's side.
    #[must_use]
    pub fn seen_from(mut self, signs: Signs) -> Self {
        if signs == Signs::Mirrored {
            // No amount is as small as the only one without an opposite: they are read from magnitudes.
            let turn = |amount: i128| amount.saturating_neg();
            for line in &mut self.lines {
                line.amount = turn(line.amount);
            }
            self.opening = self.opening.map(turn);
            self.closing = self.closing.map(turn);
        }
        self
    }
}

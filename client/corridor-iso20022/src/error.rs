//! What is wrong with a message, where, and what to do about it.

pub use crate::error_kind::ErrorKind;
use corridor_core::ReasonCode;
use std::fmt;

/// Why a message was refused as a whole. Nothing of it may be submitted.
///
/// Its text names the element, the place in the file, the transaction where there is one, what is wrong
/// and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iso20022Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    path: String,
    position: Option<Position>,
    transaction: Option<TransactionRef>,
}

/// A place in the file, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Position {
    /// The place of the byte at `offset` of `source`.
    pub(crate) fn of(source: &str, offset: usize) -> Self {
        // An offset inside a character cannot occur at markup; taking the text up to it keeps this total.
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        Self {
            line: before.matches('\n').count().saturating_add(1),
            column: before[line_start..].chars().count().saturating_add(1),
        }
    }
}

/// One transaction of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRef {
    /// Its place in the message, counted from 1.
    pub index: usize,
    /// Its `EndToEndId` (or `OrgnlEndToEndId`), when it was readable.
    pub end_to_end_id: Option<String>,
}

impl fmt::Display for TransactionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transaction {}", self.index)?;
        match &self.end_to_end_id {
            Some(id) => write!(f, ", EndToEndId {id}"),
            None => Ok(()),
        }
    }
}

impl Iso20022Error {
    pub(crate) fn new(kind: ErrorKind, path: String, position: Option<Position>) -> Self {
        Self(Box::new(Details {
            kind,
            path,
            position,
            transaction: None,
        }))
    }

    /// Names the transaction, unless a more precise place has named one already.
    pub(crate) fn in_transaction(mut self, index: usize, end_to_end_id: Option<&str>) -> Self {
        self.0.transaction.get_or_insert_with(|| TransactionRef {
            index,
            end_to_end_id: end_to_end_id.map(str::to_owned),
        });
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The element, from `Document` or `AppHdr` on, such as
    /// `Document/FIToFICstmrCdtTrf/CdtTrfTxInf[3]/PmtId/UETR`; repeated elements are counted from 1.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The place in the file; `None` for a message that is being written.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.position
    }

    /// The transaction at fault; `None` when the fault is the whole message's.
    #[must_use]
    pub fn transaction(&self) -> Option<&TransactionRef> {
        self.0.transaction.as_ref()
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.kind.classification().0
    }

    /// The ISO 20022 status reason (`ExternalStatusReason1Code`) a pacs.002 refusing the message gives.
    #[must_use]
    pub fn iso_reason(&self) -> ReasonCode {
        let code = self.0.kind.classification().1;
        // Never falls back: the table of kinds holds capital letters and digits only.
        ReasonCode::new(*code).unwrap_or(ReasonCode::FF01)
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.0.kind.classification().2
    }
}

impl fmt::Display for Iso20022Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details {
            kind,
            path,
            position,
            transaction,
        } = &*self.0;
        let mut places = Vec::new();
        if let Some(transaction) = transaction {
            places.push(transaction.to_string());
        }
        if let Some(Position { line, column }) = position {
            places.push(format!("line {line}, column {column}"));
        }
        if !path.is_empty() {
            f.write_str(path)?;
            if !places.is_empty() {
                write!(f, " ({})", places.join("; "))?;
            }
            f.write_str(": ")?;
        } else if !places.is_empty() {
            write!(f, "{}: ", places.join("; "))?;
        }
        write!(f, "{kind}. {}", self.advice())
    }
}

impl std::error::Error for Iso20022Error {}

//! What can go wrong with an index.

use crate::sql::hex;

/// A failure of the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The text names no database.
    #[error("{given} is neither a path, sqlite:PATH, nor postgres://USER@HOST/DATABASE")]
    Location {
        /// The scheme that was given; never the rest, which may hold a password.
        given: String,
    },
    /// The database cannot be reached or opened.
    #[error("the index {location} cannot be opened: {reason}")]
    Open {
        /// Which database, without its password.
        location: String,
        /// Why.
        reason: String,
    },
    /// A statement failed.
    #[error("the index's database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The schema is not the one this version reads.
    #[error("the index's schema does not fit this version: {reason}")]
    Schema {
        /// What does not fit.
        reason: String,
    },
    /// Nothing was ever indexed there.
    #[error("the database holds no index yet")]
    Empty,
    /// The index belongs to another chain, contract or fork.
    #[error("the index belongs to {what} {stored}, not to {found}")]
    OtherSource {
        /// `chain`, `contract` or `block N`.
        what: String,
        /// What the index was made of.
        stored: String,
        /// What it would be fed with now.
        found: String,
    },
    /// Another process writes this index, or did so in the meantime.
    #[error("another process writes this index")]
    Busy,
    /// The settlement contract is not on the chain.
    #[error("there is no settlement contract at {address} in finalised blocks")]
    NoContract {
        /// The address.
        address: String,
    },
    /// What is stored does not read back, or does not add up with the next block.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// A page cursor that no listing of this index gave out.
    #[error("{0:?} is no page cursor")]
    Cursor(String),
    /// The chain or the contract.
    #[error(transparent)]
    Corridor(#[from] corridor_client::Error),
}

impl From<sqlx::Error> for IndexError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<corridor_client::ChainError> for IndexError {
    fn from(error: corridor_client::ChainError) -> Self {
        Self::Corridor(error.into())
    }
}

impl IndexError {
    /// The chain has another block of a number than the index.
    pub(crate) fn other_block(number: u64, stored: &[u8; 32], found: &[u8; 32]) -> Self {
        Self::OtherSource {
            what: format!("a chain whose block {number} is"),
            stored: hex(stored),
            found: hex(found),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Location { .. } => "index.location",
            Self::Open { .. } => "index.open",
            Self::Database(_) => "index.database",
            Self::Schema { .. } => "index.schema",
            Self::Empty => "index.empty",
            Self::OtherSource { .. } => "index.other_source",
            Self::Busy => "index.busy",
            Self::NoContract { .. } => "index.no_contract",
            Self::Damaged(_) => "index.damaged",
            Self::Cursor(_) => "index.cursor",
            Self::Corridor(error) => error.code(),
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                matches!(error.kind(), sqlx::error::ErrorKind::Other)
            }
            Self::Database(error) => matches!(
                error,
                sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::WorkerCrashed
            ),
            Self::Open { .. } | Self::Empty | Self::Busy => true,
            Self::Corridor(error) => error.is_transient(),
            _ => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Location { .. } => "Name a file, or a PostgreSQL database by its URL.",
            Self::Open { .. } => "Check the path or URL, its permissions, and that the server runs.",
            Self::Database(_) => "Check the database's space and health, then try again.",
            Self::Schema { .. } => "Use the version that made the index, or rebuild it in an empty database.",
            Self::Empty => "Run `corridor index` first.",
            Self::OtherSource { .. } => {
                "Use one database for each chain and contract; after a chain's reset, start with an empty one."
            }
            Self::Busy => "Stop the other process: one process writes an index, any number read it.",
            Self::NoContract { .. } => "Check the contract's address, the node's URL, and that the node is in sync.",
            Self::Damaged(_) => "Rebuild it: an index can always be made again from the chain.",
            Self::Cursor(_) => "Use the cursor a page came with, unchanged, or none for the first page.",
            Self::Corridor(error) => error.advice(),
        }
    }
}

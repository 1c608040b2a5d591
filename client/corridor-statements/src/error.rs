//! Why there is no statement.

use crate::Format;
use corridor_client::core::{Currency, ParticipantId};
use corridor_indexer::IndexError;
use corridor_iso20022::{Date, Iso20022Error};

/// A statement that cannot be drawn up.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The statement does not tie or does not fit the message.
    #[error(transparent)]
    Message(#[from] Iso20022Error),
    /// No such participant in the index.
    #[error("the index knows no participant {0}")]
    Participant(ParticipantId),
    /// No such currency in the index.
    #[error("the index knows no currency {0}")]
    Currency(Currency),
    /// The period begins after the last indexed block.
    #[error("nothing of {first} is in the index yet: its last block is of {head}")]
    NotBegun {
        /// The first day.
        first: Date,
        /// The last block's time.
        head: String,
    },
    /// The period is not over, and a statement of a finished day was asked for.
    #[error("{last} is not over: the last block in the index is of {head}")]
    NotOver {
        /// The last day.
        last: Date,
        /// The last block's time.
        head: String,
    },
    /// The period ended before the first indexed block.
    #[error("the index begins after {last}")]
    BeforeIndex {
        /// The last day.
        last: Date,
    },
    /// Events up to the closing block could not be taken into the index's books of the currency.
    #[error("the index is not to be relied on: event {event} could not be taken in: {problem}")]
    Problems {
        /// The first of them.
        event: String,
        /// Why.
        problem: String,
    },
    /// A business application header around what is no message.
    #[error("{0} has no business application header: it is no ISO 20022 message")]
    NoHeader(Format),
    /// It would have more entries than may be held in memory.
    #[error("the statement has more than {0} entries")]
    TooMany(usize),
    /// An amount is beyond what a statement counts.
    #[error("the amounts of {0} are more than can be counted")]
    TooLarge(String),
}

impl StatementError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Index(error) => error.code(),
            Self::Message(_) => "statement.message",
            Self::Participant(_) => "statement.participant",
            Self::Currency(_) => "statement.currency",
            Self::NotBegun { .. } => "statement.not_begun",
            Self::NotOver { .. } => "statement.not_over",
            Self::BeforeIndex { .. } => "statement.before_index",
            Self::Problems { .. } => "statement.problems",
            Self::NoHeader(_) => "statement.no_header",
            Self::TooMany(_) => "statement.too_many",
            Self::TooLarge(_) => "statement.too_large",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Index(error) => error.advice(),
            Self::Message(error) => error.advice(),
            Self::Participant(_) | Self::Currency(_) => {
                "Check the name; `corridor index` brings an index up to date."
            }
            Self::NotBegun { .. } => "Check the date and the time zone; `corridor index` brings an index up to date.",
            Self::NotOver { .. } => {
                "Ask for a report within the day (camt052), or wait for a block of the next day in the index."
            }
            Self::BeforeIndex { .. } => "Check the date; an index holds the contract's whole life unless it was begun later.",
            Self::Problems { .. } => "Use a version that reads the event, rebuild the index, and compare it with `corridor index --check`.",
            Self::NoHeader(_) => "Leave the header out, or write camt052, camt053 or camt054.",
            Self::TooMany(_) => {
                "Shorten the period, to a day for each statement; `corridor statement` writes one of any length."
            }
            Self::TooLarge(_) => "Report this: no currency has that much.",
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Index(error) => error.is_transient(),
            Self::NotBegun { .. } | Self::NotOver { .. } | Self::Participant(_) | Self::Currency(_) => true,
            _ => false,
        }
    }
}

//! What can become of a submission that was not carried out, or not seen to be.

use crate::{chain::SignError, ChainError, ContractError, KeyError, StoreError};
use std::time::Duration;

/// A submission without a finalised outcome, or with a bad one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The chain could not be asked. Nothing was submitted.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The contract refuses. Nothing was changed.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The store failed. What was sent before is found again by resuming.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key's holder did not sign. Nothing was submitted.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No finalised block decided in time. It may still happen.
    #[error("{operation} is not known to be finalised after {} s: its fate is unknown", waited.as_secs())]
    Unknown {
        /// The operation's identity in the store.
        operation: String,
        /// How long was waited.
        waited: Duration,
    },
    /// It was executed in a finalised block, and failed there. Nothing was changed but the fee paid.
    #[error("{operation} failed in block {block}: {reason}")]
    Failed {
        /// The operation's identity in the store.
        operation: String,
        /// The finalised block.
        block: u64,
        /// The chain's name of the failure, such as `Revive::OutOfGas`.
        reason: String,
    },
    /// The same operation is under way with other arguments.
    #[error("{operation} is under way with other arguments")]
    Conflict {
        /// The operation's identity in the store.
        operation: String,
    },
    /// It is signed, and the node does not take it. It stays open, and is offered again for as long as this
    /// process runs.
    #[error("{operation} is signed, but the node does not take it for now: {reason}")]
    Rejected {
        /// The operation's identity in the store.
        operation: String,
        /// The node's words.
        reason: String,
    },
    /// The submitter has stopped.
    #[error("the submitter has stopped: {0}")]
    Stopped(String),
}

impl From<SignError> for SubmitError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Chain(error) => Self::Chain(error),
            SignError::Key(error) => Self::Key(error),
        }
    }
}

impl SubmitError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Chain(error) => error.code(),
            Self::Contract(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Unknown { .. } => "submit.unknown",
            Self::Failed { .. } => "submit.failed",
            Self::Conflict { .. } => "submit.conflict",
            Self::Rejected { .. } => "submit.rejected",
            Self::Stopped(_) => "submit.stopped",
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Chain(error) => error.is_transient(),
            Self::Contract(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::Key(error) => error.is_transient(),
            Self::Unknown { .. } | Self::Failed { .. } | Self::Rejected { .. } | Self::Stopped(_) => true,
            Self::Conflict { .. } => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Chain(error) => error.advice(),
            Self::Contract(error) => error.advice(),
            Self::Store(error) => error.advice(),
            Self::Key(error) => error.advice(),
            Self::Unknown { .. } => "Do not assume it failed. Repeat the same call, or resume: both are safe.",
            Self::Failed { .. } => "Repeat the same call: it is safe, and its dry-run shows the reason if it lasts.",
            Self::Conflict { .. } => "Wait for the operation under way, or use another identity.",
            Self::Rejected { .. } => "Check the account's balance, which pays the fee; then repeat the same call or resume: both are safe.",
            Self::Stopped(_) => "Repeat the same call: it is safe, and starts the submitter again unless it was closed.",
        }
    }
}

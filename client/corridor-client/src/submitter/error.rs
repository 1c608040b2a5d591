//! What can become of a submission that was not carried out, or not seen to be.

use crate::{chain::SignError, store::is_once, ChainError, ContractError, KeyError, StoreError};
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
    /// It was signed, nobody saw what became of it, and the contract refuses it now. It stays open.
    #[error("what became of {operation} was not seen, and now it is refused: {refusal}")]
    Unseen {
        /// The operation's identity in the store.
        operation: String,
        /// What the contract says now.
        refusal: ContractError,
    },
    /// An earlier process recorded it and ended before it signed: it did not happen, and never will by itself.
    #[error("{operation} was never signed: it did not happen")]
    NeverSigned {
        /// The operation's identity in the store.
        operation: String,
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
            Self::Unseen { .. } => "submit.unseen",
            Self::NeverSigned { .. } => "submit.never_signed",
            Self::Stopped(_) => "submit.stopped",
        }
    }

    /// Whether the same call may be repeated although its fate is unknown: not where every call is an operation of
    /// its own, as sending the chain's token or deploying a contract is.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        match self {
            Self::Unknown { operation, .. } | Self::Rejected { operation, .. } => !is_once(operation),
            _ => true,
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
            Self::Unknown { .. } | Self::Failed { .. } | Self::Rejected { .. } | Self::NeverSigned { .. } => {
                true
            }
            Self::Stopped(_) => true,
            Self::Conflict { .. } | Self::Unseen { .. } => false,
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
            Self::Unknown { .. } if !self.is_repeatable() => {
                "Do not assume it failed, and do not repeat the call, which would be carried out as well: resume."
            }
            Self::Rejected { .. } if !self.is_repeatable() => {
                "Check the account's balance, which pays the fee; then resume. Do not repeat the call: it would be carried out as well."
            }
            Self::Unknown { .. } => "Do not assume it failed. Repeat the same call, or resume: both are safe.",
            Self::Failed { .. } => "Repeat the same call: it is safe, and its dry-run shows the reason if it lasts.",
            Self::Conflict { .. } => "Wait for the operation under way, or use another identity.",
            Self::Rejected { .. } => "Check the account's balance, which pays the fee; then repeat the same call or resume: both are safe.",
            Self::Unseen { .. } => "Ask the contract what it has recorded; the block that decided is not served by this node any more.",
            Self::NeverSigned { .. } => "Nothing was submitted: call again if it is still wanted.",
            Self::Stopped(_) => "Resume: that completes what was signed, and starts the submitter again unless it was closed. Repeat only a call with an identity of its own, such as a UETR, a reference or a number.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::once;

    fn unknown(operation: &str) -> [SubmitError; 2] {
        let operation = operation.to_owned();
        let reason = "no balance".into();
        [
            SubmitError::Unknown {
                operation: operation.clone(),
                waited: Duration::from_secs(1),
            },
            SubmitError::Rejected { operation, reason },
        ]
    }

    #[test]
    fn nobody_is_told_to_repeat_what_would_happen_twice() {
        for error in unknown(&once("fund")) {
            assert!(!error.is_repeatable());
            assert!(error.advice().contains("resume"), "{error}");
            assert!(!error.advice().contains("safe"), "{error}");
        }
        for error in unknown("accept:7f9c24e8-3b12-4fef-91e0-5a6b7c8d9e0f") {
            assert!(error.is_repeatable());
            assert!(error.advice().contains("both are safe"), "{error}");
        }
    }
}

//! What a call of the domain API can answer instead of an outcome.

use crate::{ChainError, ContractError, KeyError, StoreError, SubmitError};

/// A failure of the domain API: one layer's own error, or a call that this connection cannot make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Between this process and the chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The contract's answer.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signing key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A submission's fate.
    #[error(transparent)]
    Submit(SubmitError),
    /// The call needs a signing key and none was given.
    #[error("this connection has no signing key")]
    NoKey,
    /// The call needs a settlement contract and none was given.
    #[error("this connection has no settlement contract")]
    NoSettlement,
    /// The settlement contract was deployed for another chain, so no signed quote is good for it here.
    #[error(
        "the settlement contract takes itself to be on chain 0x{}, and this is 0x{}",
        hex::encode(recorded),
        hex::encode(connected)
    )]
    OtherChain {
        /// The genesis hash the contract was given.
        recorded: [u8; 32],
        /// The genesis hash of the chain of this connection.
        connected: [u8; 32],
    },
    /// What the node answered does not prove what it should.
    #[error(transparent)]
    Proof(#[from] corridor_proof::ProofError),
}

impl From<SubmitError> for Error {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Chain(error) => Self::Chain(error),
            SubmitError::Contract(error) => Self::Contract(error),
            SubmitError::Store(error) => Self::Store(error),
            SubmitError::Key(error) => Self::Key(error),
            fate => Self::Submit(fate),
        }
    }
}

impl Error {
    /// The contract's own refusal, if that is what it is.
    #[must_use]
    pub fn refusal(&self) -> Option<corridor_core::Error> {
        match self {
            Self::Contract(ContractError::Refused(error)) => Some(*error),
            _ => None,
        }
    }

    /// Whether the operation's fate is unknown: it may have happened, or happen yet.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::Submit(
                SubmitError::Unknown { .. }
                    | SubmitError::Rejected { .. }
                    | SubmitError::Unseen { .. }
                    | SubmitError::Stopped(_)
            )
        )
    }

    /// Whether the same call may be repeated although its fate is unknown, see [`SubmitError::is_repeatable`].
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Submit(error) if !error.is_repeatable())
    }

    /// The stable code. A refusal's is `contract.refused`; its own number is in [`Error::refusal`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Chain(error) => error.code(),
            Self::Contract(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Submit(error) => error.code(),
            Self::NoKey => "corridor.no_key",
            Self::NoSettlement => "corridor.no_settlement",
            Self::OtherChain { .. } => "corridor.other_chain",
            Self::Proof(error) => error.code(),
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
            Self::Submit(error) => error.is_transient(),
            Self::NoKey | Self::NoSettlement | Self::OtherChain { .. } | Self::Proof(_) => false,
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
            Self::Submit(error) => error.advice(),
            Self::NoKey => "Connect with a key source.",
            Self::NoSettlement => "Deploy the settlement contract, or connect with its address.",
            Self::OtherChain { .. } => {
                "Do not sign for this contract: have the governor deploy one for this chain."
            }
            Self::Proof(error) => error.advice(),
        }
    }
}

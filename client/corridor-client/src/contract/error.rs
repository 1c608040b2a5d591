//! What a contract can answer instead of what was asked for.

use corridor_api::cash::CashError;
use corridor_core::Address;

/// A token contract's refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// One of the cash contract's errors.
    #[error("the token refuses: {0:?}")]
    Known(CashError),
    /// The token gives no reason this client knows.
    #[error("the token refuses the call (answer 0x{})", hex::encode(.0))]
    Other(Vec<u8>),
}

impl TokenError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Known(_) => "token.refused",
            Self::Other(_) => "token.other",
        }
    }
}

/// A failure of the contract layer: the contract was reached and did not give the message's answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// The settlement contract refuses the command. Nothing was changed.
    #[error("{0}")]
    Refused(corridor_core::Error),
    /// The token contract refuses the command. Nothing was changed.
    #[error(transparent)]
    Token(TokenError),
    /// There is no contract at the address.
    #[error("there is no contract at 0x{}", hex::encode(.0))]
    NoContract(Address),
    /// The contract trapped, or ran out of what the chain gives a call.
    #[error("the call fails on the chain: {0}")]
    Failed(String),
    /// The answer is not the message's.
    #[error("the contract's answer cannot be decoded: {0}")]
    Decode(String),
}

impl ContractError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "contract.refused",
            Self::Token(error) => error.code(),
            Self::NoContract(_) => "contract.none",
            Self::Failed(_) => "contract.failed",
            Self::Decode(_) => "contract.decode",
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Refused(error) if error.is_transient())
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.advice(),
            Self::Token(_) => "Check the token's balance, allowance, pause and freeze.",
            Self::NoContract(_) => "Check the contract's address and the chain.",
            Self::Failed(_) => {
                "Check the account's balance, which pays fees and storage; report it if it lasts."
            }
            Self::Decode(_) => "Use the client that belongs to the contract's version.",
        }
    }
}

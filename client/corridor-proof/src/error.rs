//! Why evidence does not hold.

/// Evidence that cannot be read, or does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The file is no evidence of a version this program knows.
    #[error("it is no evidence: {reason}")]
    Format {
        /// What is wrong with it.
        reason: String,
    },
    /// Something stated is not what the proof shows.
    #[error("{what}: the file says {stated}, the proof shows {proven}")]
    Differs {
        /// What.
        what: String,
        /// As the file says.
        stated: String,
        /// As the proof shows.
        proven: String,
    },
    /// A node on the way to a value is missing, or is another than its hash says.
    #[error("the proof does not lead to {what}")]
    Incomplete {
        /// To what.
        what: String,
    },
    /// What is proven to be recorded cannot be decoded.
    #[error("{what} cannot be decoded")]
    Decode {
        /// What.
        what: String,
    },
    /// At the block there is no contract at the address.
    #[error("there is no contract at {address} at that block")]
    NoContract {
        /// `0x` and 40 digits.
        address: String,
    },
    /// The justification does not show the block to be final.
    #[error("the justification does not hold: {reason}")]
    Justification {
        /// Why.
        reason: String,
    },
}

impl ProofError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format { .. } => "proof.format",
            Self::Differs { .. } => "proof.differs",
            Self::Incomplete { .. } => "proof.incomplete",
            Self::Decode { .. } => "proof.decode",
            Self::NoContract { .. } => "proof.no_contract",
            Self::Justification { .. } => "proof.justification",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Format { .. } => "Take the file as it was written, and a program of its version.",
            Self::Differs { .. } | Self::Incomplete { .. } => {
                "Do not rely on the file: it was changed, or was never right. Ask for it again."
            }
            Self::Decode { .. } => "Use a program that knows this chain's and this contract's version.",
            Self::NoContract { .. } => "Check the contract's address.",
            Self::Justification { .. } => {
                "Check that the authorities are those of the justification's time; otherwise do not rely on the file."
            }
        }
    }
}

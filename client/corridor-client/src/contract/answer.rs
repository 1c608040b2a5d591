//! What shape an answer has, for operations read back from the store.

use super::{
    message::{refusal, returned},
    ContractError,
};
use crate::chain::Execution;
use corridor_api::{
    BatchReceipt, CollateralReceipt, MovementReceipt, QuoteReceipt, TransferReceipt, WindowReceipt,
};
use corridor_core::{queued::QueueReport, Error, ParticipantId};
use ink::primitives::LangError;
use scale_codec::{Decode, DecodeAll};

/// Families of messages whose answers have one shape.
///
/// Stored by name with each operation, so that one left open by a crash can be judged without the call
/// that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `Result<TransferReceipt, Error>`.
    Transfer,
    /// `Result<MovementReceipt, Error>`.
    Movement,
    /// `Result<ParticipantId, Error>`.
    Participant,
    /// `Result<CollateralReceipt, Error>`.
    Collateral,
    /// `Result<WindowReceipt, Error>`.
    Window,
    /// `Result<BatchReceipt, Error>`.
    Batch,
    /// `Result<QuoteReceipt, Error>`.
    Quote,
    /// `Result<QueueReport, Error>`.
    Queue,
    /// `Result<(), Error>`.
    Unit,
    /// A token's, in the Solidity ABI.
    Token,
    /// A constructor's.
    Deployment,
    /// No contract is called.
    Native,
}

/// What a dry-run's answer means for the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It would be carried out.
    Fresh,
    /// It has been carried out before and would change nothing.
    Repeated,
    /// It would not be carried out.
    Refused(ContractError),
}

impl Answer {
    const ALL: [Self; 12] = [
        Self::Transfer,
        Self::Movement,
        Self::Participant,
        Self::Collateral,
        Self::Window,
        Self::Batch,
        Self::Quote,
        Self::Queue,
        Self::Unit,
        Self::Token,
        Self::Deployment,
        Self::Native,
    ];

    /// The name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Movement => "movement",
            Self::Participant => "participant",
            Self::Collateral => "collateral",
            Self::Window => "window",
            Self::Batch => "batch",
            Self::Quote => "quote",
            Self::Queue => "queue",
            Self::Unit => "unit",
            Self::Token => "token",
            Self::Deployment => "deployment",
            Self::Native => "native",
        }
    }

    /// The family of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.name() == name)
    }

    /// Judges how a dry-run ended.
    #[must_use]
    pub fn judge(self, execution: &Execution) -> Verdict {
        let (reverted, data) = match returned(execution) {
            Ok(returned) => returned,
            Err(error) => return Verdict::Refused(error),
        };
        let judged = match self {
            Self::Transfer => scale::<TransferReceipt>(data).map(|receipt| receipt.repeated),
            Self::Movement => scale::<MovementReceipt>(data).map(|receipt| receipt.repeated),
            Self::Participant => scale::<ParticipantId>(data).map(|_| false),
            Self::Collateral => scale::<CollateralReceipt>(data).map(|receipt| receipt.repeated),
            Self::Window => scale::<WindowReceipt>(data).map(|receipt| receipt.repeated),
            Self::Batch => scale::<BatchReceipt>(data).map(|receipt| receipt.repeated),
            Self::Quote => scale::<QuoteReceipt>(data).map(|receipt| receipt.repeated),
            // A queue of which nothing can settle or expire stays as it is.
            Self::Queue => {
                scale::<QueueReport>(data).map(|report| report.settled == 0 && report.expired == 0)
            }
            Self::Unit => scale::<()>(data).map(|()| false),
            Self::Token | Self::Deployment if reverted => Err(refusal(data)),
            Self::Token | Self::Deployment | Self::Native => Ok(false),
        };
        match judged {
            Ok(false) => Verdict::Fresh,
            Ok(true) => Verdict::Repeated,
            Err(error) => Verdict::Refused(error),
        }
    }
}

/// An answer of the settlement contract's ABI.
fn scale<T: Decode>(data: &[u8]) -> Result<T, ContractError> {
    if data.is_empty() {
        return Err(ContractError::Decode(
            "it is empty: is there a contract at this address?".into(),
        ));
    }
    Result::<Result<T, Error>, LangError>::decode_all(&mut &*data)
        .map_err(|error| ContractError::Decode(error.to_string()))?
        .map_err(|error| ContractError::Decode(format!("{error:?}")))?
        .map_err(ContractError::Refused)
}

//! An operation and its life.
//!
//! ```text
//! planned -> signed -> finalised | failed        planned -> refused | finalised (it had been done before)
//! ```
//! Refused and failed operations may be planned again under the same identity.

use crate::{
    chain::{BlockRef, Call, Hash, Limits, SignedExtrinsic},
    commitment::random,
    contract::Answer,
    AccountId,
};
use corridor_core::{Address, Terms, Uetr};

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationStatus {
    /// The intent is recorded; nothing was signed.
    Planned,
    /// Signed bytes are recorded and may have been sent: open until a finalised block decides.
    Signed,
    /// Carried out in a finalised block.
    Finalised,
    /// The contract refused; nothing was changed.
    Refused,
    /// It did not happen, for a reason of the chain's.
    Failed,
}

impl OperationStatus {
    const ALL: [Self; 5] = [
        Self::Planned,
        Self::Signed,
        Self::Finalised,
        Self::Refused,
        Self::Failed,
    ];

    /// The status's name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Signed => "signed",
            Self::Finalised => "finalised",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether it may still happen.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Signed)
    }
}

/// An operation to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOperation {
    /// What makes it this operation and no other, such as `accept:<uetr>`. Unique for signer and contract.
    pub identity: String,
    /// Who signs.
    pub signer: AccountId,
    /// What is signed.
    pub call: Call,
    /// What shape the contract's answer has.
    pub answer: Answer,
}

impl NewOperation {
    /// The contract called; zeros where none is.
    #[must_use]
    pub fn destination(&self) -> Address {
        match &self.call {
            Call::Contract { dest, .. } => *dest,
            _ => [0; 20],
        }
    }
}

/// How an identity starts that no other call will ever have.
const ONCE: &str = "once:";

/// An identity for an operation that has none of its own: each call is another operation.
pub(crate) fn once(name: &str) -> String {
    format!("{ONCE}{name}:{}", hex::encode(random::<16>()))
}

/// Whether an identity is that of one call only.
pub(crate) fn is_once(identity: &str) -> bool {
    identity.starts_with(ONCE)
}

/// An operation as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The row.
    pub id: i64,
    /// What was asked for.
    pub wanted: NewOperation,
    /// Where it stands.
    pub status: OperationStatus,
    /// The signed bytes, once there are any.
    pub signed: Option<SignedExtrinsic>,
    /// The finalised block that carried it out.
    pub landing: Option<Landing>,
}

/// Where an operation was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The finalised block.
    pub block: BlockRef,
    /// The extrinsic; `None` where it had been carried out before and nothing was submitted.
    pub extrinsic: Option<(Hash, u32)>,
}

/// The answer to planning an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    /// Recorded now: go ahead.
    Fresh(i64),
    /// Recorded before with the same call, and open or carried out.
    Known(Box<Operation>),
    /// Another call is open under the same identity.
    Conflict,
}

/// Signed bytes of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOperation {
    /// The row.
    pub id: i64,
    /// What the execution may use.
    pub limits: Limits,
    /// The bytes.
    pub signed: SignedExtrinsic,
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Carried out.
    Finalised(Landing),
    /// Refused by the contract: its words, and its number where it is a settlement contract's.
    Refused(String, Option<u8>),
    /// Did not happen.
    Failed(String),
}

/// What the chain does not carry of a transfer, with its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTransfer {
    /// The settlement contract.
    pub settlement: Address,
    /// The transfer's identity.
    pub uetr: Uetr,
    /// The bank's own reference.
    pub end_to_end_id: String,
    /// Opens the message digest.
    pub salt: [u8; 32],
    /// The terms, digest included.
    pub terms: Terms,
}

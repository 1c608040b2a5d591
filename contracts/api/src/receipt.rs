//! What a state-changing message answers.

use corridor_core::{Movement, Seconds, Transfer, TransferStatus};
use scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The answer to a transfer message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TransferReceipt {
    /// Where the transfer stands now.
    pub status: TransferStatus,
    /// When it got there, block time in seconds.
    pub at: Seconds,
    /// The command had been carried out before; nothing was changed.
    pub repeated: bool,
}

impl TransferReceipt {
    /// Describes a transfer as recorded.
    #[must_use]
    pub fn of(transfer: &Transfer, repeated: bool) -> Self {
        Self {
            status: transfer.status,
            at: transfer.updated_at,
            repeated,
        }
    }
}

/// The answer to a deposit or withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MovementReceipt {
    /// What is recorded under the reference.
    pub movement: Movement,
    /// The command had been carried out before; nothing was changed.
    pub repeated: bool,
}

//! What the settlement contract emits: one event for each change.
//!
//! The signature topics are pinned (blake2_256 of `corridor/event/v1/NAME`), so that renaming a Rust type
//! does not change what explorers and indexers look for. The other topics hold a field's SCALE bytes,
//! padded with zeros to 32.

use corridor_core::{
    movement::Movement, registry::RegistryChange, BatchChange, Currency, NetChange, ParticipantId, Reference,
    TransferChange, TransferStatus, Uetr,
};

/// A transfer changed.
#[ink::event(signature_topic = "dacae34e3d68c6f2793ae2b5db59536e4c3fb3f57830abbedf635e786ae260c3")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferRecorded {
    /// Which transfer.
    #[ink(topic)]
    pub uetr: Uetr,
    /// Its debtor agent.
    #[ink(topic)]
    pub debtor_agent: ParticipantId,
    /// Its creditor agent.
    #[ink(topic)]
    pub creditor_agent: ParticipantId,
    /// Where it stands now.
    pub status: TransferStatus,
    /// What happened.
    pub change: TransferChange,
}

/// A participant's escrow was deposited to or withdrawn from.
#[ink::event(signature_topic = "7906b6313a945c09932a2eb2687f5b4c6789b3ead4d56663264d0dc0f889f738")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EscrowMoved {
    /// Whose escrow.
    #[ink(topic)]
    pub participant: ParticipantId,
    /// The participant's reference.
    #[ink(topic)]
    pub reference: Reference,
    /// In which currency.
    #[ink(topic)]
    pub currency: Currency,
    /// Which way, how much, when.
    pub movement: Movement,
}

/// The registry of currencies, participants and keys changed.
#[ink::event(signature_topic = "7fe2d1f9b0a5d9060343fb50f09a7618267390e004149dc8998257ff87c58eb7")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryChanged {
    /// What happened.
    pub change: RegistryChange,
}

/// A currency's net settlement changed: collateral, a cap, the end of a window.
#[ink::event(signature_topic = "d4bd8e4efb2dd8f0489e2512f7bbe692547e2dbc0273375150cde6099a422c74")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NettingRecorded {
    /// In which currency.
    #[ink(topic)]
    pub currency: Currency,
    /// What happened.
    pub change: NetChange,
}

/// A clearing batch changed.
#[ink::event(signature_topic = "ba5198b775e6de361e8f90aab34c93c09e5490256f340bf1f8d6933e9d34ee8d")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRecorded {
    /// Its debtor agent.
    #[ink(topic)]
    pub debtor_agent: ParticipantId,
    /// Its number.
    #[ink(topic)]
    pub number: u32,
    /// What happened.
    pub change: BatchChange,
}

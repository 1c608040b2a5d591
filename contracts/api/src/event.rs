//! What the settlement contract emits: one event for each change.
//!
//! The signature topics are pinned (blake2_256 of `corridor/event/v1/NAME`), so that renaming a Rust type
//! does not change what explorers and indexers look for. The other topics hold a field's SCALE bytes,
//! padded with zeros to 32.

use corridor_core::{
    movement::Movement, registry::RegistryChange, Currency, ParticipantId, Reference, TransferChange,
    TransferStatus, Uetr,
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

//! What the settlement contract emits: one event for each change.
//!
//! The signature topics are pinned (blake2_256 of `corridor/event/v1/NAME`), so that renaming a Rust type
//! does not change what explorers and indexers look for. The other topics hold a field's SCALE bytes,
//! padded with zeros to 32.

use crate::LimitScope;
use corridor_core::{
    charged::FeeEvent, movement::Movement, queued::QueueReport, quote::QuoteEvent, registry::RegistryChange,
    BatchChange, Currency, FxEvent, Limits, NetChange, ParticipantId, Reference, Tariff, TransferChange,
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
    /// In which currency.
    #[ink(topic)]
    pub currency: Currency,
    /// What happened.
    pub change: BatchChange,
}

/// A quote was published or withdrawn.
#[ink::event(signature_topic = "a9743b1d83d83dbcc46635de3ee4c3b605c5ef4c4da71718696bbfbf57ace45e")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRecorded {
    /// Its provider.
    #[ink(topic)]
    pub provider: ParticipantId,
    /// The provider's reference for it.
    #[ink(topic)]
    pub reference: Reference,
    /// What happened.
    pub event: QuoteEvent,
}

/// A transfer in two currencies changed.
#[ink::event(signature_topic = "bafc6fa28079ca852c33b27f9deeefe749164dc169328cd75ea1479f5ee81377")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRecorded {
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
    pub event: FxEvent,
}

/// The fees of a transfer in one currency were fixed, paid or released.
#[ink::event(signature_topic = "0a660f8f36020e547cdf3530184095d17842e2f1091178c9c4bac13e6bdedac4")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeesRecorded {
    /// Which transfer.
    #[ink(topic)]
    pub uetr: Uetr,
    /// What happened.
    pub event: FeeEvent,
}

/// The governor set a tariff or limits.
#[ink::event(signature_topic = "43b09c090acc8ab31c900e56cfc7ac8db4423eb5ee785c1aeb34da525ab5626e")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlsChanged {
    /// Whose transfers it concerns.
    #[ink(topic)]
    pub scope: LimitScope,
    /// What was set.
    pub change: ControlsChange,
}

/// What the governor set.
#[derive(Clone, Debug, PartialEq, Eq, scale_codec::Encode, scale_codec::Decode, scale_info::TypeInfo)]
pub enum ControlsChange {
    /// A version of a tariff, and who gets the fees.
    #[codec(index = 0)]
    Tariff(ParticipantId, Tariff),
    /// Limits, or that there are none any more.
    #[codec(index = 1)]
    Limits(Option<Limits>),
}

/// A currency's queue was resolved.
#[ink::event(signature_topic = "db4fb9fece9a77b8e94ef6b764d9b443f71cc2e8a7e69fcc54d0762cbc6dbda1")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueResolved {
    /// The currency.
    #[ink(topic)]
    pub currency: Currency,
    /// What settled, and with how much liquidity.
    pub report: QueueReport,
}

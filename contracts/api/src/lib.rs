//! Messages, events and storage keys of Corridor's contracts: their only definition.
//!
//! The contract implements the traits; the client makes call data with the very same traits and decodes
//! the very same event and answer types. Nothing about a message, a selector, an event or a stored value
//! is written anywhere else.
//!
//! | file | content |
//! |---|---|
//! | [`governance`] | the governor's messages |
//! | [`administration`] | a participant admin's messages |
//! | [`escrow`] | deposit and withdraw |
//! | [`transfers`] | instruct, accept, reject, cancel, expire, return |
//! | [`netting`], [`batches`] | deferred net settlement, clearing batches |
//! | [`exchange`] | quotes, transfers in two currencies |
//! | [`controls`], [`queueing`] | tariffs, limits; the queue |
//! | [`inspection`] | queries |
//! | [`cash`] | our own token's messages and refusals |
//! | [`event`] | what the contract emits |
//! | [`storage_key`] | where the contract keeps what |
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod administration;
pub mod batches;
pub mod cash;
pub mod controls;
pub mod environment;
pub mod escrow;
pub mod event;
pub mod exchange;
pub mod governance;
pub mod inspection;
pub mod netting;
pub mod queueing;
pub mod receipt;
pub mod storage_key;
pub mod transfers;

pub use administration::Administration;
pub use batches::{BatchReceipt, Batches, Exceptions};
pub use controls::{Controls, LimitScope};
pub use environment::CorridorEnvironment;
pub use escrow::Escrow;
pub use event::{
    BatchRecorded, ControlsChanged, EscrowMoved, ExchangeRecorded, FeesRecorded, NettingRecorded,
    QueueResolved, QuoteRecorded, RegistryChanged, TransferRecorded,
};
pub use exchange::{Exchange, QuoteReceipt, SignedQuote};
pub use governance::{Codes, Governance, GovernanceState};
pub use inspection::{Inspection, ParticipantEntry};
pub use netting::{CollateralReceipt, NetPosition, Netting, WindowReceipt, WindowState};
pub use queueing::Queueing;
pub use receipt::{MovementReceipt, TransferReceipt};
pub use storage_key::StorageKey;
pub use transfers::Transfers;

/// The most entries one page of a listing returns.
pub const MAX_PAGE: u16 = 32;

//! Payment rules of Corridor: money, participants, transfers and escrow.
//!
//! Everything here is a pure function of its arguments: no clock, no storage, no IO and no contract
//! language. The settlement contract is a thin shell that reads, calls a rule, writes what the rule
//! returned and emits its event. A newcomer finds each rule in the file named after it.
//!
//! | file | rule |
//! |---|---|
//! | [`money`], [`currency`] | amounts in minor units, ISO 4217 codes and exponents |
//! | [`agent`], [`participant`], [`role`] | who takes part and who may act for them |
//! | [`terms`], [`transfer`], [`transfer_return`] | what a transfer is, and its life |
//! | [`rate`], [`quote`] | what one currency costs in another, and who offers it |
//! | [`fx_record`], [`fx_transfer`] | transfers in two currencies, payment versus payment |
//! | [`fx_return`], [`quoted_return`] | their returns, at the original rate or at a new quote |
//! | [`tariff`], [`charged`], [`leg`] | fees, who bears them, how they are booked; single movements of money |
//! | [`limits`] | the most for one transfer, and over a rolling period |
//! | [`controls`] | what the governor sets for a corridor: tariffs and limits together |
//! | [`queue`], [`queued`] | settling queued transfers against each other; how one gets there |
//! | [`position`], [`movement`] | escrow: available and reserved; deposits and withdrawals |
//! | [`registry`], [`succession`] | admission of currencies and participants, rotation of keys |
//! | [`net`], [`bilateral`], [`transfer_net`], [`collateral`] | deferred net settlement: positions, acceptance, cover |
//! | [`window`], [`closing`] | settlement windows, and how one ends |
//! | [`batch`], [`batch_proof`], [`batch_life`], [`batch_limits`] | clearing batches: items, their commitment, their life, limits |
//! | [`conservation`] | the invariant the whole contract exists to keep |
//! | [`error`] | every refusal, numbered, in order of precedence |
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod agent;
pub mod batch;
pub mod batch_life;
pub mod batch_limits;
pub mod batch_proof;
pub mod bilateral;
pub mod charged;
pub mod closing;
pub mod collateral;
pub mod conservation;
pub mod controls;
pub mod currency;
pub mod error;
pub mod fx_record;
pub mod fx_return;
pub mod fx_transfer;
pub mod leg;
pub mod limits;
pub mod money;
pub mod movement;
pub mod net;
pub mod operation;
pub mod outcome;
pub mod participant;
pub mod position;
pub mod queue;
pub mod queued;
pub mod quote;
pub mod quoted_return;
pub mod rate;
pub mod reason;
pub mod registry;
pub mod role;
pub mod succession;
pub mod tariff;
pub mod terms;
pub mod text;
pub mod transfer;
pub mod transfer_net;
pub mod transfer_return;
pub mod uetr;
pub mod window;
mod words;

pub use agent::AgentId;
pub use batch::{BatchHeader, Item, ItemTotal};
pub use batch_life::{BatchChange, BatchRecord};
pub use batch_proof::ItemProof;
pub use bilateral::{BilateralPosition, PairPage};
pub use charged::ChargedTransfer;
pub use closing::{NetChange, NetResult, WindowRecord, WindowStatus};
pub use collateral::{CollateralKind, CollateralMovement};
pub use conservation::Conservation;
pub use controls::CorridorControls;
pub use currency::Currency;
pub use error::Error;
pub use fx_record::{FxEvent, FxTerms, FxTransfer, Unwind};
pub use leg::{Books, Leg, Purpose};
pub use limits::{Limited, Limits, Velocity};
pub use money::Money;
pub use movement::{Movement, MovementKind, Reference};
pub use net::{NetEntry, NetPage, NetPages};
pub use operation::Operation;
pub use outcome::Outcome;
pub use participant::{Gate, ParticipantId};
pub use position::{Position, PositionPage};
pub use queue::Queued;
pub use quote::{Quote, QuoteId, QuoteState};
pub use quoted_return::QuotedReturn;
pub use rate::Rate;
pub use reason::ReasonCode;
pub use role::{Caller, Role, Roles};
pub use tariff::{Charges, Fee, Tariff, Tariffs};
pub use terms::{ChargeBearer, SettlementMethod, Terms};
pub use transfer::{Transfer, TransferChange, TransferStatus};
pub use transfer_return::TransferReturn;
pub use uetr::Uetr;
pub use window::{Schedule, WindowId};

/// Seconds since the Unix epoch, as the chain's block timestamp gives them.
pub type Seconds = u64;

/// A 20-byte account or contract address, as pallet-revive derives it.
pub type Address = [u8; 20];

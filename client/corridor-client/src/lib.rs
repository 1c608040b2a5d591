//! Client library of Corridor: submits cross-border transfers to a settlement contract and observes them.
//!
//! Three layers, each using only the one below it:
//!
//! | module | what it knows |
//! |---|---|
//! | [`corridor`] | the domain: participants, escrow, transfers; what a bank system calls |
//! | [`contract`] | call data, answers and events of the contracts; nothing else touches bytes of a call |
//! | [`chain`] | blocks, extrinsics, dry-runs; nothing else knows subxt |
//!
//! Beside them stand [`submitter`] (one per key: nonces, resending, crash recovery) and [`store`] (what was
//! submitted, on disk before it is sent). Start at [`Corridor::connect`].
//!
//! Every state-changing call follows the same rule: the intent is on disk first, a dry-run tells whether
//! the contract would refuse, the signed bytes are on disk before they are sent, and only a *finalised*
//! block makes an [`Outcome`]. When finality does not show in time the answer is
//! [`SubmitError::Unknown`], which says what it is: call again, or [`Corridor::resume`].
//!
//! The lower layers' calls return boxed futures: an `async fn` is compiled again in every crate that calls
//! it, and these drag in the whole stack below them.

pub mod account;
pub mod chain;
pub mod commitment;
pub mod contract;
pub mod corridor;
pub mod key;
pub mod rate;
pub mod store;
pub mod submitter;

pub use account::{AccountId, AddressText};
pub use chain::{BlockRef, ChainError, ChainInfo};
pub use commitment::{new_uetr, Commitment};
pub use contract::{ContractError, SettlementEvent, TokenError};
pub use corridor::{
    config::Config,
    error::Error,
    exchanged, fx_terms,
    outcome::{ExtrinsicRef, Outcome},
    request::*,
    verify_quote,
    watch::{CorridorEvent, EventStream},
    BatchContents, BatchEvent, BatchStream, Corridor, StoredContract, SubmittedBatch,
};
pub use key::{KeyError, KeySource, Signature, Signer, SigningKey};
pub use rate::{decimal_rate, parse_rate, InvalidRate};
pub use store::{OperationStatus, StoreError, StoreLocation};
pub use submitter::SubmitError;

// The domain's own words, so that a caller needs one dependency only.
pub use corridor_api::{
    event::ControlsChange, BatchReceipt, BatchRecorded, Codes, CollateralReceipt, ControlsChanged,
    EscrowMoved, Exceptions, ExchangeRecorded, FeesRecorded, GovernanceState, LimitScope, MovementReceipt,
    NetPosition, NettingRecorded, ParticipantEntry, QueueResolved, QuoteReceipt, QuoteRecorded,
    RegistryChanged, SignedQuote, TransferReceipt, TransferRecorded, WindowReceipt, WindowState,
};
pub use corridor_core as core;
/// Evidence of what is recorded, which needs no node to be checked.
pub use corridor_proof as proof;
/// keccak256, which commits messages and batches.
pub use sp_crypto_hashing::keccak_256 as keccak256;

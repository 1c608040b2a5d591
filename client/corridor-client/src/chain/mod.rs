//! The chain as this client sees it: blocks, extrinsics, dry-runs. The only module that knows subxt.
//!
//! It speaks the JSON-RPC methods every Substrate node serves and takes names, types and indices from the
//! chain's own metadata, so that any chain with pallet-revive will do.
//!
//! | file | content |
//! |---|---|
//! | `connection.rs` | connecting, asking again after a lost connection, which chain this is |
//! | `runtime.rs` | the runtime's metadata, kept for each of its versions |
//! | `dry_run.rs` | calls and instantiations that change nothing |
//! | `extrinsic.rs` | signing and sending |
//! | `calls.rs` | the contract calls among a block's extrinsics |
//! | `block.rs`, `follow.rs` | finalised blocks: what one holds; all of them, in order |
//! | `heads.rs`, `recent.rs` | what all followers of a connection share: the newest number, blocks fetched lately |
//! | `proof.rs` | headers, storage proofs and justifications, for evidence |
//! | `child_state.rs` | what a contract has stored, many keys at a time |

mod block;
mod calls;
mod child_state;
mod connection;
mod dry_run;
mod error;
mod extrinsic;
mod follow;
mod heads;
mod proof;
mod recent;
mod runtime;

pub use block::{ContractEvent, ExtrinsicResult, FinalisedBlock};
pub use calls::ContractCall;
pub use connection::Chain;
pub use dry_run::{DryRun, Execution};
pub use error::ChainError;
pub use extrinsic::{Anchor, Call, Limits, SignError, SignedExtrinsic, LIFETIME_BLOCKS};
pub use follow::{BlockStream, SharedBlockStream};

/// A hash of 32 bytes: a block's or an extrinsic's.
pub type Hash = [u8; 32];

/// A finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, scale_codec::Encode, scale_codec::Decode)]
pub struct BlockRef {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its time in milliseconds since 1970, as `pallet-timestamp` records it.
    pub time_ms: u64,
}

/// Execution cost in the chain's two dimensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, scale_codec::Encode, scale_codec::Decode)]
pub struct Weight {
    /// Computation, in picoseconds of the reference machine.
    #[codec(compact)]
    pub ref_time: u64,
    /// Storage proof, in bytes.
    #[codec(compact)]
    pub proof_size: u64,
}

/// Which chain the node serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainInfo {
    /// Hash of block 0: the chain's identity.
    pub genesis: Hash,
    /// The chain's name.
    pub chain: String,
    /// The node's name and version.
    pub node: String,
    /// The runtime's name.
    pub spec_name: String,
    /// The runtime's version when this client connected.
    pub spec_version: u32,
    /// Symbol of the chain's own token, in which fees are paid.
    pub token_symbol: String,
    /// Digits after the decimal point of that token.
    pub token_decimals: u8,
}

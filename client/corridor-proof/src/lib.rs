//! Evidence: statements about the settlement contract's books that anyone checks without a node.
//!
//! An [`Evidence`] carries one block's header, claims about what the contract records at that block, and the nodes
//! of the chain's state trie that lead from the header to each recorded value. [`Evidence::verify`] recomputes
//! every hash on the way and reads the values again, so that an auditor need trust neither the bank that
//! hands the file over nor its database. What is *not* recorded is proven as well: a trie leads to nothing there.
//!
//! | module | content |
//! |---|---|
//! | [`evidence`] | the file: format `corridor/evidence/v1`, and its verification |
//! | [`subject`], [`claim`], [`batch`] | what is asked about, and what is answered |
//! | [`header`], [`state`] | from a header to a value of the contract: the chain's own hashes and keys |
//! | [`finality`] | GRANDPA justifications, where a chain gives them |
//!
//! One function reads a claim ([`Subject::read`]): the maker of a file and its verifier both read the proof with it,
//! so that nothing can be claimed that does not follow.
//!
//! What a file proves is relative to its block. That the block is the chain's own is proven by a justification
//! ([`Finality::Proven`]) or, where the chain gives none, by comparing the block's hash with any node or explorer.

pub mod batch;
pub mod claim;
pub mod error;
pub mod evidence;
pub mod finality;
pub mod header;
pub mod hexadecimal;
pub mod state;
pub mod subject;

pub use batch::{BatchClaim, BatchPart, PartStatus, RecordedBatch};
pub use claim::Claim;
pub use error::ProofError;
pub use evidence::{Evidence, Verified, FORMAT};
pub use finality::{Authorities, Finality, FinalityProof};
pub use hexadecimal::{Bytes, Fixed};
pub use state::{Contract, ProvenState};
pub use subject::{Subject, Unread};

/// A hash of 32 bytes.
pub type Hash = [u8; 32];

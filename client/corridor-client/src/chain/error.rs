//! What can go wrong between this process and the chain.

use super::Hash;
use std::time::Duration;

/// A failure of the chain layer. None of them says anything about a submitted extrinsic's fate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The URL is no WebSocket URL.
    #[error("{url} is not a WebSocket URL")]
    InvalidUrl {
        /// What was given.
        url: String,
    },
    /// Nobody answered in time.
    #[error("no node answers at {url} within {} s", waited.as_secs())]
    Unreachable {
        /// The node's URL.
        url: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The connection broke while a request was under way.
    #[error("the connection to the node broke: {reason}")]
    Disconnected {
        /// What the transport says.
        reason: String,
    },
    /// The node answered with an error.
    #[error("the node refuses {method}: {reason}")]
    Rpc {
        /// The RPC method.
        method: &'static str,
        /// The node's JSON-RPC error code.
        code: Option<i32>,
        /// The node's words.
        reason: String,
    },
    /// The node answers for another chain than before.
    #[error("the node serves another chain: it has block 0x{found} where this client knows 0x{expected}")]
    OtherChain {
        /// The hash of a block as this client knows it, the genesis block's in most cases.
        expected: String,
        /// The hash the node reports now in its place.
        found: String,
    },
    /// The node's runtime lacks something this client needs.
    #[error("the chain's runtime does not fit: {reason}")]
    Incompatible {
        /// What is missing.
        reason: String,
    },
    /// An answer could not be decoded.
    #[error("{what} from the node cannot be decoded: {reason}")]
    Decode {
        /// Which answer.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The node has no such block, or no longer keeps its state.
    #[error("the node does not have block {number}, or no longer keeps its state")]
    BlockUnavailable {
        /// The block's number.
        number: u64,
    },
}

impl ChainError {
    pub(super) fn other_chain(expected: Hash, found: Hash) -> Self {
        Self::OtherChain {
            expected: hex::encode(expected),
            found: hex::encode(found),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl { .. } => "chain.invalid_url",
            Self::Unreachable { .. } => "chain.unreachable",
            Self::Disconnected { .. } => "chain.disconnected",
            Self::Rpc { .. } => "chain.rpc",
            Self::OtherChain { .. } => "chain.other_chain",
            Self::Incompatible { .. } => "chain.incompatible",
            Self::Decode { .. } => "chain.decode",
            Self::BlockUnavailable { .. } => "chain.block_unavailable",
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Disconnected { .. } | Self::Rpc { .. }
        )
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::InvalidUrl { .. } => "Use ws://HOST:PORT or wss://HOST.",
            Self::Unreachable { .. } => "Check that the node runs and that the URL and port are right.",
            Self::Disconnected { .. } => "Try again: the connection is re-established by itself.",
            Self::Rpc { .. } => "Read the node's words; try again if it was busy.",
            Self::OtherChain { .. } => {
                "Use the store that belongs to this chain, or the node that belongs to this store."
            }
            Self::Incompatible { .. } => {
                "Use a chain with pallet-revive 0.20, or a client built for this chain."
            }
            Self::Decode { .. } => "Use a client built for this chain's runtime.",
            Self::BlockUnavailable { .. } => "Use an archive node, or start from a later block.",
        }
    }
}

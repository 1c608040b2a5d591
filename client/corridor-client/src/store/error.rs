//! What can go wrong with the store.

/// A failure of the store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or created.
    #[error("the store {path} cannot be opened: {reason}")]
    Open {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
    /// A statement failed.
    #[error("the store failed: {0}")]
    Database(String),
    /// A newer version of this library wrote the store.
    #[error("the store has schema {found}, this version knows {known}")]
    NewerSchema {
        /// The store's schema.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// The store belongs to another chain.
    #[error("the store belongs to the chain with genesis 0x{stored}, the node serves 0x{found}")]
    OtherChain {
        /// The chain the store was made for.
        stored: String,
        /// The chain the node serves.
        found: String,
    },
    /// Another process drives the same key from this store.
    #[error("another process submits for {account} from this store")]
    KeyInUse {
        /// The key's account.
        account: String,
    },
    /// Signed bytes were to be recorded of an operation that is decided already, or not there.
    #[error("operation {0} is not open: the bytes signed for it were not recorded, and not sent")]
    NotOpen(i64),
    /// What is stored does not decode.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "store.open",
            Self::Database(_) => "store.database",
            Self::NewerSchema { .. } => "store.newer_schema",
            Self::OtherChain { .. } => "store.other_chain",
            Self::KeyInUse { .. } => "store.key_in_use",
            Self::NotOpen(_) => "store.not_open",
            Self::Damaged(_) => "store.damaged",
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Database(_) | Self::KeyInUse { .. } | Self::NotOpen(_))
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Open { .. } => "Check the path and its permissions.",
            Self::Database(_) => "Check the disk's space and health, then try again.",
            Self::NewerSchema { .. } => "Use the newer version of this software.",
            Self::OtherChain { .. } => "Use one store for each chain.",
            Self::KeyInUse { .. } => {
                "Stop the other process, or submit through it: one process submits for a key."
            }
            Self::NotOpen(_) => "Make the same call again: it answers what was decided.",
            Self::Damaged(_) => "Restore the store from a backup; the chain itself has the transfers.",
        }
    }
}

use std::{io, net::SocketAddr, path::PathBuf};

use polkadot_sdk::{sc_service, sp_blockchain, substrate_prometheus_endpoint};

/// Why the chain could not be started, or why it stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address for JSON-RPC or Prometheus cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for any free one")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// The system's answer.
        source: io::Error,
    },
    /// The database cannot be opened.
    #[error("cannot open the database in {}: {source}", path.display())]
    Database {
        /// Where it is.
        path: PathBuf,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process has the same base path open.
    #[error("the database in {} is in use by another process; stop it, or choose another base path", path.display())]
    DatabaseInUse {
        /// Where it is.
        path: PathBuf,
    },
    /// The genesis state cannot be built, which would be a mistake in the runtime.
    #[error("cannot build the genesis state: {0}")]
    Genesis(String),
    /// A part of the node refused to start.
    #[error("cannot start the node: {0}")]
    Service(#[source] Box<sc_service::Error>),
    /// Two RPC modules claim the same method, which would be a mistake in this crate.
    #[error("cannot set up JSON-RPC: {0}")]
    Rpc(#[from] jsonrpsee::core::RegisterMethodError),
    /// A metric cannot be registered, which would be a mistake in this crate.
    #[error("cannot set up metrics: {0}")]
    Metrics(#[from] substrate_prometheus_endpoint::PrometheusError),
    /// A thread or a runtime cannot be created.
    #[error("cannot create a thread: {0}")]
    Thread(io::Error),
    /// A task that the node cannot do without ended.
    #[error("a task that the node needs ended; the log says which")]
    EssentialTask,
    /// The node's thread panicked.
    #[error("the node panicked; standard error says where")]
    Panicked,
}

impl From<sc_service::Error> for Error {
    fn from(error: sc_service::Error) -> Self {
        Self::Service(Box::new(error))
    }
}

impl From<sp_blockchain::Error> for Error {
    fn from(error: sp_blockchain::Error) -> Self {
        sc_service::Error::from(error).into()
    }
}

//! The Corridor development chain: a complete Substrate node without a network and without Wasm.
//!
//! Client, transaction pool, JSON-RPC (the old and the new methods), archive and Prometheus are those that every
//! Substrate node uses. The runtime is executed natively, blocks are sealed on demand or by the clock, and every block
//! is final at once.
//!
//! ```
//! # fn main() -> Result<(), corridor_devnet::Error> {
//! use corridor_devnet::{Devnet, Options};
//!
//! let devnet = Devnet::start(Options::default())?;
//! println!("connect to {}", devnet.url());
//! devnet.stop()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Devnet`] brings its own threads, so it can be started several times in one process, inside a tokio runtime or not.

mod database;
mod devnet;
mod error;
mod executor;
mod metrics;
mod node;
mod options;
mod pool;
mod rpc;
mod seal;
mod system;

pub use devnet::Devnet;
pub use error::Error;
pub use options::{Options, ParseSealError, Seal};

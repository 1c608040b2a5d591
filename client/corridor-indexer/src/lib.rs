//! An index of a settlement contract: finalised blocks, decoded, in an SQL database that a bank can query.
//!
//! One process writes ([`Indexer`]), any number read ([`Index`]). Rows and cursor of a block are written in one transaction, and
//! every row is a function of the chain alone: an index rebuilt from the first block is equal to one that followed it live.
//!
//! | file | content |
//! |---|---|
//! | `location.rs`, `index.rs` | a SQLite file or a PostgreSQL database, opened |
//! | `schema.rs`, `migrations/` | tables, for both databases |
//! | [`query`] | what can be asked |
//! | `event_id.rs` | a place on the chain as one number |
//! | `write/` | from blocks to rows, in one transaction |
//! | `indexer.rs`, `first_block.rs` | following a chain |
//! | `status.rs`, `check.rs`, `digest.rs`, `fork.rs` | how far behind, whether right, whether equal, whether of this chain |
//! | [`archive`] | blocks in a file |

pub mod archive;
mod check;
mod digest;
mod error;
mod event_id;
mod first_block;
mod fork;
mod index;
mod indexer;
mod location;
pub mod query;
mod schema;
mod sql;
mod status;
mod write;

pub use check::{Check, Difference};
pub use digest::IndexDigest;
pub use error::IndexError;
pub use event_id::EventId;
pub use first_block::first_block;
pub use index::Index;
pub use indexer::Indexer;
pub use location::IndexLocation;
pub use query::{
    blocks::Source,
    page::{Cursor, Order, Page, PageRequest},
};
pub use status::Status;
pub use write::Writer;

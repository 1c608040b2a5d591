//! An index of a settlement contract: finalised blocks, decoded, in an SQL database that a bank can query.
//!
//! One process writes ([`Indexer`]), any number read ([`Index`]). Rows and cursor of a block are written in one transaction, and
//! every row is a function of the chain alone: an index rebuilt from the first block is equal to one that followed it live.
//!
//! | file | content |
//! |---|---|
//! | [`location`](IndexLocation) | a SQLite file or a PostgreSQL database |
//! | `schema.rs`, `migrations/` | tables, for both databases |
//! | [`query`] | what can be asked |
//! | `event_id.rs` | a place on the chain as one number |

mod error;
mod event_id;
mod index;
mod location;
pub mod query;
mod schema;
mod sql;

pub use error::IndexError;
pub use event_id::EventId;
pub use index::Index;
pub use location::IndexLocation;

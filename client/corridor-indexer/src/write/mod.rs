//! From finalised blocks to rows.
//!
//! A [`Writer`] keeps the [`Books`](books::Books) of what changes in memory, applies each block's events to them, and writes what
//! came of it, with the cursor, in one transaction. It knows no chain: give it blocks.
//!
//! | file | content |
//! |---|---|
//! | `table.rs`, `rows.rs` | tables and rows |
//! | `store.rs`, `sqlite.rs`, `postgres.rs`, `copy.rs` | many rows into the database in one transaction |
//! | `lease.rs` | one writer for each index |
//! | `fill.rs` | a new index, far behind |
//! | `writer.rs` | a bunch of blocks into one transaction |
//! | `books.rs`, `load.rs` | what is in memory, and reading it back |
//! | `take.rs`, `calls.rs` | a block, event by event, with what its calls say besides |
//! | `legs.rs` | movements and running balances |
//! | `transfer.rs`, `exchange.rs`, `fees.rs`, `quote.rs`, `controls.rs`, `escrow.rs`, `netting.rs`, `window.rs`, `batch.rs`, `registry.rs`, `token.rs` | what each kind of event means for the books |
//! | `json.rs` | events as JSON |

pub(crate) mod batch;
pub(crate) mod books;
pub(crate) mod calls;
pub(crate) mod controls;
mod copy;
pub(crate) mod escrow;
pub(crate) mod exchange;
pub(crate) mod fees;
mod fill;
pub(crate) mod json;
pub(crate) mod lease;
pub(crate) mod legs;
pub(crate) mod load;
pub(crate) mod netting;
mod postgres;
pub(crate) mod quote;
pub(crate) mod registry;
pub(crate) mod rows;
mod sqlite;
mod store;
pub(crate) mod table;
pub(crate) mod take;
pub(crate) mod token;
pub(crate) mod transfer;
pub(crate) mod window;
mod writer;

pub use writer::Writer;

//! What a participant's account with Corridor held and what moved on it, from an index of finalised blocks; and whether a bank's own
//! ledger says the same.
//!
//! | file | content |
//! |---|---|
//! | `zone.rs`, `period.rs` | business days: local dates as moments |
//! | `statement/` | from movements to a [`Statement`](corridor_iso20022::statement::Statement) that ties |
//! | [`mod@format`] | camt.052, camt.053, camt.054, CSV, JSON |
//! | [`proven`] | the chain's own proof of what a statement ends with |
//! | [`reconcile`] | a ledger against a statement, entry by entry |
//!
//! Every amount is an integer of minor units with its currency. A statement whose balances and entries do not add up is never
//! written: the library of messages refuses it.

mod error;
pub mod format;
mod period;
pub mod proven;
pub mod reconcile;
mod statement;
mod zone;

pub use error::StatementError;
pub use format::Format;
pub use period::{InvalidPeriod, Period, MAX_DAYS};
pub use statement::{draw_up, Drawn, Form, PaidWindow, StatementRequest};
pub use zone::{InvalidZone, Zone};

//! Hostile callers, hostile bytes and hostile tokens against the contract's built code.
//!
//! Whatever is not allowed is refused with the documented error, and what the contract keeps is the same byte for byte
//! before and after. Every attack that is made of messages is made of all of them: `play.rs` says which they are, and a
//! message of the metadata that is not among them fails a test.
//!
//! | file | attack |
//! |---|---|
//! | `authority.rs` | every message by everyone it is not for |
//! | `call_data.rs` | every message cut short, too long, with coins, and random bytes |
//! | `delegation.rs` | the pieces of code called directly, and contracts in between |
//! | `extremes.rs` | amounts, currencies, limits |
//! | `extrinsics.rs` | the same through signed extrinsics |
//! | `leaving.rs` | accounts bound without being asked, and how they get free |
//! | `mutation.rs` | valid call data with bytes changed, against the reference |
//! | `reading.rs` | the same of every message, against its arguments' types |
//! | `reentry.rs` | tokens that call back |
//! | `replay.rs` | every command again |
//! | `tokens.rs` | tokens that lie, refuse, trap or never end |

mod authority;
mod call_data;
mod cast;
mod delegation;
mod engine;
mod extremes;
mod extrinsics;
mod leaving;
mod mutation;
mod play;
mod reading;
mod reentry;
mod replay;
mod tokens;

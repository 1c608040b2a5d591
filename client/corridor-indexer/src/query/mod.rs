//! What can be asked of an index. Every answer is of finalised blocks only.
//!
//! Listings are paged by a cursor: the place on the chain of the last entry, so that a page never repeats or skips anything while
//! new blocks come in.
//!
//! | file | content |
//! |---|---|
//! | `page.rs` | pages and their cursors |
//! | `blocks.rs` | blocks, extrinsics, events as emitted |
//! | `transfers.rs` | transfers, their life, lists by participant, status and date |
//! | `journal.rs` | legs with the block, call and transfer they belong to: what statements are made of |
//! | `movements.rs` | legs, positions at a block, movements of a period with opening and closing balance |
//! | `leg_page.rs` | a page of one participant's legs out of many |
//! | `quotes.rs`, `fees.rs`, `controls.rs` | what transfers in two currencies use; fees; tariffs, limits, resolutions of queues |
//! | `windows.rs`, `batches.rs` | net settlement |
//! | `participants.rs` | participants, accounts, currencies, switches, operations |
//! | `tokens.rs` | tokenised money outside the books |
//! | `search.rs` | one word, anything it may stand for |

pub mod batches;
pub mod blocks;
pub mod controls;
pub mod fees;
pub mod journal;
mod leg_page;
pub mod movements;
pub mod page;
pub mod participants;
pub mod quotes;
pub mod search;
pub mod tokens;
pub mod transfers;
pub mod windows;

//! The contracts' messages and events: the only module that touches call data.
//!
//! Everything is derived from `corridor-api`: selectors and argument encodings by ink!'s own call builders
//! for its traits, answers by the messages' return types, events by their own types' signature topics.
//!
//! | file | content |
//! |---|---|
//! | `message.rs` | a message: its call data and the type of its answer |
//! | `settlement.rs` | the settlement contract's messages |
//! | `cash.rs` | a token's messages |
//! | `answer.rs` | what shape an answer has, for operations read back from the store |
//! | `event.rs`, `token_event.rs` | events |
//! | `selector.rs`, `arguments.rs` | which message a call is, and what it says |

mod answer;
mod arguments;
mod cash;
mod error;
mod event;
mod message;
mod selector;
mod settlement;
mod token_event;

pub use answer::{Answer, Verdict};
pub use arguments::{settlement_arguments, token_arguments};
pub use cash::{CashConstructor, CashContract};
pub use error::{ContractError, TokenError};
pub use event::SettlementEvent;
pub use message::Message;
pub use selector::{is_batch, read_batch, read_quote, read_reference, settlement_message, token_message};
pub use settlement::SettlementContract;
pub use token_event::{TokenEvent, TokenRole};

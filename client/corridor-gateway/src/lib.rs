//! The HTTP gateway of Corridor, between bank systems and a settlement contract.
//!
//! A request that changes something is stored durably, then answered 202. Gateways that share a store take open
//! requests under a lease, carry them out through `corridor-client`, and record what finalised blocks say. Each
//! gateway signs with keys of its own; the contract's identities make a repeat harmless, so that a gateway may vanish
//! at any moment and another one goes on.
//!
//! | module | what it knows |
//! |---|---|
//! | [`router`], `routes` | HTTP resources and their description |
//! | [`auth`], [`problem`] | API keys and scopes; RFC 9457 |
//! | [`operation`] | what a request asks for, as stored |
//! | [`store`] | SQLite or PostgreSQL: requests, keys, events, webhooks |
//! | [`worker`] | carrying requests out, and what a result means |
//! | [`backend`] | the chain, as the rest sees it |
//! | [`iso`] | ISO 20022 messages as operations, and what became of them as messages |
//! | [`index`] | the index that explorer and statements read |
//! | [`follower`], [`webhook`] | events from finalised blocks, and their delivery |
//! | [`log`], [`traces`], [`metrics`] | what an operator sees |
//! | [`server`] | listening, TLS, stopping in order |
//! | `incarnation` | one process at a time signs from a directory |

pub mod app;
pub mod auth;
pub mod backend;
mod command;
pub mod config;
pub mod directory;
pub mod follower;
pub mod html;
mod incarnation;
pub mod index;
pub mod iso;
mod layers;
pub mod log;
pub mod metrics;
pub mod operation;
pub mod problem;
pub mod router;
pub mod routes;
pub mod server;
pub mod signer;
pub mod store;
pub mod text;
pub mod traces;
pub mod view;
pub mod webhook;
pub mod worker;

pub use command::{run, Arguments};

//! The wiring between messages and rules: read, call the rule, write what it returned, emit its event,
//! and move tokens last.
//!
//! The settlement contract is deployed as two pieces of code that work on one storage. The **hub** is what
//! everyone calls; it holds `instruct` and `accept`. Everything less frequent is in the **back office**, which the hub executes by delegate call ([`backoffice`]): each byte of code costs a byte
//! of proof at every call, so the frequent messages do not carry the code of the rare ones.
//!
//! | file | messages |
//! |---|---|
//! | [`transfers`] | instruct, accept, reject, cancel, expire, return |
//! | [`escrow`], [`token`] | deposit, withdraw and the calls to ERC-20 |
//! | [`governance`], [`administration`] | registry, pause, roles, keys |
//! | [`inspection`] | queries |
//! | [`storage`], [`root`], [`cell`] | the whole storage schema |
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod administration;
pub mod backoffice;
pub mod book;
pub mod cell;
pub mod escrow;
pub mod governance;
pub mod input;
pub mod inspection;
pub mod root;
pub mod storage;
pub mod token;
pub mod transfers;

pub use root::Root;

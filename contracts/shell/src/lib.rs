//! The wiring between messages and rules: read, call the rule, write what it returned, emit its event,
//! and move tokens last.
//!
//! The settlement contract is deployed as six pieces of code that work on one storage. The **hub** is what
//! everyone calls; it holds `instruct` and `accept`. Everything less frequent is executed by delegate call
//! ([`delegate`]): in the **clearing** house netting and batches, in the **exchange** quotes and transfers in two
//! currencies, in **controls** tariffs, limits and the transfers these concern, in the **treasury** escrow and the queue,
//! in the **back office** the rest. Each byte of code costs a byte of proof at every call, so the frequent messages do not carry the code of the
//! rare ones.
//!
//! | file | messages |
//! |---|---|
//! | [`transfers`] | instruct, accept, reject, cancel, expire, return |
//! | [`netting`], [`batches`] | net settlement, clearing batches |
//! | [`exchange`] | quotes, transfers in two currencies |
//! | [`controls`], [`charged`], [`queue`] | tariffs and limits, the transfers they concern, the queue |
//! | [`escrow`], [`token`] | deposit, withdraw and the calls to ERC-20 |
//! | [`governance`], [`administration`] | registry, pause, roles, keys |
//! | [`inspection`] | queries |
//! | [`storage`], [`root`], [`cell`] | the whole storage schema |
//! | [`book`], [`ledger`] | positions: of one currency's two participants, of any |
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod administration;
pub mod batches;
pub mod book;
pub mod cell;
pub mod charged;
pub mod controls;
pub mod delegate;
pub mod escrow;
pub mod exchange;
pub mod governance;
pub mod input;
pub mod inspection;
pub mod ledger;
pub mod log;
pub mod netting;
pub mod queue;
pub mod root;
pub mod storage;
pub mod token;
pub mod transfers;

pub use root::Root;

// The linker gives 8 KiB of stack otherwise. Running past it is not an error anybody can read: the call traps.
#[cfg(target_arch = "riscv64")]
polkavm_derive::min_stack_size!(64 * 1024);

//! Whole-system scenarios on the real contract code and a real node.
//!
//! | module | content |
//! |---|---|
//! | [`backend`] | the commands, and what a system must offer to be tested |
//! | [`scenario`] | the list of scenarios every backend has to pass |
//! | [`ledger`] | the reference: the payment rules over plain maps, no chain |
//! | [`blob`] | the contracts' built code on the native runtime, in this process |
//! | [`node`] | a real node, commanded through the client library |
//! | [`meddler`] | a way to a node on which messages are counted, kept back and changed |
//! | [`process`] | programs that are killed and started again |
//! | [`payments`] | a list of transfers that processes agree on |
//! | [`events`] | everything a contract reported, and what it must amount to |
//! | [`random`] | random numbers |

pub mod backend;
pub mod blob;
pub mod events;
pub mod ledger;
pub mod meddler;
pub mod node;
pub mod payments;
pub mod process;
pub mod random;
pub mod scenario;

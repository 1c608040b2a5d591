//! Whole-system scenarios on the real contract code and a real node.
//!
//! | module | content |
//! |---|---|
//! | [`backend`] | the commands, and what a system must offer to be tested |
//! | [`ledger`] | the reference: the payment rules over plain maps, no chain |
//! | [`scenario`] | the list of scenarios every backend has to pass |

pub mod backend;
pub mod ledger;
pub mod scenario;

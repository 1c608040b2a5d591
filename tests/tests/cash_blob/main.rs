//! The cash contract's real code on the real runtime: ERC-20 conformance, issue and redemption, pause,
//! freeze, roles, and whatever hostile callers can think of.
#![allow(missing_docs)]

mod conformance;
mod hostile;
mod money;
mod roles;
mod token;

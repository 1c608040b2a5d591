//! What the tests of the index share.
#![allow(dead_code)] // Not every test file uses all of it.

pub mod databases;
pub mod exchange;
pub mod ledger;
pub mod programs;
pub mod story;

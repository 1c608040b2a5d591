//! Clearing batches as files, the CSV they come from and the record that makes them repeatable and provable; and as
//! the chain shows them to everybody.

pub mod csv;
pub mod duplicates;
pub mod faults;
pub mod plan;
pub mod proof;
pub mod record;
pub mod search;
pub mod standing;

//! Clearing batches as files: the CSV they come from, and the record that makes them repeatable and provable.

pub mod csv;
pub mod plan;
pub mod proof;
pub mod record;

//! Events on their way to bank systems: signed, in order for each UETR, at least once.

mod deliver;
mod sign;
pub mod target;

pub use deliver::run;
pub use sign::Secrets;

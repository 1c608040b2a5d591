//! Amounts, times, bytes and codes as people read them.

pub(crate) mod amount;
pub(crate) mod bytes;
pub(crate) mod time;
pub(crate) mod words;

//! The corridor command.

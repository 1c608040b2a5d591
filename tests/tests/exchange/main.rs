//! Quotes, payment versus payment, tariffs, limits and the queue on the contract's real code.

mod controls;
mod offers;
mod payments;
mod queue;
mod returns;
mod signed;
mod stage;

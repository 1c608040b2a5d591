//! Quotes, payment versus payment, tariffs, limits and the queue on the contract's real code.

mod controls;
mod offers;
mod payments;
mod provider_limits;
mod queue;
mod queue_bounds;
mod returns;
mod signed;
mod signed_use;
mod stage;
mod tariff_bounds;

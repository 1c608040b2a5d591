//! Net settlement and clearing batches on the contract's real code.

mod batches;
mod bilateral;
mod calendar;
mod day;
mod expiry;
mod extremes;
mod limits;
mod naive;
mod random_batches;
mod random_days;
mod six;
mod stage;
mod windows;

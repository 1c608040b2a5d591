//! Net settlement and clearing batches on the contract's real code.

mod batches;
mod day;
mod expiry;
mod hostile;
mod limits;
mod random_day;
mod stage;
mod windows;

//! Deferred net settlement: cover, windows and their end.

use alloc::vec::Vec;
use corridor_core::{
    BilateralPosition, CollateralMovement, Currency, Error, Money, NetEntry, ParticipantId, Reference,
    Schedule, WindowId, WindowRecord, WindowStatus,
};
use scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The answer to a pledge or release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CollateralReceipt {
    /// What is recorded under the reference.
    pub movement: CollateralMovement,
    /// The command had been carried out before; nothing was changed.
    pub repeated: bool,
}

/// The answer to the end of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WindowReceipt {
    /// What is recorded of the window.
    pub record: WindowRecord,
    /// It had ended this way before; nothing was changed.
    pub repeated: bool,
}

/// A participant's net settlement in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NetPosition {
    /// Collateral, cap, and what is not settled yet.
    pub entry: NetEntry,
    /// The window its `open` belongs to, as of the last posting on its page.
    pub open: WindowId,
    /// The window its `closing` belongs to, where one waits to be closed.
    pub closing: Option<WindowId>,
}

/// Where a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WindowState {
    /// Which.
    pub window: WindowId,
    /// Open, closed, settled or aborted.
    pub status: WindowStatus,
    /// Its cut-off, block time in seconds.
    pub closes_at: u64,
    /// What is recorded of its end.
    pub record: Option<WindowRecord>,
}

/// Transfers whose terms say net are booked in the window their acceptance falls in, and paid as one sum for each
/// participant when the window ends.
///
/// Errors beside the caller's: those of the rules in `corridor_core::{collateral, closing, window}`.
#[ink::trait_definition]
pub trait Netting {
    /// Governor: how time is cut into windows. Nothing settles net before the first schedule.
    #[ink(message)]
    fn set_schedule(&mut self, schedule: Schedule) -> Result<(), Error>;

    /// Governor: the most a participant's unsettled net debit may be, in minor units.
    #[ink(message)]
    fn set_cap(&mut self, id: ParticipantId, currency: Currency, minor_units: u64) -> Result<(), Error>;

    /// Treasurer: moves money from available to collateral.
    #[ink(message)]
    fn pledge(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error>;

    /// Treasurer: moves collateral that covers nothing back to available.
    #[ink(message)]
    fn release(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error>;

    /// Anyone, from the window's cut-off on: pays all its net positions.
    #[ink(message)]
    fn close_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error>;

    /// Governor, from the window's cut-off on: carries its net positions over to the open window.
    #[ink(message)]
    fn abort_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error>;

    /// The schedule, once there is one.
    #[ink(message)]
    fn schedule(&self) -> Option<Schedule>;

    /// A participant's net settlement in a currency.
    #[ink(message)]
    fn net_position(&self, id: ParticipantId, currency: Currency) -> NetPosition;

    /// What one participant is owed by another, less what it owes, in windows that are not settled: at most two.
    #[ink(message)]
    fn bilateral(&self, of: ParticipantId, with: ParticipantId, currency: Currency)
        -> Vec<BilateralPosition>;

    /// Where a window stands, the open one by default; [`Error::NoSchedule`].
    #[ink(message)]
    fn window(&self, currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error>;
}

//! The messages as they were sent, for the tests that send them to the contract's code as well.

use super::{Answer, End};
use corridor_core::closing::Ending;
use corridor_core::queued::QueueReport;
use corridor_core::{
    BatchHeader, Caller, CollateralKind, Currency, FxTerms, Item, Limits, Money, MovementKind, ParticipantId,
    Quote, QuotedReturn, ReasonCode, Reference, Schedule, Tariff, Terms, TransferReturn, Uetr, WindowId,
    WindowRecord,
};

/// A quote that was signed off chain, and by whom; nobody where the signature is not good.
pub type Signed = Option<(Quote, Option<Caller>)>;

/// A message with its arguments, and where it answers more than whether it was carried out, that.
#[derive(Clone, Debug)]
#[allow(dead_code)] // Those tests read what is in them, this one prints it.
pub enum Message {
    Move(Reference, MovementKind, Money),
    Collateral(Reference, CollateralKind, Money),
    Instruct(Uetr, Terms),
    InstructFx(Uetr, Terms, FxTerms, Signed),
    Accept(Uetr),
    End(Uetr, End),
    Return(Reference, TransferReturn),
    ReturnAtQuote(Reference, QuotedReturn, Signed),
    Publish(Quote),
    Withdraw(Quote),
    Resolve(Currency, QueueReport),
    Submit(BatchHeader, Vec<u8>),
    AcceptBatch(ParticipantId, u32, Vec<(u16, Item)>),
    RejectBatch(ParticipantId, u32, ReasonCode),
    CancelBatch(u32, ReasonCode),
    ExpireBatch(ParticipantId, u32),
    EndWindow(Currency, WindowId, Ending, Option<WindowRecord>),
    SetCap(ParticipantId, Currency, u64),
    SetTariff(ParticipantId, ParticipantId, Currency, ParticipantId, Tariff),
    SetLimits(ParticipantId, Option<ParticipantId>, Currency, Option<Limits>),
    SetSchedule(Schedule),
    SetPaused(bool),
    SetSuspended(ParticipantId, bool),
}

/// A message, who sent it, and how it was answered. What the governor sets has no caller here.
#[derive(Clone, Debug)]
#[allow(dead_code)] // As above.
pub struct Sent {
    pub caller: Option<Caller>,
    pub message: Message,
    pub answer: Answer,
}

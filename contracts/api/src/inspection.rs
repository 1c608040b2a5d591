//! Queries. They cost nothing when dry-run and never fail but for what is unknown.

use alloc::vec::Vec;
use corridor_core::{
    participant::Participant, registry::CurrencyEntry, AgentId, Caller, Conservation, Currency, Error,
    Operation, ParticipantId, Position, Reference, Roles, Transfer, Uetr,
};
use ink::Address;
use scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A participant as listings show it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ParticipantEntry {
    /// Its number.
    pub id: ParticipantId,
    /// Its record.
    pub participant: Participant,
    /// Whether it is suspended.
    pub suspended: bool,
}

/// What is recorded. Listings start at `start` and return at most `limit` entries, never more than
/// [`MAX_PAGE`](crate::MAX_PAGE).
#[ink::trait_definition]
pub trait Inspection {
    /// The transfer recorded under a UETR.
    #[ink(message)]
    fn transfer(&self, uetr: Uetr) -> Option<Transfer>;

    /// The operation recorded under a participant's reference.
    #[ink(message)]
    fn operation(&self, id: ParticipantId, reference: Reference) -> Option<Operation>;

    /// A participant's escrow in a currency; zero where nothing was ever booked.
    #[ink(message)]
    fn position(&self, id: ParticipantId, currency: Currency) -> Position;

    /// The participant that goes by an identifier.
    #[ink(message)]
    fn find_participant(&self, agent: AgentId) -> Option<ParticipantId>;

    /// Participants in order of number.
    #[ink(message)]
    fn participants(&self, start: u16, limit: u16) -> Vec<ParticipantEntry>;

    /// Whom an account acts for, and as what.
    #[ink(message)]
    fn account(&self, account: Address) -> Option<Caller>;

    /// The accounts a participant's admin ever gave a role, with the roles they have now: one that left has none, and is
    /// listed once more when it is given one again.
    #[ink(message)]
    fn accounts(&self, id: ParticipantId, start: u32, limit: u16) -> Vec<(Address, Roles)>;

    /// A registered currency.
    #[ink(message)]
    fn currency(&self, currency: Currency) -> Option<CurrencyEntry>;

    /// Currencies in order of registration.
    #[ink(message)]
    fn currencies(&self, start: u16, limit: u16) -> Vec<CurrencyEntry>;

    /// Whether the books of a currency are covered by what the contract holds;
    /// [`Error::UnknownCurrency`] or [`Error::NotAToken`].
    #[ink(message)]
    fn conservation(&self, currency: Currency) -> Result<Conservation, Error>;
}

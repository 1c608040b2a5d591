//! Where the settlement contract keeps what.
//!
//! Keys are SCALE-encoded. The root cell has ink!'s key of four zero bytes; every key here starts with a
//! number from 1, so none collides with it. The values' types are in the contract's `storage.rs`.

use corridor_core::{Address, AgentId, Currency, ParticipantId, Reference, Uetr, WindowId};
use scale_codec::Encode;

/// A storage key of the settlement contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub enum StorageKey {
    /// Account -> whom it acts for and as what.
    #[codec(index = 1)]
    Account(Address),
    /// UETR -> transfer.
    #[codec(index = 2)]
    Transfer(Uetr),
    /// Currency and page number -> positions of neighbouring participants.
    #[codec(index = 3)]
    Positions(Currency, u16),
    /// Participant and its reference -> operation.
    #[codec(index = 4)]
    Operation(ParticipantId, Reference),
    /// Number -> participant.
    #[codec(index = 5)]
    Participant(ParticipantId),
    /// Identifier -> participant's number.
    #[codec(index = 6)]
    Agent(AgentId),
    /// Code -> currency.
    #[codec(index = 7)]
    Currency(Currency),
    /// Order of registration -> currency code.
    #[codec(index = 8)]
    CurrencyAt(u16),
    /// Token -> the currency it is the money of.
    #[codec(index = 9)]
    Token(Address),
    /// Participant and order of first grant -> account.
    #[codec(index = 10)]
    AccountAt(ParticipantId, u32),
    /// Currency and page number -> net settlement of neighbouring participants.
    #[codec(index = 11)]
    NetPositions(Currency, u16),
    /// Currency and window -> how it ended.
    #[codec(index = 12)]
    Window(Currency, WindowId),
    /// Debtor agent and number -> batch.
    #[codec(index = 13)]
    Batch(ParticipantId, u32),
    /// Debtor agent -> number of its last batch.
    #[codec(index = 14)]
    LastBatch(ParticipantId),
    /// Provider and its reference -> quote.
    #[codec(index = 15)]
    Quote(ParticipantId, Reference),
    /// Debtor agent, creditor agent and currency -> tariffs and limits.
    #[codec(index = 16)]
    Corridor(ParticipantId, ParticipantId, Currency),
    /// Debtor agent and currency -> limits.
    #[codec(index = 17)]
    Limits(ParticipantId, Currency),
    /// Currency and page number -> transfers waiting for cover.
    #[codec(index = 18)]
    Queue(Currency, u8),
    /// Currency and numbers of two pages of net positions, the lower first -> what their participants owe each other.
    #[codec(index = 19)]
    Pairs(Currency, u16, u16),
}

//! The governor's messages.

use alloc::vec::Vec;
use corridor_core::{participant::Gate, registry::CurrencyEntry, AgentId, Error, ParticipantId};
use ink::Address;
use scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The contract's root state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct GovernanceState {
    /// Who governs.
    pub governor: Address,
    /// Who is asked to take over, until it accepts.
    pub proposed_governor: Option<Address>,
    /// Pause, number of participants, suspensions.
    pub gate: Gate,
    /// How many currencies are registered.
    pub currencies: u16,
    /// Whose code is executed for what.
    pub codes: Codes,
    /// The genesis hash of the chain this contract takes itself to be on: what signed quotes are bound to.
    pub genesis_hash: [u8; 32],
}

/// The contracts whose code the hub executes on its own storage, fixed at deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
pub struct Codes {
    /// For governance, administration, queries, and the end of transfers otherwise than by acceptance.
    pub backoffice: Address,
    /// For net settlement and batches.
    pub clearing: Address,
    /// For quotes and transfers in two currencies.
    pub exchange: Address,
    /// For tariffs and limits, and for transfers these concern.
    pub controls: Address,
    /// For escrow, the queue, and transfers that may wait in it.
    pub treasury: Address,
}

/// Admission, suspension, pause and the governor's own succession.
///
/// Every message repeats without effect. Errors: [`Error::NotGovernor`] for any other caller, then those of
/// the rule in `corridor_core::registry`.
#[ink::trait_definition]
pub trait Governance {
    /// The root state.
    #[ink(message)]
    fn governance(&self) -> GovernanceState;

    /// Names the governor's successor, replacing an earlier proposal.
    #[ink(message)]
    fn propose_governor(&mut self, successor: Address) -> Result<(), Error>;

    /// The proposed successor takes over; [`Error::NotProposed`] for anyone else.
    #[ink(message)]
    fn accept_governor(&mut self) -> Result<(), Error>;

    /// Stops new business (instruct, deposit) or allows it again. What is pending can always be wound
    /// down, and withdrawals never stop.
    #[ink(message)]
    fn set_paused(&mut self, paused: bool) -> Result<(), Error>;

    /// Admits a currency and the ERC-20 token that is its money.
    #[ink(message)]
    fn register_currency(&mut self, entry: CurrencyEntry) -> Result<(), Error>;

    /// Admits a participant under its identifiers and returns its number.
    #[ink(message)]
    fn register_participant(&mut self, agents: Vec<AgentId>, admin: Address) -> Result<ParticipantId, Error>;

    /// Suspends a participant (it can neither instruct, deposit nor be instructed to) or reinstates it.
    #[ink(message)]
    fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error>;
}

//! What is recorded, at the finalised head.

use crate::{Corridor, Error, GovernanceState, ParticipantEntry, PositionEntry, RecordedTransfer};
use corridor_core::{
    registry::CurrencyEntry, Address, AgentId, Caller, Conservation, Currency, Operation, ParticipantId, Position,
    Reference, Roles, Transfer, Uetr,
};

impl Corridor {
    /// The transfer recorded under a UETR.
    pub async fn transfer(&self, _uetr: Uetr) -> Result<Option<Transfer>, Error> {
        todo!()
    }

    /// The operation recorded under a participant's reference.
    pub async fn operation(&self, _participant: ParticipantId, _reference: Reference) -> Result<Option<Operation>, Error> {
        todo!()
    }

    /// A participant's escrow in a currency.
    pub async fn position(&self, _participant: ParticipantId, _currency: Currency) -> Result<Position, Error> {
        todo!()
    }

    /// Every participant's escrow in every currency, all read at one block.
    pub async fn positions(&self) -> Result<Vec<PositionEntry>, Error> {
        todo!()
    }

    /// The participant that goes by an identifier.
    pub async fn find_participant(&self, _agent: AgentId) -> Result<Option<ParticipantId>, Error> {
        todo!()
    }

    /// Every participant.
    pub async fn participants(&self) -> Result<Vec<ParticipantEntry>, Error> {
        todo!()
    }

    /// Whom an account acts for, and as what.
    pub async fn account_roles(&self, _account: Address) -> Result<Option<Caller>, Error> {
        todo!()
    }

    /// The accounts of a participant with their roles.
    pub async fn accounts(&self, _participant: ParticipantId) -> Result<Vec<(Address, Roles)>, Error> {
        todo!()
    }

    /// A registered currency.
    pub async fn currency(&self, _currency: Currency) -> Result<Option<CurrencyEntry>, Error> {
        todo!()
    }

    /// Every registered currency.
    pub async fn currencies(&self) -> Result<Vec<CurrencyEntry>, Error> {
        todo!()
    }

    /// The contract's root state.
    pub async fn governance(&self) -> Result<GovernanceState, Error> {
        todo!()
    }

    /// Whether the books of a currency are covered by what the contract holds.
    pub async fn conservation(&self, _currency: Currency) -> Result<Conservation, Error> {
        todo!()
    }

    /// What the store keeps of a transfer this client instructed.
    pub async fn recorded_transfer(&self, _uetr: Uetr) -> Result<Option<RecordedTransfer>, Error> {
        todo!()
    }

}

//! The governor's calls.

use super::call::outcome;
use crate::{
    contract::{Answer, ContractError, SettlementEvent},
    Corridor, Error, Outcome, RegisterCurrency, RegisterParticipant, SetSuspended,
};
use corridor_api::RegistryChanged;
use corridor_core::{
    registry::{CurrencyEntry, RegistryChange},
    Address, ParticipantId,
};

impl Corridor {
    /// Admits a currency.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`]. So for every call here.
    pub async fn register_currency(&self, request: RegisterCurrency) -> Result<Outcome<()>, Error> {
        let RegisterCurrency {
            currency,
            exponent,
            token,
        } = request;
        let message = self.contract()?.register_currency(CurrencyEntry {
            currency,
            exponent,
            token,
        });
        self.register_unit("register-currency", &message).await
    }

    /// Admits a participant and answers its number.
    ///
    /// # Errors
    /// As [`Corridor::register_currency`].
    pub async fn register_participant(
        &self,
        request: RegisterParticipant,
    ) -> Result<Outcome<ParticipantId>, Error> {
        let RegisterParticipant { agents, admin } = request;
        let contract = self.contract()?;
        let message = contract.register_participant(agents.clone(), admin);
        let (landed, event) = self
            .register("register-participant", &message, Answer::Participant)
            .await?;
        if let Some(SettlementEvent::Registry(RegistryChanged {
            change: RegistryChange::ParticipantRegistered { id, .. },
        })) = event
        {
            return Ok(outcome(id, false, &landed));
        }
        // Registered before: the contract knows it by any of its identifiers.
        let agent = agents.into_iter().next();
        let agent = agent.ok_or(ContractError::Refused(corridor_core::Error::InvalidAgents))?;
        let id = self.query(contract.find_participant(agent)).await?;
        let id = id.ok_or(ContractError::Refused(corridor_core::Error::UnknownParticipant))?;
        Ok(outcome(id, true, &landed))
    }

    /// Suspends or reinstates a participant.
    ///
    /// # Errors
    /// As [`Corridor::register_currency`].
    pub async fn set_suspended(&self, request: SetSuspended) -> Result<Outcome<()>, Error> {
        let message = self
            .contract()?
            .set_suspended(request.participant, request.suspended);
        self.register_unit("set-suspended", &message).await
    }

    /// Stops new business, or allows it again.
    ///
    /// # Errors
    /// As [`Corridor::register_currency`].
    pub async fn set_paused(&self, paused: bool) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.set_paused(paused);
        self.register_unit("set-paused", &message).await
    }

    /// Names the governor's successor.
    ///
    /// # Errors
    /// As [`Corridor::register_currency`].
    pub async fn propose_governor(&self, successor: Address) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.propose_governor(successor);
        self.register_unit("propose-governor", &message).await
    }

    /// Takes over as governor. The successor's key.
    ///
    /// # Errors
    /// As [`Corridor::register_currency`].
    pub async fn accept_governor(&self) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.accept_governor();
        self.register_unit("accept-governor", &message).await
    }
}

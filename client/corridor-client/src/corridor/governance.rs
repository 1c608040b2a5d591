//! The governor's calls.

use crate::{Corridor, Error, Outcome, RegisterCurrency, RegisterParticipant, SetSuspended};
use corridor_core::{Address, ParticipantId};

impl Corridor {
    /// Admits a currency.
    pub async fn register_currency(&self, _request: RegisterCurrency) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Admits a participant and answers its number.
    pub async fn register_participant(&self, _request: RegisterParticipant) -> Result<Outcome<ParticipantId>, Error> {
        todo!()
    }

    /// Suspends or reinstates a participant.
    pub async fn set_suspended(&self, _request: SetSuspended) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Stops new business, or allows it again.
    pub async fn set_paused(&self, _paused: bool) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Names the governor's successor.
    pub async fn propose_governor(&self, _successor: Address) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Takes over as governor. The successor's key.
    pub async fn accept_governor(&self) -> Result<Outcome<()>, Error> {
        todo!()
    }

}

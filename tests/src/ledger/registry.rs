//! The governor's and the admins' messages.

use super::{Done, Ledger};
use corridor_core::participant::Participant;
use corridor_core::registry::{self, CurrencyEntry};
use corridor_core::{role, succession, Address, AgentId, Error, Outcome, ParticipantId, Role};

/// Writes `new` unless it is there already.
fn replace<T: PartialEq>(place: &mut T, new: T) -> Done {
    if *place == new {
        return Done::Repeated;
    }
    *place = new;
    Done::Recorded
}

#[allow(missing_docs)] // Named like the contract's messages, which are documented there.
impl Ledger {
    fn governor_only(&self, caller: Address) -> Result<(), Error> {
        if caller == self.governor {
            Ok(())
        } else {
            Err(Error::NotGovernor)
        }
    }

    pub fn propose_governor(&mut self, caller: Address, successor: Address) -> Result<Done, Error> {
        self.governor_only(caller)?;
        Ok(replace(&mut self.proposed_governor, Some(successor)))
    }

    pub fn accept_governor(&mut self, caller: Address) -> Result<Done, Error> {
        if self.governor == caller && self.proposed_governor.is_none() {
            return Ok(Done::Repeated);
        }
        self.governor = succession::accept(self.proposed_governor, caller)?;
        self.proposed_governor = None;
        Ok(Done::Recorded)
    }

    pub fn set_paused(&mut self, caller: Address, paused: bool) -> Result<Done, Error> {
        self.governor_only(caller)?;
        Ok(replace(&mut self.gate.paused, paused))
    }

    pub fn register_currency(&mut self, caller: Address, entry: CurrencyEntry) -> Result<Done, Error> {
        self.governor_only(caller)?;
        let decimals = self.tokens.get(&entry.token).ok_or(Error::NotAToken)?.decimals();
        let known = self.currencies.get(&entry.currency).copied();
        let in_use = self.currencies.values().any(|other| other.token == entry.token);
        let count = u16::try_from(self.currencies.len()).map_err(|_| Error::TooMany)?;
        match registry::register_currency(known, in_use, decimals, count, entry)? {
            Outcome::Repeated(_) => Ok(Done::Repeated),
            Outcome::Recorded(entry) => {
                self.currencies.insert(entry.currency, entry);
                Ok(Done::Recorded)
            }
        }
    }

    pub fn register_participant(
        &mut self,
        caller: Address,
        agents: Vec<AgentId>,
        admin: Address,
    ) -> Result<Done, Error> {
        self.governor_only(caller)?;
        let holders: Vec<_> = agents
            .iter()
            .map(|agent| self.agents.get(agent).copied())
            .collect();
        let first = holders.first().copied().flatten();
        let known = match first {
            Some(id) => Some((id, self.participants.get(&id).ok_or(Error::BooksBroken)?)),
            None => None,
        };
        match registry::register_participant(&self.gate, &holders, known, agents, admin)? {
            Outcome::Repeated(_) => Ok(Done::Repeated),
            Outcome::Recorded((id, participant)) => {
                for agent in &participant.agents {
                    self.agents.insert(agent.clone(), id);
                }
                self.participants.insert(id, participant);
                self.gate.participants += 1;
                Ok(Done::Recorded)
            }
        }
    }

    pub fn set_suspended(
        &mut self,
        caller: Address,
        participant: ParticipantId,
        suspended: bool,
    ) -> Result<Done, Error> {
        self.governor_only(caller)?;
        let mut gate = self.gate;
        gate.set_suspended(participant, suspended)?;
        Ok(replace(&mut self.gate, gate))
    }

    fn participant_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Error> {
        self.participants.get_mut(&id).ok_or(Error::UnknownParticipant)
    }

    fn administered_by(&mut self, caller: Address, id: ParticipantId) -> Result<&mut Participant, Error> {
        let participant = self.participant_mut(id)?;
        if participant.admin == caller {
            Ok(participant)
        } else {
            Err(Error::NotAdmin)
        }
    }

    pub fn propose_admin(
        &mut self,
        caller: Address,
        id: ParticipantId,
        successor: Address,
    ) -> Result<Done, Error> {
        let participant = self.administered_by(caller, id)?;
        Ok(replace(&mut participant.proposed_admin, Some(successor)))
    }

    pub fn accept_admin(&mut self, caller: Address, id: ParticipantId) -> Result<Done, Error> {
        let participant = self.participant_mut(id)?;
        if participant.admin == caller && participant.proposed_admin.is_none() {
            return Ok(Done::Repeated);
        }
        participant.admin = succession::accept(participant.proposed_admin, caller)?;
        participant.proposed_admin = None;
        Ok(Done::Recorded)
    }

    pub fn grant_role(
        &mut self,
        caller: Address,
        id: ParticipantId,
        account: Address,
        role: Role,
    ) -> Result<Done, Error> {
        self.administered_by(caller, id)?;
        let known = self.accounts.get(&account).copied();
        let Some(entry) = role::grant(known, &self.gate, id, role)? else {
            return Ok(Done::Repeated);
        };
        if known.is_none() {
            self.participant_mut(id)?.accounts += 1;
        }
        self.accounts.insert(account, entry);
        Ok(Done::Recorded)
    }

    pub fn revoke_role(
        &mut self,
        caller: Address,
        id: ParticipantId,
        account: Address,
        role: Role,
    ) -> Result<Done, Error> {
        self.administered_by(caller, id)?;
        let Some(entry) = role::revoke(self.accounts.get(&account).copied(), id, role)? else {
            return Ok(Done::Repeated);
        };
        self.accounts.insert(account, entry);
        Ok(Done::Recorded)
    }
}

//! The governor's messages.

use crate::{storage, token, Settlement};
use alloc::vec::Vec;
use corridor_api::{RegistryChanged};
use corridor_core::registry::{self, CurrencyEntry, RegistryChange};
use corridor_core::{succession, AgentId, Error, Outcome, ParticipantId};
use ink::Address;

/// Emits what happened to the registry.
pub fn emit(change: RegistryChange) {
    ink::env::emit_event(RegistryChanged { change });
}

fn governor_only(hub: &Settlement) -> Result<(), Error> {
    if ink::env::caller() == hub.governor {
        Ok(())
    } else {
        Err(Error::NotGovernor)
    }
}

pub fn propose_governor(hub: &mut Settlement, successor: Address) -> Result<(), Error> {
    governor_only(hub)?;
    if hub.proposed_governor != Some(successor) {
        hub.proposed_governor = Some(successor);
        emit(RegistryChange::GovernorProposed(successor.0));
    }
    Ok(())
}

pub fn accept_governor(hub: &mut Settlement) -> Result<(), Error> {
    let caller = ink::env::caller();
    if hub.governor == caller && hub.proposed_governor.is_none() {
        return Ok(());
    }
    let governor = succession::accept(hub.proposed_governor.map(|address| address.0), caller.0)?;
    hub.governor = governor.into();
    hub.proposed_governor = None;
    emit(RegistryChange::GovernorChanged(governor));
    Ok(())
}

pub fn set_paused(hub: &mut Settlement, paused: bool) -> Result<(), Error> {
    governor_only(hub)?;
    if hub.paused != paused {
        hub.paused = paused;
        emit(RegistryChange::Paused(paused));
    }
    Ok(())
}

pub fn register_currency(hub: &mut Settlement, entry: CurrencyEntry) -> Result<(), Error> {
    governor_only(hub)?;
    let known = storage::currency(entry.currency);
    let token = storage::token(entry.token);
    let decimals = token::decimals(entry.token)?;
    let in_use = token.get()?.is_some();
    match registry::register_currency(known.get()?, in_use, decimals, hub.currencies, entry)? {
        Outcome::Repeated(_) => {}
        Outcome::Recorded(entry) => {
            known.set(&entry);
            token.set(&entry.currency);
            storage::currency_at(hub.currencies).set(&entry.currency);
            hub.currencies = hub.currencies.checked_add(1).ok_or(Error::TooMany)?;
            emit(RegistryChange::CurrencyRegistered(entry));
        }
    }
    Ok(())
}

pub fn register_participant(
    hub: &mut Settlement,
    agents: Vec<AgentId>,
    admin: Address,
) -> Result<ParticipantId, Error> {
    governor_only(hub)?;
    let mut holders = Vec::new();
    for agent in &agents {
        holders.push(storage::agent(agent.clone()).get()?);
    }
    let mut gate = hub.gate();
    let first = holders.first().copied().flatten();
    let known = match first {
        Some(id) => Some((id, storage::participant(id).get()?.ok_or(Error::BooksBroken)?)),
        None => None,
    };
    let known = known.as_ref().map(|(id, participant)| (*id, participant));
    match registry::register_participant(&gate, &holders, known, agents, admin.0)? {
        Outcome::Repeated(id) => Ok(id),
        Outcome::Recorded((id, participant)) => {
            for agent in &participant.agents {
                storage::agent(agent.clone()).set(&id);
            }
            storage::participant(id).set(&participant);
            gate.participants = gate.participants.checked_add(1).ok_or(Error::TooMany)?;
            hub.set_gate(gate);
            let agents = participant.agents;
            emit(RegistryChange::ParticipantRegistered {
                id,
                agents,
                admin: admin.0,
            });
            Ok(id)
        }
    }
}

pub fn set_suspended(hub: &mut Settlement, id: ParticipantId, suspended: bool) -> Result<(), Error> {
    governor_only(hub)?;
    let mut gate = hub.gate();
    let before = gate.is_suspended(id);
    gate.set_suspended(id, suspended)?;
    if before != suspended {
        hub.set_gate(gate);
        emit(RegistryChange::ParticipantSuspended { id, suspended });
    }
    Ok(())
}

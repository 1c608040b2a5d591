//! The governor's messages.

use crate::{storage, token, Root};
use alloc::vec::Vec;
use corridor_api::RegistryChanged;
use corridor_core::registry::{self, CurrencyEntry, RegistryChange};
use corridor_core::{succession, AgentId, Error, Outcome, ParticipantId};
use ink::Address;

/// Emits what happened to the registry.
pub fn emit(change: RegistryChange) {
    ink::env::emit_event(RegistryChanged { change });
}

/// [`Error::NotGovernor`] for any other caller.
pub fn governor_only(root: &Root) -> Result<(), Error> {
    if ink::env::caller().0 == root.governor {
        Ok(())
    } else {
        Err(Error::NotGovernor)
    }
}

/// [`corridor_api::Governance::propose_governor`]
pub fn propose_governor(root: &mut Root, successor: Address) -> Result<(), Error> {
    governor_only(root)?;
    if root.proposed_governor != Some(successor.0) {
        root.proposed_governor = Some(successor.0);
        emit(RegistryChange::GovernorProposed(successor.0));
    }
    Ok(())
}

/// [`corridor_api::Governance::accept_governor`]
pub fn accept_governor(root: &mut Root) -> Result<(), Error> {
    let caller = ink::env::caller();
    if root.governor == caller.0 && root.proposed_governor.is_none() {
        return Ok(());
    }
    let governor = succession::accept(root.proposed_governor, caller.0)?;
    root.governor = governor;
    root.proposed_governor = None;
    emit(RegistryChange::GovernorChanged(governor));
    Ok(())
}

/// [`corridor_api::Governance::set_paused`]
pub fn set_paused(root: &mut Root, paused: bool) -> Result<(), Error> {
    governor_only(root)?;
    if root.paused != paused {
        root.paused = paused;
        emit(RegistryChange::Paused(paused));
    }
    Ok(())
}

/// [`corridor_api::Governance::register_currency`]
pub fn register_currency(root: &mut Root, entry: CurrencyEntry) -> Result<(), Error> {
    governor_only(root)?;
    let known = storage::currency(entry.currency);
    let token = storage::token(entry.token);
    let decimals = token::decimals(entry.token)?;
    let in_use = token.get()?.is_some();
    match registry::register_currency(known.get()?, in_use, decimals, root.currencies, entry)? {
        Outcome::Repeated(_) => {}
        Outcome::Recorded(entry) => {
            known.set(&entry);
            token.set(&entry.currency);
            storage::currency_at(root.currencies).set(&entry.currency);
            root.currencies = root.currencies.checked_add(1).ok_or(Error::TooMany)?;
            emit(RegistryChange::CurrencyRegistered(entry));
        }
    }
    Ok(())
}

/// [`corridor_api::Governance::register_participant`]
pub fn register_participant(
    root: &mut Root,
    agents: Vec<AgentId>,
    admin: Address,
) -> Result<ParticipantId, Error> {
    governor_only(root)?;
    let mut holders = Vec::new();
    for agent in &agents {
        holders.push(storage::agent(agent.clone()).get()?);
    }
    let mut gate = root.gate();
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
            root.set_gate(gate);
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

/// [`corridor_api::Governance::set_suspended`]
pub fn set_suspended(root: &mut Root, id: ParticipantId, suspended: bool) -> Result<(), Error> {
    governor_only(root)?;
    let mut gate = root.gate();
    let before = gate.is_suspended(id);
    gate.set_suspended(id, suspended)?;
    if before != suspended {
        root.set_gate(gate);
        emit(RegistryChange::ParticipantSuspended { id, suspended });
    }
    Ok(())
}

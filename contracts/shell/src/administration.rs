//! A participant admin's messages.

use crate::governance::emit;
use crate::storage;
use corridor_core::participant::Participant;
use corridor_core::registry::RegistryChange;
use corridor_core::{role, succession, Caller, Error, Gate, ParticipantId, Role};
use ink::Address;

fn participant(id: ParticipantId) -> Result<Participant, Error> {
    storage::participant(id).get()?.ok_or(Error::UnknownParticipant)
}

fn administered_by(caller: Address, id: ParticipantId) -> Result<Participant, Error> {
    let participant = participant(id)?;
    if participant.admin == caller.0 {
        Ok(participant)
    } else {
        Err(Error::NotAdmin)
    }
}

/// [`corridor_api::Administration::propose_admin`]
pub fn propose_admin(caller: Address, id: ParticipantId, successor: Address) -> Result<(), Error> {
    let mut participant = administered_by(caller, id)?;
    if participant.proposed_admin != Some(successor.0) {
        participant.proposed_admin = Some(successor.0);
        storage::participant(id).set(&participant);
        emit(RegistryChange::AdminProposed {
            id,
            admin: successor.0,
        });
    }
    Ok(())
}

/// [`corridor_api::Administration::accept_admin`]
pub fn accept_admin(caller: Address, id: ParticipantId) -> Result<(), Error> {
    let mut participant = participant(id)?;
    if participant.admin == caller.0 && participant.proposed_admin.is_none() {
        return Ok(());
    }
    participant.admin = succession::accept(participant.proposed_admin, caller.0)?;
    participant.proposed_admin = None;
    storage::participant(id).set(&participant);
    emit(RegistryChange::AdminChanged {
        id,
        admin: participant.admin,
    });
    Ok(())
}

/// [`corridor_api::Administration::grant_role`]
pub fn grant_role(
    gate: &Gate,
    caller: Address,
    id: ParticipantId,
    account: Address,
    role: Role,
) -> Result<(), Error> {
    let mut participant = administered_by(caller, id)?;
    let known = storage::account(account.0).get()?;
    if let Some(entry) = role::grant(known, gate, id, role)? {
        if known.is_none() {
            storage::account_at(id, participant.accounts).set(&account.0);
            participant.accounts = participant.accounts.checked_add(1).ok_or(Error::TooMany)?;
            storage::participant(id).set(&participant);
        }
        set_roles(account, entry);
    }
    Ok(())
}

/// [`corridor_api::Administration::revoke_role`]
pub fn revoke_role(caller: Address, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
    administered_by(caller, id)?;
    if let Some(entry) = role::revoke(storage::account(account.0).get()?, id, role)? {
        set_roles(account, entry);
    }
    Ok(())
}

/// [`corridor_api::Administration::leave`]
pub fn leave(caller: Address) -> Result<(), Error> {
    let place = storage::account(caller.0);
    if let Some(entry) = place.get()? {
        place.clear();
        emit(RegistryChange::AccountLeft {
            id: entry.participant,
            account: caller.0,
        });
    }
    Ok(())
}

fn set_roles(account: Address, entry: Caller) {
    storage::account(account.0).set(&entry);
    emit(RegistryChange::RolesChanged {
        id: entry.participant,
        account: account.0,
        roles: entry.roles,
    });
}

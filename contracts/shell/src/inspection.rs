//! Queries.

use crate::{netting, storage, token};
use alloc::vec::Vec;
use corridor_api::{ParticipantEntry, MAX_PAGE};
use corridor_core::registry::CurrencyEntry;
use corridor_core::{
    AgentId, Caller, Conservation, Currency, Error, Gate, Operation, ParticipantId, Position, PositionPage,
    Reference, Roles, Transfer, Uetr,
};
use ink::Address;

/// [`corridor_api::Inspection::transfer`]
pub fn transfer(uetr: Uetr) -> Option<Transfer> {
    Some(storage::transfer(uetr).get().ok().flatten()?.transfer)
}

/// [`corridor_api::Inspection::operation`]
pub fn operation(id: ParticipantId, reference: Reference) -> Option<Operation> {
    storage::operation(id, reference).get().ok().flatten()
}

/// [`corridor_api::Inspection::position`]
pub fn position(id: ParticipantId, currency: Currency) -> Position {
    let page = storage::positions(currency, PositionPage::number_of(id))
        .get()
        .ok()
        .flatten();
    page.unwrap_or_default().get(id)
}

/// [`corridor_api::Inspection::find_participant`]
pub fn find_participant(agent: AgentId) -> Option<ParticipantId> {
    storage::agent(agent).get().ok().flatten()
}

/// [`corridor_api::Inspection::account`]
pub fn account(account: Address) -> Option<Caller> {
    storage::account(account.0).get().ok().flatten()
}

/// [`corridor_api::Inspection::currency`]
pub fn currency(currency: Currency) -> Option<CurrencyEntry> {
    storage::currency(currency).get().ok().flatten()
}

/// [`corridor_api::Inspection::participants`]
pub fn participants(gate: &Gate, start: u16, limit: u16) -> Vec<ParticipantEntry> {
    let end = gate.participants.min(start.saturating_add(limit.min(MAX_PAGE)));
    (start..end)
        .map(ParticipantId)
        .filter_map(|id| {
            let participant = storage::participant(id).get().ok().flatten()?;
            Some(ParticipantEntry {
                id,
                participant,
                suspended: gate.is_suspended(id),
            })
        })
        .collect()
}

/// [`corridor_api::Inspection::accounts`]
pub fn accounts(id: ParticipantId, start: u32, limit: u16) -> Vec<(Address, Roles)> {
    let count = storage::participant(id)
        .get()
        .ok()
        .flatten()
        .map_or(0, |participant| participant.accounts);
    let end = count.min(start.saturating_add(u32::from(limit.min(MAX_PAGE))));
    (start..end)
        .filter_map(|index| {
            let address = Address::from(storage::account_at(id, index).get().ok().flatten()?);
            // It may have left, and may act for somebody else now.
            let entry = account(address).filter(|entry| entry.participant == id);
            Some((address, entry.map(|entry| entry.roles).unwrap_or_default()))
        })
        .collect()
}

/// [`corridor_api::Inspection::currencies`]
pub fn currencies(count: u16, start: u16, limit: u16) -> Vec<CurrencyEntry> {
    let end = count.min(start.saturating_add(limit.min(MAX_PAGE)));
    (start..end)
        .filter_map(|index| currency(storage::currency_at(index).get().ok().flatten()?))
        .collect()
}

/// [`corridor_api::Inspection::conservation`]
pub fn conservation(participants: u16, code: Currency) -> Result<Conservation, Error> {
    let entry = storage::currency(code).get()?.ok_or(Error::UnknownCurrency)?;
    let mut booked = netting::collateral(code, participants)?;
    let last = PositionPage::number_of(ParticipantId(participants.saturating_sub(1)));
    for page in 0..=last {
        let positions = storage::positions(code, page).get()?.unwrap_or_default();
        booked = booked
            .checked_add(positions.total()?)
            .ok_or(Error::AmountOverflow)?;
    }
    Ok(Conservation::of(booked, token::held(entry.token)?))
}

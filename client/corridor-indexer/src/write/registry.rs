//! What a change of the registry means for the index.

use super::{
    books::{Books, Participant, Place, Problem},
    json,
    rows::row,
    table,
};
use corridor_client::{
    core::{registry::RegistryChange, Address, AgentId, ParticipantId, Roles},
    AddressText, RegistryChanged,
};

impl Books {
    pub(crate) fn take_registry(&mut self, place: &Place, event: &RegistryChanged) -> Result<(), Problem> {
        #[allow(unreachable_patterns)] // A later version of the contract may have more.
        match &event.change {
            RegistryChange::Paused(paused) => self.switch(place, "paused", paused.to_string()),
            RegistryChange::GovernorProposed(account) => {
                self.switch(place, "proposed_governor", AddressText(*account).to_string());
            }
            RegistryChange::GovernorChanged(account) => {
                self.switch(place, "governor", AddressText(*account).to_string());
                self.switch(place, "proposed_governor", String::new());
            }
            RegistryChange::CurrencyRegistered(entry) => {
                self.tokens.insert(entry.token, entry.currency);
                self.currencies.set(entry.currency, (*entry, place.id));
            }
            RegistryChange::ParticipantRegistered { id, agents, admin } => {
                self.admit(place, *id, agents, *admin);
            }
            RegistryChange::ParticipantSuspended { id, suspended } => {
                self.participant(*id)?.suspended = *suspended;
            }
            RegistryChange::AdminProposed { id, admin } => {
                self.participant(*id)?.proposed_admin = Some(*admin);
            }
            RegistryChange::AdminChanged { id, admin } => {
                let participant = self.participant(*id)?;
                participant.admin = *admin;
                participant.proposed_admin = None;
            }
            RegistryChange::RolesChanged { id, account, roles } => {
                let row = row![account, id.0, role_names(*roles), place.id.0];
                self.replace(&table::ACCOUNTS, row);
            }
            // Its place is kept until another participant's admin takes it.
            RegistryChange::AccountLeft { id, account } => {
                let row = row![account, id.0, role_names(Roles::default()), place.id.0];
                self.replace(&table::ACCOUNTS, row);
            }
            RegistryChange::ScheduleSet(schedule) => {
                self.switch(place, "schedule", json::schedule(schedule).to_string());
            }
            _ => {}
        }
        Ok(())
    }

    fn switch(&mut self, place: &Place, name: &str, value: String) {
        self.replace(&table::REGISTRY, row![name, value, place.id.0]);
    }

    fn admit(&mut self, place: &Place, id: ParticipantId, agents: &[AgentId], admin: Address) {
        for (agent, order) in agents.iter().zip(0u16..) {
            self.replace(&table::AGENTS, row![agent.to_string(), id.0, order]);
        }
        self.participants.set(
            id,
            Participant {
                name: agents.first().map(ToString::to_string).unwrap_or_default(),
                admin,
                proposed_admin: None,
                suspended: false,
                registered: place.id,
            },
        );
    }

    fn participant(&mut self, id: ParticipantId) -> Result<&mut Participant, Problem> {
        let participant = self.participants.get_mut(&id);
        participant.ok_or_else(|| format!("participant {id} was not admitted in a block of the index"))
    }
}

/// Role names, separated by commas.
fn role_names(roles: Roles) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    names.join(",")
}

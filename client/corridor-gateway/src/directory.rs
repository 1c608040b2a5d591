//! Participants by the names messages use.

use corridor_client::{
    core::{AgentId, ParticipantId},
    ParticipantEntry,
};

/// Every participant, as read at one block.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    entries: Vec<ParticipantEntry>,
}

impl Directory {
    /// A directory of these.
    #[must_use]
    pub fn of(entries: Vec<ParticipantEntry>) -> Self {
        Self { entries }
    }

    /// Whether it has nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The participant that all identifiers lead to; `None` where one of them leads nowhere or elsewhere.
    #[must_use]
    pub fn resolve(&self, agents: &[AgentId]) -> Option<ParticipantId> {
        let holder = |agent: &AgentId| {
            let mut entries = self.entries.iter();
            let entry = entries.find(|entry| entry.participant.agents.contains(agent))?;
            Some(entry.id)
        };
        let first = holder(agents.first()?)?;
        agents
            .iter()
            .all(|agent| holder(agent) == Some(first))
            .then_some(first)
    }

    /// The entry of a participant.
    #[must_use]
    pub fn entry(&self, id: ParticipantId) -> Option<&ParticipantEntry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// Every identifier of a participant.
    #[must_use]
    pub fn agents(&self, id: ParticipantId) -> &[AgentId] {
        self.entry(id).map_or(&[], |entry| &entry.participant.agents)
    }

    /// How answers name a participant: its first identifier.
    #[must_use]
    pub fn name(&self, id: ParticipantId) -> String {
        let agent = self.agents(id).first();
        agent.map_or_else(|| format!("participant {id}"), ToString::to_string)
    }
}

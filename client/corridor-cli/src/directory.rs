//! Participants as messages name them and as reports show them, all read at one block.

use crate::Failure;
use corridor_client::{
    core::{AgentId, ParticipantId},
    Corridor, ParticipantEntry,
};
use corridor_iso20022::Agent;

/// Every participant of the settlement contract.
#[derive(Clone, Debug)]
pub struct Directory {
    entries: Vec<ParticipantEntry>,
}

impl Directory {
    /// Reads all participants.
    ///
    /// # Errors
    /// The client library's.
    pub async fn read(corridor: &Corridor) -> Result<Self, Failure> {
        let entries = corridor.participants().await?;
        Ok(Self { entries })
    }

    /// A directory of these participants.
    #[must_use]
    pub fn of(entries: Vec<ParticipantEntry>) -> Self {
        Self { entries }
    }

    /// A directory of participants that go by these identifiers.
    #[cfg(test)]
    pub(crate) fn for_tests(participants: &[(u16, &str)]) -> Self {
        let entry = |(id, agent): &(u16, &str)| ParticipantEntry {
            id: ParticipantId(*id),
            participant: corridor_client::core::participant::Participant {
                agents: vec![agent.parse().expect("an agent")],
                admin: [0; 20],
                proposed_admin: None,
                accounts: 0,
            },
            suspended: false,
        };
        Self::of(participants.iter().map(entry).collect())
    }

    /// Every entry.
    #[must_use]
    pub fn entries(&self) -> &[ParticipantEntry] {
        &self.entries
    }

    /// The participant that goes by an identifier.
    ///
    /// # Errors
    /// [`Exit::NotFound`](crate::Exit::NotFound).
    pub fn find(&self, agent: &AgentId) -> Result<ParticipantId, Failure> {
        self.holder(agent).ok_or_else(|| {
            let message = format!("no participant goes by {agent}");
            let advice = "`corridor participant list` shows every identifier.";
            Failure::not_found("cli.unknown_participant", message, advice)
        })
    }

    fn holder(&self, agent: &AgentId) -> Option<ParticipantId> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.participant.agents.contains(agent));
        entry.map(|entry| entry.id)
    }

    /// The participant that all of an agent's identifiers lead to.
    ///
    /// An identifier nobody is registered under is as wrong as one of somebody else: a message that names two
    /// institutions at once is not guessed about.
    ///
    /// # Errors
    /// A text that says which identifier leads elsewhere.
    pub fn resolve(&self, agent: &Agent) -> Result<ParticipantId, String> {
        let mut found: Option<(ParticipantId, &AgentId)> = None;
        for identifier in agent.identifiers() {
            let holder = self.holder(identifier);
            let id = holder.ok_or_else(|| format!("no participant goes by {identifier}"))?;
            match found {
                Some((other, first)) if other != id => {
                    let (first_name, name) = (self.name(other), self.name(id));
                    return Err(format!(
                        "{first} is {first_name}, but {identifier}, given for the same agent, is {name}"
                    ));
                }
                _ => found = Some((id, identifier)),
            }
        }
        found
            .map(|(id, _)| id)
            .ok_or_else(|| "the agent has no identifier".into())
    }

    /// The entry of a participant.
    #[must_use]
    pub fn entry(&self, id: ParticipantId) -> Option<&ParticipantEntry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// How reports name a participant: its first identifier.
    #[must_use]
    pub fn name(&self, id: ParticipantId) -> String {
        let agent = self.entry(id).and_then(|entry| entry.participant.agents.first());
        agent.map_or_else(|| format!("participant {id}"), ToString::to_string)
    }

    /// A participant as messages name it, by every identifier that fits into one.
    #[must_use]
    pub fn agent(&self, id: ParticipantId) -> Option<Agent> {
        let entry = self.entry(id)?;
        Some(Agent::new(entry.participant.agents.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corridor_client::core::participant::Participant;

    fn entry(id: u16, agents: &[&str]) -> ParticipantEntry {
        let agents = agents
            .iter()
            .map(|text| text.parse().expect("an agent"))
            .collect();
        ParticipantEntry {
            id: ParticipantId(id),
            participant: Participant {
                agents,
                admin: [0; 20],
                proposed_admin: None,
                accounts: 0,
            },
            suspended: false,
        }
    }

    fn agent(identifiers: &[&str]) -> Agent {
        Agent::new(identifiers.iter().map(|text| text.parse().expect("an agent")))
    }

    #[test]
    fn all_identifiers_must_lead_to_one_participant() {
        let directory = Directory::of(vec![
            entry(0, &["BKCHCNBJ", "CNAPS:104100000004"]),
            entry(1, &["CHUPCNSH", "CNAPS:905290000008"]),
        ]);
        let resolve = |identifiers: &[&str]| directory.resolve(&agent(identifiers));
        assert_eq!(resolve(&["BKCHCNBJ"]), Ok(ParticipantId(0)));
        assert_eq!(
            resolve(&["BKCHCNBJXXX", "CNAPS:104100000004"]),
            Ok(ParticipantId(0))
        );
        let torn = resolve(&["BKCHCNBJ", "CNAPS:905290000008"]).expect_err("two institutions");
        assert!(
            torn.contains("BKCHCNBJXXX") && torn.contains("CHUPCNSHXXX"),
            "{torn}"
        );
        assert!(resolve(&["BKCHCNBJ", "CNAPS:999999999999"]).is_err());
        assert!(resolve(&[]).is_err());
        assert_eq!(directory.name(ParticipantId(7)), "participant 7");
    }
}

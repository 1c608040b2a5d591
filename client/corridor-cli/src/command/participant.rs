//! `corridor participant`.

use super::common::Changed;
use crate::{
    context::Context,
    directory::Directory,
    output::{Answer, Cell, Page, Table, Tone},
    settings::Duty,
    view::Text,
    Failure,
};
use corridor_client::{core::AgentId, AddressText, ParticipantEntry, RegisterParticipant, SetSuspended};
use serde::Serialize;

/// Register, list, suspend or reinstate participants
///
/// Participants are the institutions that hold escrow and settle with each other.
#[derive(Debug, clap::Subcommand)]
pub enum ParticipantCommand {
    /// Admit a participant (governor)
    Register {
        /// Its identifiers, one to four; reports show the first
        #[arg(long = "agent", value_name = "AGENT", required = true)]
        agents: Vec<AgentId>,

        /// The account that grants its roles
        #[arg(long, value_name = "ADDRESS")]
        admin: AddressText,
    },
    /// Show every participant
    List,
    /// Stop a participant's new business (governor)
    Suspend {
        /// One of its identifiers
        agent: AgentId,
    },
    /// Allow a participant's new business again (governor)
    Reinstate {
        /// One of its identifiers
        agent: AgentId,
    },
}

impl ParticipantCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Register { agents, admin } => register(context, agents, admin).await,
            Self::List => list(context).await,
            Self::Suspend { agent } => suspend(context, agent, true).await,
            Self::Reinstate { agent } => suspend(context, agent, false).await,
        }
    }
}

#[derive(Debug, Serialize)]
struct Registered {
    participant: u16,
    agents: Vec<String>,
    admin: Text<AddressText>,
}

async fn register(context: &Context, agents: Vec<AgentId>, admin: AddressText) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Governor).await?;
    let names: Vec<String> = agents.iter().map(ToString::to_string).collect();
    let progress = context.output.progress("registering", 1);
    let request = RegisterParticipant {
        agents,
        admin: admin.0,
    };
    let outcome = corridor.register_participant(request).await?;
    drop(progress);
    let id = outcome.receipt;
    let text = format!("participant {id} is {}, admin {admin}", names.join(", "));
    let what = Registered {
        participant: id.0,
        agents: names,
        admin: Text(admin),
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct Suspended {
    participant: String,
    suspended: bool,
}

async fn suspend(context: &Context, agent: AgentId, suspended: bool) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Governor).await?;
    let directory = Directory::read(&corridor).await?;
    let participant = directory.find(&agent)?;
    let name = directory.name(participant);
    if suspended {
        context.confirm(&format!("Stop new business of {name}?")).await?;
    }
    let progress = context.output.progress("submitting", 1);
    let outcome = corridor
        .set_suspended(SetSuspended {
            participant,
            suspended,
        })
        .await?;
    drop(progress);
    let verb = if suspended { "suspended" } else { "reinstated" };
    let text = format!("{name} is {verb}");
    let what = Suspended {
        participant: name,
        suspended,
    };
    context
        .output
        .answer(&Changed::new(what, text, &outcome, &corridor))
}

#[derive(Debug, Serialize)]
struct ParticipantsView {
    participants: Vec<ParticipantView>,
}

#[derive(Debug, Serialize)]
struct ParticipantView {
    participant: u16,
    agents: Vec<String>,
    admin: Text<AddressText>,
    proposed_admin: Option<Text<AddressText>>,
    suspended: bool,
}

impl From<&ParticipantEntry> for ParticipantView {
    fn from(entry: &ParticipantEntry) -> Self {
        let record = &entry.participant;
        Self {
            participant: entry.id.0,
            agents: record.agents.iter().map(ToString::to_string).collect(),
            admin: Text(AddressText(record.admin)),
            proposed_admin: record.proposed_admin.map(|account| Text(AddressText(account))),
            suspended: entry.suspended,
        }
    }
}

async fn list(context: &Context) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let participants = directory.entries().iter().map(ParticipantView::from).collect();
    context.output.answer(&ParticipantsView { participants })
}

impl Answer for ParticipantsView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["number>", "identifiers", "admin", "state"]);
        for entry in &self.participants {
            let state = if entry.suspended {
                Cell::toned("suspended", Tone::Bad)
            } else {
                Cell::toned("active", Tone::Good)
            };
            table.row([
                entry.participant.into(),
                entry.agents.join(", ").into(),
                entry.admin.into(),
                state,
            ]);
        }
        page.table(&table);
    }
}

//! `corridor evidence`.

use super::net::currencies;
use crate::{
    context::Context,
    directory::Directory,
    message,
    output::{Answer, Page},
    view::hex,
    Failure,
};
use corridor_client::{
    core::{AgentId, Currency, Uetr},
    proof::{Evidence, Subject},
    Corridor,
};
use serde::Serialize;
use std::path::PathBuf;

/// Prove what is recorded to somebody who has no node
///
/// Writes a file with a finalised block's header, what the contract records at it, and the chain's own proof of that.
/// Whoever gets it checks it with `corridor verify FILE`, without any node. Needs a node that keeps the block's state.
#[derive(Debug, clap::Subcommand)]
pub enum EvidenceCommand {
    /// A participant's escrow and net settlement, in every currency or in one
    Position {
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
        /// Every participant's
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        to: Destination,
    },
    /// A clearing batch: its root, and where each creditor agent's part stands
    Batch {
        /// The debtor agent
        #[arg(value_name = "DEBTOR")]
        debtor: AgentId,
        /// The batch's number
        number: u32,
        #[command(flatten)]
        to: Destination,
    },
    /// Transfers, or that nothing is recorded of them
    Transfer {
        /// The transfers' UETRs
        #[arg(value_name = "UETR", required = true)]
        uetrs: Vec<Uetr>,
        #[command(flatten)]
        to: Destination,
    },
}

/// Of when, and where to.
#[derive(Debug, clap::Args)]
pub struct Destination {
    /// At this finalised block [default: the newest]
    #[arg(long, value_name = "NUMBER")]
    block: Option<u64>,

    /// Where to write the evidence
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl EvidenceCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        match self {
            Self::Position { currency, all, to } => {
                let agents = agents(context, &corridor, all).await?;
                let currencies = currencies(&corridor, currency).await?;
                let of_both = |agent: AgentId, currency| {
                    let net = Subject::NetPosition {
                        agent: agent.clone(),
                        currency,
                    };
                    [Subject::Position { agent, currency }, net]
                };
                let pairs = agents
                    .iter()
                    .flat_map(|agent| currencies.iter().map(move |currency| (agent, currency)));
                let subjects: Vec<_> = pairs
                    .flat_map(|(agent, currency)| of_both(agent.clone(), *currency))
                    .collect();
                to.write(context, &corridor, &subjects).await
            }
            Self::Batch { debtor, number, to } => {
                let debtor_agent = Directory::read(&corridor).await?.find(&debtor)?;
                let subject = Subject::Batch { debtor_agent, number };
                to.write(context, &corridor, &[subject]).await
            }
            Self::Transfer { uetrs, to } => {
                let subjects: Vec<_> = uetrs.into_iter().map(Subject::Transfer).collect();
                to.write(context, &corridor, &subjects).await
            }
        }
    }
}

/// Whose positions: the configured participant's, or everybody's, each by the identifier reports show.
async fn agents(context: &Context, corridor: &Corridor, all: bool) -> Result<Vec<AgentId>, Failure> {
    let directory = Directory::read(corridor).await?;
    if let Some(agent) = context.settings.participant.as_ref().filter(|_| !all) {
        directory.find(agent)?;
        return Ok(vec![agent.clone()]);
    }
    let first = directory
        .entries()
        .iter()
        .filter_map(|entry| entry.participant.agents.first());
    Ok(first.cloned().collect())
}

impl Destination {
    async fn write(
        self,
        context: &Context,
        corridor: &Corridor,
        subjects: &[Subject],
    ) -> Result<(), Failure> {
        let progress = context.output.progress("proving", 1);
        let evidence = corridor.evidence(subjects, self.block).await?;
        drop(progress);
        let json = evidence.to_json().map_err(corridor_client::Error::from)?;
        message::write(&self.out, &json)?;
        context
            .output
            .answer(&WrittenView::new(&evidence, json.len(), &self.out))
    }
}

#[derive(Debug, Serialize)]
struct WrittenView {
    evidence: String,
    bytes: usize,
    claims: usize,
    block: u64,
    block_hash: String,
    justified: bool,
}

impl WrittenView {
    fn new(evidence: &Evidence, bytes: usize, out: &std::path::Path) -> Self {
        Self {
            evidence: out.display().to_string(),
            bytes,
            claims: evidence.claims.len(),
            block: evidence.block.number,
            block_hash: hex(&evidence.block.hash.0),
            justified: evidence.finality.is_some(),
        }
    }
}

impl Answer for WrittenView {
    fn print(&self, page: &mut Page) {
        let Self {
            evidence,
            bytes,
            claims,
            block,
            block_hash,
            ..
        } = self;
        page.line(format!("{evidence}: {claims} claims, {bytes} bytes"));
        page.line(format!("  proven at block {block}, {block_hash}"));
        if !self.justified {
            page.line("  the chain gives no justification: whoever checks it compares the block's hash");
        }
    }
}

//! `corridor queue`.

use super::net::currencies;
use crate::{
    context::Context,
    directory::Directory,
    output::{Answer, Page, Table},
    settings::Duty,
    view::{controls::ReportView, Moment, MoneyView, OutcomeView, Text},
    Failure,
};
use corridor_client::core::{Currency, Money, Uetr};
use serde::Serialize;

/// Show the queue of transfers that wait for cover, and settle what can be settled
///
/// A transfer instructed with --queue waits here when it is accepted and its debtor agent has not the money. It
/// settles when there is cover, or together with others that go the opposite way or round a circle.
#[derive(Debug, clap::Subcommand)]
pub enum QueueCommand {
    /// Show what waits, oldest first
    Show {
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
    },
    /// Settle what can be settled, alone or against each other, and end what has expired. Anyone may
    Resolve {
        /// Only this currency
        #[arg(long, value_name = "CODE")]
        currency: Option<Currency>,
    },
}

impl QueueCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show { currency } => show(context, currency).await,
            Self::Resolve { currency } => resolve(context, currency).await,
        }
    }
}

#[derive(Debug, Serialize)]
struct QueuesView {
    queued: Vec<QueuedView>,
}

#[derive(Debug, Serialize)]
struct QueuedView {
    uetr: Text<Uetr>,
    debtor_agent: String,
    creditor_agent: String,
    amount: MoneyView,
    expires_at: Moment,
}

async fn show(context: &Context, currency: Option<Currency>) -> Result<(), Failure> {
    let corridor = context.reader().await?;
    let directory = Directory::read(&corridor).await?;
    let mut queued = Vec::new();
    for currency in currencies(&corridor, currency).await? {
        let waiting = corridor.queue(currency).await?;
        queued.extend(waiting.iter().map(|queued| QueuedView {
            uetr: Text(queued.uetr),
            debtor_agent: directory.name(queued.debtor_agent),
            creditor_agent: directory.name(queued.creditor_agent),
            amount: MoneyView(Money::new(currency, queued.minor_units)),
            expires_at: Moment(queued.expires_at),
        }));
    }
    context.output.answer(&QueuesView { queued })
}

impl Answer for QueuesView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["uetr", "from", "to", "amount>", "expires at"]);
        for line in &self.queued {
            table.row([
                line.uetr.into(),
                line.debtor_agent.clone().into(),
                line.creditor_agent.clone().into(),
                line.amount.into(),
                line.expires_at.into(),
            ]);
        }
        page.table(&table);
    }
}

#[derive(Debug, Serialize)]
struct ResolvedView {
    queues: Vec<QueueView>,
}

#[derive(Debug, Serialize)]
struct QueueView {
    currency: Text<Currency>,
    #[serde(flatten)]
    report: ReportView,
    #[serde(flatten)]
    outcome: OutcomeView,
}

async fn resolve(context: &Context, currency: Option<Currency>) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Anyone).await?;
    let wanted = currencies(&corridor, currency).await?;
    let mut progress = context.output.progress("resolving", wanted.len());
    let mut queues = Vec::new();
    for currency in wanted {
        let outcome = corridor.resolve_queue(currency).await?;
        progress.step();
        queues.push(QueueView {
            currency: Text(currency),
            report: ReportView::new(&outcome.receipt, currency),
            outcome: OutcomeView::of(&outcome, corridor.chain_info()),
        });
    }
    drop(progress);
    context.output.answer(&ResolvedView { queues })
}

impl Answer for ResolvedView {
    fn print(&self, page: &mut Page) {
        for queue in &self.queues {
            page.line(format!("{}: {}", queue.currency, queue.report));
            page.line(format!("  {}", queue.outcome));
        }
    }
}

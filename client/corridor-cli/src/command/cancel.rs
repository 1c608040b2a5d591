//! `corridor cancel`, and what it shares with `reject` and `expire`.

use crate::{
    batch::{collect, Answering, Item},
    context::Context,
    directory::Directory,
    settings::Duty,
    target::{TargetArguments, Targets},
    Failure,
};
use corridor_client::{
    core::{ReasonCode, Uetr},
    Corridor, EndRequest, Error, Outcome, TransferReceipt,
};
use futures::{stream, StreamExt};
use std::path::{Path, PathBuf};

/// How many are under way at once.
const IN_FLIGHT: usize = 64;

/// Cancel pending transfers as their debtor agent
///
/// What was reserved becomes available again. Needs the role instructor or compliance (`--as compliance`).
#[derive(Debug, clap::Args)]
pub struct Cancel {
    #[command(flatten)]
    targets: TargetArguments,

    /// ISO 20022 reason
    #[arg(long, value_name = "CODE", default_value_t = ReasonCode::CUST)]
    reason: ReasonCode,

    /// Write a pacs.002 that reports what became of each transfer
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,
}

impl Cancel {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        end(
            context,
            &self.targets,
            Ending::Cancel(self.reason),
            Duty::Instructor,
            self.pacs002.as_deref(),
        )
        .await
    }
}

/// How a pending transfer ends without settlement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    /// By the creditor agent.
    Reject(ReasonCode),
    /// By the debtor agent.
    Cancel(ReasonCode),
    /// By the clock.
    Expire,
}

impl Ending {
    fn verbs(self) -> (&'static str, &'static str) {
        match self {
            Self::Reject(_) => ("rejecting", "rejected"),
            Self::Cancel(_) => ("cancelling", "cancelled"),
            Self::Expire => ("expiring", "expired"),
        }
    }

    async fn apply(self, corridor: &Corridor, uetr: Uetr) -> Result<Outcome<TransferReceipt>, Error> {
        match self {
            Self::Reject(reason) => corridor.reject(EndRequest { uetr, reason }).await,
            Self::Cancel(reason) => corridor.cancel(EndRequest { uetr, reason }).await,
            Self::Expire => corridor.expire(uetr).await,
        }
    }
}

/// Ends pending transfers and answers for each.
pub(super) async fn end(
    context: &Context,
    targets: &TargetArguments,
    ending: Ending,
    duty: Duty,
    pacs002: Option<&Path>,
) -> Result<(), Failure> {
    let corridor = context.signer(duty).await?;
    let directory = Directory::read(&corridor).await?;
    let targets = Targets::find(targets, &corridor, &directory).await?;
    let (doing, done) = ending.verbs();

    let progress = context.output.progress(doing, targets.list.len());
    let results = stream::iter(targets.uetrs())
        .map(|uetr| {
            let corridor = &corridor;
            async move { (uetr, ending.apply(corridor, uetr).await) }
        })
        .buffer_unordered(IN_FLIGHT);
    let results = collect(progress, results).await;

    let reporter = targets.list.first().map(|target| match ending {
        Ending::Reject(_) => target.transfer.terms.creditor_agent,
        Ending::Cancel(_) | Ending::Expire => target.transfer.terms.debtor_agent,
    });
    let answering = Answering {
        corridor: &corridor,
        directory: &directory,
        verb: done,
        message: targets.message.as_ref(),
        pacs002,
        reporter,
    };
    let items = targets.list.into_iter().map(Item::from).collect();
    answering.finish(context, items, results).await
}

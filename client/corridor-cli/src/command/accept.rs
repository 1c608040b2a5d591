//! `corridor accept`.

use crate::{
    batch::{collect, Answering, Item},
    context::Context,
    directory::Directory,
    settings::Duty,
    target::{TargetArguments, Targets},
    Failure,
};
use std::path::PathBuf;

/// Accept transfers as their creditor agent: they settle, which is final
///
/// With --pacs008 or --pacs009 every transfer of the file is compared with what is recorded, and nothing is accepted if any
/// differs. Accepting again is answered with what was recorded. A transfer that is to settle net is booked in the
/// open settlement window, which is as binding, and settles when the window is closed.
#[derive(Debug, clap::Args)]
pub struct Accept {
    #[command(flatten)]
    targets: TargetArguments,

    /// Write a pacs.002 that reports what became of each transfer
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,
}

impl Accept {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.signer(Duty::Approver).await?;
        let directory = Directory::read(&corridor).await?;
        let targets = Targets::find(&self.targets, &corridor, &directory).await?;
        let question = format!("Accept {}? It is final.", targets.summary()?);
        context.confirm(&question).await?;

        let uetrs = targets.uetrs();
        let progress = context.output.progress("accepting", uetrs.len());
        let results = collect(progress, corridor.accept_all(uetrs)).await;

        let reporter = targets.list.first();
        let answering = Answering {
            corridor: &corridor,
            directory: &directory,
            verb: "accepted",
            message: targets.message.as_ref().map(|message| &message.original),
            pacs002: self.pacs002.as_deref(),
            reporter: reporter.map(|target| target.transfer.terms.creditor_agent),
        };
        let items = targets.list.into_iter().map(Item::from).collect();
        answering.finish(context, items, results).await
    }
}

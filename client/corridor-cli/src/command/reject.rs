//! `corridor reject`.

use super::cancel::{end, Ending};
use crate::{context::Context, settings::Duty, target::TargetArguments, Failure};
use corridor_client::core::ReasonCode;
use std::path::PathBuf;

/// Reject pending transfers as their creditor agent
///
/// What was reserved becomes available to the debtor agent again. Needs the role approver or compliance (`--as compliance`).
#[derive(Debug, clap::Args)]
pub struct Reject {
    #[command(flatten)]
    targets: TargetArguments,

    /// ISO 20022 reason, such as AC04 (closed account)
    #[arg(long, value_name = "CODE")]
    reason: ReasonCode,

    /// Write a pacs.002 that reports what became of each transfer
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,
}

impl Reject {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        end(
            context,
            &self.targets,
            Ending::Reject(self.reason),
            Duty::Approver,
            self.pacs002.as_deref(),
        )
        .await
    }
}

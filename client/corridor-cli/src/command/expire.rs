//! `corridor expire`.

use super::cancel::{end, Ending};
use crate::{context::Context, settings::Duty, target::TargetArguments, Failure};
use std::path::PathBuf;

/// Expire transfers nobody accepted in time; anyone may do this
///
/// The chain's own clock decides, and it moves with each block: on a chain that makes blocks only when there is
/// something to do, the time may have passed on your clock and not yet on the chain's.
#[derive(Debug, clap::Args)]
pub struct Expire {
    #[command(flatten)]
    targets: TargetArguments,

    /// Write a pacs.002 that reports what became of each transfer
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,
}

impl Expire {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        end(
            context,
            &self.targets,
            Ending::Expire,
            Duty::Anyone,
            self.pacs002.as_deref(),
        )
        .await
    }
}

//! `corridor pause`.

use super::common::Changed;
use crate::{context::Context, settings::Duty, Failure};
use serde::Serialize;

/// Stop new business, or allow it again
///
/// While it is stopped nobody can instruct or deposit. What is pending can still be accepted, rejected,
/// cancelled, expired and returned, and withdrawals go on. Needs the governor's key.
#[derive(Debug, clap::Args)]
pub struct Pause {
    /// Allow new business again
    #[arg(long)]
    lift: bool,
}

#[derive(Debug, Serialize)]
struct PausedView {
    paused: bool,
}

impl Pause {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let paused = !self.lift;
        let corridor = context.signer(Duty::Governor).await?;
        if paused {
            context
                .confirm("Stop new business for every participant?")
                .await?;
        }
        let outcome = corridor.set_paused(paused).await?;
        let text = if paused {
            "new business is paused"
        } else {
            "new business is open"
        };
        context
            .output
            .answer(&Changed::new(PausedView { paused }, text, &outcome, &corridor))
    }
}

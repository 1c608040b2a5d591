//! `corridor audit`.

use super::audit_window::AuditWindow;
use crate::{context::Context, Failure};

/// Compute again, from events and extrinsics alone, what the contract says
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    Window(AuditWindow),
}

impl AuditCommand {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Window(audit) => audit.run(context).await,
        }
    }
}

//! `corridor status`.

use crate::{
    context::Context,
    directory::Directory,
    message::{self, Reported},
    output::{Answer, Page},
    target::unknown_transfer,
    view::{Details, TransferView},
    Failure,
};
use corridor_client::core::{Transfer, Uetr};
use serde::Serialize;
use std::path::PathBuf;

/// Show what is recorded of transfers
///
/// Reads the finalised head; needs no key.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// The transfers' UETRs
    #[arg(value_name = "UETR", required = true)]
    uetrs: Vec<Uetr>,

    /// Write a pacs.002 that reports them
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,
}

impl Status {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let corridor = context.reader().await?;
        let directory = Directory::read(&corridor).await?;
        let (mut transfers, mut reported) = (Vec::new(), Vec::new());
        for uetr in self.uetrs {
            let transfer: Transfer = corridor
                .transfer(uetr)
                .await?
                .ok_or_else(|| unknown_transfer(uetr))?;
            let known = corridor.recorded_transfer(uetr).await?;
            let end_to_end_id = known.map(|known| known.end_to_end_id);
            let details = Details::read(&corridor, uetr, &transfer).await?;
            let known = end_to_end_id.clone();
            transfers.push(TransferView::new(uetr, &transfer, &directory, known, &details));
            reported.push(Reported {
                original: message::original(uetr, end_to_end_id),
                transfer: Some(transfer),
                refusal: None,
            });
        }
        if let Some(path) = &self.pacs002 {
            let from = context
                .settings
                .participant
                .as_ref()
                .map(|agent| directory.find(agent));
            let from = from.transpose()?.and_then(|id| directory.agent(id));
            message::write(path, &message::status_report(from, None, None, reported)?)?;
        }
        let pacs002 = self.pacs002.map(|path| path.display().to_string());
        context.output.answer(&StatusView { transfers, pacs002 })
    }
}

#[derive(Debug, Serialize)]
struct StatusView {
    transfers: Vec<TransferView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pacs002: Option<String>,
}

impl Answer for StatusView {
    fn print(&self, page: &mut Page) {
        for (at, transfer) in self.transfers.iter().enumerate() {
            if at > 0 {
                page.line("");
            }
            transfer.print(page);
        }
        if let Some(path) = &self.pacs002 {
            page.line(format!("status report: {path}"));
        }
    }
}

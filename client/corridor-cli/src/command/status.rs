//! `corridor status`.

use crate::{
    context::Context,
    directory::Directory,
    message::{self, Reported},
    output::{Answer, Page},
    target::unknown_transfer,
    view::{Details, Text, TransferView},
    Failure,
};
use corridor_client::core::{Transfer, Uetr};
use corridor_iso20022::{pacs028::PaymentStatusRequest, OriginalTransaction};
use serde::Serialize;
use std::path::PathBuf;

/// Show what is recorded of transfers
///
/// Reads the finalised head; needs no key.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// The transfers' UETRs
    #[arg(value_name = "UETR", required_unless_present = "iso", conflicts_with = "iso")]
    uetrs: Vec<Uetr>,

    /// The transfers this pacs.028 asks about, recorded or not; `-` is standard input
    #[arg(long, value_name = "FILE")]
    iso: Option<PathBuf>,

    /// Write a pacs.002 that reports them
    #[arg(long, value_name = "FILE")]
    pacs002: Option<PathBuf>,
}

impl Status {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let request = self.iso.as_deref().map(message::read_pacs028).transpose()?;
        let asked = match &request {
            Some(request) => asked_by(request)?,
            None => self.uetrs.iter().map(|uetr| (*uetr, None)).collect(),
        };
        let corridor = context.reader().await?;
        let directory = Directory::read(&corridor).await?;
        let as_of = corridor.finalised_head().await?.number;
        let (mut transfers, mut unrecorded, mut reported) = (Vec::new(), Vec::new(), Vec::new());
        for (uetr, original) in asked {
            let transfer: Option<Transfer> = corridor.transfer(uetr).await?;
            let known = corridor.recorded_transfer(uetr).await?;
            let end_to_end_id = known.map(|known| known.end_to_end_id);
            match &transfer {
                Some(transfer) => {
                    let details = Details::read(&corridor, uetr, transfer).await?;
                    let known = end_to_end_id.clone();
                    transfers.push(TransferView::new(uetr, transfer, &directory, known, &details));
                }
                // Whoever asks in writing is answered; a person is told to look at the UETR.
                None if request.is_some() => unrecorded.push(Text(uetr)),
                None => return Err(unknown_transfer(uetr)),
            }
            let paid_at = match &transfer {
                Some(transfer) => corridor.paid_at(transfer).await?,
                None => None,
            };
            reported.push(Reported {
                original: original.unwrap_or_else(|| message::original(uetr, end_to_end_id)),
                transfer,
                paid_at,
                refusal: None,
                unrecorded_at: Some(as_of),
            });
        }
        if let Some(path) = &self.pacs002 {
            let from = context
                .settings
                .participant
                .as_ref()
                .map(|agent| directory.find(agent));
            let from = from.transpose()?.and_then(|id| directory.agent(id));
            let to = request
                .as_ref()
                .and_then(|request| request.instructing_agent.clone());
            let about = request.map_or_else(Vec::new, |request| request.groups);
            message::write(path, &message::status_report(from, to, about, reported)?)?;
        }
        let pacs002 = self.pacs002.map(|path| path.display().to_string());
        context.output.answer(&StatusView {
            transfers,
            unrecorded,
            pacs002,
        })
    }
}

/// The transfers a request names, each as it names it.
fn asked_by(request: &PaymentStatusRequest) -> Result<Vec<(Uetr, Option<OriginalTransaction>)>, Failure> {
    let total = request.transactions.len();
    let advice = "Name each transfer in a TxInf with its OrgnlUETR.";
    if total == 0 {
        let text = "the request asks about whole messages, which are not recorded";
        return Err(Failure::message("cli.status_request", text, advice));
    }
    let (mut asked, mut faults) = (Vec::new(), Vec::new());
    for (position, one) in request.transactions.iter().enumerate() {
        match one.original.uetr {
            Some(uetr) => asked.push((uetr, Some(one.original.clone()))),
            None => faults.push(format!("transaction {}", position.saturating_add(1))),
        }
    }
    if faults.is_empty() {
        return Ok(asked);
    }
    let text = format!(
        "{} of {total} have no OrgnlUETR: {}",
        faults.len(),
        faults.join(", ")
    );
    Err(Failure::message("cli.status_request", text, advice))
}

#[derive(Debug, Serialize)]
struct StatusView {
    transfers: Vec<TransferView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unrecorded: Vec<Text<Uetr>>,
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
        for uetr in &self.unrecorded {
            page.line(format!("{}: not recorded", uetr.0));
        }
        if let Some(path) = &self.pacs002 {
            page.line(format!("status report: {path}"));
        }
    }
}

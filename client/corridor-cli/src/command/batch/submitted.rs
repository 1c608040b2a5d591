//! What `corridor batch submit` answers.

use crate::{
    clearing::{faults::Fault, plan::Batch},
    directory::Directory,
    output::{Answer, Page, Table},
    view::{hex, netting::fault_text, MoneyView, OutcomeView, Text},
};
use corridor_client::{
    core::{Money, Uetr},
    BatchReceipt, Corridor, Outcome,
};
use serde::Serialize;

/// What became of a file.
#[derive(Debug, Serialize)]
pub(super) struct SubmittedView {
    pub record: String,
    pub batches: Vec<LineView>,
    /// The payments of the file that were not submitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Fault>,
}

#[derive(Debug, Serialize)]
pub(super) struct LineView {
    number: u32,
    items: u16,
    total: MoneyView,
    creditor_agents: Vec<String>,
    root: String,
    /// `null` where the batch had been submitted before: the event of that time tells.
    left_out: Option<Vec<FaultView>>,
    outcome: OutcomeView,
}

#[derive(Debug, Serialize)]
struct FaultView {
    index: u16,
    uetr: Option<Text<Uetr>>,
    fault: &'static str,
}

impl SubmittedView {
    /// What became of one batch.
    pub fn add(
        &mut self,
        batch: &Batch,
        outcome: &Outcome<BatchReceipt>,
        directory: &Directory,
        corridor: &Corridor,
    ) {
        let header = &batch.header;
        let left_out = outcome.receipt.rejected.iter().map(|(index, fault)| FaultView {
            index: *index,
            uetr: batch.uetr(*index).map(Text),
            fault: fault_text(*fault),
        });
        self.batches.push(LineView {
            number: header.number,
            items: header.items,
            total: MoneyView(Money::new(header.currency, header.control_sum)),
            creditor_agents: header
                .counterparties
                .iter()
                .map(|id| directory.name(*id))
                .collect(),
            root: hex(&outcome.receipt.record.root),
            left_out: (!outcome.repeated).then(|| left_out.collect()),
            outcome: OutcomeView::of(outcome, corridor.chain_info()),
        });
    }
}

impl Answer for SubmittedView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&[
            "batch>",
            "items>",
            "total>",
            "left out>",
            "block",
            "creditor agents",
        ]);
        for line in &self.batches {
            let left_out = line.left_out.as_ref().map(|items| items.len().to_string());
            table.row([
                line.number.into(),
                line.items.into(),
                line.total.into(),
                left_out.unwrap_or("-".into()).into(),
                line.outcome.block_text().into(),
                line.creditor_agents.join(", ").into(),
            ]);
        }
        page.table(&table);
        for line in &self.batches {
            for item in line.left_out.iter().flatten() {
                let uetr = item.uetr.map(|uetr| uetr.to_string()).unwrap_or_default();
                page.line(format!(
                    "left out of batch {}: item {} {uetr}: {}",
                    line.number, item.index, item.fault
                ));
            }
        }
        for fault in &self.skipped {
            page.line(format!("not submitted: {fault}"));
        }
        page.line(format!("record: {}", self.record));
    }
}

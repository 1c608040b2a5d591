//! `corridor batch accept` of several batches: at the same time, as none concerns another.

use super::{
    accept::check_all,
    answer::{part, recorded},
};
use crate::{
    clearing::search::SearchArguments,
    context::Context,
    directory::Directory,
    output::{Answer, Cell, Page, Table, Tone},
    settings::Duty,
    target::QUERIES,
    view::{MoneyView, OutcomeView},
    Exit, Failure,
};
use corridor_client::{
    core::{AgentId, BatchRecord, Money},
    AcceptBatch,
};
use futures::{stream, StreamExt, TryStreamExt};
use serde::Serialize;
use std::collections::HashMap;

/// What became of each batch, by rising number.
#[derive(Debug, Serialize)]
struct AcceptedView {
    batches: Vec<LineView>,
}

#[derive(Debug, Serialize)]
struct LineView {
    number: u32,
    items: u16,
    total: MoneyView,
    /// How it became final.
    outcome: Option<OutcomeView>,
    /// Why it was not accepted.
    error: Option<Failure>,
}

/// Accepts batches as a whole; `search` says where to look for items that are paid otherwise, unless nobody wants to.
pub(super) async fn run(
    context: &Context,
    debtor: &AgentId,
    numbers: &[u32],
    search: Option<&SearchArguments>,
) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Approver).await?;
    let directory = Directory::read(&corridor).await?;
    let debtor_agent = directory.find(debtor)?;
    let ours = context.participant(&corridor, &directory).await?;
    let records = stream::iter(numbers).map(|number| recorded(&corridor, &directory, debtor_agent, *number));
    let records: Vec<BatchRecord> = records.buffered(QUERIES).try_collect().await?;
    let mut lines = Vec::new();
    for (number, record) in numbers.iter().zip(&records) {
        let total = part(record, *number, ours, &directory)?.total;
        lines.push(LineView {
            number: *number,
            items: total.items,
            total: MoneyView(Money::new(record.currency, total.minor_units.into())),
            outcome: None,
            error: None,
        });
    }
    if let Some(search) = search {
        let records = numbers.iter().copied().zip(records).collect();
        check_all(context, &corridor, &directory, ours, records, search).await?;
    }
    let name = directory.name(debtor_agent);
    context.confirm(&question(&lines, &name)).await?;

    let requests = numbers.iter().map(|number| AcceptBatch {
        debtor_agent,
        number: *number,
        exceptions: None,
    });
    let mut progress = context.output.progress("accepting", lines.len());
    let mut accepted = corridor.accept_batches(requests.collect());
    let mut results = HashMap::new();
    while let Some((number, result)) = accepted.next().await {
        progress.step();
        results.insert(number, result);
    }
    drop(progress);
    for line in &mut lines {
        match results.remove(&line.number) {
            Some(Ok(outcome)) => line.outcome = Some(OutcomeView::of(&outcome, corridor.chain_info())),
            Some(Err(error)) => line.error = Some(Failure::from(error)),
            None => line.error = Some(Failure::internal("the client library gave no answer")),
        }
    }
    let view = AcceptedView { batches: lines };
    context.output.answer(&view)?;
    view.verdict()
}

fn question(lines: &[LineView], name: &str) -> String {
    let count = lines.len();
    let items = lines.iter().map(|line| u64::from(line.items));
    let items = items.fold(0, u64::saturating_add);
    let parts: Vec<String> = lines
        .iter()
        .map(|line| format!("{} ({})", line.number, line.total.0))
        .collect();
    let parts = parts.join(", ");
    format!("Accept {items} items of {count} batches from {name}: {parts}? The sums are booked in the open window.")
}

impl AcceptedView {
    /// Fails when any batch did, as the worst of them.
    fn verdict(&self) -> Result<(), Failure> {
        let failed = self
            .batches
            .iter()
            .filter_map(|line| Some((line.number, line.error.as_ref()?)));
        let failed: Vec<(u32, &Failure)> = failed.collect();
        let unknown = failed.iter().find(|(_, error)| error.exit == Exit::Unknown);
        let Some((number, worst)) = unknown.or(failed.first()) else {
            return Ok(());
        };
        let mut failure = (*worst).clone().about(format!("batch {number}"));
        if failed.len() > 1 {
            let (count, total) = (failed.len(), self.batches.len());
            failure.message = format!(
                "{count} of {total} batches were not accepted; the worst: {}",
                failure.message
            );
        }
        Err(failure)
    }
}

impl Answer for AcceptedView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["batch>", "items>", "total>", "block", "remark"]);
        for line in &self.batches {
            let block = line.outcome.as_ref().map(OutcomeView::block_text);
            let remark = match &line.error {
                Some(error) => Cell::toned(format!("{}: {}", error.name(), error.message), Tone::Bad),
                None => Cell::from(String::new()),
            };
            table.row([
                line.number.into(),
                line.items.into(),
                line.total.into(),
                block.unwrap_or("-".into()).into(),
                remark,
            ]);
        }
        page.table(&table);
    }
}

//! Doing the same to many transfers, and answering for each.

use crate::{
    context::Context,
    directory::Directory,
    message::{self, Reported},
    output::{Answer, Cell, Page, Progress, Table, Tone},
    target::{credited, QUERIES},
    view::{status_tone, MoneyView, OutcomeView, Text},
    Exit, Failure,
};
use corridor_client::{
    core::{Money, Transfer, TransferStatus, Uetr},
    Corridor, Error, Outcome, TransferReceipt,
};
use corridor_iso20022::{OriginalGroup, OriginalTransaction};
use futures::{stream, Stream, StreamExt, TryStreamExt};
use serde::Serialize;
use std::{collections::HashMap, path::Path};

/// What became of each transfer.
pub type Results = HashMap<Uetr, Result<Outcome<TransferReceipt>, Error>>;

/// One transfer that something was done to.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its identity.
    pub uetr: Uetr,
    /// Its amount.
    pub amount: Money,
    /// As its message names it.
    pub original: OriginalTransaction,
}

/// The results of a stream as they come in, counted for whoever waits.
pub async fn collect(
    mut progress: Progress,
    results: impl Stream<Item = (Uetr, Result<Outcome<TransferReceipt>, Error>)>,
) -> Results {
    futures::pin_mut!(results);
    let mut all = Results::new();
    while let Some((uetr, result)) = results.next().await {
        progress.step();
        all.insert(uetr, result);
    }
    all
}

/// The answer: a line for each transfer.
#[derive(Debug, Serialize)]
pub struct BatchView {
    /// Each transfer, in the order it was named.
    pub transfers: Vec<LineView>,
    /// The status report that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pacs002: Option<String>,
    #[serde(skip)]
    verb: &'static str,
}

/// What became of one transfer.
#[derive(Debug, Serialize)]
pub struct LineView {
    /// Its identity.
    pub uetr: Text<Uetr>,
    /// The debtor agent's reference, where it is known.
    pub end_to_end_id: Option<String>,
    /// Its amount.
    pub interbank_settlement_amount: MoneyView,
    /// What a transfer in two currencies credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credited_amount: Option<MoneyView>,
    /// Where it stands now; `null` where nothing is recorded.
    pub status: Option<&'static str>,
    /// Why.
    pub reason: Option<String>,
    /// How it became final.
    pub outcome: Option<OutcomeView>,
    /// Why the command was not carried out for it.
    pub error: Option<Failure>,
    #[serde(skip)]
    recorded: Option<TransferStatus>,
}

/// Everything an answer is made of.
pub struct Answering<'a> {
    /// The connection.
    pub corridor: &'a Corridor,
    /// The participants.
    pub directory: &'a Directory,
    /// What the command does, as `accepted`.
    pub verb: &'static str,
    /// The message the transfers came in.
    pub message: Option<&'a OriginalGroup>,
    /// Where to write a pacs.002.
    pub pacs002: Option<&'a Path>,
    /// Who reports.
    pub reporter: Option<corridor_client::core::ParticipantId>,
}

impl Answering<'_> {
    /// Reads each transfer again, writes the report and answers; fails if anything did.
    ///
    /// # Errors
    /// Those of the transfers, the worst of them deciding the exit code.
    pub async fn finish(
        &self,
        context: &Context,
        items: Vec<Item>,
        mut results: Results,
    ) -> Result<(), Failure> {
        let queries = stream::iter(&items).map(|item| self.corridor.transfer(item.uetr));
        let transfers: Vec<Option<Transfer>> = queries.buffered(QUERIES).try_collect().await?;
        let mut lines = Vec::new();
        let mut reported = Vec::new();
        for (item, transfer) in items.into_iter().zip(transfers) {
            let result = results.remove(&item.uetr);
            let refusal = result
                .as_ref()
                .and_then(|result| result.as_ref().err()?.refusal());
            let credited = match &transfer {
                Some(transfer) => credited(self.corridor, item.uetr, transfer).await?,
                None => None,
            };
            lines.push(self.line(&item, transfer.as_ref(), credited, result));
            reported.push((item, transfer, refusal));
        }
        if let Some(path) = self.pacs002 {
            message::write(path, &self.report(reported).await?)?;
        }
        let view = BatchView {
            transfers: lines,
            pacs002: self.pacs002.map(|path| path.display().to_string()),
            verb: self.verb,
        };
        context.output.answer(&view)?;
        view.verdict()
    }

    fn line(
        &self,
        item: &Item,
        transfer: Option<&Transfer>,
        credited: Option<Money>,
        result: Option<Result<Outcome<TransferReceipt>, Error>>,
    ) -> LineView {
        let (outcome, error) = match result {
            Some(Ok(outcome)) => (Some(OutcomeView::of(&outcome, self.corridor.chain_info())), None),
            Some(Err(error)) => (None, Some(Failure::from(error))),
            None => (None, Some(Failure::internal("the client library gave no answer"))),
        };
        LineView {
            uetr: Text(item.uetr),
            end_to_end_id: item.original.end_to_end_id.clone(),
            interbank_settlement_amount: MoneyView(item.amount),
            credited_amount: credited.map(MoneyView),
            status: transfer.map(|transfer| transfer.status.name()),
            reason: transfer.and_then(|transfer| Some(transfer.reason?.to_string())),
            outcome,
            error,
            recorded: transfer.map(|transfer| transfer.status),
        }
    }

    async fn report(
        &self,
        reported: Vec<(Item, Option<Transfer>, Option<corridor_client::core::Error>)>,
    ) -> Result<String, Failure> {
        let from = self.reporter.and_then(|id| self.directory.agent(id));
        // The report goes to the other side, where all transfers have the same.
        let mut others = reported.iter().filter_map(|(_, transfer, _)| {
            let terms = transfer.as_ref()?.terms;
            let ours = Some(terms.debtor_agent) == self.reporter;
            Some(if ours {
                terms.creditor_agent
            } else {
                terms.debtor_agent
            })
        });
        let first = others.next();
        let to = first.filter(|first| others.all(|other| other == *first));
        let to = to.and_then(|id| self.directory.agent(id));
        let mut of_all = Vec::with_capacity(reported.len());
        for (item, transfer, refusal) in reported {
            let paid_at = match &transfer {
                Some(transfer) => self.corridor.paid_at(transfer).await?,
                None => None,
            };
            of_all.push(Reported {
                original: item.original,
                transfer,
                paid_at,
                refusal,
                unrecorded_at: None,
            });
        }
        let about = self.message.cloned();
        message::status_report(from, to, about.into_iter().collect(), of_all)
    }
}

impl BatchView {
    /// Fails when anything did: with the one error there is, or with the worst of many.
    fn verdict(&self) -> Result<(), Failure> {
        let failed: Vec<(&LineView, &Failure)> = self
            .transfers
            .iter()
            .filter_map(|line| Some((line, line.error.as_ref()?)))
            .collect();
        let unknown = failed.iter().find(|(_, error)| error.exit == Exit::Unknown);
        let Some((line, worst)) = unknown.or(failed.first()) else {
            return Ok(());
        };
        let mut failure = (*worst).clone().about(line.uetr);
        if failed.len() > 1 {
            let (count, total) = (failed.len(), self.transfers.len());
            failure.message = format!(
                "{count} of {total} transfers were not {}; the worst: {}",
                self.verb, failure.message
            );
        }
        Err(failure)
    }
}

impl Answer for BatchView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["uetr", "end-to-end id", "amount>", "status", "block", "remark"]);
        for line in &self.transfers {
            let tone = line.recorded.map_or(Tone::Plain, status_tone);
            let block = line.outcome.as_ref().map(OutcomeView::block_text);
            let remark = match &line.error {
                Some(error) => Cell::toned(format!("{}: {}", error.name(), error.message), Tone::Bad),
                None => {
                    let credited = line.credited_amount.map(|amount| format!("{amount} credited"));
                    let parts: Vec<String> = line.reason.clone().into_iter().chain(credited).collect();
                    parts.join(", ").into()
                }
            };
            table.row([
                line.uetr.into(),
                line.end_to_end_id.clone().unwrap_or("-".into()).into(),
                line.interbank_settlement_amount.into(),
                Cell::toned(line.status.unwrap_or("not recorded"), tone),
                block.unwrap_or("-".into()).into(),
                remark,
            ]);
        }
        page.table(&table);
        if let Some(path) = &self.pacs002 {
            page.line(format!("status report: {path}"));
        }
    }
}

impl From<crate::target::Target> for Item {
    fn from(target: crate::target::Target) -> Self {
        Self {
            uetr: target.uetr,
            amount: target.transfer.terms.interbank_settlement_amount,
            original: target.original,
        }
    }
}

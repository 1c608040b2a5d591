//! `corridor batch submit`.

use crate::{
    clearing::{
        csv::{self, Row},
        plan::{self, Common, Mend, Payment},
        record::BatchFile,
    },
    context::Context,
    directory::Directory,
    duration::ShortDuration,
    instruction::{expiry_after, DEFAULT_EXPIRY},
    message,
    output::{Answer, Page, Table},
    settings::Duty,
    view::{hex, netting::fault_text, MoneyView, OutcomeView, Text},
    Failure,
};
use corridor_client::{
    core::{Currency, Money, ParticipantId, Seconds, Uetr},
    AddressText, BatchReceipt, Corridor, Error, Outcome, SubmitBatch,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// How many of the last batches are compared with a file that has no record.
const LOOK_BACK: u32 = 32;

/// Submit the payments of a CSV as its debtor agent; nothing moves before the creditor agents accept
///
/// The first line is uetr,creditor_agent,amount or uetr,creditor_agent,amount,message_digest. A row without UETR
/// gets one that follows from the file's content and its line. More than 2,000 rows, or rows for more than eight
/// creditor agents, become several batches with consecutive numbers.
///
/// What is submitted is first recorded in FILE.csv.batch.json: keep it with the CSV, it proves items later. Giving
/// the same file again goes on where it stopped, and submits nothing twice; nor does the same content under another
/// name or without its record, as far as your last 32 batches show it. New payments need rows of their own: another
/// UETR will do.
#[derive(Debug, clap::Args)]
pub struct Submit {
    /// The CSV
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    /// ISO 4217 code of all amounts, such as CNY
    #[arg(long, value_name = "CODE")]
    currency: Currency,

    /// The first batch's number, above your last one [default: the one after your last one]
    #[arg(long, value_name = "NUMBER")]
    number: Option<u32>,

    /// Refuse a batch as a whole for one invalid item, instead of leaving up to 64 out
    #[arg(long)]
    all_or_nothing: bool,

    /// How long the creditor agents have to accept, at most 31 days [default: 24h]
    #[arg(long, value_name = "TIME")]
    expires_in: Option<ShortDuration>,
}

impl Submit {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.file == Path::new("-") {
            let advice = "Save it first: its record is kept beside it.";
            return Err(Failure::usage(
                "cli.batch_file",
                "standard input is no file",
                advice,
            ));
        }
        let bytes = message::read(&self.file)?;
        let path = BatchFile::path_of(&self.file);
        let corridor = context.signer(Duty::Instructor).await?;
        let directory = Directory::read(&corridor).await?;
        let debtor = context.participant(&corridor, &directory).await?;
        let settlement = AddressText(corridor.settlement().ok_or(Error::NoSettlement)?);
        // Read with the key's lease held: another run of this command for this key waits outside.
        let mut file = match path.exists() {
            true => {
                let file = BatchFile::read(&path)?;
                self.fits(&file, &bytes, settlement, debtor)?;
                file
            }
            false => {
                let rows = csv::read(&bytes, self.currency, debtor)?;
                let payments = payments(&rows, debtor, &directory)?;
                let digest = csv::file_digest(&bytes);
                self.plan(context, &corridor, debtor, &payments, settlement, digest)
                    .await?
            }
        };
        context.confirm(&self.question(&file)).await?;
        file.write(&path)?;

        let mut progress = context.output.progress("submitting", file.batches.len());
        let mut view = SubmittedView {
            record: path.display().to_string(),
            batches: Vec::new(),
        };
        let mut failed = None;
        for at in 0..file.batches.len() {
            match self.submit(context, &corridor, &mut file, at, &path).await {
                Ok(outcome) => {
                    progress.step();
                    view.add(&file, at, &outcome, &directory, &corridor);
                }
                Err(failure) => {
                    let number = file.batches.get(at).map_or(0, |batch| batch.header.number);
                    failed = Some(failure.about(format!("batch {number}")));
                    break;
                }
            }
        }
        drop(progress);
        if !view.batches.is_empty() || failed.is_none() {
            context.output.answer(&view)?;
        }
        failed.map_or(Ok(()), Err)
    }

    fn question(&self, file: &BatchFile) -> String {
        let items: u64 = file
            .batches
            .iter()
            .map(|batch| u64::from(batch.header.items))
            .sum();
        let sums = file.batches.iter().map(|batch| batch.header.control_sum);
        let total = Money::new(self.currency, sums.fold(0, u128::saturating_add));
        let first = file.batches.first().map_or(0, |batch| batch.header.number);
        match file.batches.len() {
            1 => format!("Submit {items} payments of {total} as batch {first}?"),
            count => format!("Submit {items} payments of {total} as {count} batches from number {first} on?"),
        }
    }

    /// A record may be used for this command only when it says the same.
    fn fits(
        &self,
        file: &BatchFile,
        bytes: &[u8],
        settlement: AddressText,
        debtor: ParticipantId,
    ) -> Result<(), Failure> {
        let (name, first) = (
            self.file.display(),
            file.batches.first().map(|batch| &batch.header),
        );
        let fault = if file.file_digest != csv::file_digest(bytes) {
            "the file was changed since"
        } else if file.settlement != settlement {
            "it was submitted to another settlement contract"
        } else if first.is_none_or(|header| header.debtor_agent != debtor) {
            "it was submitted by another participant"
        } else if first.is_none_or(|header| header.currency != self.currency) {
            "it was submitted in another currency"
        } else if first.is_none_or(|header| header.all_or_nothing != self.all_or_nothing) {
            "it was submitted with another choice of --all-or-nothing"
        } else if self
            .number
            .is_some_and(|number| first.is_none_or(|header| header.number != number))
        {
            "it was submitted under another --number"
        } else {
            return Ok(());
        };
        let message = format!("{name} has been submitted before, and {fault}");
        let advice =
            "Repeat the command as it was first given; submit other payments from a file of another name.";
        Err(Failure::message("cli.batch_record", message, advice))
    }

    /// The batches of a file without a record.
    async fn plan(
        &self,
        context: &Context,
        corridor: &Corridor,
        debtor: ParticipantId,
        payments: &[Payment],
        settlement: AddressText,
        file_digest: [u8; 32],
    ) -> Result<BatchFile, Failure> {
        let last = corridor.last_batch(debtor).await?;
        let next = match last {
            Some(last) => last.checked_add(1).ok_or_else(no_number)?,
            None => 1,
        };
        let common = Common {
            debtor_agent: debtor,
            currency: self.currency,
            number: self.number.unwrap_or(next),
            all_or_nothing: self.all_or_nothing,
            expires_at: self.expires_at(corridor).await?,
        };
        let planned = plan::split(payments, common).ok_or_else(no_number)?;
        // The record may have been lost: the same content under an earlier number is this file.
        let count = u32::try_from(planned.len()).map_err(Failure::internal)?;
        let look_back = LOOK_BACK.saturating_add(count);
        let mut recorded = Vec::new();
        for number in next.saturating_sub(look_back)..next {
            if let Some(record) = corridor.batch(debtor, number).await? {
                recorded.push((number, record));
            }
        }
        let (batches, known) = plan::adopt(planned, &recorded, common.number).ok_or_else(no_number)?;
        if known > 0 {
            let text = format!(
                "{known} of {count} batches of this file are recorded already; they are not repeated"
            );
            context.output.note(&text);
        }
        Ok(BatchFile {
            settlement,
            file_digest,
            batches,
        })
    }

    async fn expires_at(&self, corridor: &Corridor) -> Result<Seconds, Failure> {
        let wait = self.expires_in.map_or(DEFAULT_EXPIRY, |wait| wait.0);
        expiry_after(corridor, wait).await
    }

    /// Submits the batch at a place; one that was submitted before is answered with what was recorded.
    async fn submit(
        &self,
        context: &Context,
        corridor: &Corridor,
        file: &mut BatchFile,
        at: usize,
        path: &Path,
    ) -> Result<Outcome<BatchReceipt>, Failure> {
        let batch = file
            .batches
            .get(at)
            .ok_or_else(|| Failure::internal("no such batch"))?;
        let (debtor, number) = (batch.header.debtor_agent, batch.header.number);
        // In this order, see `plan::mend`. Batches behind this one were never sent.
        let last = corridor.last_batch(debtor).await?;
        let now = corridor.finalised_head().await?.time_ms / 1_000;
        let recorded = corridor.batch(debtor, number).await?;
        let recorded = recorded.is_some_and(|record| record.root == batch.root());
        let mend = plan::mend(&batch.header, recorded, last, now);
        if let Some(last) = mend.above {
            if self.number.is_some() {
                let text = format!("the number is taken or passed: your last batch is {last}");
                let advice = "Remove the record beside the file, and submit it again without --number.";
                return Err(Failure::message("cli.batch_number", text, advice));
            }
            let next = last.checked_add(1).ok_or_else(no_number)?;
            context.output.note(&format!(
                "number {number} is taken: batch {number} becomes batch {next}"
            ));
            plan::renumber(&mut file.batches, at, next).ok_or_else(no_number)?;
        }
        if mend.expiry {
            let expires_at = self.expires_at(corridor).await?;
            for batch in file.batches.iter_mut().skip(at) {
                batch.header.expires_at = expires_at;
            }
        }
        if mend != Mend::default() {
            file.write(path)?;
        }
        let batch = file
            .batches
            .get(at)
            .ok_or_else(|| Failure::internal("no such batch"))?;
        let request = SubmitBatch {
            header: batch.header.clone(),
            items: batch.items.clone(),
        };
        Ok(corridor.submit_batch(request).await?)
    }
}

fn no_number() -> Failure {
    let advice = "Report this: four thousand million batches should be enough.";
    Failure::usage("cli.batch_number", "there is no batch number left", advice)
}

/// Rows with their creditor agents found, or every row that has none.
fn payments(rows: &[Row], debtor: ParticipantId, directory: &Directory) -> Result<Vec<Payment>, Failure> {
    let (mut payments, mut faults) = (Vec::new(), Vec::new());
    for row in rows {
        let creditor_agent = match directory.find(&row.creditor_agent) {
            Ok(id) if id == debtor => {
                faults.push(format!("line {}: the creditor agent is yourself", row.line));
                continue;
            }
            Ok(id) => id,
            Err(failure) => {
                faults.push(format!("line {}: {}", row.line, failure.message));
                continue;
            }
        };
        payments.push(Payment {
            uetr: row.uetr,
            creditor_agent,
            minor_units: row.minor_units,
            message_digest: row.message_digest,
        });
    }
    crate::instruction::refuse(&faults, rows.len(), "submitted")?;
    Ok(payments)
}

/// What became of a file.
#[derive(Debug, Serialize)]
struct SubmittedView {
    record: String,
    batches: Vec<LineView>,
}

#[derive(Debug, Serialize)]
struct LineView {
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
    fn add(
        &mut self,
        file: &BatchFile,
        at: usize,
        outcome: &Outcome<BatchReceipt>,
        directory: &Directory,
        corridor: &Corridor,
    ) {
        let Some(batch) = file.batches.get(at) else {
            return;
        };
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
        page.line(format!("record: {}", self.record));
    }
}

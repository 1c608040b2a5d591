//! `corridor batch submit`.

use super::submitted::SubmittedView;
use crate::{
    clearing::{
        csv::{self, Row, Sheet},
        faults::{self, Fault, ItemLimits},
        plan::{self, Common, Passed, Payment},
        record::BatchFile,
    },
    context::Context,
    directory::Directory,
    duration::ShortDuration,
    instruction::{expiry_after, DEFAULT_EXPIRY},
    message,
    settings::Duty,
    target::QUERIES,
    Failure,
};
use corridor_client::{
    core::{Currency, Error as Refusal, Money, ParticipantId, Seconds},
    AddressText, BatchReceipt, Corridor, Error, Outcome, SubmitBatch,
};
use futures::{stream, StreamExt, TryStreamExt};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// How many of the last batches are compared with a file that has no record.
const LOOK_BACK: u32 = 32;

/// How often batches are sent whose numbers another process takes meanwhile.
const ROUNDS: usize = 3;

/// What was recorded, by number.
type Outcomes = BTreeMap<u32, Outcome<BatchReceipt>>;

/// Submit the payments of a CSV as its debtor agent; nothing moves before the creditor agents accept
///
/// The first line is uetr,creditor_agent,amount or uetr,creditor_agent,amount,message_digest. A row without UETR
/// gets one that follows from the file's content and its line. More than 2,000 rows, or rows for more than eight
/// creditor agents, become several batches with consecutive numbers, which are sent one behind the other without
/// waiting for blocks. Behind one that is refused nothing more is sent.
///
/// Every payment is checked before any is sent: its line, its creditor agent, its amount against the limits on chain. Where
/// any is wrong, all that are wrong are listed and nothing is submitted; --skip-invalid submits the others.
///
/// What is submitted is first recorded in FILE.csv.batch.json: keep it with the CSV, it proves items later. Giving
/// the same file again goes on where it stopped, and submits nothing twice: what was refused while later batches
/// were recorded gets the next number. Nor does the same content under another
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

    /// Leave out the payments that cannot be submitted, each of which is listed, and submit the others
    #[arg(long)]
    skip_invalid: bool,

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
        let mut skipped = Vec::new();
        // What is read from here on decides what is sent: until this has ended, nobody else submits with this key from this
        // store, and another run of this command neither reads nor writes the record.
        corridor.hold_key().await?;
        let mut file = match path.exists() {
            true => {
                let file = BatchFile::read(&path)?;
                self.fits(&file, &bytes, settlement, debtor)?;
                file
            }
            false => {
                let sheet = csv::read(&bytes, self.currency, debtor)?;
                let payments;
                (payments, skipped) = self.sorted(sheet, &corridor, debtor, &directory).await?;
                let digest = csv::file_digest(&bytes);
                self.plan(context, &corridor, debtor, &payments, settlement, digest)
                    .await?
            }
        };
        context.confirm(&self.question(&file)).await?;
        file.write(&path)?;

        let (outcomes, failed) = self.send(context, &corridor, &mut file, &path).await?;
        let mut view = SubmittedView {
            record: path.display().to_string(),
            batches: Vec::new(),
            skipped,
        };
        for batch in &file.batches {
            if let Some(outcome) = outcomes.get(&batch.header.number) {
                view.add(batch, outcome, &directory, &corridor);
            }
        }
        if !view.batches.is_empty() || failed.is_none() {
            context.output.answer(&view)?;
        }
        let left = file.batches.len().saturating_sub(outcomes.len());
        failed.map_or(Ok(()), |(number, error)| Err(refused(number, error, left)))
    }

    /// Sends every batch, several at a time, and whatever has to be sent anew because another process took its
    /// number. Answers what was recorded, and the first failure with its batch's number.
    async fn send(
        &self,
        context: &Context,
        corridor: &Corridor,
        file: &mut BatchFile,
        path: &Path,
    ) -> Result<(Outcomes, Option<(u32, Error)>), Failure> {
        let mut progress = context.output.progress("submitting", file.batches.len());
        let mut outcomes = Outcomes::new();
        for round in 1..=ROUNDS {
            self.mend(context, corridor, file, path).await?;
            let open = file.batches.iter();
            let open = open.filter(|batch| !outcomes.contains_key(&batch.header.number));
            let requests = open.map(|batch| SubmitBatch {
                header: batch.header.clone(),
                items: batch.items.clone(),
            });
            let mut results = corridor.submit_batches(requests.collect())?;
            let mut failed = None::<(u32, Error)>;
            while let Some((number, result)) = results.next().await {
                match result {
                    Ok(outcome) => {
                        progress.step();
                        outcomes.insert(number, outcome);
                    }
                    // The lowest is the cause of those behind it.
                    Err(error) if failed.as_ref().is_none_or(|(first, _)| number < *first) => {
                        failed = Some((number, error));
                    }
                    Err(_) => {}
                }
            }
            let taken = failed.as_ref().and_then(|(_, error)| error.refusal());
            let taken = matches!(taken, Some(Refusal::BatchNumber | Refusal::BatchConflict));
            if !taken || round == ROUNDS {
                return Ok((outcomes, failed));
            }
        }
        Ok((outcomes, None))
    }

    /// The payments of a file that can be submitted, and those that are left out. Where any has to be and may not,
    /// nothing is submitted.
    async fn sorted(
        &self,
        sheet: Sheet,
        corridor: &Corridor,
        debtor: ParticipantId,
        directory: &Directory,
    ) -> Result<(Vec<Payment>, Vec<Fault>), Failure> {
        let mut faults = sheet.faults;
        let (found, unknown) = payments(sheet.rows, debtor, directory);
        let agents = found.iter().map(|(_, payment)| payment.creditor_agent);
        let limits = ItemLimits::read(corridor, debtor, self.currency, agents).await?;
        let (payments, above) = limits.sort(self.currency, found);
        faults.extend(unknown);
        faults.extend(above);
        faults.sort_by_key(|fault| fault.line);
        if faults.is_empty() || (self.skip_invalid && !payments.is_empty()) {
            return Ok((payments, faults));
        }
        let (count, total) = (faults.len(), payments.len().saturating_add(faults.len()));
        let list = faults::list(&faults);
        let text = format!("{count} of {total} payments cannot be submitted:\n  {list}");
        let advice = match payments.is_empty() {
            true => "Nothing was submitted. Correct the file, or have what is missing registered.".to_owned(),
            false => format!(
                "Nothing was submitted. Correct the file, or have what is missing registered; or give --skip-invalid to leave \
                 these out and submit the other {}.",
                payments.len()
            ),
        };
        Err(Failure::message("cli.batch_items", text, advice))
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

    /// Gives batches that can never be recorded as they are another number or expiry, see `plan::mend`.
    async fn mend(
        &self,
        context: &Context,
        corridor: &Corridor,
        file: &mut BatchFile,
        path: &Path,
    ) -> Result<(), Failure> {
        let Some(debtor) = file.batches.first().map(|batch| batch.header.debtor_agent) else {
            return Ok(());
        };
        // In this order: what has passed, then what is recorded.
        let passed = Passed {
            last: corridor.last_batch(debtor).await?,
            now: corridor.finalised_head().await?.time_ms / 1_000,
        };
        let records = stream::iter(&file.batches).map(|batch| corridor.batch(debtor, batch.header.number));
        let records: Vec<_> = records.buffered(QUERIES).try_collect().await?;
        let (recorded, adopted) = plan::adopt_recorded(&mut file.batches, &records);
        let expires_at = self.expires_at(corridor).await?;
        let mended = plan::mend(&mut file.batches, &recorded, passed, expires_at).ok_or_else(no_number)?;
        if let Some((_, last)) = mended.renumbered.first().zip(passed.last) {
            if self.number.is_some() {
                let text = format!("the number is taken or passed: your last batch is {last}");
                let advice = "Remove the record beside the file, and submit it again without --number.";
                return Err(Failure::message("cli.batch_number", text, advice));
            }
        }
        for (old, new) in &mended.renumbered {
            context
                .output
                .note(&format!("number {old} is taken: batch {old} becomes batch {new}"));
        }
        if adopted || mended != plan::Mended::default() {
            file.write(path)?;
        }
        Ok(())
    }
}

/// Why a batch was not recorded, and that others were not because of it.
fn refused(number: u32, error: Error, left: usize) -> Failure {
    let mut failure = Failure::from(error).about(format!("batch {number}"));
    if left > 1 {
        failure.message = format!(
            "{left} batches are not known to be recorded; the first: {}",
            failure.message
        );
    }
    failure
}

fn no_number() -> Failure {
    let advice = "Report this: four thousand million batches should be enough.";
    Failure::usage("cli.batch_number", "there is no batch number left", advice)
}

/// Rows with their creditor agents found, and every row that has none.
fn payments(
    rows: Vec<Row>,
    debtor: ParticipantId,
    directory: &Directory,
) -> (Vec<(usize, Payment)>, Vec<Fault>) {
    let (mut payments, mut faults) = (Vec::new(), Vec::new());
    for row in rows {
        let found = match directory.find(&row.creditor_agent) {
            Ok(id) if id == debtor => Err("the creditor agent is yourself".to_owned()),
            found => found.map_err(|failure| failure.message),
        };
        match found {
            Ok(creditor_agent) => {
                let payment = Payment {
                    uetr: row.uetr,
                    creditor_agent,
                    minor_units: row.minor_units,
                    message_digest: row.message_digest,
                };
                payments.push((row.line, payment));
            }
            Err(reason) => faults.push(Fault {
                line: row.line,
                uetr: Some(row.uetr),
                reason,
            }),
        }
    }
    (payments, faults)
}

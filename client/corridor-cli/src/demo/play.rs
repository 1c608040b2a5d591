//! The transfers: instruct, accept, reject, cancel, return, expire.

use super::{
    cast::{Cast, Institution},
    script::{Ending, Script, ScriptFile},
    setting::Setting,
    Stage,
};
use crate::{command::plan_returns, instruction, instruction::DEFAULT_EXPIRY, message, Exit, Failure};
use corridor_client::{
    core::{Error as Refusal, Money, SettlementMethod, Uetr},
    Corridor, EndRequest, Error, InstructRequest, Outcome, TransferReceipt,
};
use futures::{stream::select_all, StreamExt};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How long the transfer that is to expire can be accepted: long enough to be instructed on a busy machine.
const SHORT_EXPIRY: Duration = Duration::from_secs(6);

/// What happened, as far as the chain alone does not say.
pub struct Told {
    /// What was sent back.
    pub returned: Vec<(Uetr, Money)>,
}

/// A pacs.008 with its two sides.
pub struct Sides<'a> {
    /// The file.
    pub file: &'a ScriptFile,
    /// Who pays.
    pub debtor: &'a Institution,
    /// Who is paid.
    pub creditor: &'a Institution,
}

/// Finds out who pays and who is paid, from the messages.
pub fn sides<'a>(cast: &'a Cast, setting: &Setting, script: &'a Script) -> Result<Vec<Sides<'a>>, Failure> {
    let side = |file: &ScriptFile| {
        let first = file
            .message
            .transactions
            .first()
            .ok_or("the message has no transaction")?;
        let debtor = setting.directory.resolve(&first.instructing_agent)?;
        let creditor = setting.directory.resolve(&first.instructed_agent)?;
        Ok::<_, String>((debtor, creditor))
    };
    let mut all = Vec::new();
    for file in &script.files {
        let (debtor, creditor) = side(file).map_err(|fault| {
            let text = format!("{}: {fault}", file.name);
            Failure::message("demo.agents", text, "Correct the message.")
        })?;
        all.push(Sides {
            file,
            debtor: cast.institution(debtor)?,
            creditor: cast.institution(creditor)?,
        });
    }
    Ok(all)
}

/// Plays all of it.
pub async fn play(stage: &Stage, cast: &Cast, setting: &Setting, script: &Script) -> Result<Told, Failure> {
    let sides = sides(cast, setting, script)?;
    stage.step("Instructing what the pacs.008 files say");
    let expires_at = instruct(stage, setting, &sides).await?;
    stage.step("Accepting, rejecting, cancelling");
    answer(stage, &sides).await?;
    stage.step("Returning a part");
    let returned = give_back(stage, cast, setting, script).await?;
    stage.step("Expiring what nobody accepted");
    expire(stage, cast, &sides, expires_at).await?;
    Ok(Told { returned })
}

/// Instructs everything, the transfer that is to expire last; answers when that one lapses.
async fn instruct(stage: &Stage, setting: &Setting, sides: &[Sides<'_>]) -> Result<u64, Failure> {
    let mut batches: Vec<(&Corridor, Vec<InstructRequest>)> = Vec::new();
    let mut lapsing: Vec<(&Corridor, InstructRequest)> = Vec::new();
    for side in sides {
        let corridor = &side.debtor.instructor;
        let lapses = instruction::expiry_after(corridor, DEFAULT_EXPIRY).await?;
        let message = &side.file.message;
        let requests = instruction::requests(
            corridor,
            &setting.directory,
            message,
            side.debtor.id,
            SettlementMethod::Gross,
            |_| lapses,
        )
        .await?;
        stage.note(format!(
            "{}: {} transfers are in order",
            side.file.name,
            requests.len()
        ));
        let short = side.file.wanted(|ending| ending == Ending::Expire);
        let (short, long) = requests
            .into_iter()
            .partition(|request| short.contains(&request.uetr));
        let short: Vec<InstructRequest> = short;
        lapsing.extend(short.into_iter().map(|request| (corridor, request)));
        batches.push((corridor, long));
    }
    let total = batches.iter().map(|(_, requests)| requests.len()).sum::<usize>();
    let mut progress = stage
        .output
        .progress("instructing", total.saturating_add(lapsing.len()));
    let started = Instant::now();
    let streams = batches
        .into_iter()
        .map(|(corridor, requests)| corridor.instruct_all(requests));
    let mut results = select_all(streams);
    while let Some((uetr, result)) = results.next().await {
        result.map_err(|error| Failure::from(error).about(uetr))?;
        progress.step();
    }
    let mut last = 0;
    for (corridor, mut request) in lapsing {
        request.expires_at = instruction::expiry_after(corridor, SHORT_EXPIRY).await?;
        last = last.max(request.expires_at);
        let uetr = request.uetr;
        let outcome = corridor.instruct(request).await;
        outcome.map_err(|error| Failure::from(error).about(uetr))?;
        progress.step();
    }
    drop(progress);
    stage.note(format!(
        "{} ms until all were final",
        started.elapsed().as_millis()
    ));
    Ok(last)
}

/// Creditor agents accept and reject, debtor agents cancel, all at the same time.
async fn answer(stage: &Stage, sides: &[Sides<'_>]) -> Result<(), Failure> {
    let total: usize = sides
        .iter()
        .map(|side| side.file.wanted(|ending| ending != Ending::Expire).len())
        .sum();
    let progress = Mutex::new(stage.output.progress("answering", total));
    let step = |uetr: Uetr, result: Result<Outcome<TransferReceipt>, Error>| {
        let outcome = result.map_err(|error| Failure::from(error).about(uetr));
        if let Ok(mut progress) = progress.lock() {
            progress.step();
        }
        outcome.map(|_| ())
    };
    let started = Instant::now();
    let answers = sides.iter().map(|side| {
        let step = &step;
        let accepted = side
            .file
            .wanted(|ending| matches!(ending, Ending::Accept | Ending::ReturnPart));
        let accept = async move {
            let mut results = side.creditor.approver.accept_all(accepted);
            while let Some((uetr, result)) = results.next().await {
                step(uetr, result)?;
            }
            Ok::<_, Failure>(())
        };
        let refuse = async move {
            for (transaction, ending) in side.file.transfers() {
                let uetr = transaction.uetr;
                match ending {
                    Ending::Reject(reason) => {
                        step(
                            uetr,
                            side.creditor.approver.reject(EndRequest { uetr, reason }).await,
                        )?;
                    }
                    Ending::Cancel(reason) => {
                        step(
                            uetr,
                            side.debtor.instructor.cancel(EndRequest { uetr, reason }).await,
                        )?;
                    }
                    _ => {}
                }
            }
            Ok::<_, Failure>(())
        };
        async { futures::try_join!(accept, refuse) }
    });
    futures::future::try_join_all(answers).await?;
    drop(progress);
    stage.note(format!(
        "{} ms until all were final",
        started.elapsed().as_millis()
    ));
    Ok(())
}

/// Carries out the pacs.004.
async fn give_back(
    stage: &Stage,
    cast: &Cast,
    setting: &Setting,
    script: &Script,
) -> Result<Vec<(Uetr, Money)>, Failure> {
    let mut returned = Vec::new();
    for (request, amount) in plan_returns(&cast.governor, &script.returns).await? {
        let transfer = cast.governor.transfer(request.uetr).await?;
        let transfer = transfer.ok_or_else(|| crate::target::unknown_transfer(request.uetr))?;
        let creditor = cast.institution(transfer.terms.creditor_agent)?;
        creditor.approver.return_transfer(request).await?;
        let (from, to) = (transfer.terms.creditor_agent, transfer.terms.debtor_agent);
        let (from, to) = (setting.directory.name(from), setting.directory.name(to));
        stage.note(format!(
            "{from} sends {amount} back to {to}, reason {}",
            request.reason
        ));
        returned.push((request.uetr, amount));
    }
    Ok(returned)
}

/// Waits for the time to pass, then expires.
async fn expire(stage: &Stage, cast: &Cast, sides: &[Sides<'_>], expires_at: u64) -> Result<(), Failure> {
    let wait = expires_at.saturating_sub(message::now()).saturating_add(1);
    let progress = stage.output.progress("waiting for the time to pass", 1);
    sleep(Duration::from_secs(wait)).await;
    drop(progress);
    for side in sides {
        for uetr in side.file.wanted(|ending| ending == Ending::Expire) {
            expire_one(cast, side, uetr).await?;
            stage.note(format!(
                "{uetr} expired; anyone may do that, here {}",
                side.creditor.short
            ));
        }
    }
    Ok(())
}

async fn expire_one(cast: &Cast, side: &Sides<'_>, uetr: Uetr) -> Result<(), Failure> {
    let expire = async || side.creditor.approver.expire(uetr).await;
    match cast.when_it_is_time(Refusal::NotYetExpired, expire).await {
        Ok(_) => Ok(()),
        Err(failure) => Err(Failure {
            exit: Exit::Failed,
            ..failure.about(uetr)
        }),
    }
}

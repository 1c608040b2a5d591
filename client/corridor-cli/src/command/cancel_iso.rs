//! `corridor cancel --iso`: a camt.056 in, a camt.029 out.

use crate::{
    context::Context,
    instruction, message,
    output::{Answer, Cell, Page, Table, Tone},
    settings::Duty,
    target::QUERIES,
    view::Text,
    Exit, Failure,
};
use corridor_client::{
    core::{ReasonCode, Transfer, Uetr},
    Corridor, EndRequest,
};
use corridor_iso20022::{
    camt029::{self, CancellationAnswer, CancellationResolution, CancellationStatus},
    camt056::{CancellationRequest, CancellationTransaction},
};
use futures::{stream, StreamExt, TryStreamExt};
use serde::Serialize;
use std::path::Path;

/// Cancels what a camt.056 asks for and answers each transfer: cancelled, not, or not known yet.
pub(super) async fn cancel(
    context: &Context,
    request: CancellationRequest,
    reason: Option<ReasonCode>,
    camt029: Option<&Path>,
) -> Result<(), Failure> {
    let corridor = context.signer(Duty::Instructor).await?;
    let asked = named(&request)?;
    let before = recorded(&corridor, &asked).await?;
    let faults: Vec<String> = asked.iter().zip(&before).filter_map(differs).collect();
    instruction::refuse(&faults, asked.len(), "cancelled")?;

    let mut progress = context.output.progress("cancelling", asked.len());
    let mut errors = Vec::new();
    for ((uetr, asked), before) in asked.iter().zip(&before) {
        let open = before.is_some_and(|transfer| transfer.status.is_open());
        let mut error = None;
        if open {
            let reason = reason.unwrap_or_else(|| asked.reason_code());
            let uetr = *uetr;
            error = corridor
                .cancel(EndRequest { uetr, reason })
                .await
                .err()
                .map(Failure::from);
        }
        errors.push(error);
        progress.step();
    }
    drop(progress);

    let after = recorded(&corridor, &asked).await?;
    let answers: Vec<CancellationAnswer> = asked
        .iter()
        .zip(&after)
        .map(|((_, asked), transfer)| CancellationAnswer::of(asked, transfer.map(|one| one.status)))
        .collect();
    // An error is one only as long as the answer is open: what was refused because the transfer had ended is told
    // by how it ended.
    let open = |answer: &CancellationAnswer| answer.status == Some(CancellationStatus::Pending);
    let worst = answers
        .iter()
        .zip(&errors)
        .zip(&asked)
        .find_map(|((answer, error), (uetr, _))| {
            let error = open(answer).then(|| error.clone().unwrap_or_else(undecided))?;
            Some(error.about(uetr))
        });
    let lines = answers
        .iter()
        .zip(&asked)
        .map(|(answer, (uetr, _))| LineView::new(*uetr, answer));
    let lines = lines.collect();
    let answer =
        CancellationResolution::answer(&request, message::fresh_id("CXR")?, message::now_text()?, answers);
    if let Some(path) = camt029 {
        message::write(path, &camt029::write(&answer)?)?;
    }
    context.output.answer(&CancellationView {
        confirmation: answer.confirmation,
        transfers: lines,
        camt029: camt029.map(|path| path.display().to_string()),
    })?;
    worst.map_or(Ok(()), Err)
}

/// The transfer came to be recorded after the cancellation had looked at it.
fn undecided() -> Failure {
    let text = "whether it is cancelled is not known: it was recorded while it was asked for";
    let advice = "Send the same request again.";
    let mut failure = Failure::new(Exit::Unknown, "cli.cancellation_open", text, advice);
    failure.transient = true;
    failure
}

type Asked<'r> = Vec<(Uetr, &'r CancellationTransaction)>;

/// Each transfer the request is about; all of them have to be named.
fn named(request: &CancellationRequest) -> Result<Asked<'_>, Failure> {
    let (mut asked, mut faults) = (Vec::new(), Vec::new());
    for (position, one) in request.transactions.iter().enumerate() {
        match one.original.uetr {
            Some(uetr) => asked.push((uetr, one)),
            None => faults.push(format!(
                "transaction {}: it has no OrgnlUETR, so it names no transfer",
                position.saturating_add(1)
            )),
        }
    }
    instruction::refuse(&faults, request.transactions.len(), "cancelled")?;
    Ok(asked)
}

async fn recorded(corridor: &Corridor, asked: &Asked<'_>) -> Result<Vec<Option<Transfer>>, Failure> {
    let queries = stream::iter(asked).map(|(uetr, _)| corridor.transfer(*uetr));
    Ok(queries.buffered(QUERIES).try_collect().await?)
}

/// A request that speaks of another amount means another transfer.
fn differs((asked, recorded): (&(Uetr, &CancellationTransaction), &Option<Transfer>)) -> Option<String> {
    let (uetr, asked) = asked;
    let said = asked.original_amount?;
    let amount = recorded.as_ref()?.terms.interbank_settlement_amount;
    (said != amount)
        .then(|| format!("UETR {uetr}: the request says amount {said}, the chain has recorded {amount}"))
}

#[derive(Debug, Serialize)]
struct CancellationView {
    confirmation: String,
    transfers: Vec<LineView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    camt029: Option<String>,
}

#[derive(Debug, Serialize)]
struct LineView {
    uetr: Text<Uetr>,
    end_to_end_id: Option<String>,
    answer: Option<&'static str>,
    reason: Option<String>,
    explanation: String,
}

impl LineView {
    fn new(uetr: Uetr, answer: &CancellationAnswer) -> Self {
        let reason = answer.reasons.first();
        Self {
            uetr: Text(uetr),
            end_to_end_id: answer.original.end_to_end_id.clone(),
            answer: answer.status.map(CancellationStatus::code),
            reason: reason.map(|reason| reason.reason.code().to_string()),
            explanation: reason
                .map(|reason| reason.additional.join(" "))
                .unwrap_or_default(),
        }
    }
}

impl Answer for CancellationView {
    fn print(&self, page: &mut Page) {
        let mut table = Table::new(&["uetr", "end-to-end id", "answer", "reason", "explanation"]);
        for line in &self.transfers {
            let answer = line.answer.unwrap_or("-");
            let tone = match answer {
                "ACCR" => Tone::Good,
                "RJCR" => Tone::Bad,
                _ => Tone::Warn,
            };
            table.row([
                line.uetr.into(),
                line.end_to_end_id.clone().unwrap_or("-".into()).into(),
                Cell::toned(answer, tone),
                line.reason.clone().unwrap_or("-".into()).into(),
                line.explanation.clone().into(),
            ]);
        }
        page.table(&table);
        page.line(format!("confirmation: {}", self.confirmation));
        if let Some(path) = &self.camt029 {
            page.line(format!("answer: {path}"));
        }
    }
}

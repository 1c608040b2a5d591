//! camt.056 to operations, and camt.029 for what became of them.
//!
//! What is decided is answered from the finalised head and asks for nothing; what is open, or about to be instructed by a request
//! of this gateway, becomes an operation.

use super::{fresh_id, now_text, report::fault_of, status::recorded, stored_limits, Own};
use crate::{
    app::App,
    operation::{Ended, Operation},
    problem::Problem,
    routes::{accepted::Wanted, PAGE},
    store::{MessageRecord, RequestFilter, RequestRecord},
    text::Text,
};
use corridor_client::core::{Money, Transfer, TransferStatus, Uetr};
use corridor_iso20022::{
    camt029::{CancellationAnswer, CancellationResolution, CancellationStatus},
    camt056::{self, CancellationRequest, CancellationTransaction},
    Limits,
};
use std::collections::HashSet;

/// Where a transfer stands that somebody asks to cancel.
enum Standing {
    /// The contract has recorded it.
    Recorded(Box<Transfer>),
    /// A request of this gateway that is not final instructs it, with this amount.
    Coming(Money),
    /// Neither.
    Unknown,
}

/// The operations of a camt.056: one for each transfer that can still be cancelled.
///
/// # Errors
/// 422 with the element, the place and the transaction at fault, or with every transfer that is not the one that is meant or not
/// one of the participant's own; 503 where the chain cannot be asked.
pub async fn read(app: &App, body: &[u8], limits: &Limits) -> Result<Vec<Wanted>, Problem> {
    let request = camt056::read(body, limits)?;
    let asked = named(&request)?;
    let standings = standings(app, &asked).await?;
    Own::check(app, |own| {
        let faults = asked.iter().zip(&standings);
        let faults = faults.filter_map(|((uetr, asked), standing)| {
            let fault = fault(asked, standing, own)?;
            Some(format!("UETR {uetr}: {fault}"))
        });
        let faults: Vec<String> = faults.collect();
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Problem::transactions(&faults, asked.len())),
        }
    })
    .await?;
    let open = asked
        .iter()
        .zip(&standings)
        .filter(|(_, standing)| match standing {
            Standing::Recorded(transfer) => transfer.status.is_open(),
            Standing::Coming(_) => true,
            Standing::Unknown => false,
        });
    let wanted = open.map(|((uetr, asked), _)| {
        let (uetr, reason) = (Text(*uetr), Text(asked.reason_code()));
        // The same as JSON asks for: one cancellation, whichever way it comes.
        Wanted::new(Operation::Cancel(Ended { uetr, reason }), &(uetr, reason))
    });
    Ok(wanted.collect())
}

type Asked<'r> = Vec<(Uetr, &'r CancellationTransaction)>;

/// Each transfer the request is about; all of them have to be named, once.
fn named(request: &CancellationRequest) -> Result<Asked<'_>, Problem> {
    let (mut asked, mut faults, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (index, one) in (1usize..).zip(&request.transactions) {
        match one.original.uetr {
            Some(uetr) if !seen.insert(uetr) => {
                faults.push(format!(
                    "transaction {index}: its OrgnlUETR {uetr} is named before"
                ));
            }
            Some(uetr) => asked.push((uetr, one)),
            None => faults.push(format!(
                "transaction {index}: it has no OrgnlUETR, so it names no transfer"
            )),
        }
    }
    match faults.is_empty() {
        true => Ok(asked),
        false => Err(Problem::transactions(&faults, request.transactions.len())),
    }
}

async fn standings(app: &App, asked: &Asked<'_>) -> Result<Vec<Standing>, Problem> {
    let uetrs = asked.iter().map(|(uetr, _)| *uetr).collect();
    let found = recorded(app, uetrs).await?;
    let mut standings = Vec::with_capacity(found.len());
    for ((uetr, _), transfer) in asked.iter().zip(found) {
        standings.push(match transfer {
            Some(transfer) => Standing::Recorded(Box::new(transfer)),
            None => coming(app, *uetr).await?,
        });
    }
    Ok(standings)
}

/// A transfer that is not recorded may be under way: then it is not unknown, and its cancellation waits behind it.
async fn coming(app: &App, uetr: Uetr) -> Result<Standing, Problem> {
    let filter = RequestFilter {
        stream: Some(uetr.to_string()),
        limit: PAGE,
        ..RequestFilter::default()
    };
    let requests = app.store.requests(&filter).await?;
    let mut open = requests.iter().filter(|request| !request.state.is_final());
    let amount = open.find_map(|request| super::instructed(&request.operation));
    Ok(amount.map_or(Standing::Unknown, |instruct| {
        Standing::Coming(instruct.interbank_settlement_amount.0)
    }))
}

/// A request that speaks of another amount means another transfer; one instructed by somebody else is theirs to cancel.
fn fault(asked: &CancellationTransaction, standing: &Standing, own: &Own) -> Option<String> {
    let amount = match standing {
        Standing::Recorded(transfer) => {
            let debtor = transfer.terms.debtor_agent;
            if debtor != own.id {
                let (debtor, ours) = (own.directory.name(debtor), own.name());
                return Some(format!(
                    "its debtor agent is {debtor}, and this gateway acts for {ours}"
                ));
            }
            transfer.terms.interbank_settlement_amount
        }
        Standing::Coming(amount) => *amount,
        Standing::Unknown => return None,
    };
    let said = asked.original_amount.filter(|said| *said != amount)?;
    Some(format!(
        "OrgnlIntrBkSttlmAmt is {said}, and the transfer was instructed with {amount}"
    ))
}

/// The answer to a camt.056 that was taken, as far as it is known.
///
/// # Errors
/// 503 where the chain cannot be asked.
pub async fn resolution(app: &App, record: &MessageRecord) -> Result<CancellationResolution, Problem> {
    let request = camt056::read(&record.body, &stored_limits(&record.body))?;
    let asked = named(&request)?;
    let uetrs = asked.iter().map(|(uetr, _)| *uetr).collect();
    let found = recorded(app, uetrs).await?;
    let answers = asked.iter().zip(&found).map(|((uetr, asked), transfer)| {
        let made = record
            .requests
            .iter()
            .find(|request| request.operation.uetr() == Some(*uetr));
        answer(asked, made, transfer.map(|transfer| transfer.status))
    });
    let answers = answers.collect();
    let created_at = now_text()?;
    let id = fresh_id("CXR", &created_at);
    Ok(CancellationResolution::answer(&request, id, created_at, answers))
}

/// The answer for one transfer, whose cancellation was asked for by this request of the gateway, if it was.
fn answer(
    asked: &CancellationTransaction,
    made: Option<&RequestRecord>,
    status: Option<TransferStatus>,
) -> CancellationAnswer {
    let Some(made) = made else {
        // Nothing was open when the message came, so nothing was asked for: what has been instructed since is not cancelled by it.
        return CancellationAnswer::of(asked, status.filter(|status| !status.is_open()));
    };
    let mut answer = CancellationAnswer::of(asked, status);
    if status.is_none() && !made.state.is_final() {
        // It is about to be instructed.
        answer.status = Some(CancellationStatus::Pending);
        answer.reasons.clear();
    }
    if answer.status == Some(CancellationStatus::Pending) {
        answer.reasons = fault_of(made).into_iter().collect();
    }
    answer
}

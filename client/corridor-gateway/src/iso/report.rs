//! pacs.002: what became of messages that were taken, and of recorded transfers.

use super::{fresh_id, instructed, now_text, status, stored_limits};
use crate::{
    app::App,
    problem::Problem,
    routes::intent::is_xml,
    store::{MessageRecord, RequestRecord, State},
    view::request::{ReceiptView, ResultView},
};
use corridor_client::core::{AgentId, ReasonCode, Seconds, Transfer, Uetr};
use corridor_iso20022::{
    camt050::{self, LiquidityTransfer},
    pacs002::{self, GroupStatus, PaymentStatusReport, TransactionReport},
    pacs004::{self, ReturnTransaction},
    pacs008,
    pacs009::{self, InstitutionTransaction},
    Agent, Limits, MessageKind, OriginalGroup, OriginalTransaction, StatusReason, TransactionStatus,
};

/// The version that is written.
const VERSION: u8 = 10;

/// A pacs.002.
///
/// # Errors
/// 500 for a field that does not fit the standard.
pub fn report(from: &AgentId, transactions: Vec<TransactionReport>) -> Result<String, Problem> {
    report_on(from, None, Vec::new(), transactions)
}

/// A pacs.002 to somebody, about whole messages and transactions.
///
/// # Errors
/// As [`report`].
pub fn report_on(
    from: &AgentId,
    to: Option<Agent>,
    about: Vec<OriginalGroup>,
    transactions: Vec<TransactionReport>,
) -> Result<String, Problem> {
    let created_at = now_text()?;
    let groups = about.into_iter().map(|original| GroupStatus {
        original,
        status: None,
        reasons: Vec::new(),
    });
    let report = PaymentStatusReport {
        version: VERSION,
        business_header: None,
        message_id: fresh_id("STS", &created_at),
        created_at,
        instructing_agent: Some(Agent::new([from.clone()])),
        instructed_agent: to,
        groups: groups.collect(),
        transactions,
    };
    Ok(pacs002::write(&report)?)
}

/// A recorded transfer in a report. `paid_at` is when the window of a netted one was settled.
#[must_use]
pub fn of_transfer(
    uetr: Uetr,
    end_to_end_id: Option<String>,
    transfer: &Transfer,
    paid_at: Option<Seconds>,
) -> TransactionReport {
    let original = OriginalTransaction {
        uetr: Some(uetr),
        end_to_end_id,
        ..OriginalTransaction::default()
    };
    TransactionReport::of(original, transfer).paid(paid_at)
}

/// What a message is that came as ISO 20022.
#[must_use]
pub fn kind_of(record: &MessageRecord) -> Option<MessageKind> {
    let limits = Limits {
        bytes: record.body.len(),
        ..Limits::default()
    };
    let xml = is_xml(&record.content_type);
    xml.then(|| MessageKind::of(&record.body, &limits).ok()).flatten()
}

/// The pacs.002 about a message that was taken. Without `ask_chain` it tells how far its requests have come, and not what is recorded.
///
/// # Errors
/// 503 where the chain cannot be asked, 500 for a field that does not fit the standard.
pub async fn of_message(app: &App, record: &MessageRecord, ask_chain: bool) -> Result<String, Problem> {
    let requests = &record.requests;
    let Named { about, originals } = named(record)?;
    let by: Vec<By> = requests
        .iter()
        .map(|request| By::of(request, about.is_some()))
        .collect();
    let asked = by.iter().map(|by| by.asks().filter(|_| ask_chain)).collect();
    // Before the transfers: what is not recorded then was not recorded at this block.
    let as_of = match ask_chain && by.iter().any(|by| matches!(by, By::Transfer(_))) {
        true => Some(app.backend.head().await?.number),
        false => None,
    };
    let standings = status::standings(app, asked).await?;
    let reports = originals.into_iter().zip(requests).zip(by.iter().zip(standings));
    let reports = reports.map(|((original, request), (by, standing))| match (by, standing) {
        (By::Itself | By::Instructed(_), Some((transfer, paid_at))) => {
            TransactionReport::of(original, &transfer).paid(paid_at)
        }
        (By::Transfer(_), standing) => about_transfer(original, request, standing, as_of),
        (By::Itself | By::Instructed(_), None) => progress(original, request),
    });
    report_on(
        &app.config.participant,
        None,
        about.into_iter().collect(),
        reports.collect(),
    )
}

/// What tells what became of a request.
enum By {
    /// The request itself.
    Itself,
    /// The transfer that it has instructed.
    Instructed(Uetr),
    /// The transfer that it is about, whatever became of the request: one that is settled stays settled when its cancellation is refused.
    Transfer(Uetr),
}

impl By {
    /// A transaction of a message is what the report names, so a return is told by itself where it came in one.
    fn of(request: &RequestRecord, in_message: bool) -> Self {
        match (request.operation.uetr(), instructed(&request.operation)) {
            (Some(uetr), Some(_)) if request.state == State::Succeeded => Self::Instructed(uetr),
            (Some(uetr), None) if !in_message => Self::Transfer(uetr),
            _ => Self::Itself,
        }
    }

    fn asks(&self) -> Option<Uetr> {
        match self {
            Self::Itself => None,
            Self::Instructed(uetr) | Self::Transfer(uetr) => Some(*uetr),
        }
    }
}

/// A message as reports about it name it, with each of its transactions.
struct Named {
    about: Option<OriginalGroup>,
    originals: Vec<OriginalTransaction>,
}

impl Named {
    fn of<T>(about: OriginalGroup, transactions: &[T], original: impl Fn(&T) -> OriginalTransaction) -> Self {
        Self {
            about: Some(about),
            originals: transactions.iter().map(original).collect(),
        }
    }
}

fn named(record: &MessageRecord) -> Result<Named, Problem> {
    let (body, limits) = (record.body.as_slice(), stored_limits(&record.body));
    let group = |id: &str, name: &str, version: u8, at| {
        OriginalGroup::named(id, &format!("{name}.001.{version:02}"), at)
    };
    Ok(match kind_of(record) {
        Some(MessageKind::Pacs008) => {
            let message = pacs008::read(body, &limits)?;
            let about = OriginalGroup::of(&message);
            Named::of(about, &message.transactions, OriginalTransaction::of)
        }
        Some(MessageKind::Pacs009) => {
            let message = pacs009::read(body, &limits)?;
            let header = message.group_header;
            let about = group(
                &header.message_id,
                "pacs.009",
                message.version,
                Some(header.created_at),
            );
            Named::of(about, &message.transactions, original_pacs009)
        }
        Some(MessageKind::Pacs004) => {
            let message = pacs004::read(body, &limits)?;
            let header = message.group_header;
            let about = group(
                &header.message_id,
                "pacs.004",
                message.version,
                Some(header.created_at),
            );
            Named::of(about, &message.transactions, original_pacs004)
        }
        Some(MessageKind::Camt050) => {
            let message = camt050::read(body, &limits)?;
            let about = group(
                &message.message_id,
                "camt.050",
                message.version,
                message.created_at.clone(),
            );
            Named::of(about, &[message], original_camt050)
        }
        _ => Named {
            about: None,
            originals: record.requests.iter().map(original).collect(),
        },
    })
}

/// What a request is about that did not come in a message.
fn original(request: &RequestRecord) -> OriginalTransaction {
    OriginalTransaction {
        uetr: request.operation.uetr(),
        end_to_end_id: instructed(&request.operation).map(|instruct| instruct.end_to_end_id.clone()),
        ..OriginalTransaction::default()
    }
}

fn original_pacs009(transaction: &InstitutionTransaction) -> OriginalTransaction {
    OriginalTransaction {
        group: None,
        instruction_id: transaction.instruction_id.clone(),
        end_to_end_id: Some(transaction.end_to_end_id.clone()),
        transaction_id: transaction.transaction_id.clone(),
        uetr: Some(transaction.uetr),
    }
}

/// The return is what the report is about: its own id tells it from others of the same transfer.
fn original_pacs004(transaction: &ReturnTransaction) -> OriginalTransaction {
    let mut original = transaction.original.clone();
    if let Some(id) = &transaction.return_id {
        original.transaction_id = Some(id.clone());
    }
    original.group = None;
    original
}

fn original_camt050(message: &LiquidityTransfer) -> OriginalTransaction {
    let id = message.transfer_id.as_ref();
    OriginalTransaction {
        group: None,
        instruction_id: id.and_then(|id| id.instruction_id.clone()),
        end_to_end_id: id.map(|id| id.end_to_end_id.clone()),
        transaction_id: id.and_then(|id| id.transaction_id.clone()),
        uetr: id.and_then(|id| id.uetr),
    }
}

/// A transfer as it stands, with why what was asked for about it was refused, if it was.
fn about_transfer(
    original: OriginalTransaction,
    request: &RequestRecord,
    standing: Option<status::Standing>,
    as_of: Option<u64>,
) -> TransactionReport {
    let mut report = match (standing, as_of) {
        (Some((transfer, paid_at)), _) => TransactionReport::of(original, &transfer).paid(paid_at),
        (None, Some(block)) => TransactionReport::unrecorded(original, block),
        (None, None) => TransactionReport {
            status: None,
            ..TransactionReport::new(original, TransactionStatus::Pending)
        },
    };
    report.reasons.extend(fault_of(request));
    report
}

/// A request in a report as far as it has come.
fn progress(original: OriginalTransaction, request: &RequestRecord) -> TransactionReport {
    let status = match request.state {
        // Received; received and being worked on.
        State::Accepted => TransactionStatus::Other("RCVD".into()),
        State::Working => TransactionStatus::Pending,
        // What is instructed is not settled yet; money that was moved, or sent back, is.
        State::Succeeded => match instructed(&request.operation) {
            Some(_) => TransactionStatus::Other("ACSP".into()),
            None => TransactionStatus::Settled,
        },
        State::Refused | State::Failed => TransactionStatus::Rejected,
    };
    let mut report = TransactionReport::new(original, status);
    report.reasons = fault_of(request).into_iter().collect();
    if report.status == Some(TransactionStatus::Settled) {
        report.accepted_at = done_at(request).and_then(|at| at.parse().ok());
    }
    report
}

/// When a request was carried out, as the contract recorded it.
fn done_at(request: &RequestRecord) -> Option<String> {
    let Some(ResultView::Outcome(outcome)) = request.result() else {
        return None;
    };
    match outcome.receipt {
        ReceiptView::Movement { at, .. } | ReceiptView::Transfer { at, .. } => Some(at),
        _ => None,
    }
}

/// Why a request was not carried out, where it was not.
pub(super) fn fault_of(request: &RequestRecord) -> Option<StatusReason> {
    let Some(ResultView::Fault(fault)) = request.result() else {
        return None;
    };
    let reason = fault.iso_reason.parse().unwrap_or(ReasonCode::MS03);
    let text = format!("{}: {} {}", fault.code, fault.detail, fault.hint);
    Some(StatusReason::new(reason).explained(&text))
}

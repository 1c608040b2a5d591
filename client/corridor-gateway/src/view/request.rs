//! A request and what became of it.

use super::{answer::AnswerView, moment, moment_ms, BlockView, ExtrinsicView};
use crate::{
    operation::SignedQuoteFields,
    store::{MessageRecord, RequestRecord, State},
    text::Amount,
};
use corridor_client::{
    core::{queued::QueueReport, CollateralKind, Currency, Money, MovementKind},
    BatchReceipt, CollateralReceipt, MovementReceipt, Outcome, QuoteReceipt, TransferReceipt, WindowReceipt,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an operation became final.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeView {
    /// It had been carried out before: this request changed nothing more.
    pub repeated: bool,
    /// The finalised block that shows it.
    pub block: BlockView,
    /// The extrinsic that carried it; `null` where it was found carried out.
    pub extrinsic: Option<ExtrinsicView>,
    /// What the contract recorded.
    pub receipt: ReceiptView,
}

impl OutcomeView {
    /// An outcome of the client library's.
    pub fn of<Receipt>(outcome: Outcome<Receipt>, view: impl FnOnce(Receipt) -> ReceiptView) -> Self {
        Self {
            repeated: outcome.repeated,
            block: outcome.block.into(),
            extrinsic: outcome.extrinsic.map(Into::into),
            receipt: view(outcome.receipt),
        }
    }
}

/// What the contract recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReceiptView {
    /// Of a transfer.
    Transfer {
        /// Where it stands.
        status: String,
        /// The same in ISO 20022's words.
        iso_status: String,
        /// Since when.
        at: String,
    },
    /// Of money into or out of escrow or collateral.
    Movement {
        /// deposit, withdrawal, pledge or release.
        movement: String,
        /// How much.
        amount: Amount,
        /// When.
        at: String,
    },
    /// Of a window's end.
    Window {
        /// Which.
        window: u32,
        /// settled or aborted.
        status: String,
        /// How many participants had a net debit or credit.
        participants: u16,
        /// What settlement moved.
        net: Amount,
        /// What was settled by moving that.
        gross: Amount,
        /// The window the positions settle in.
        settles_in: u32,
    },
    /// Of a batch.
    Batch {
        /// The commitment to its items.
        root: String,
        /// Indices of items that were left out.
        left_out: Vec<u16>,
    },
    /// Of a quote.
    Quote {
        /// What pending and settled transfers use of it.
        used: Amount,
        /// Whether no new transfer may use it.
        withdrawn: bool,
    },
    /// A quote with its signature, to be handed to whoever may use it.
    SignedQuote {
        /// The same as the file that `corridor quote sign` writes.
        signed_quote: SignedQuoteFields,
    },
    /// Of a queue's resolution.
    Queue {
        /// How many transfers settled.
        settled: u16,
        /// How many had expired.
        expired: u16,
        /// How many still wait.
        waiting: u16,
        /// The sum of what settled.
        gross: Amount,
        /// How much of the debtor agents' own money that took.
        liquidity: Amount,
    },
    /// Of a participant's admission.
    Participant {
        /// Its number.
        number: u16,
    },
    /// Nothing but that it was done.
    Done,
}

impl From<TransferReceipt> for ReceiptView {
    fn from(receipt: TransferReceipt) -> Self {
        Self::Transfer {
            status: receipt.status.name().into(),
            iso_status: receipt.status.iso_code().into(),
            at: moment(receipt.at),
        }
    }
}

impl From<MovementReceipt> for ReceiptView {
    fn from(receipt: MovementReceipt) -> Self {
        let kind = match receipt.movement.kind {
            MovementKind::Deposit => "deposit",
            MovementKind::Withdrawal => "withdrawal",
        };
        Self::Movement {
            movement: kind.into(),
            amount: Amount(receipt.movement.amount),
            at: moment(receipt.movement.at),
        }
    }
}

impl From<CollateralReceipt> for ReceiptView {
    fn from(receipt: CollateralReceipt) -> Self {
        let kind = match receipt.movement.kind {
            CollateralKind::Pledge => "pledge",
            CollateralKind::Release => "release",
        };
        Self::Movement {
            movement: kind.into(),
            amount: Amount(receipt.movement.amount),
            at: moment(receipt.movement.at),
        }
    }
}

impl From<BatchReceipt> for ReceiptView {
    fn from(receipt: BatchReceipt) -> Self {
        Self::Batch {
            root: crate::text::hex(&receipt.record.root),
            left_out: receipt.rejected.iter().map(|(index, _)| *index).collect(),
        }
    }
}

impl From<QuoteReceipt> for ReceiptView {
    fn from(receipt: QuoteReceipt) -> Self {
        let state = &receipt.state;
        Self::Quote {
            used: Amount(Money::new(state.quote.provider_buys, state.used_minor_units)),
            withdrawn: state.withdrawn,
        }
    }
}

impl ReceiptView {
    /// Of a currency's queue.
    #[must_use]
    pub fn queue(currency: Currency, report: &QueueReport) -> Self {
        let money = |minor_units| Amount(Money::new(currency, minor_units));
        Self::Queue {
            settled: report.settled,
            expired: report.expired,
            waiting: report.waiting,
            gross: money(report.gross_minor_units),
            liquidity: money(report.liquidity_minor_units),
        }
    }

    /// Of a window of a currency.
    #[must_use]
    pub fn window(currency: Currency, receipt: &WindowReceipt) -> Self {
        let record = &receipt.record;
        Self::Window {
            window: record.window.0,
            status: record.status.name().into(),
            participants: record.participants,
            net: Amount(Money::new(currency, record.net_minor_units)),
            gross: Amount(Money::new(currency, record.gross_minor_units)),
            settles_in: record.settles_in.0,
        }
    }
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultView {
    /// The stable code: `contract.` and the contract's name for its refusal, or the client library's.
    pub code: String,
    /// The contract's number for its refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u8>,
    /// What was wrong.
    pub detail: String,
    /// What to do about it.
    pub hint: String,
    /// The ISO 20022 status reason.
    pub iso_reason: String,
    /// Whether the same may succeed later, asked for anew.
    pub may_succeed_later: bool,
}

impl From<&corridor_client::Error> for FaultView {
    fn from(error: &corridor_client::Error) -> Self {
        let refusal = error.refusal();
        Self {
            code: refusal.map_or_else(
                || error.code().to_owned(),
                |refusal| format!("contract.{}", refusal.name()),
            ),
            number: refusal.map(corridor_client::core::Error::number),
            detail: error.to_string(),
            hint: error.advice().into(),
            iso_reason: refusal.map_or_else(|| "MS03".into(), |refusal| refusal.iso_reason().to_string()),
            may_succeed_later: error.is_transient(),
        }
    }
}

/// What became of a request, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultView {
    /// Carried out.
    Outcome(Box<OutcomeView>),
    /// Not carried out.
    Fault(FaultView),
}

/// A request and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// What is asked for.
    pub kind: String,
    /// What it is about, such as `instruct:8a562c67-ca16-48ba-b074-65581be6f001`.
    pub subject: String,
    /// The transfer it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uetr: Option<String>,
    /// Where it stands. `succeeded`, `refused` and `failed` are for ever.
    pub state: State,
    /// SHA-256 of what was asked for.
    pub digest: String,
    /// How often it was begun.
    pub attempts: i64,
    /// Why it is not final yet, where an attempt says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<String>,
    /// How it became final.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeView>,
    /// Why it was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultView>,
    /// When it was stored.
    pub accepted_at: String,
    /// When it last changed.
    pub updated_at: String,
}

impl From<&RequestRecord> for RequestView {
    fn from(record: &RequestRecord) -> Self {
        let (outcome, fault) = match record.result() {
            Some(ResultView::Outcome(outcome)) => (Some(*outcome), None),
            Some(ResultView::Fault(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        Self {
            id: record.id.clone(),
            kind: record.operation.kind().into(),
            subject: record.subject.clone(),
            uetr: record.operation.uetr().map(|uetr| uetr.to_string()),
            state: record.state,
            digest: record.digest.clone(),
            attempts: record.attempts,
            waiting_for: record.last_error.clone().filter(|_| !record.state.is_final()),
            outcome,
            fault,
            accepted_at: moment_ms(record.created_at_ms),
            updated_at: moment_ms(record.updated_at_ms),
        }
    }
}

impl RequestRecord {
    /// What became of it.
    #[must_use]
    pub fn result(&self) -> Option<ResultView> {
        serde_json::from_str(self.result.as_deref()?).ok()
    }
}

/// A page of requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestsView {
    /// The newest first.
    pub requests: Vec<RequestView>,
    /// Where the next page starts; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A message that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenView {
    /// The message's id.
    pub message: String,
    /// The requests it makes, in order.
    pub requests: Vec<String>,
    /// Where to follow.
    pub follow: String,
    /// SHA-256 of what it says.
    pub digest: String,
}

/// A message with what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// Method and path.
    pub target: String,
    /// SHA-256 of what it says.
    pub digest: String,
    /// Of the body.
    pub content_type: String,
    /// When it was stored.
    pub received_at: String,
    /// What it asks for, in order.
    pub requests: Vec<RequestView>,
    /// Of a request to cancel (camt.056): the answer as far as it is known, also for transfers that needed no request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerView>,
}

impl From<&MessageRecord> for MessageView {
    fn from(record: &MessageRecord) -> Self {
        Self {
            id: record.id.clone(),
            target: record.target.clone(),
            digest: record.digest.clone(),
            content_type: record.content_type.clone(),
            received_at: moment_ms(record.received_at_ms),
            requests: record.requests.iter().map(RequestView::from).collect(),
            answer: None,
        }
    }
}

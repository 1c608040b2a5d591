//! What a message is answered with at once, in JSON: the words of a pacs.002 or a camt.029.

use corridor_client::core::Uetr;
use corridor_iso20022::{
    camt029::{CancellationAnswer, CancellationResolution, CancellationStatus},
    pacs002::TransactionReport,
    Reason, StatusReason, TransactionStatus,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a request to cancel or to a request for status.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    /// Of a request to cancel, as far as it is known: `CNCL` all are cancelled, `RJCR` none is, `PECR` some are, `PDCR` not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<String>,
    /// Of a request for status: the finalised block as of which it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of_block: Option<u64>,
    /// Each transfer, in the order of the request.
    pub transfers: Vec<ToldView>,
}

/// What is told of one transfer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToldView {
    /// Which.
    pub uetr: Option<String>,
    /// As the request names it.
    pub end_to_end_id: Option<String>,
    /// `TxSts` of a pacs.002, `TxCxlSts` of a camt.029; `null` where nothing is recorded.
    pub status: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The same in words.
    pub explanation: Option<String>,
}

impl ToldView {
    fn new(
        uetr: Option<Uetr>,
        end_to_end_id: Option<&String>,
        status: Option<&str>,
        reasons: &[StatusReason],
    ) -> Self {
        let first = reasons.first();
        let reason = first.map(|reason| match &reason.reason {
            Reason::Code(code) => code.to_string(),
            Reason::Proprietary(text) => text.clone(),
        });
        let explanation = first.map(|reason| reason.additional.join(" "));
        Self {
            uetr: uetr.map(|uetr| uetr.to_string()),
            end_to_end_id: end_to_end_id.cloned(),
            status: status.map(str::to_owned),
            reason,
            explanation: explanation.filter(|text| !text.is_empty()),
        }
    }

    fn of_report(report: &TransactionReport) -> Self {
        let status = report.status.as_ref().map(TransactionStatus::code);
        let original = &report.original;
        Self::new(
            original.uetr,
            original.end_to_end_id.as_ref(),
            status,
            &report.reasons,
        )
    }

    fn of_answer(answer: &CancellationAnswer) -> Self {
        let status = answer.status.map(CancellationStatus::code);
        let original = &answer.original;
        Self::new(
            original.uetr,
            original.end_to_end_id.as_ref(),
            status,
            &answer.reasons,
        )
    }
}

impl AnswerView {
    /// Of a request for status.
    #[must_use]
    pub fn of_status(as_of_block: u64, reports: &[TransactionReport]) -> Self {
        Self {
            confirmation: None,
            as_of_block: Some(as_of_block),
            transfers: reports.iter().map(ToldView::of_report).collect(),
        }
    }
}

impl From<&CancellationResolution> for AnswerView {
    fn from(resolution: &CancellationResolution) -> Self {
        Self {
            confirmation: Some(resolution.confirmation.clone()),
            as_of_block: None,
            transfers: resolution.transactions.iter().map(ToldView::of_answer).collect(),
        }
    }
}

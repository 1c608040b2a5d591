//! camt.029 ResolutionOfInvestigation: the answer to a request to cancel.

mod read;
mod schema;
mod write;

pub use read::read;
pub use write::write;

use crate::camt056::{CancellationRequest, CancellationTransaction};
use crate::{BusinessHeader, Case, CaseAssignment, Date, DateTime, OriginalTransaction, StatusReason};
use corridor_core::{Money, ReasonCode, TransferStatus};

/// A camt.029 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancellationResolution {
    /// The last part of the message's name: 9 for camt.029.001.09.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `Assgnmt`: back from who was asked to who asked.
    pub assignment: CaseAssignment,
    /// `RslvdCase`, when there is one for the whole message.
    pub resolved_case: Option<Case>,
    /// `Sts/Conf`: one to four characters of `ExternalInvestigationExecutionConfirmation1Code`: `CNCL` all
    /// cancelled, `RJCR` none, `PECR` some, `PDCR` not yet known.
    pub confirmation: String,
    /// `CxlDtls/TxInfAndSts`.
    pub transactions: Vec<CancellationAnswer>,
}

/// `TxInfAndSts`: the answer for one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancellationAnswer {
    /// `CxlStsId`, at most 35 characters.
    pub status_id: Option<String>,
    /// `RslvdCase`, when not that of the whole message.
    pub resolved_case: Option<Case>,
    /// The transfer.
    pub original: OriginalTransaction,
    /// `TxCxlSts`.
    pub status: Option<CancellationStatus>,
    /// `CxlStsRsnInf`: why it was not cancelled, or why that is not known yet.
    pub reasons: Vec<StatusReason>,
    /// `OrgnlIntrBkSttlmAmt`.
    pub original_amount: Option<Money>,
    /// `OrgnlIntrBkSttlmDt`.
    pub original_date: Option<Date>,
}

/// `CancellationIndividualStatus1Code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CancellationStatus {
    /// `ACCR`: cancelled.
    Accepted,
    /// `PDCR`: not yet known.
    Pending,
    /// `RJCR`: not cancelled.
    Rejected,
}

impl CancellationStatus {
    /// The code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "ACCR",
            Self::Pending => "PDCR",
            Self::Rejected => "RJCR",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Accepted, Self::Pending, Self::Rejected]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// `ExternalPaymentCancellationRejection1Code`: no such transfer has come.
const NOOR: &[u8; 4] = b"NOOR";
/// The money has been passed on.
const PTNA: &[u8; 4] = b"PTNA";
/// See the text.
const NARR: &[u8; 4] = b"NARR";
/// The money is back already.
const ARDT: &[u8; 4] = b"ARDT";

impl CancellationAnswer {
    /// The answer for a transfer in this state, once it was tried to cancel it; `None` where none is recorded.
    ///
    /// A transfer that is still open, pending or queued, is told as such: it is not known yet what becomes of it.
    #[must_use]
    pub fn of(asked: &CancellationTransaction, recorded: Option<TransferStatus>) -> Self {
        let rejected = |code: &[u8; 4], text| {
            let code = ReasonCode::new(*code).unwrap_or(ReasonCode::MS03);
            let reason = StatusReason::new(code).explained(text);
            (CancellationStatus::Rejected, Some(reason))
        };
        let pending = |text| {
            let code = ReasonCode::new(*NARR).unwrap_or(ReasonCode::MS03);
            let reason = StatusReason::new(code).explained(text);
            (CancellationStatus::Pending, Some(reason))
        };
        let (status, reason) = match recorded {
            None => rejected(NOOR, "No transfer with this UETR is recorded."),
            Some(TransferStatus::Cancelled) => (CancellationStatus::Accepted, None),
            Some(TransferStatus::Settled) => rejected(
                PTNA,
                "The transfer is settled, which is final. Ask the creditor agent for a return.",
            ),
            Some(TransferStatus::Netted(_)) => rejected(
                PTNA,
                "The transfer is accepted for net settlement, which is final. Ask the creditor agent for a return.",
            ),
            Some(TransferStatus::PartlyReturned) => {
                rejected(PTNA, "The transfer is settled, and a part has been returned.")
            }
            Some(TransferStatus::Returned) => rejected(ARDT, "The transfer has been returned in full."),
            Some(TransferStatus::Rejected) => {
                rejected(ARDT, "The creditor agent has rejected the transfer: no money moved.")
            }
            Some(TransferStatus::Expired) => rejected(ARDT, "The transfer has expired: no money moved."),
            Some(TransferStatus::Pending) => {
                pending("The transfer waits for the creditor agent: it is not known yet whether it is cancelled.")
            }
            Some(TransferStatus::Queued) => {
                pending("The transfer waits for cover: it is not known yet whether it is cancelled.")
            }
        };
        Self {
            status_id: asked.cancellation_id.clone(),
            resolved_case: asked.case.clone(),
            original: asked.original.clone(),
            status: Some(status),
            reasons: reason.into_iter().collect(),
            original_amount: asked.original_amount,
            original_date: asked.original_date,
        }
    }
}

impl CancellationResolution {
    /// The answer to a request, with what became of each transfer.
    #[must_use]
    pub fn answer(
        request: &CancellationRequest,
        id: String,
        created_at: DateTime,
        transactions: Vec<CancellationAnswer>,
    ) -> Self {
        let all = |status| transactions.iter().all(|one| one.status == Some(status));
        let any = |status| transactions.iter().any(|one| one.status == Some(status));
        let confirmation = if any(CancellationStatus::Pending) {
            "PDCR"
        } else if all(CancellationStatus::Accepted) {
            "CNCL"
        } else if all(CancellationStatus::Rejected) {
            "RJCR"
        } else {
            "PECR"
        };
        Self {
            version: 9,
            business_header: None,
            assignment: CaseAssignment {
                id,
                assigner: request.assignment.assignee.clone(),
                assignee: request.assignment.assigner.clone(),
                created_at,
            },
            resolved_case: request.case.clone(),
            confirmation: confirmation.into(),
            transactions,
        }
    }
}

//! camt.056 FIToFIPaymentCancellationRequest: please cancel a transfer. A camt.029 answers.
//!
//! A request to cancel a whole message without naming its transfers (`GrpCxl`) is refused: each transfer
//! settles by itself and is cancelled by itself.

mod read;
mod schema;
mod write;

pub use read::read;
pub use write::write;

use crate::{BusinessHeader, Case, CaseAssignment, Date, Decimal, OriginalTransaction, StatusReason};
use corridor_core::{Money, ReasonCode};

/// A camt.056 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancellationRequest {
    /// The last part of the message's name: 8 for camt.056.001.08.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `Assgnmt`.
    pub assignment: CaseAssignment,
    /// `Case`, when there is one for the whole message.
    pub case: Option<Case>,
    /// `CtrlData/CtrlSum`: the original amounts added up, checked against those given.
    pub control_sum: Option<Decimal>,
    /// `Undrlyg/TxInf`, at least one.
    pub transactions: Vec<CancellationTransaction>,
}

/// `TxInf`: a transfer to cancel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CancellationTransaction {
    /// `CxlId`, at most 35 characters.
    pub cancellation_id: Option<String>,
    /// `Case`, when not that of the whole message.
    pub case: Option<Case>,
    /// The transfer; its group is that of `OrgnlGrpInfAndCxl` where it has none of its own.
    pub original: OriginalTransaction,
    /// `OrgnlIntrBkSttlmAmt`.
    pub original_amount: Option<Money>,
    /// `OrgnlIntrBkSttlmDt`.
    pub original_date: Option<Date>,
    /// `CxlRsnInf`: why.
    pub reasons: Vec<StatusReason>,
}

impl CancellationTransaction {
    /// The first reason's code; `CUST` when the request gives none.
    #[must_use]
    pub fn reason_code(&self) -> ReasonCode {
        let first = self.reasons.first();
        first.map_or(ReasonCode::CUST, |reason| reason.reason.code())
    }
}

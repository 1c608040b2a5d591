//! pacs.002 FIToFIPaymentStatusReport: what became of a transfer.

mod read;
mod schema;
mod write;

pub use read::read;
pub use write::write;

use crate::{
    Agent, BusinessHeader, DateTime, OriginalGroup, OriginalTransaction, StatusReason, TransactionStatus,
};
use corridor_core::{ReasonCode, Seconds, Transfer, TransferStatus};

/// A pacs.002 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentStatusReport {
    /// The last part of the message's name: 10 for pacs.002.001.10.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `GrpHdr/MsgId`.
    pub message_id: String,
    /// `GrpHdr/CreDtTm`.
    pub created_at: DateTime,
    /// `GrpHdr/InstgAgt`: who reports.
    pub instructing_agent: Option<Agent>,
    /// `GrpHdr/InstdAgt`: to whom.
    pub instructed_agent: Option<Agent>,
    /// `OrgnlGrpInfAndSts`: the messages reported on, each as a whole.
    pub groups: Vec<GroupStatus>,
    /// `TxInfAndSts`: the transactions reported on.
    pub transactions: Vec<TransactionReport>,
}

/// `OrgnlGrpInfAndSts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStatus {
    /// The message.
    pub original: OriginalGroup,
    /// `GrpSts`: one for all its transactions, such as `RJCT` for a message that was refused as a whole.
    pub status: Option<TransactionStatus>,
    /// `StsRsnInf`.
    pub reasons: Vec<StatusReason>,
}

/// `TxInfAndSts`: the status of one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionReport {
    /// `StsId`.
    pub status_id: Option<String>,
    /// The transaction reported on.
    pub original: OriginalTransaction,
    /// `TxSts`.
    pub status: Option<TransactionStatus>,
    /// `StsRsnInf`.
    pub reasons: Vec<StatusReason>,
    /// `AccptncDtTm`: when it was settled.
    pub accepted_at: Option<DateTime>,
    /// `InstgAgt` of the original transaction, as far as reported.
    pub instructing_agent: Option<Agent>,
    /// `InstdAgt` of the original transaction, as far as reported.
    pub instructed_agent: Option<Agent>,
}

impl TransactionReport {
    /// A report of `status`, with no reasons.
    #[must_use]
    pub fn new(original: OriginalTransaction, status: TransactionStatus) -> Self {
        Self {
            status_id: None,
            original,
            status: Some(status),
            reasons: Vec::new(),
            accepted_at: None,
            instructing_agent: None,
            instructed_agent: None,
        }
    }

    /// A report of what the contract recorded.
    ///
    /// The reason of a return is left out: the transfer stays settled, and a pacs.004 tells of the return.
    /// The block time of settlement is known only until a return changes the record.
    #[must_use]
    pub fn of(original: OriginalTransaction, transfer: &Transfer) -> Self {
        let mut report = Self::new(original, transfer.status.into());
        if transfer.status == TransferStatus::Settled {
            report.accepted_at = DateTime::from_unix_seconds(transfer.updated_at);
        }
        if !transfer.status.has_settled() {
            report.reasons = transfer.reason.into_iter().map(StatusReason::new).collect();
        }
        report
    }

    /// The same of a netted transfer once its window has been settled, which its own record does not show: then it is settled.
    #[must_use]
    pub fn paid(self, at: Option<Seconds>) -> Self {
        let Some(at) = at else {
            return self;
        };
        Self {
            status: Some(TransactionStatus::Settled),
            accepted_at: DateTime::from_unix_seconds(at),
            ..self
        }
    }

    /// A report that nothing is recorded under this UETR: no status, for what is unknown may still come.
    #[must_use]
    pub fn unrecorded(original: OriginalTransaction, finalised_block: u64) -> Self {
        let text = format!(
            "No transfer with this UETR is recorded as of finalised block {finalised_block}. It may still come: \
             ask again, or instruct it again under the same UETR."
        );
        let reason = StatusReason::new(ReasonCode::new(*b"NARR").unwrap_or(ReasonCode::MS03));
        let mut report = Self::new(original, TransactionStatus::Pending);
        report.status = None;
        report.reasons = vec![reason.explained(&text)];
        report
    }

    /// A report that the contract refused the command.
    #[must_use]
    pub fn refused(original: OriginalTransaction, error: corridor_core::Error) -> Self {
        let mut report = Self::new(original, TransactionStatus::Rejected);
        report.reasons = vec![error.into()];
        report
    }
}

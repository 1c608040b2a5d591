//! pacs.028 FIToFIPaymentStatusRequest: what became of a transfer? A pacs.002 answers.

mod read;
mod schema;
mod write;

pub use read::read;
pub use write::write;

use crate::{Agent, BusinessHeader, DateTime, OriginalGroup, OriginalTransaction};

/// A pacs.028 message. It asks about at least one message or transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentStatusRequest {
    /// The last part of the message's name: 3 for pacs.028.001.03.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `GrpHdr/MsgId`.
    pub message_id: String,
    /// `GrpHdr/CreDtTm`.
    pub created_at: DateTime,
    /// `GrpHdr/InstgAgt`: who asks.
    pub instructing_agent: Option<Agent>,
    /// `GrpHdr/InstdAgt`: whom.
    pub instructed_agent: Option<Agent>,
    /// `OrgnlGrpInf`: the messages asked about.
    pub groups: Vec<OriginalGroup>,
    /// `TxInf`: the transactions asked about.
    pub transactions: Vec<RequestedTransaction>,
}

/// `TxInf`: a transaction asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedTransaction {
    /// `StsReqId`.
    pub request_id: Option<String>,
    /// The transaction.
    pub original: OriginalTransaction,
    /// `InstgAgt` of the original transaction, as far as given.
    pub instructing_agent: Option<Agent>,
    /// `InstdAgt` of the original transaction, as far as given.
    pub instructed_agent: Option<Agent>,
}

//! pacs.004 PaymentReturn: a settled transfer, or a part of it, sent back.

mod read;
mod schema;
mod write;

pub use read::read;
pub use write::write;

use crate::canonical::Canonical;
use crate::pacs008::SettlementMethod;
use crate::{
    Agent, BusinessHeader, Date, DateTime, Decimal, OriginalGroup, OriginalTransaction, StatusReason,
};
use corridor_core::{ChargeBearer, Money, Reference};
use sha2::{Digest, Sha256};

/// A pacs.004 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentReturn {
    /// The last part of the message's name: 9 for pacs.004.001.09.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `GrpHdr`.
    pub group_header: GroupHeader,
    /// `OrgnlGrpInf`: the message all returned transactions came in.
    pub original_group: Option<OriginalGroup>,
    /// `TxInf`, at least one.
    pub transactions: Vec<ReturnTransaction>,
}

/// `GrpHdr`: what all returns of the message share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupHeader {
    /// `MsgId`.
    pub message_id: String,
    /// `CreDtTm`.
    pub created_at: DateTime,
    /// `CtrlSum`, checked against the returns.
    pub control_sum: Option<Decimal>,
    /// `TtlRtrdIntrBkSttlmAmt`, checked against the returns, which then all share its currency.
    pub total_returned_amount: Option<Money>,
    /// `IntrBkSttlmDt`, when given here rather than in each return.
    pub interbank_settlement_date: Option<Date>,
    /// `SttlmInf/SttlmMtd`.
    pub settlement_method: SettlementMethod,
    /// `InstgAgt`: who sends back, when given here rather than in each return.
    pub instructing_agent: Option<Agent>,
    /// `InstdAgt`: to whom, when given here rather than in each return.
    pub instructed_agent: Option<Agent>,
}

/// `TxInf`: one return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTransaction {
    /// Its place in the message, counted from 1.
    pub index: usize,
    /// `RtrId`.
    pub return_id: Option<String>,
    /// The transaction sent back.
    pub original: OriginalTransaction,
    /// `OrgnlIntrBkSttlmAmt`.
    pub original_amount: Option<Money>,
    /// `OrgnlIntrBkSttlmDt`.
    pub original_date: Option<Date>,
    /// `RtrdIntrBkSttlmAmt`: what is sent back, above zero.
    pub returned_amount: Money,
    /// `IntrBkSttlmDt`, of the return or else of the group header.
    pub interbank_settlement_date: Option<Date>,
    /// `ChrgBr`.
    pub charge_bearer: Option<ChargeBearer>,
    /// `InstgAgt`, of the return or else of the group header: the creditor agent of the original.
    pub instructing_agent: Option<Agent>,
    /// `InstdAgt`, of the return or else of the group header: the debtor agent of the original.
    pub instructed_agent: Option<Agent>,
    /// `RtrRsnInf`, at least one.
    pub reasons: Vec<StatusReason>,
}

impl ReturnTransaction {
    /// The reference under which the contract records this return: the same for the same return.
    ///
    /// It is derived from `RtrId` and the original's identifications, and without `RtrId` from the
    /// message's own id in its place, so that sending the same return again has no second effect.
    #[must_use]
    pub fn reference(&self, header: &GroupHeader) -> Reference {
        let mut fields = Canonical::new("corridor/return/v1");
        fields.optional_text(self.return_id.as_deref());
        if self.return_id.is_none() {
            fields.text(&header.message_id);
        }
        let uetr = self.original.uetr.map(|uetr| uetr.to_string());
        fields.optional_text(uetr.as_deref());
        fields.optional_text(self.original.end_to_end_id.as_deref());
        fields.optional_text(self.original.transaction_id.as_deref());
        let digest: [u8; 32] = Sha256::digest(fields.finish()).into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Reference(bytes)
    }
}

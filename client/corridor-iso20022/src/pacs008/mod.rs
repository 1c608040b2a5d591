//! pacs.008 FIToFICustomerCreditTransfer: the instruction to transfer.
//!
//! **Who settles.** The parties of a settlement are the instructing and the instructed agent, the two
//! direct participants between whom the message passes: `InstgAgt` pays, `InstdAgt` is paid, each given
//! in the group header or in the transaction. Where the message leaves one out, it is the debtor agent or
//! the creditor agent. A branch or a client bank behind either stays visible as `debtor_agent` and
//! `creditor_agent`, and has no position in the settlement.

mod checks;
mod read;
mod schema;
mod uetr;
mod write;

pub(crate) use checks::check_totals;
pub use read::read;
pub(crate) use read::{
    canonical_form, read_group_header, read_purpose, read_remittance, read_settlement_method,
    settlement_date, settling_agent,
};
pub(crate) use schema::PAYMENT_ID;
pub(crate) use uetr::{derive as derive_uetr, put_agent};
pub use write::write;
pub(crate) use write::{
    write_group_header, write_payment, write_purpose, write_remittance, write_settling_agents,
};

use crate::{Account, Agent, BusinessHeader, Date, DateTime, Decimal};
use corridor_core::{ChargeBearer, Money, Uetr};

/// A pacs.008 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerCreditTransfer {
    /// The last part of the message's name: 8 for pacs.008.001.08.
    pub version: u8,
    /// The business application header, if the message came with one.
    pub business_header: Option<BusinessHeader>,
    /// `GrpHdr`.
    pub group_header: GroupHeader,
    /// `CdtTrfTxInf`, at least one.
    pub transactions: Vec<CreditTransferTransaction>,
}

/// `GrpHdr`: what all transactions of the message share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupHeader {
    /// `MsgId`.
    pub message_id: String,
    /// `CreDtTm`.
    pub created_at: DateTime,
    /// `XpryDtTm`, from pacs.008.001.13 on: when the instructions lapse.
    pub expires_at: Option<DateTime>,
    /// `CtrlSum`, checked against the transactions.
    pub control_sum: Option<Decimal>,
    /// `TtlIntrBkSttlmAmt`, checked against the transactions, which then all share its currency.
    pub total_interbank_settlement_amount: Option<Money>,
    /// `IntrBkSttlmDt`, when given here rather than in each transaction.
    pub interbank_settlement_date: Option<Date>,
    /// `SttlmInf/SttlmMtd`.
    pub settlement_method: SettlementMethod,
    /// `InstgAgt`, when given here rather than in each transaction.
    pub instructing_agent: Option<Agent>,
    /// `InstdAgt`, when given here rather than in each transaction.
    pub instructed_agent: Option<Agent>,
}

/// How the message says it settles (`SettlementMethod1Code`).
///
/// `COVE` is refused: it means the money follows in another message, and would be paid twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettlementMethod {
    /// `CLRG`: through a clearing system, which is what Corridor is.
    ClearingSystem,
    /// `INDA`: on the books of the instructed agent.
    InstructedAgent,
    /// `INGA`: on the books of the instructing agent.
    InstructingAgent,
}

impl SettlementMethod {
    /// The ISO 20022 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ClearingSystem => "CLRG",
            Self::InstructedAgent => "INDA",
            Self::InstructingAgent => "INGA",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [
            Self::ClearingSystem,
            Self::InstructedAgent,
            Self::InstructingAgent,
        ]
        .into_iter()
        .find(|method| method.code() == code)
    }
}

/// `CdtTrfTxInf`: one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditTransferTransaction {
    /// Its place in the message, counted from 1.
    pub index: usize,
    /// `PmtId/InstrId`.
    pub instruction_id: Option<String>,
    /// `PmtId/EndToEndId`; `NOTPROVIDED` when the debtor gave none.
    pub end_to_end_id: String,
    /// `PmtId/TxId`.
    pub transaction_id: Option<String>,
    /// `PmtId/UETR`, or derived from the message when it has none.
    pub uetr: Uetr,
    /// Whether `uetr` was derived. Reading the same message again derives the same.
    pub uetr_derived: bool,
    /// `IntrBkSttlmAmt`, above zero.
    pub interbank_settlement_amount: Money,
    /// `IntrBkSttlmDt`, of the transaction or else of the group header.
    pub interbank_settlement_date: Date,
    /// `InstdAmt`: what the debtor ordered, before charges and exchange.
    pub instructed_amount: Option<Money>,
    /// `ChrgBr`.
    pub charge_bearer: ChargeBearer,
    /// Who pays in the settlement: `InstgAgt` of the transaction, else of the group header, else `DbtrAgt`.
    pub instructing_agent: Agent,
    /// Who is paid in the settlement: `InstdAgt` of the transaction, else of the group header, else `CdtrAgt`.
    pub instructed_agent: Agent,
    /// `Dbtr/Nm`.
    pub debtor_name: Option<String>,
    /// `DbtrAcct`.
    pub debtor_account: Option<Account>,
    /// `DbtrAgt`: the debtor's bank.
    pub debtor_agent: Agent,
    /// `CdtrAgt`: the creditor's bank.
    pub creditor_agent: Agent,
    /// `Cdtr/Nm`.
    pub creditor_name: Option<String>,
    /// `CdtrAcct`.
    pub creditor_account: Option<Account>,
    /// `Purp`.
    pub purpose: Option<Purpose>,
    /// `RmtInf/Ustrd`, line by line.
    pub remittance: Vec<String>,
    /// The whole transaction, with what it takes from the group header, in a form that depends on neither
    /// prefixes, nor indentation, nor version: what a digest of the message is made of. Set by [`read`],
    /// ignored by [`write()`].
    pub canonical_form: Vec<u8>,
}

impl CreditTransferTransaction {
    /// A transfer between two agents who settle for themselves, with the fields every transfer has.
    #[must_use]
    pub fn new(
        end_to_end_id: impl Into<String>,
        uetr: Uetr,
        amount: Money,
        date: Date,
        charge_bearer: ChargeBearer,
        debtor_agent: Agent,
        creditor_agent: Agent,
    ) -> Self {
        Self {
            index: 1,
            instruction_id: None,
            end_to_end_id: end_to_end_id.into(),
            transaction_id: None,
            uetr,
            uetr_derived: false,
            interbank_settlement_amount: amount,
            interbank_settlement_date: date,
            instructed_amount: None,
            charge_bearer,
            instructing_agent: debtor_agent.clone(),
            instructed_agent: creditor_agent.clone(),
            debtor_name: None,
            debtor_account: None,
            debtor_agent,
            creditor_agent,
            creditor_name: None,
            creditor_account: None,
            purpose: None,
            remittance: Vec::new(),
            canonical_form: Vec::new(),
        }
    }
}

/// Why the debtor pays (`Purpose2Choice`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// `Cd`: of `ExternalPurpose1Code`, such as `GDDS`.
    Code(String),
    /// `Prtry`.
    Proprietary(String),
}

//! Account statements: what an account held, what moved, what it holds, per currency.
//!
//! One set of types for three messages: [`camt053`](crate::camt053) (statement of a finished day),
//! [`camt052`](crate::camt052) (report within a day) and [`camt054`](crate::camt054) (notification of single
//! entries, without balances). The same [`Statement`] is also written as CSV, [`to_csv`], and as JSON,
//! [`to_json`].
//!
//! **A statement ties or is refused**, when written and when read: its opening balance and its booked entries
//! add up to its closing balance, in one currency. Entries that are not booked are told apart and do not count.
//! The transactions of a batch that Corridor books add up to their entry ([`EntryBatch`]).

mod balance;
mod batch;
mod code;
mod csv;
mod details;
mod entry;
mod evidence;
mod json;
pub(crate) mod message;
mod read;
mod schema;
mod summary;
mod ties;
mod write;

pub use balance::{Balance, BalanceKind, CreditDebit, DateOrTime};
pub use batch::EntryBatch;
pub use code::{BankTransactionCode, DomainCode, EntryKind, ProprietaryCode};
pub use csv::to_csv;
pub use details::EntryDetails;
pub use entry::{Entry, EntryStatus};
pub use evidence::{BlockEvidence, StateEvidence};
pub use json::{to_json, to_json_with_proof};
pub(crate) use read::read;
pub(crate) use write::write;

use crate::{Account, Agent, BusinessHeader, DateTime};
use corridor_core::Currency;

/// A camt.052, camt.053 or camt.054 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementMessage {
    /// The last part of the message's name: 8 for camt.053.001.08.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `GrpHdr/MsgId`, at most 35 characters.
    pub message_id: String,
    /// `GrpHdr/CreDtTm`.
    pub created_at: DateTime,
    /// `Stmt` (`Rpt`, `Ntfctn`), at least one: one for each account and currency.
    pub statements: Vec<Statement>,
}

/// `Stmt` (`Rpt`, `Ntfctn`): one account in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `Id`, at most 35 characters.
    pub id: String,
    /// `ElctrncSeqNb`: counts the account's statements, at most 18 digits.
    pub sequence_number: Option<u64>,
    /// `CreDtTm`.
    pub created_at: Option<DateTime>,
    /// `FrToDt`.
    pub period: Option<Period>,
    /// `Acct`.
    pub account: StatementAccount,
    /// The booked balance it begins with (`OPBD`, or `PRCD`). A camt.053 has one, a camt.054 none.
    pub opening: Option<Balance>,
    /// The booked balance it ends with (`CLBD`, or `ITBD` within a day). A camt.053 has one, a camt.054 none.
    pub closing: Option<Balance>,
    /// Any other `Bal`, such as the available ones.
    pub further_balances: Vec<Balance>,
    /// `Ntry`, in the order booked.
    pub entries: Vec<Entry>,
    /// Where the balances were read from; stands at the beginning of `AddtlStmtInf`.
    pub evidence: Option<StateEvidence>,
    /// `AddtlStmtInf` (`AddtlRptInf`, `AddtlNtfctnInf`), without the evidence. Both together have at most 500
    /// characters.
    pub additional: Option<String>,
}

/// `FrToDt`: from the first moment to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `FrDtTm`.
    pub from: DateTime,
    /// `ToDtTm`.
    pub to: DateTime,
}

/// `Acct`: the account a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementAccount {
    /// `Id`; of a participant's escrow, a [`BookAccount`](crate::BookAccount).
    pub id: Account,
    /// `Ccy`: the currency of every amount in the statement.
    pub currency: Currency,
    /// `Nm`, at most 70 characters.
    pub name: Option<String>,
    /// `Ownr`: whose account it is.
    pub owner: Option<Agent>,
    /// `Svcr`: who keeps it.
    pub servicer: Option<Agent>,
}

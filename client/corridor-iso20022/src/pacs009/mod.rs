//! pacs.009 FinancialInstitutionCreditTransfer: institutions moving their own money.
//!
//! Between a participant and the settlement contract it funds or empties the participant's escrow: the
//! account credited or debited is a [`BookAccount`], and says which. Between two participants
//! it is a transfer as a pacs.008 instructs one ([`InstitutionCreditTransfer::credit_transfers`]). Cover payments, which
//! carry the customer transfer they cover, are refused: that transfer settles by its own message.

mod own;
mod read;
mod schema;
mod uetr;
mod write;

pub use own::NotOwn;
pub use read::read;
pub use write::write;

use crate::pacs008::{CreditTransferTransaction, CustomerCreditTransfer, GroupHeader, Purpose};
use crate::{Account, Agent, Book, BookAccount, BusinessHeader, Date, WrongAccount};
use corridor_core::{ChargeBearer, Money, ParticipantId, Reference, Uetr};

/// A pacs.009 message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionCreditTransfer {
    /// The last part of the message's name: 8 for pacs.009.001.08.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `GrpHdr`, the same as that of pacs.008; it has no expiry here.
    pub group_header: GroupHeader,
    /// `CdtTrfTxInf`, at least one.
    pub transactions: Vec<InstitutionTransaction>,
}

/// `CdtTrfTxInf`: one transfer of an institution's own money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionTransaction {
    /// Its place in the message, counted from 1.
    pub index: usize,
    /// `PmtId/InstrId`.
    pub instruction_id: Option<String>,
    /// `PmtId/EndToEndId`.
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
    /// `InstgAgt` of the transaction, else of the group header, else `Dbtr`.
    pub instructing_agent: Agent,
    /// `InstdAgt` of the transaction, else of the group header, else `Cdtr`.
    pub instructed_agent: Agent,
    /// `Dbtr`: the institution that pays.
    pub debtor: Agent,
    /// `DbtrAcct`.
    pub debtor_account: Option<Account>,
    /// `DbtrAgt`: who keeps its account.
    pub debtor_agent: Option<Agent>,
    /// `CdtrAgt`: who keeps the account of the institution that is paid.
    pub creditor_agent: Option<Agent>,
    /// `Cdtr`: the institution that is paid.
    pub creditor: Agent,
    /// `CdtrAcct`.
    pub creditor_account: Option<Account>,
    /// `Purp`.
    pub purpose: Option<Purpose>,
    /// `RmtInf/Ustrd`, line by line.
    pub remittance: Vec<String>,
    /// The whole transaction, as that of a pacs.008: what a digest of the message is made of. Set by [`read`], ignored by
    /// [`write()`].
    pub canonical_form: Vec<u8>,
}

impl InstitutionCreditTransfer {
    /// Its transfers as a pacs.008 would instruct them.
    #[must_use]
    pub fn credit_transfers(&self) -> CustomerCreditTransfer {
        let transactions = self.transactions.iter();
        CustomerCreditTransfer {
            version: self.version,
            business_header: self.business_header.clone(),
            group_header: self.group_header.clone(),
            transactions: transactions
                .map(InstitutionTransaction::credit_transfer)
                .collect(),
        }
    }
}

/// Into or out of escrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The escrow account is credited.
    Deposit,
    /// The escrow account is debited.
    Withdraw,
}

impl InstitutionTransaction {
    /// A transfer with the fields every one has.
    #[must_use]
    pub fn new(
        end_to_end_id: impl Into<String>,
        uetr: Uetr,
        amount: Money,
        date: Date,
        debtor: Agent,
        creditor: Agent,
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
            instructing_agent: debtor.clone(),
            instructed_agent: creditor.clone(),
            debtor,
            debtor_account: None,
            debtor_agent: None,
            creditor_agent: None,
            creditor,
            creditor_account: None,
            purpose: None,
            remittance: Vec::new(),
            canonical_form: Vec::new(),
        }
    }

    /// The transfer as a pacs.008 would instruct it, between the institutions themselves. The standard has no charge
    /// bearer here; each side bears its own charges.
    #[must_use]
    pub fn credit_transfer(&self) -> CreditTransferTransaction {
        CreditTransferTransaction {
            index: self.index,
            instruction_id: self.instruction_id.clone(),
            transaction_id: self.transaction_id.clone(),
            uetr_derived: self.uetr_derived,
            instructing_agent: self.instructing_agent.clone(),
            instructed_agent: self.instructed_agent.clone(),
            debtor_account: self.debtor_account.clone(),
            creditor_account: self.creditor_account.clone(),
            purpose: self.purpose.clone(),
            remittance: self.remittance.clone(),
            canonical_form: self.canonical_form.clone(),
            ..CreditTransferTransaction::new(
                self.end_to_end_id.clone(),
                self.uetr,
                self.interbank_settlement_amount,
                self.interbank_settlement_date,
                ChargeBearer::Shar,
                self.debtor.clone(),
                self.creditor.clone(),
            )
        }
    }

    /// The reference under which the contract records a deposit or a withdrawal by this transfer: its UETR.
    #[must_use]
    pub fn reference(&self) -> Reference {
        Reference(self.uetr.0)
    }

    /// Which of its accounts, the debtor's and the creditor's, is one with Corridor.
    fn with_corridor(&self) -> (bool, bool) {
        let ours =
            |account: &Option<Account>| account.as_ref().is_some_and(|one| BookAccount::of(one).is_some());
        (ours(&self.debtor_account), ours(&self.creditor_account))
    }

    /// Whether neither account is with Corridor: a transfer between institutions, if anything.
    #[must_use]
    pub fn is_between_institutions(&self) -> bool {
        self.with_corridor() == (false, false)
    }

    /// Which way it moves money, as its accounts say: a deposit where the one credited is with Corridor, a withdrawal where the one
    /// debited is; `None` where neither is, or both are.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        match self.with_corridor() {
            (false, true) => Some(Direction::Deposit),
            (true, false) => Some(Direction::Withdraw),
            (false, false) | (true, true) => None,
        }
    }

    /// The institution whose escrow it moves that way, with what it is called: who pays a deposit in, who is paid a withdrawal.
    #[must_use]
    pub fn own_side(&self, direction: Direction) -> (&'static str, &Agent) {
        match direction {
            Direction::Deposit => ("debtor", &self.debtor),
            Direction::Withdraw => ("creditor", &self.creditor),
        }
    }

    /// Checks that the account it credits, or debits, is the participant's escrow in the currency of the amount.
    ///
    /// # Errors
    /// [`WrongAccount`].
    pub fn check_account(
        &self,
        direction: Direction,
        participant: ParticipantId,
    ) -> Result<(), WrongAccount> {
        let expected = BookAccount {
            book: Book::Escrow,
            participant,
            currency: self.interbank_settlement_amount.currency,
        };
        match direction {
            Direction::Deposit => expected.check("CdtrAcct", self.creditor_account.as_ref()),
            Direction::Withdraw => expected.check("DbtrAcct", self.debtor_account.as_ref()),
        }
    }
}

//! camt.050 LiquidityCreditTransfer: a participant moves its own liquidity between its accounts.
//!
//! With Corridor it pledges and releases collateral: from `ESCROW-1-CNY` to `COLLATERAL-1-CNY` pledges, the
//! other way releases; see [`LiquidityTransfer::movement`].

mod read;
mod schema;
mod write;

pub use read::read;
pub use write::write;

use crate::canonical::Canonical;
use crate::{Account, Agent, Book, BookAccount, BusinessHeader, Date, DateTime};
use corridor_core::{Money, ParticipantId, Reference, Uetr};
use sha2::{Digest, Sha256};

/// A camt.050 message: one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiquidityTransfer {
    /// The last part of the message's name: 5 for camt.050.001.05.
    pub version: u8,
    /// The business application header, if any.
    pub business_header: Option<BusinessHeader>,
    /// `MsgHdr/MsgId`, at most 35 characters.
    pub message_id: String,
    /// `MsgHdr/CreDtTm`.
    pub created_at: Option<DateTime>,
    /// `LqdtyTrfId`.
    pub transfer_id: Option<LiquidityTransferId>,
    /// `Cdtr`.
    pub creditor: Option<Agent>,
    /// `CdtrAcct`.
    pub creditor_account: Option<Account>,
    /// `TrfdAmt/AmtWthCcy`, above zero.
    pub amount: Money,
    /// `Dbtr`.
    pub debtor: Option<Agent>,
    /// `DbtrAcct`.
    pub debtor_account: Option<Account>,
    /// `SttlmDt`.
    pub settlement_date: Option<Date>,
}

/// `LqdtyTrfId`: how the sender knows the transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiquidityTransferId {
    /// `InstrId`, at most 35 characters.
    pub instruction_id: Option<String>,
    /// `EndToEndId`, at most 35 characters.
    pub end_to_end_id: String,
    /// `TxId`, at most 35 characters.
    pub transaction_id: Option<String>,
    /// `UETR`.
    pub uetr: Option<Uetr>,
}

/// What a liquidity transfer asks of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollateralMovement {
    /// From escrow to collateral.
    Pledge(ParticipantId),
    /// From collateral to escrow.
    Release(ParticipantId),
}

/// A liquidity transfer is not between the two accounts it should be between.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("DbtrAcct is {debited} and CdtrAcct {credited}, and they should be {from} and {to}")]
pub struct WrongAccounts {
    /// What `DbtrAcct` says, or that it is absent.
    pub debited: String,
    /// What `CdtrAcct` says, or that it is absent.
    pub credited: String,
    /// What `DbtrAcct` should be.
    pub from: BookAccount,
    /// What `CdtrAcct` should be.
    pub to: BookAccount,
}

impl LiquidityTransfer {
    /// What the accounts say: a pledge or a release of one participant's, in the currency of the amount; `None`
    /// for any other pair of accounts.
    #[must_use]
    pub fn movement(&self) -> Option<CollateralMovement> {
        let from = BookAccount::of(self.debtor_account.as_ref()?)?;
        let to = BookAccount::of(self.creditor_account.as_ref()?)?;
        let same_owner = from.participant == to.participant;
        let currencies = [from.currency, to.currency];
        if !same_owner || currencies != [self.amount.currency; 2] {
            return None;
        }
        match (from.book, to.book) {
            (Book::Escrow, Book::Collateral) => Some(CollateralMovement::Pledge(from.participant)),
            (Book::Collateral, Book::Escrow) => Some(CollateralMovement::Release(from.participant)),
            _ => None,
        }
    }

    /// Checks that it asks for this, in the currency of the amount.
    ///
    /// # Errors
    /// [`WrongAccounts`].
    pub fn check(&self, expected: CollateralMovement) -> Result<(), WrongAccounts> {
        if self.movement() == Some(expected) {
            return Ok(());
        }
        let (participant, from, to) = match expected {
            CollateralMovement::Pledge(participant) => (participant, Book::Escrow, Book::Collateral),
            CollateralMovement::Release(participant) => (participant, Book::Collateral, Book::Escrow),
        };
        let said =
            |account: &Option<Account>| account.as_ref().map_or("absent".to_owned(), Account::to_string);
        let account = |book| BookAccount {
            book,
            participant,
            currency: self.amount.currency,
        };
        Err(WrongAccounts {
            debited: said(&self.debtor_account),
            credited: said(&self.creditor_account),
            from: account(from),
            to: account(to),
        })
    }

    /// The reference under which the contract records it: its UETR, and without one a digest of the message's id
    /// and its own, so that sending the same message again has no second effect.
    #[must_use]
    pub fn reference(&self) -> Reference {
        let id = self.transfer_id.as_ref();
        if let Some(uetr) = id.and_then(|id| id.uetr) {
            return Reference(uetr.0);
        }
        let mut fields = Canonical::new("corridor/liquidity/v1");
        fields.text(&self.message_id);
        fields.optional_text(id.and_then(|id| id.instruction_id.as_deref()));
        fields.optional_text(id.map(|id| id.end_to_end_id.as_str()));
        fields.optional_text(id.and_then(|id| id.transaction_id.as_deref()));
        let digest: [u8; 32] = Sha256::digest(fields.finish()).into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Reference(bytes)
    }
}

//! What a request asks for, as it is stored: complete, so that any gateway that shares the store can carry it out.

mod batch;
mod cash;
mod controls;
mod exchange;
mod identity;
mod schedule;

pub use batch::{AcceptedBatch, BatchExceptions, BatchHeaderFields, BatchRecordFields, Content};
pub use cash::{Approval, Freeze, Issuance, TokenPause};
pub use controls::{LimitFields, NewLimits, NewTariff, OfQueue, TariffFields};
pub use exchange::{
    AtQuote, InstructFx, NewQuote, OfQuote, QuoteChange, QuoteFields, SignedQuoteFields, Unwind,
};
pub use identity::Identity;
pub use schedule::NewSchedule;

use crate::text::{hex_bytes, Amount, Bearer, ReferenceText, Text};
use corridor_client::{
    core::{self, AgentId, Currency, ReasonCode, Role, Uetr},
    AddressText,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An operation of the settlement contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Operation {
    /// Instructs a transfer.
    Instruct(Box<Instruct>),
    /// Accepts one.
    Accept(OfTransfer),
    /// Rejects one.
    Reject(Ended),
    /// Cancels one.
    Cancel(Ended),
    /// Expires one.
    Expire(OfTransfer),
    /// Sends back part or all of a settled one.
    Return(Returned),
    /// Moves tokens into escrow.
    Deposit(Moved),
    /// Moves them out.
    Withdraw(Moved),
    /// Moves escrow to collateral.
    Pledge(Moved),
    /// Moves it back.
    Release(Moved),
    /// Ends a settlement window by paying it.
    CloseWindow(Window),
    /// Ends one by carrying it over.
    AbortWindow(Window),
    /// Submits a clearing batch.
    SubmitBatch(Box<NewBatch>),
    /// Accepts one, less what is excepted.
    AcceptBatch(Box<AcceptedBatch>),
    /// Rejects one.
    RejectBatch(EndedBatch),
    /// Cancels one's own.
    CancelBatch(EndedBatch),
    /// Ends what nobody answered of one in time.
    ExpireBatch(OfBatch),
    /// Gives an account a role.
    GrantRole(RoleChange),
    /// Takes it away.
    RevokeRole(RoleChange),
    /// Gives up all roles of one of the gateway's own keys.
    Leave(OwnAccount),
    /// Admits a participant.
    RegisterParticipant(NewParticipant),
    /// Admits a currency.
    RegisterCurrency(NewCurrency),
    /// Suspends or reinstates a participant.
    SetSuspended(Suspension),
    /// Stops or allows new business.
    SetPaused(Pause),
    /// Sets a participant's net debit cap.
    SetCap(Cap),
    /// Sets how time is cut into settlement windows.
    SetSchedule(NewSchedule),
    /// Names the successor of this participant's admin.
    ProposeAdmin(Successor),
    /// Takes over as this participant's admin.
    AcceptAdmin,
    /// Names the governor's successor.
    ProposeGovernor(Successor),
    /// Takes over as governor.
    AcceptGovernor,
    /// Issues tokenised money.
    Issue(Issuance),
    /// Takes some out of circulation.
    Redeem(Issuance),
    /// Lets the settlement contract pull money from the treasurer's account.
    Approve(Approval),
    /// Stops all movements of a currency's money, or allows them.
    PauseToken(TokenPause),
    /// Stops the movements of one account's money, or allows them.
    Freeze(Freeze),
    /// Offers a quote.
    PublishQuote(NewQuote),
    /// Takes one back.
    WithdrawQuote(QuoteChange),
    /// Signs a quote off chain.
    SignQuote(NewQuote),
    /// Instructs a transfer in two currencies.
    InstructFx(Box<InstructFx>),
    /// Settles what of a queue can be settled.
    ResolveQueue(OfQueue),
    /// Adds a version of a tariff.
    SetTariff(NewTariff),
    /// Sets or lifts limits.
    SetLimits(NewLimits),
}

/// How a transfer in one currency settles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By itself, in full, the moment it is accepted; the amount is reserved until then.
    #[default]
    Gross,
    /// Added up with others, when the settlement window closes.
    Net,
    /// By itself and in full; accepted without cover it waits in its currency's queue. Nothing is reserved.
    Queued,
}

impl From<Method> for core::SettlementMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Gross => Self::Gross,
            Method::Net => Self::Net,
            Method::Queued => Self::QueuedGross,
        }
    }
}

/// A transfer to be instructed, with everything that must be the same whoever carries it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instruct {
    /// Its identity.
    pub uetr: Text<Uetr>,
    /// ISO 20022 `EndToEndId`.
    pub end_to_end_id: String,
    /// Whose escrow pays, by each identifier given.
    pub debtor_agent: Vec<Text<AgentId>>,
    /// Whose escrow is paid.
    pub creditor_agent: Vec<Text<AgentId>>,
    /// How much.
    pub interbank_settlement_amount: Amount,
    /// Days since 1970-01-01.
    pub interbank_settlement_date: u32,
    /// Who bears charges.
    pub charge_bearer: Text<Bearer>,
    /// How it settles.
    pub settlement_method: Method,
    /// Seconds since 1970.
    pub expires_at: u64,
    /// Opens the message digest. Chosen when the request was taken, so that every attempt says the same.
    #[serde(with = "hex_bytes")]
    pub salt: Vec<u8>,
    /// What the digest commits to: the transaction's canonical form.
    #[serde(with = "hex_bytes")]
    pub message: Vec<u8>,
}

/// Names a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfTransfer {
    /// Which.
    pub uetr: Text<Uetr>,
}

/// Ends a pending transfer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Which.
    pub uetr: Text<Uetr>,
    /// Why.
    pub reason: Text<ReasonCode>,
}

/// Sends money back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    /// Which transfer.
    pub uetr: Text<Uetr>,
    /// The return's identity on chain.
    #[serde(with = "hex_bytes")]
    pub reference: Vec<u8>,
    /// How much; its currency has to be the transfer's, in two currencies the one the creditor agent was paid.
    pub amount: Amount,
    /// Why.
    pub reason: Text<ReasonCode>,
    /// The quote it goes back at, where the transfer's terms say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_quote: Option<Box<AtQuote>>,
}

/// Moves escrow or collateral.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// The movement's identity among the participant's own.
    pub reference: ReferenceText,
    /// How much.
    pub amount: Amount,
}

/// A settlement window of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Which currency.
    pub currency: Text<Currency>,
    /// Which window.
    pub window: u32,
}

/// A clearing batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// Above all earlier ones of this participant; it is the batch's identity.
    #[schema(minimum = 1)]
    pub number: u32,
    /// The currency of all items.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Text<Currency>,
    /// Whether one invalid item refuses the whole batch.
    #[serde(default)]
    pub all_or_nothing: bool,
    /// From this second on it can no longer be accepted: seconds since 1970.
    pub expires_at: u64,
    /// The payments, at most 2,000.
    #[schema(min_items = 1, max_items = 2000)]
    pub items: Vec<BatchItem>,
}

/// A payment of a clearing batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchItem {
    /// Its identity.
    #[schema(value_type = String, example = "8a562c67-ca16-48ba-b074-65581be6f001")]
    pub uetr: Text<Uetr>,
    /// Who is paid.
    #[schema(value_type = String, example = "CHUPCNSH")]
    pub creditor_agent: Text<AgentId>,
    /// The amount as a decimal in the batch's currency.
    #[schema(example = "12.50")]
    pub amount: String,
    /// Commits to the payment's message: `0x` and 64 digits.
    #[serde(with = "hex_bytes")]
    #[schema(value_type = String)]
    pub message_digest: Vec<u8>,
}

/// Ends a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndedBatch {
    /// Whose.
    pub debtor_agent: Text<AgentId>,
    /// Which.
    pub number: u32,
    /// Why.
    pub reason: Text<ReasonCode>,
}

/// Names a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfBatch {
    /// Whose.
    pub debtor_agent: Text<AgentId>,
    /// Which.
    pub number: u32,
}

/// Names an account whose key the gateway has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnAccount {
    /// The account, as SS58 or an address of 20 bytes. It has to be one of those that sign in the caller's capacity.
    #[schema(value_type = String, example = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
    pub account: Text<AddressText>,
}

/// Grants or revokes a role of this participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The account, as SS58 or an address of 20 bytes.
    #[schema(value_type = String, example = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
    pub account: Text<AddressText>,
    /// instructor, approver, treasurer, compliance, auditor or quoter.
    #[schema(value_type = String, example = "instructor")]
    pub role: Text<Role>,
}

/// Admits a participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParticipant {
    /// One to four identifiers, the first being the one reports show.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 4)]
    pub agents: Vec<Text<AgentId>>,
    /// The account that grants its roles.
    #[schema(value_type = String)]
    pub admin: Text<AddressText>,
}

/// Admits a currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCurrency {
    /// ISO 4217 code.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Text<Currency>,
    /// The ERC-20 contract that is its money.
    #[schema(value_type = String)]
    pub token: Text<AddressText>,
}

/// Suspends or reinstates a participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspension {
    /// Which.
    pub participant: Text<AgentId>,
    /// `true` suspends.
    pub suspended: bool,
}

/// Stops or allows new business.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// `true` stops it.
    pub paused: bool,
}

/// Names who is to take over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// The account, as SS58 or an address of 20 bytes.
    #[schema(value_type = String, example = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
    pub account: Text<AddressText>,
}

/// Sets a net debit cap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cap {
    /// Whose.
    pub participant: Text<AgentId>,
    /// The most its unsettled net debit may be.
    pub amount: Amount,
}

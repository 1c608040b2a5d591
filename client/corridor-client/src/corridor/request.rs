//! Requests with named fields.

use corridor_core::{
    Address, AgentId, ChargeBearer, Currency, Money, ParticipantId, ReasonCode, Reference, Role, Seconds,
    SettlementMethod, Uetr,
};

/// Deploys a settlement contract.
#[derive(Clone, Debug)]
pub struct DeploySettlement {
    /// The PolkaVM blobs.
    pub code: SettlementCode,
    /// Who governs it.
    pub governor: Address,
}

/// The pieces a settlement contract's code is in, as PolkaVM blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementCode {
    /// What is called.
    pub hub: Vec<u8>,
    /// Governance, queries.
    pub backoffice: Vec<u8>,
    /// Net settlement and batches.
    pub clearing: Vec<u8>,
    /// Quotes and transfers in two currencies.
    pub exchange: Vec<u8>,
    /// Tariffs and limits.
    pub controls: Vec<u8>,
    /// Escrow, the queue.
    pub treasury: Vec<u8>,
}

impl SettlementCode {
    /// Reads each piece by the name its file has.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn read<E>(mut read: impl FnMut(&str) -> Result<Vec<u8>, E>) -> Result<Self, E> {
        Ok(Self {
            hub: read("settlement.polkavm")?,
            backoffice: read("backoffice.polkavm")?,
            clearing: read("clearing.polkavm")?,
            exchange: read("exchange.polkavm")?,
            controls: read("controls.polkavm")?,
            treasury: read("treasury.polkavm")?,
        })
    }
}

/// Deploys one currency's tokenised money.
#[derive(Clone, Debug)]
pub struct DeployCash {
    /// The PolkaVM blob.
    pub code: Vec<u8>,
    /// The token's name, such as `Tokenised yuan`.
    pub name: String,
    /// The token's symbol, such as `CNY`.
    pub symbol: String,
    /// ISO 4217 code; its exponent becomes the token's `decimals`.
    pub currency: Currency,
    /// Who issues and redeems.
    pub issuer: Address,
    /// Who pauses and freezes.
    pub guardian: Address,
}

/// Issues or redeems tokenised money. Issuer's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRequest {
    /// The token.
    pub token: Address,
    /// Whose account.
    pub account: Address,
    /// How much, in minor units.
    pub minor_units: u128,
    /// The issuer's own identity of this request: the same one with the same terms has no second effect.
    pub request_id: [u8; 32],
}

/// A token, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Its name.
    pub name: String,
    /// Its short name.
    pub symbol: String,
    /// Digits after the decimal point.
    pub decimals: u8,
    /// Minor units in circulation.
    pub total_supply: u128,
    /// Whether all movements are stopped.
    pub paused: bool,
}

/// Stops or allows movements of one account's tokenised money. Guardian's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreezeRequest {
    /// The token.
    pub token: Address,
    /// Whose money.
    pub account: Address,
    /// `true` freezes.
    pub frozen: bool,
}

/// Lets the settlement contract pull tokens from the caller's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveRequest {
    /// The token.
    pub token: Address,
    /// Who may pull.
    pub spender: Address,
    /// At most how much, in minor units. Replaces an earlier approval.
    pub minor_units: u128,
}

/// Admits a participant. Governor's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterParticipant {
    /// One to four identifiers, the first being the one reports show.
    pub agents: Vec<AgentId>,
    /// The account that grants its roles.
    pub admin: Address,
}

/// Admits a currency. Governor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterCurrency {
    /// ISO 4217 code.
    pub currency: Currency,
    /// Digits after the decimal point; must equal the token's `decimals`.
    pub exponent: u8,
    /// The ERC-20 contract that is its money.
    pub token: Address,
}

/// Suspends or reinstates a participant. Governor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSuspended {
    /// Which participant.
    pub participant: ParticipantId,
    /// `true` suspends.
    pub suspended: bool,
}

/// Grants or revokes a role. The participant admin's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleRequest {
    /// The participant.
    pub participant: ParticipantId,
    /// The account.
    pub account: Address,
    /// The role.
    pub role: Role,
}

/// Names a participant admin's successor. The admin's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposeAdmin {
    /// The participant.
    pub participant: ParticipantId,
    /// The successor.
    pub successor: Address,
}

/// Deposits or withdraws escrow. A treasurer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovementRequest {
    /// Unique among the participant's own: the same reference with the same amount has no second effect.
    pub reference: Reference,
    /// How much.
    pub amount: Money,
}

/// Instructs a transfer. The debtor agent's instructor's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstructRequest {
    /// Its identity; [`new_uetr`](crate::new_uetr), stored by the caller before this call.
    pub uetr: Uetr,
    /// The caller's own reference (ISO 20022 `EndToEndId`); kept in the store, never on chain.
    pub end_to_end_id: String,
    /// Whose escrow pays.
    pub debtor_agent: ParticipantId,
    /// Whose escrow is paid.
    pub creditor_agent: ParticipantId,
    /// ISO 20022 `IntrBkSttlmAmt`.
    pub interbank_settlement_amount: Money,
    /// ISO 20022 `IntrBkSttlmDt`, days since 1970-01-01.
    pub interbank_settlement_date: u32,
    /// ISO 20022 `ChrgBr`.
    pub charge_bearer: ChargeBearer,
    /// How it settles.
    pub settlement_method: SettlementMethod,
    /// From this second on it can no longer be accepted: seconds since 1970, compared with block time.
    pub expires_at: Seconds,
    /// The message (pacs.008 or any other). Not sent and not stored: the chain carries a salted digest.
    pub message: Vec<u8>,
}

/// Ends a pending transfer: reject as creditor agent, cancel as debtor agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndRequest {
    /// Which transfer.
    pub uetr: Uetr,
    /// Why.
    pub reason: ReasonCode,
}

/// Sends back part or all of a settled transfer. The creditor agent's approver's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnRequest {
    /// Unique among the participant's own references.
    pub reference: Reference,
    /// Which transfer.
    pub uetr: Uetr,
    /// How much, in minor units of its currency; of one in two currencies, of what the creditor agent was credited.
    pub minor_units: u128,
    /// Why.
    pub reason: ReasonCode,
}

/// Sends back part or all of a settled transfer in two currencies at a new quote. The creditor agent's approver's
/// key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotedReturnRequest {
    /// What every return has; the amount is in the currency the quote's provider buys.
    pub returned: ReturnRequest,
    /// The quote.
    pub quote: corridor_core::QuoteId,
    /// What the debtor agent gets: what the quote gives for the amount, which
    /// [`exchanged`](crate::exchanged) computes.
    pub given_back: Money,
    /// The quote itself, where it was signed and not published.
    pub signed: Option<corridor_api::SignedQuote>,
}

impl ReturnRequest {
    /// The operation's identity in the store: a reference stands for one return, at whichever rate.
    pub(super) fn identity(&self) -> String {
        format!("return:{}", hex::encode(self.reference.0))
    }
}

impl From<ReturnRequest> for corridor_core::TransferReturn {
    fn from(request: ReturnRequest) -> Self {
        Self {
            uetr: request.uetr,
            minor_units: request.minor_units,
            reason: request.reason,
        }
    }
}

/// A participant's escrow in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionEntry {
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// How much.
    pub position: corridor_core::Position,
}

/// What the store keeps of a transfer this client instructed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTransfer {
    /// Its identity.
    pub uetr: Uetr,
    /// The caller's own reference.
    pub end_to_end_id: String,
    /// Its terms, message digest included.
    pub terms: corridor_core::Terms,
    /// Opens the digest.
    pub salt: [u8; 32],
}

/// What [`Corridor::resume`](crate::Corridor::resume) found out about an operation left open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// The operation's identity in the store.
    pub operation: String,
    /// The finalised block that carried it out, or what became of it.
    pub result: Result<crate::BlockRef, crate::Error>,
}

/// Pledges or releases collateral of net settlement. Treasurer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollateralRequest {
    /// The participant's own identity of this movement.
    pub reference: Reference,
    /// How much.
    pub amount: Money,
}

/// Sets a participant's net debit cap. Governor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetCap {
    /// Whose.
    pub participant: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// The most its unsettled net debit may be, in minor units.
    pub minor_units: u64,
}

/// Submits a clearing batch. Instructor's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitBatch {
    /// The batch as a whole.
    pub header: corridor_core::BatchHeader,
    /// 64 bytes for each item, see [`corridor_core::batch`].
    pub items: Vec<u8>,
}

/// A creditor agent's acceptance of its items. Approver's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptBatch {
    /// Whose batch.
    pub debtor_agent: ParticipantId,
    /// Its number.
    pub number: u32,
    /// What is not accepted, proven to be in the batch.
    pub exceptions: Option<corridor_api::Exceptions>,
}

/// Instructs a transfer in two currencies on a quote. The debtor agent's instructor's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstructFxRequest {
    /// What every transfer has. The amount is the one the debtor agent pays, in the currency the quote's provider
    /// buys; the method is payment versus payment.
    pub transfer: InstructRequest,
    /// The quote and what it gives for the amount: [`fx_terms`](crate::fx_terms) computes it.
    pub fx: corridor_core::FxTerms,
    /// The quote itself, where it was signed and not published.
    pub signed: Option<corridor_api::SignedQuote>,
}

/// Adds a version of a corridor's tariff. Governor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetTariff {
    /// Whose transfers.
    pub debtor_agent: ParticipantId,
    /// To whom.
    pub creditor_agent: ParticipantId,
    /// In which currency.
    pub currency: Currency,
    /// Who gets the fees; the same for every version.
    pub payee: ParticipantId,
    /// The version.
    pub tariff: corridor_core::Tariff,
}

/// Sets or lifts limits. Governor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetLimits {
    /// Whose, towards whom, in which currency.
    pub scope: corridor_api::LimitScope,
    /// The limits; `None` lifts them.
    pub limits: Option<corridor_core::Limits>,
}

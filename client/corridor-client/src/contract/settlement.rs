//! The settlement contract's messages, one method each.

use super::Message;
use corridor_api::{
    Administration, BatchReceipt, Batches, Codes, CollateralReceipt, Controls, CorridorEnvironment, Escrow,
    Exceptions, Exchange, Governance, GovernanceState, Inspection, LimitScope, MovementReceipt, NetPosition,
    Netting, ParticipantEntry, Queueing, QuoteReceipt, SignedQuote, TransferReceipt, Transfers,
    WindowReceipt, WindowState,
};
use corridor_core::{
    queued::QueueReport, registry::CurrencyEntry, Address, AgentId, BatchHeader, BatchRecord,
    BilateralPosition, Caller, Charges, Conservation, Currency, Error, FxTerms, FxTransfer, Limited, Limits,
    Money, Operation, ParticipantId, Position, Queued, Quote, QuoteId, QuoteState, QuotedReturn, ReasonCode,
    Reference, Role, Roles, Schedule, Tariff, Tariffs, Terms, Transfer, TransferReturn, Uetr, WindowId,
};
use ink::{
    abi::Ink,
    codegen::{TraitCallBuilder, TraitCallForwarder},
    reflect::TraitDefinitionRegistry,
};
use scale_codec::Encode;
use scale_info::{MetaType, Registry};

/// ink!'s own call builder for a trait definition, reached the way generated code reaches it.
macro_rules! builder {
    ($name:ident) => {
        <<<TraitDefinitionRegistry<CorridorEnvironment> as $name>::__ink_TraitInfo as TraitCallForwarder>::Forwarder<Ink>
            as TraitCallBuilder>::Builder
    };
}

/// Declares one method for each message, with the arguments and the answer of its trait.
macro_rules! messages {
    ($($(#[$doc:meta])* $trait:ident . $message:ident ($($argument:ident : $type:ty),*) -> $answer:ty;)*) => {
        /// Every message as `Trait::message`, which is what ink! makes selectors of.
        pub(super) const MESSAGES: &[&str] = &[$(concat!(stringify!($trait), "::", stringify!($message))),*];

        /// Every message with the names and types of its arguments.
        pub(super) fn arguments(registry: &mut Registry) -> Vec<(&'static str, Vec<(&'static str, u32)>)> {
            let mut id = |declared: MetaType| registry.register_type(&declared).id;
            vec![$(
                (stringify!($message), vec![$((stringify!($argument), id(MetaType::new::<$type>()))),*])
            ),*]
        }

        impl SettlementContract {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $message(&self $(, $argument: $type)*) -> Message<$answer> {
                    #[allow(unused_mut)] // Queries borrow it shared.
                    let mut builder = <builder!($trait)>::from(ink::Address::from(self.address));
                    Message::new(self.address, $trait::$message(&mut builder $(, $argument.into())*))
                }
            )*
        }
    };
}

/// The settlement contract at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementContract {
    address: Address,
}

impl SettlementContract {
    /// The contract at `address`.
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self { address }
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.address
    }

    /// Call data of its constructor: `codes` are the contracts whose code it executes for infrequent messages,
    /// `genesis_hash` is that of the chain it is deployed on.
    #[must_use]
    pub fn constructor(codes: Codes, genesis_hash: [u8; 32], governor: Address) -> Vec<u8> {
        let mut data = Self::piece_constructor();
        (codes, genesis_hash, governor).encode_to(&mut data);
        data
    }

    /// Call data of the constructors of the pieces whose code it executes.
    #[must_use]
    pub fn piece_constructor() -> Vec<u8> {
        ink::selector_bytes!("new").to_vec()
    }
}

messages! {
    /// Reserves the amount of a new transfer.
    Transfers.instruct(uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error>;
    /// Settles a pending transfer.
    Transfers.accept(uetr: Uetr) -> Result<TransferReceipt, Error>;
    /// Refuses a pending transfer as the creditor agent.
    Transfers.reject(uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error>;
    /// Withdraws a pending transfer as the debtor agent.
    Transfers.cancel(uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error>;
    /// Ends a pending transfer whose time has passed.
    Transfers.expire(uetr: Uetr) -> Result<TransferReceipt, Error>;
    /// Sends back part or all of a settled transfer.
    Transfers.return_transfer(reference: Reference, command: TransferReturn) -> Result<TransferReceipt, Error>;

    /// Pulls tokens into escrow.
    Escrow.deposit(reference: Reference, amount: Money) -> Result<MovementReceipt, Error>;
    /// Pays tokens out of escrow.
    Escrow.withdraw(reference: Reference, amount: Money) -> Result<MovementReceipt, Error>;

    /// The root state.
    Governance.governance() -> GovernanceState;
    /// Names the governor's successor.
    Governance.propose_governor(successor: Address) -> Result<(), Error>;
    /// Takes over as governor.
    Governance.accept_governor() -> Result<(), Error>;
    /// Stops or allows new business.
    Governance.set_paused(paused: bool) -> Result<(), Error>;
    /// Admits a currency.
    Governance.register_currency(entry: CurrencyEntry) -> Result<(), Error>;
    /// Admits a participant.
    Governance.register_participant(agents: Vec<AgentId>, admin: Address) -> Result<ParticipantId, Error>;
    /// Suspends or reinstates a participant.
    Governance.set_suspended(id: ParticipantId, suspended: bool) -> Result<(), Error>;

    /// Names an admin's successor.
    Administration.propose_admin(id: ParticipantId, successor: Address) -> Result<(), Error>;
    /// Takes over as admin.
    Administration.accept_admin(id: ParticipantId) -> Result<(), Error>;
    /// Gives an account a role.
    Administration.grant_role(id: ParticipantId, account: Address, role: Role) -> Result<(), Error>;
    /// Takes a role from an account.
    Administration.revoke_role(id: ParticipantId, account: Address, role: Role) -> Result<(), Error>;
    /// Ends what the calling account is for its participant.
    Administration.leave() -> Result<(), Error>;

    /// Sets how time is cut into settlement windows.
    Netting.set_schedule(schedule: Schedule) -> Result<(), Error>;
    /// Sets a participant's net debit cap.
    Netting.set_cap(id: ParticipantId, currency: Currency, minor_units: u64) -> Result<(), Error>;
    /// Moves money from available to collateral.
    Netting.pledge(reference: Reference, amount: Money) -> Result<CollateralReceipt, Error>;
    /// Moves collateral back to available.
    Netting.release(reference: Reference, amount: Money) -> Result<CollateralReceipt, Error>;
    /// Pays all net positions of a window.
    Netting.close_window(currency: Currency, window: WindowId) -> Result<WindowReceipt, Error>;
    /// Carries a window's net positions over.
    Netting.abort_window(currency: Currency, window: WindowId) -> Result<WindowReceipt, Error>;
    /// The settlement schedule.
    Netting.schedule() -> Option<Schedule>;
    /// A participant's net settlement in a currency.
    Netting.net_position(id: ParticipantId, currency: Currency) -> NetPosition;
    /// What one participant is owed by another, less what it owes, in windows that are not settled.
    Netting.bilateral(of: ParticipantId, with: ParticipantId, currency: Currency) -> Vec<BilateralPosition>;
    /// Where a window stands.
    Netting.window(currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error>;

    /// Submits a clearing batch.
    Batches.submit_batch(header: BatchHeader, items: Vec<u8>) -> Result<BatchReceipt, Error>;
    /// Books a creditor agent's items of a batch, less exceptions.
    Batches.accept_batch(debtor_agent: ParticipantId, number: u32, exceptions: Option<Exceptions>) -> Result<BatchReceipt, Error>;
    /// Refuses a creditor agent's items of a batch.
    Batches.reject_batch(debtor_agent: ParticipantId, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error>;
    /// Withdraws what nobody has answered of a batch.
    Batches.cancel_batch(number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error>;
    /// Ends what nobody has answered of a batch in time.
    Batches.expire_batch(debtor_agent: ParticipantId, number: u32) -> Result<BatchReceipt, Error>;
    /// What is recorded of a batch.
    Batches.batch(debtor_agent: ParticipantId, number: u32) -> Option<BatchRecord>;
    /// The number of a participant's last batch.
    Batches.last_batch(debtor_agent: ParticipantId) -> Option<u32>;

    /// Offers a quote.
    Exchange.publish_quote(quote: Quote) -> Result<QuoteReceipt, Error>;
    /// Takes a quote back.
    Exchange.withdraw_quote(quote: Quote) -> Result<QuoteReceipt, Error>;
    /// Reserves both currencies of a new transfer on a quote.
    Exchange.instruct_fx(uetr: Uetr, terms: Terms, fx: FxTerms, signed: Option<SignedQuote>) -> Result<TransferReceipt, Error>;
    /// Sends back part or all of a settled transfer in two currencies at a new quote.
    Exchange.return_at_quote(reference: Reference, command: QuotedReturn, signed: Option<SignedQuote>) -> Result<TransferReceipt, Error>;
    /// What is recorded of a quote.
    Exchange.quote(id: QuoteId) -> Option<QuoteState>;
    /// The transfer in two currencies recorded under a UETR.
    Exchange.fx_transfer(uetr: Uetr) -> Option<FxTransfer>;

    /// Adds a version of a corridor's tariff.
    Controls.set_tariff(debtor_agent: ParticipantId, creditor_agent: ParticipantId, currency: Currency, payee: ParticipantId, tariff: Tariff) -> Result<(), Error>;
    /// Sets or lifts limits.
    Controls.set_limits(scope: LimitScope, limits: Option<Limits>) -> Result<(), Error>;
    /// Settles what of a queue can be settled.
    Queueing.resolve_queue(currency: Currency) -> Result<QueueReport, Error>;
    /// A corridor's tariff.
    Controls.tariffs(debtor_agent: ParticipantId, creditor_agent: ParticipantId, currency: Currency) -> Option<Tariffs>;
    /// Limits and what counts against them.
    Controls.limits(scope: LimitScope) -> Limited;
    /// The fees of a transfer in one currency.
    Controls.charges(uetr: Uetr) -> Option<Charges>;
    /// What waits in a currency's queue.
    Queueing.queue(currency: Currency) -> Vec<Queued>;

    /// The transfer recorded under a UETR.
    Inspection.transfer(uetr: Uetr) -> Option<Transfer>;
    /// The operation recorded under a participant's reference.
    Inspection.operation(id: ParticipantId, reference: Reference) -> Option<Operation>;
    /// A participant's escrow in a currency.
    Inspection.position(id: ParticipantId, currency: Currency) -> Position;
    /// The participant that goes by an identifier.
    Inspection.find_participant(agent: AgentId) -> Option<ParticipantId>;
    /// A page of participants.
    Inspection.participants(start: u16, limit: u16) -> Vec<ParticipantEntry>;
    /// Whom an account acts for.
    Inspection.account(account: Address) -> Option<Caller>;
    /// A page of a participant's accounts.
    Inspection.accounts(id: ParticipantId, start: u32, limit: u16) -> Vec<(ink::Address, Roles)>;
    /// A registered currency.
    Inspection.currency(currency: Currency) -> Option<CurrencyEntry>;
    /// A page of currencies.
    Inspection.currencies(start: u16, limit: u16) -> Vec<CurrencyEntry>;
    /// Whether the books of a currency are covered.
    Inspection.conservation(currency: Currency) -> Result<Conservation, Error>;
}

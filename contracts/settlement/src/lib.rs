//! The settlement contract's hub: what everyone calls.
//!
//! It holds `instruct` and `accept`, which are frequent and must be cheap; every other message is executed with
//! the code of one of its other pieces (see `corridor_shell::delegate`).
//!
//! Two builds of this crate make one contract. With `std` it is `interface`: ink!'s description of all messages, from
//! which the metadata is made. For the chain it is `entry`: ink!'s own dispatch would decode the arguments of each of
//! some seventy messages only to hand them on, which was a third of the code, and every byte of it is paid for at every
//! call. The tests send each message of the metadata to the built code.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[cfg(not(feature = "std"))]
mod entry;
#[cfg(not(feature = "std"))]
mod route;

#[cfg(feature = "std")]
#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code, clippy::large_enum_variant)] // The macro's dispatch code.
#[allow(unused_variables, clippy::unreachable)] // Never executed: this is built for the metadata alone.
mod interface {
    use alloc::vec::Vec;
    use corridor_api::{
        Administration, BatchReceipt, Batches, Codes, CollateralReceipt, Controls, Escrow, Exceptions,
        Exchange, Governance, GovernanceState, Inspection, LimitScope, MovementReceipt, NetPosition, Netting,
        ParticipantEntry, Queueing, QuoteReceipt, SignedQuote, TransferReceipt, Transfers, WindowReceipt,
        WindowState,
    };
    use corridor_core::{
        queued::QueueReport, registry::CurrencyEntry, AgentId, BatchHeader, BatchRecord, BilateralPosition,
        Caller, Charges, Conservation, Currency, Error, FxTerms, FxTransfer, Limited, Limits, Money,
        Operation, ParticipantId, Position, Queued, Quote, QuoteId, QuoteState, QuotedReturn, ReasonCode,
        Reference, Role, Roles, Schedule, Tariff, Tariffs, Terms, Transfer, TransferReturn, Uetr, WindowId,
    };
    use corridor_shell::Root;

    /// The root cell.
    #[ink(storage)]
    pub struct Settlement {
        root: Root,
    }

    impl Settlement {
        /// An empty registry, governed by `governor`, that executes the code at `codes` for infrequent messages.
        /// Neither the code nor its addresses can be changed afterwards, nor the hash of the chain's block 0.
        #[ink(constructor)]
        pub fn new(codes: Codes, genesis_hash: [u8; 32], governor: Address) -> Self {
            Self {
                root: Root::new(codes, genesis_hash, governor.0),
            }
        }
    }

    impl Transfers for Settlement {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn return_transfer(
            &mut self,
            reference: Reference,
            command: TransferReturn,
        ) -> Result<TransferReceipt, Error> {
            unreachable!()
        }
    }

    impl Escrow for Settlement {
        #[ink(message)]
        fn deposit(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn withdraw(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            unreachable!()
        }
    }

    impl Governance for Settlement {
        #[ink(message)]
        fn governance(&self) -> GovernanceState {
            unreachable!()
        }

        #[ink(message)]
        fn propose_governor(&mut self, successor: Address) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn accept_governor(&mut self) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn set_paused(&mut self, paused: bool) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn register_currency(&mut self, entry: CurrencyEntry) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn register_participant(
            &mut self,
            agents: Vec<AgentId>,
            admin: Address,
        ) -> Result<ParticipantId, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error> {
            unreachable!()
        }
    }

    impl Administration for Settlement {
        #[ink(message)]
        fn propose_admin(&mut self, id: ParticipantId, successor: Address) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn accept_admin(&mut self, id: ParticipantId) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn grant_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn leave(&mut self) -> Result<(), Error> {
            unreachable!()
        }
    }

    impl Netting for Settlement {
        #[ink(message)]
        fn set_schedule(&mut self, schedule: Schedule) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn set_cap(&mut self, id: ParticipantId, currency: Currency, minor_units: u64) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn pledge(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn release(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn close_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn abort_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn schedule(&self) -> Option<Schedule> {
            unreachable!()
        }

        #[ink(message)]
        fn net_position(&self, id: ParticipantId, currency: Currency) -> NetPosition {
            unreachable!()
        }

        #[ink(message)]
        fn bilateral(
            &self,
            of: ParticipantId,
            with: ParticipantId,
            currency: Currency,
        ) -> Vec<BilateralPosition> {
            unreachable!()
        }

        #[ink(message)]
        fn window(&self, currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error> {
            unreachable!()
        }
    }

    impl Batches for Settlement {
        #[ink(message)]
        fn submit_batch(&mut self, header: BatchHeader, items: Vec<u8>) -> Result<BatchReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn accept_batch(
            &mut self,
            debtor_agent: ParticipantId,
            number: u32,
            exceptions: Option<Exceptions>,
        ) -> Result<BatchReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn reject_batch(
            &mut self,
            debtor_agent: ParticipantId,
            number: u32,
            reason: ReasonCode,
        ) -> Result<BatchReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn cancel_batch(&mut self, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn expire_batch(&mut self, debtor_agent: ParticipantId, number: u32) -> Result<BatchReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn batch(&self, debtor_agent: ParticipantId, number: u32) -> Option<BatchRecord> {
            unreachable!()
        }

        #[ink(message)]
        fn last_batch(&self, debtor_agent: ParticipantId) -> Option<u32> {
            unreachable!()
        }
    }

    impl Exchange for Settlement {
        #[ink(message)]
        fn publish_quote(&mut self, quote: Quote) -> Result<QuoteReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn withdraw_quote(&mut self, quote: Quote) -> Result<QuoteReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn instruct_fx(
            &mut self,
            uetr: Uetr,
            terms: Terms,
            fx: FxTerms,
            signed: Option<SignedQuote>,
        ) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn return_at_quote(
            &mut self,
            reference: Reference,
            command: QuotedReturn,
            signed: Option<SignedQuote>,
        ) -> Result<TransferReceipt, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn quote(&self, id: QuoteId) -> Option<QuoteState> {
            unreachable!()
        }

        #[ink(message)]
        fn fx_transfer(&self, uetr: Uetr) -> Option<FxTransfer> {
            unreachable!()
        }
    }

    impl Controls for Settlement {
        #[ink(message)]
        fn set_tariff(
            &mut self,
            debtor_agent: ParticipantId,
            creditor_agent: ParticipantId,
            currency: Currency,
            payee: ParticipantId,
            tariff: Tariff,
        ) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn set_limits(&mut self, scope: LimitScope, limits: Option<Limits>) -> Result<(), Error> {
            unreachable!()
        }

        #[ink(message)]
        fn tariffs(
            &self,
            debtor_agent: ParticipantId,
            creditor_agent: ParticipantId,
            currency: Currency,
        ) -> Option<Tariffs> {
            unreachable!()
        }

        #[ink(message)]
        fn limits(&self, scope: LimitScope) -> Limited {
            unreachable!()
        }

        #[ink(message)]
        fn charges(&self, uetr: Uetr) -> Option<Charges> {
            unreachable!()
        }
    }

    impl Queueing for Settlement {
        #[ink(message)]
        fn resolve_queue(&mut self, currency: Currency) -> Result<QueueReport, Error> {
            unreachable!()
        }

        #[ink(message)]
        fn queue(&self, currency: Currency) -> Vec<Queued> {
            unreachable!()
        }
    }

    impl Inspection for Settlement {
        #[ink(message)]
        fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
            unreachable!()
        }

        #[ink(message)]
        fn operation(&self, id: ParticipantId, reference: Reference) -> Option<Operation> {
            unreachable!()
        }

        #[ink(message)]
        fn position(&self, id: ParticipantId, currency: Currency) -> Position {
            unreachable!()
        }

        #[ink(message)]
        fn find_participant(&self, agent: AgentId) -> Option<ParticipantId> {
            unreachable!()
        }

        #[ink(message)]
        fn participants(&self, start: u16, limit: u16) -> Vec<ParticipantEntry> {
            unreachable!()
        }

        #[ink(message)]
        fn account(&self, account: Address) -> Option<Caller> {
            unreachable!()
        }

        #[ink(message)]
        fn accounts(&self, id: ParticipantId, start: u32, limit: u16) -> Vec<(Address, Roles)> {
            unreachable!()
        }

        #[ink(message)]
        fn currency(&self, currency: Currency) -> Option<CurrencyEntry> {
            unreachable!()
        }

        #[ink(message)]
        fn currencies(&self, start: u16, limit: u16) -> Vec<CurrencyEntry> {
            unreachable!()
        }

        #[ink(message)]
        fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
            unreachable!()
        }
    }
}

//! The settlement contract's hub: what everyone calls.
//!
//! It holds `instruct` and `accept`, which are frequent and must be cheap; every other message is executed with
//! the code of the clearing house or the back office (see `corridor_shell::delegate`). Its metadata lists them all.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
#[allow(unused_variables)] // The other code reads the arguments from the call data.
mod hub {
    use alloc::vec::Vec;
    use corridor_api::{
        Administration, BatchReceipt, Batches, CollateralReceipt, Escrow, Exceptions, Governance,
        GovernanceState, Inspection, MovementReceipt, NetPosition, Netting, ParticipantEntry,
        TransferReceipt, Transfers, WindowReceipt, WindowState,
    };
    use corridor_core::{
        registry::CurrencyEntry, AgentId, BatchHeader, BatchRecord, Caller, Conservation, Currency, Error,
        Money, Operation, ParticipantId, Position, ReasonCode, Reference, Role, Roles, Schedule, Terms,
        Transfer, TransferReturn, Uetr, WindowId,
    };
    use corridor_shell::{delegate, input, transfers, Root};

    /// The root cell.
    #[ink(storage)]
    pub struct Settlement {
        root: Root,
    }

    impl Settlement {
        /// An empty registry, governed by `governor`, that executes the code at `backoffice` and `clearing` for
        /// infrequent messages. Neither the code nor its address can be changed afterwards.
        #[ink(constructor)]
        pub fn new(backoffice: Address, clearing: Address, governor: Address) -> Self {
            Self {
                root: Root::new(backoffice.0, clearing.0, governor.0),
            }
        }

        fn now(&self) -> u64 {
            self.env().block_timestamp()
        }
    }

    impl Transfers for Settlement {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, Terms)>()?;
            transfers::instruct(&self.root, self.env().caller(), uetr, &terms, self.now())
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            transfers::accept(&self.root, self.env().caller(), uetr, self.now())
        }

        #[ink(message)]
        fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn return_transfer(
            &mut self,
            reference: Reference,
            command: TransferReturn,
        ) -> Result<TransferReceipt, Error> {
            delegate::execute(self.root.clearing)
        }
    }

    impl Escrow for Settlement {
        #[ink(message)]
        fn deposit(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn withdraw(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            delegate::execute(self.root.backoffice)
        }
    }

    impl Governance for Settlement {
        #[ink(message)]
        fn governance(&self) -> GovernanceState {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn propose_governor(&mut self, successor: Address) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn accept_governor(&mut self) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn set_paused(&mut self, paused: bool) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn register_currency(&mut self, entry: CurrencyEntry) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn register_participant(
            &mut self,
            agents: Vec<AgentId>,
            admin: Address,
        ) -> Result<ParticipantId, Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }
    }

    impl Administration for Settlement {
        #[ink(message)]
        fn propose_admin(&mut self, id: ParticipantId, successor: Address) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn accept_admin(&mut self, id: ParticipantId) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn grant_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            delegate::execute(self.root.backoffice)
        }
    }

    impl Netting for Settlement {
        #[ink(message)]
        fn set_schedule(&mut self, schedule: Schedule) -> Result<(), Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn set_cap(&mut self, id: ParticipantId, currency: Currency, minor_units: u64) -> Result<(), Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn pledge(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn release(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn close_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn abort_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn schedule(&self) -> Option<Schedule> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn net_position(&self, id: ParticipantId, currency: Currency) -> NetPosition {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn window(&self, currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error> {
            delegate::execute(self.root.clearing)
        }
    }

    impl Batches for Settlement {
        #[ink(message)]
        fn submit_batch(&mut self, header: BatchHeader, items: Vec<u8>) -> Result<BatchReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn accept_batch(
            &mut self,
            debtor_agent: ParticipantId,
            number: u32,
            exceptions: Option<Exceptions>,
        ) -> Result<BatchReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn reject_batch(
            &mut self,
            debtor_agent: ParticipantId,
            number: u32,
            reason: ReasonCode,
        ) -> Result<BatchReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn cancel_batch(&mut self, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn batch(&self, debtor_agent: ParticipantId, number: u32) -> Option<BatchRecord> {
            delegate::execute(self.root.clearing)
        }

        #[ink(message)]
        fn last_batch(&self, debtor_agent: ParticipantId) -> Option<u32> {
            delegate::execute(self.root.clearing)
        }
    }

    impl Inspection for Settlement {
        #[ink(message)]
        fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn operation(&self, id: ParticipantId, reference: Reference) -> Option<Operation> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn position(&self, id: ParticipantId, currency: Currency) -> Position {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn find_participant(&self, agent: AgentId) -> Option<ParticipantId> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn participants(&self, start: u16, limit: u16) -> Vec<ParticipantEntry> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn account(&self, account: Address) -> Option<Caller> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn accounts(&self, id: ParticipantId, start: u32, limit: u16) -> Vec<(Address, Roles)> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn currency(&self, currency: Currency) -> Option<CurrencyEntry> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn currencies(&self, start: u16, limit: u16) -> Vec<CurrencyEntry> {
            delegate::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
            delegate::execute(self.root.backoffice)
        }
    }
}

//! The settlement contract's hub: what everyone calls.
//!
//! It holds `instruct` and `accept`, which are frequent and must be cheap; every other message is executed with
//! the back office's code (see `corridor_shell::backoffice`). Its metadata lists them all.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
#[allow(unused_variables)] // The back office reads the arguments from the call data.
mod hub {
    use alloc::vec::Vec;
    use corridor_api::{
        Administration, Escrow, Governance, GovernanceState, Inspection, MovementReceipt, ParticipantEntry,
        TransferReceipt, Transfers,
    };
    use corridor_core::{
        registry::CurrencyEntry, AgentId, Caller, Conservation, Currency, Error, Money, Operation,
        ParticipantId, Position, ReasonCode, Reference, Role, Roles, Terms, Transfer, TransferReturn, Uetr,
    };
    use corridor_shell::{backoffice, input, transfers, Root};

    /// The root cell.
    #[ink(storage)]
    pub struct Settlement {
        root: Root,
    }

    impl Settlement {
        /// An empty registry, governed by `governor`, that executes the code at `backoffice` for infrequent
        /// messages. Neither the code nor its address can be changed afterwards.
        #[ink(constructor)]
        pub fn new(backoffice: Address, governor: Address) -> Self {
            Self {
                root: Root::new(backoffice.0, governor.0),
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
            transfers::instruct(&self.root.gate(), self.env().caller(), uetr, &terms, self.now())
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            transfers::accept(self.env().caller(), uetr, self.now())
        }

        #[ink(message)]
        fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn return_transfer(
            &mut self,
            reference: Reference,
            command: TransferReturn,
        ) -> Result<TransferReceipt, Error> {
            backoffice::execute(self.root.backoffice)
        }
    }

    impl Escrow for Settlement {
        #[ink(message)]
        fn deposit(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn withdraw(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            backoffice::execute(self.root.backoffice)
        }
    }

    impl Governance for Settlement {
        #[ink(message)]
        fn governance(&self) -> GovernanceState {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn propose_governor(&mut self, successor: Address) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn accept_governor(&mut self) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn set_paused(&mut self, paused: bool) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn register_currency(&mut self, entry: CurrencyEntry) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn register_participant(
            &mut self,
            agents: Vec<AgentId>,
            admin: Address,
        ) -> Result<ParticipantId, Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }
    }

    impl Administration for Settlement {
        #[ink(message)]
        fn propose_admin(&mut self, id: ParticipantId, successor: Address) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn accept_admin(&mut self, id: ParticipantId) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn grant_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            backoffice::execute(self.root.backoffice)
        }
    }

    impl Inspection for Settlement {
        #[ink(message)]
        fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn operation(&self, id: ParticipantId, reference: Reference) -> Option<Operation> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn position(&self, id: ParticipantId, currency: Currency) -> Position {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn find_participant(&self, agent: AgentId) -> Option<ParticipantId> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn participants(&self, start: u16, limit: u16) -> Vec<ParticipantEntry> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn account(&self, account: Address) -> Option<Caller> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn accounts(&self, id: ParticipantId, start: u32, limit: u16) -> Vec<(Address, Roles)> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn currency(&self, currency: Currency) -> Option<CurrencyEntry> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn currencies(&self, start: u16, limit: u16) -> Vec<CurrencyEntry> {
            backoffice::execute(self.root.backoffice)
        }

        #[ink(message)]
        fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
            backoffice::execute(self.root.backoffice)
        }
    }
}

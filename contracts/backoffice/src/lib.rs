//! The back office: governance, administration, queries, and what ends transfers otherwise than by acceptance.
//!
//! The hub (`corridor-settlement`) executes this code by delegate call on its own storage, with its own
//! caller and balance. Called directly it works on storage of its own, in which nobody is governor and
//! nothing is registered, so it refuses everything.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
mod office {
    use alloc::vec::Vec;
    use corridor_api::{
        Administration, Governance, GovernanceState, Inspection, ParticipantEntry, TransferReceipt, Transfers,
    };
    use corridor_core::{
        registry::CurrencyEntry, AgentId, Caller, Conservation, Currency, Error, Operation, ParticipantId,
        Position, ReasonCode, Reference, Role, Roles, Terms, Transfer, TransferReturn, Uetr,
    };
    use corridor_shell::{administration, governance, input, inspection, transfers, transfers::Ending, Root};
    use scale_codec::Encode;

    /// The same root cell as the hub's.
    #[ink(storage)]
    pub struct BackOffice {
        root: Root,
    }

    impl BackOffice {
        /// Code to be executed by a hub. Its own storage is governed by nobody.
        #[ink(constructor)]
        #[allow(clippy::new_without_default)]
        pub fn new() -> Self {
            Self {
                root: Root::of_code(),
            }
        }

        fn now(&self) -> u64 {
            self.env().block_timestamp()
        }
    }

    /// The hub carries out `instruct` and `accept` itself, so they never get here; whoever calls this code
    /// directly has no account in its storage.
    impl Transfers for BackOffice {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            let (_, _) = (uetr, terms);
            Err(Error::UnknownAccount)
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            let _ = uetr;
            Err(Error::UnknownAccount)
        }

        #[ink(message)]
        fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, ReasonCode)>()?;
            transfers::end(
                &self.root,
                self.env().caller(),
                uetr,
                Ending::Reject(reason),
                self.now(),
            )
        }

        #[ink(message)]
        fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, ReasonCode)>()?;
            transfers::end(
                &self.root,
                self.env().caller(),
                uetr,
                Ending::Cancel(reason),
                self.now(),
            )
        }

        #[ink(message)]
        fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            transfers::end(&self.root, self.env().caller(), uetr, Ending::Expire, self.now())
        }

        #[ink(message)]
        fn return_transfer(
            &mut self,
            reference: Reference,
            command: TransferReturn,
        ) -> Result<TransferReceipt, Error> {
            input::exactly::<(Reference, TransferReturn)>()?;
            transfers::return_transfer(&self.root, self.env().caller(), reference, &command, self.now())
        }
    }

    impl Governance for BackOffice {
        #[ink(message)]
        fn governance(&self) -> GovernanceState {
            self.root.state()
        }

        #[ink(message)]
        fn propose_governor(&mut self, successor: Address) -> Result<(), Error> {
            input::exactly_bytes(successor.encoded_size())?;
            governance::propose_governor(&mut self.root, successor)
        }

        #[ink(message)]
        fn accept_governor(&mut self) -> Result<(), Error> {
            input::exactly::<()>()?;
            governance::accept_governor(&mut self.root)
        }

        #[ink(message)]
        fn set_paused(&mut self, paused: bool) -> Result<(), Error> {
            input::exactly::<bool>()?;
            governance::set_paused(&mut self.root, paused)
        }

        #[ink(message)]
        fn register_currency(&mut self, entry: CurrencyEntry) -> Result<(), Error> {
            input::exactly::<CurrencyEntry>()?;
            governance::register_currency(&mut self.root, entry)
        }

        #[ink(message)]
        fn register_participant(
            &mut self,
            agents: Vec<AgentId>,
            admin: Address,
        ) -> Result<ParticipantId, Error> {
            input::exactly_bytes((&agents, admin).encoded_size())?;
            governance::register_participant(&mut self.root, agents, admin)
        }

        #[ink(message)]
        fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error> {
            input::exactly::<(ParticipantId, bool)>()?;
            governance::set_suspended(&mut self.root, id, suspended)
        }
    }

    impl Administration for BackOffice {
        #[ink(message)]
        fn propose_admin(&mut self, id: ParticipantId, successor: Address) -> Result<(), Error> {
            input::exactly_bytes((id, successor).encoded_size())?;
            administration::propose_admin(self.env().caller(), id, successor)
        }

        #[ink(message)]
        fn accept_admin(&mut self, id: ParticipantId) -> Result<(), Error> {
            input::exactly::<ParticipantId>()?;
            administration::accept_admin(self.env().caller(), id)
        }

        #[ink(message)]
        fn grant_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            input::exactly_bytes((id, account, role).encoded_size())?;
            administration::grant_role(&self.root.gate(), self.env().caller(), id, account, role)
        }

        #[ink(message)]
        fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            input::exactly_bytes((id, account, role).encoded_size())?;
            administration::revoke_role(self.env().caller(), id, account, role)
        }

        #[ink(message)]
        fn leave(&mut self) -> Result<(), Error> {
            input::exactly::<()>()?;
            administration::leave(self.env().caller())
        }
    }

    impl Inspection for BackOffice {
        #[ink(message)]
        fn transfer(&self, uetr: Uetr) -> Option<Transfer> {
            inspection::transfer(uetr)
        }

        #[ink(message)]
        fn operation(&self, id: ParticipantId, reference: Reference) -> Option<Operation> {
            inspection::operation(id, reference)
        }

        #[ink(message)]
        fn position(&self, id: ParticipantId, currency: Currency) -> Position {
            inspection::position(id, currency)
        }

        #[ink(message)]
        fn find_participant(&self, agent: AgentId) -> Option<ParticipantId> {
            inspection::find_participant(agent)
        }

        #[ink(message)]
        fn participants(&self, start: u16, limit: u16) -> Vec<ParticipantEntry> {
            inspection::participants(&self.root.gate(), start, limit)
        }

        #[ink(message)]
        fn account(&self, account: Address) -> Option<Caller> {
            inspection::account(account)
        }

        #[ink(message)]
        fn accounts(&self, id: ParticipantId, start: u32, limit: u16) -> Vec<(Address, Roles)> {
            inspection::accounts(id, start, limit)
        }

        #[ink(message)]
        fn currency(&self, currency: Currency) -> Option<CurrencyEntry> {
            inspection::currency(currency)
        }

        #[ink(message)]
        fn currencies(&self, start: u16, limit: u16) -> Vec<CurrencyEntry> {
            inspection::currencies(self.root.currencies, start, limit)
        }

        #[ink(message)]
        fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
            inspection::conservation(self.root.participants, currency)
        }
    }
}

//! The settlement contract: a thin shell over `corridor-core`.
//!
//! Each message checks the length of its input, resolves what the rule needs from storage, calls the rule,
//! writes what it returned, emits its event and, last, moves tokens. A message that returns an error is
//! reverted by the chain as a whole.
//!
//! | file | messages |
//! |---|---|
//! | `transfers.rs` | instruct, accept, reject, cancel, expire, return |
//! | `escrow.rs`, `token.rs` | deposit, withdraw and the calls to ERC-20 |
//! | `governance.rs`, `administration.rs` | registry, pause, roles, keys |
//! | `inspection.rs` | queries |
//! | `storage.rs` | the whole storage schema |
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

mod administration;
mod book;
mod escrow;
mod governance;
mod input;
mod inspection;
mod storage;
mod token;
mod transfers;

use hub::Settlement;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
#[allow(clippy::needless_pass_by_value)] // Messages own their decoded arguments.
mod hub {
    use crate::{administration, escrow, governance, input, inspection, transfers};
    use alloc::vec::Vec;
    use corridor_api::{
        Administration, Escrow, Governance, GovernanceState, Inspection, MovementReceipt, ParticipantEntry,
        TransferReceipt, Transfers,
    };
    use corridor_core::{
        registry::CurrencyEntry, AgentId, Caller, Conservation, Currency, Error, Gate, Money, MovementKind,
        Operation, ParticipantId, Position, ReasonCode, Reference, Role, Roles, Terms, Transfer,
        TransferReturn, Uetr,
    };
    use scale_codec::Encode;

    /// The root cell: read by every message, so what every message needs is here and nothing else is.
    #[ink(storage)]
    pub struct Settlement {
        pub(crate) governor: Address,
        pub(crate) proposed_governor: Option<Address>,
        pub(crate) paused: bool,
        pub(crate) participants: u16,
        pub(crate) suspended: [u64; 4],
        pub(crate) currencies: u16,
    }

    impl Settlement {
        /// An empty registry, governed by `governor`.
        #[ink(constructor)]
        pub fn new(governor: Address) -> Self {
            Self {
                governor,
                proposed_governor: None,
                paused: false,
                participants: 0,
                suspended: [0; 4],
                currencies: 0,
            }
        }

        pub(crate) fn gate(&self) -> Gate {
            Gate {
                paused: self.paused,
                participants: self.participants,
                suspended: self.suspended,
            }
        }

        pub(crate) fn set_gate(&mut self, gate: Gate) {
            self.paused = gate.paused;
            self.participants = gate.participants;
            self.suspended = gate.suspended;
        }

        fn now(&self) -> u64 {
            self.env().block_timestamp()
        }
    }

    impl Transfers for Settlement {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, Terms)>()?;
            transfers::instruct(&self.gate(), self.env().caller(), uetr, &terms, self.now())
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            transfers::accept(self.env().caller(), uetr, self.now())
        }

        #[ink(message)]
        fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, ReasonCode)>()?;
            transfers::reject(self.env().caller(), uetr, reason, self.now())
        }

        #[ink(message)]
        fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, ReasonCode)>()?;
            transfers::cancel(self.env().caller(), uetr, reason, self.now())
        }

        #[ink(message)]
        fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            transfers::expire(uetr, self.now())
        }

        #[ink(message)]
        fn return_transfer(
            &mut self,
            reference: Reference,
            command: TransferReturn,
        ) -> Result<TransferReceipt, Error> {
            input::exactly::<(Reference, TransferReturn)>()?;
            transfers::return_transfer(self.env().caller(), reference, &command, self.now())
        }
    }

    impl Escrow for Settlement {
        #[ink(message)]
        fn deposit(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            input::exactly::<(Reference, Money)>()?;
            let kind = MovementKind::Deposit;
            escrow::book(
                &self.gate(),
                self.env().caller(),
                reference,
                kind,
                amount,
                self.now(),
            )
        }

        #[ink(message)]
        fn withdraw(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            input::exactly::<(Reference, Money)>()?;
            let kind = MovementKind::Withdrawal;
            escrow::book(
                &self.gate(),
                self.env().caller(),
                reference,
                kind,
                amount,
                self.now(),
            )
        }
    }

    impl Governance for Settlement {
        #[ink(message)]
        fn governance(&self) -> GovernanceState {
            GovernanceState {
                governor: self.governor,
                proposed_governor: self.proposed_governor,
                gate: self.gate(),
                currencies: self.currencies,
            }
        }

        #[ink(message)]
        fn propose_governor(&mut self, successor: Address) -> Result<(), Error> {
            input::exactly_bytes(successor.encoded_size())?;
            governance::propose_governor(self, successor)
        }

        #[ink(message)]
        fn accept_governor(&mut self) -> Result<(), Error> {
            input::exactly::<()>()?;
            governance::accept_governor(self)
        }

        #[ink(message)]
        fn set_paused(&mut self, paused: bool) -> Result<(), Error> {
            input::exactly::<bool>()?;
            governance::set_paused(self, paused)
        }

        #[ink(message)]
        fn register_currency(&mut self, entry: CurrencyEntry) -> Result<(), Error> {
            input::exactly::<CurrencyEntry>()?;
            governance::register_currency(self, entry)
        }

        #[ink(message)]
        fn register_participant(
            &mut self,
            agents: Vec<AgentId>,
            admin: Address,
        ) -> Result<ParticipantId, Error> {
            input::exactly_bytes((&agents, admin).encoded_size())?;
            governance::register_participant(self, agents, admin)
        }

        #[ink(message)]
        fn set_suspended(&mut self, id: ParticipantId, suspended: bool) -> Result<(), Error> {
            input::exactly::<(ParticipantId, bool)>()?;
            governance::set_suspended(self, id, suspended)
        }
    }

    impl Administration for Settlement {
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
            administration::grant_role(self.env().caller(), id, account, role)
        }

        #[ink(message)]
        fn revoke_role(&mut self, id: ParticipantId, account: Address, role: Role) -> Result<(), Error> {
            input::exactly_bytes((id, account, role).encoded_size())?;
            administration::revoke_role(self.env().caller(), id, account, role)
        }
    }

    impl Inspection for Settlement {
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
            inspection::participants(&self.gate(), start, limit)
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
            inspection::currencies(self.currencies, start, limit)
        }

        #[ink(message)]
        fn conservation(&self, currency: Currency) -> Result<Conservation, Error> {
            inspection::conservation(self.participants, currency)
        }
    }
}

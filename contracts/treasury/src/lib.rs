//! The treasury: escrow, the liquidity-saving queue, and transfers that may wait in it.
//!
//! The hub (`corridor-settlement`) executes this code by delegate call on its own storage, with its own
//! caller and balance. Called directly it works on storage of its own, in which nobody is governor and
//! nothing is registered, so it refuses everything.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
mod treasury {
    use alloc::vec::Vec;
    use corridor_api::{Escrow, MovementReceipt, Queueing, TransferReceipt, Transfers};
    use corridor_core::{
        queued::QueueReport, Currency, Error, Money, MovementKind, Queued, ReasonCode, Reference, Terms,
        TransferReturn, Uetr,
    };
    use corridor_shell::{charged, escrow, input, queue, transfers::Ending, Root};

    /// The same root cell as the hub's.
    #[ink(storage)]
    pub struct Treasury {
        root: Root,
    }

    impl Treasury {
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

        fn escrow(
            &self,
            reference: Reference,
            kind: MovementKind,
            amount: Money,
        ) -> Result<MovementReceipt, Error> {
            input::exactly::<(Reference, Money)>()?;
            let caller = self.env().caller();
            escrow::book(&self.root.gate(), caller, reference, kind, amount, self.now())
        }

        fn end(&self, uetr: Uetr, ending: Ending) -> Result<TransferReceipt, Error> {
            let caller = ending.caller(self.env().caller())?;
            charged::end(&self.root, caller.as_ref(), uetr, ending, self.now())
        }
    }

    /// The messages of a transfer's life, for those that may wait: the hub and the back office send them here.
    /// Instructed they are like any other.
    impl Transfers for Treasury {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            let (_, _) = (uetr, terms);
            Err(Error::UnknownAccount)
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            queue::accept(&self.root, self.env().caller(), uetr, self.now())
        }

        #[ink(message)]
        fn reject(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, ReasonCode)>()?;
            self.end(uetr, Ending::Reject(reason))
        }

        #[ink(message)]
        fn cancel(&mut self, uetr: Uetr, reason: ReasonCode) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, ReasonCode)>()?;
            self.end(uetr, Ending::Cancel(reason))
        }

        #[ink(message)]
        fn expire(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            self.end(uetr, Ending::Expire)
        }

        #[ink(message)]
        fn return_transfer(
            &mut self,
            reference: Reference,
            command: TransferReturn,
        ) -> Result<TransferReceipt, Error> {
            let (_, _) = (reference, command);
            Err(Error::UnknownAccount)
        }
    }

    impl Queueing for Treasury {
        #[ink(message)]
        fn resolve_queue(&mut self, currency: Currency) -> Result<QueueReport, Error> {
            input::exactly::<Currency>()?;
            queue::resolve(&self.root, currency, self.now())
        }

        #[ink(message)]
        fn queue(&self, currency: Currency) -> Vec<Queued> {
            queue::load(currency).unwrap_or_default()
        }
    }

    impl Escrow for Treasury {
        #[ink(message)]
        fn deposit(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            self.escrow(reference, MovementKind::Deposit, amount)
        }

        #[ink(message)]
        fn withdraw(&mut self, reference: Reference, amount: Money) -> Result<MovementReceipt, Error> {
            self.escrow(reference, MovementKind::Withdrawal, amount)
        }
    }
}

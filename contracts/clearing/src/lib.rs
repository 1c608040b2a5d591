//! The clearing house: net settlement and clearing batches.
//!
//! The hub (`corridor-settlement`) executes this code by delegate call on its own storage, with its own
//! caller and balance. Called directly it works on storage of its own, in which nobody is governor and
//! nothing is registered, so it refuses everything.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
mod clearing {
    use alloc::vec::Vec;
    use closing::Ending;
    use corridor_api::{
        BatchReceipt, Batches, CollateralReceipt, Exceptions, NetPosition, Netting, WindowReceipt,
        WindowState,
    };
    use corridor_core::{
        closing, BatchHeader, BatchRecord, BilateralPosition, CollateralKind, Currency, Error, Money,
        ParticipantId, ReasonCode, Reference, Schedule, WindowId,
    };
    use corridor_shell::{batches, input, netting, storage, Root};
    use scale_codec::Encode;

    /// The same root cell as the hub's.
    #[ink(storage)]
    pub struct Clearing {
        root: Root,
    }

    impl Clearing {
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

        fn collateral(
            &self,
            reference: Reference,
            kind: CollateralKind,
            amount: Money,
        ) -> Result<CollateralReceipt, Error> {
            netting::move_collateral(
                &self.root,
                self.env().caller(),
                reference,
                kind,
                amount,
                self.now(),
            )
        }
    }

    impl Netting for Clearing {
        #[ink(message)]
        fn set_schedule(&mut self, schedule: Schedule) -> Result<(), Error> {
            input::exactly_bytes(schedule.encoded_size())?;
            let now = self.now();
            netting::set_schedule(&mut self.root, schedule, now)
        }

        #[ink(message)]
        fn set_cap(&mut self, id: ParticipantId, currency: Currency, minor_units: u64) -> Result<(), Error> {
            input::exactly::<(ParticipantId, Currency, u64)>()?;
            netting::set_cap(&self.root, id, currency, minor_units)
        }

        #[ink(message)]
        fn pledge(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error> {
            input::exactly::<(Reference, Money)>()?;
            self.collateral(reference, CollateralKind::Pledge, amount)
        }

        #[ink(message)]
        fn release(&mut self, reference: Reference, amount: Money) -> Result<CollateralReceipt, Error> {
            input::exactly::<(Reference, Money)>()?;
            self.collateral(reference, CollateralKind::Release, amount)
        }

        #[ink(message)]
        fn close_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error> {
            input::exactly::<(Currency, WindowId)>()?;
            netting::end_window(&self.root, currency, window, Ending::Settle, self.now())
        }

        #[ink(message)]
        fn abort_window(&mut self, currency: Currency, window: WindowId) -> Result<WindowReceipt, Error> {
            input::exactly::<(Currency, WindowId)>()?;
            netting::end_window(&self.root, currency, window, Ending::Abort, self.now())
        }

        #[ink(message)]
        fn schedule(&self) -> Option<Schedule> {
            netting::schedule(&self.root)
        }

        #[ink(message)]
        fn net_position(&self, id: ParticipantId, currency: Currency) -> NetPosition {
            netting::net_position(id, currency)
        }

        #[ink(message)]
        fn bilateral(
            &self,
            of: ParticipantId,
            with: ParticipantId,
            currency: Currency,
        ) -> Vec<BilateralPosition> {
            netting::bilateral(of, with, currency)
        }

        #[ink(message)]
        fn window(&self, currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error> {
            netting::window(&self.root, currency, window, self.now())
        }
    }

    impl Batches for Clearing {
        #[ink(message)]
        fn submit_batch(&mut self, header: BatchHeader, items: Vec<u8>) -> Result<BatchReceipt, Error> {
            input::exactly_bytes((&header, &items).encoded_size())?;
            batches::submit(&self.root, self.env().caller(), &header, &items, self.now())
        }

        #[ink(message)]
        fn accept_batch(
            &mut self,
            debtor_agent: ParticipantId,
            number: u32,
            exceptions: Option<Exceptions>,
        ) -> Result<BatchReceipt, Error> {
            input::exactly_bytes((debtor_agent, number, &exceptions).encoded_size())?;
            batches::accept(
                &self.root,
                self.env().caller(),
                debtor_agent,
                number,
                exceptions,
                self.now(),
            )
        }

        #[ink(message)]
        fn reject_batch(
            &mut self,
            debtor_agent: ParticipantId,
            number: u32,
            reason: ReasonCode,
        ) -> Result<BatchReceipt, Error> {
            input::exactly::<(ParticipantId, u32, ReasonCode)>()?;
            batches::reject(&self.root, self.env().caller(), debtor_agent, number, reason)
        }

        #[ink(message)]
        fn cancel_batch(&mut self, number: u32, reason: ReasonCode) -> Result<BatchReceipt, Error> {
            input::exactly::<(u32, ReasonCode)>()?;
            batches::cancel(&self.root, self.env().caller(), number, reason)
        }

        #[ink(message)]
        fn expire_batch(&mut self, debtor_agent: ParticipantId, number: u32) -> Result<BatchReceipt, Error> {
            input::exactly::<(ParticipantId, u32)>()?;
            batches::expire(&self.root, debtor_agent, number, self.now())
        }

        #[ink(message)]
        fn batch(&self, debtor_agent: ParticipantId, number: u32) -> Option<BatchRecord> {
            storage::batch(debtor_agent, number).get().ok().flatten()
        }

        #[ink(message)]
        fn last_batch(&self, debtor_agent: ParticipantId) -> Option<u32> {
            storage::last_batch(debtor_agent).get().ok().flatten()
        }
    }
}

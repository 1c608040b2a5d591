//! Controls: tariffs, limits, and the transfers these concern.
//!
//! The hub (`corridor-settlement`) executes this code by delegate call on its own storage, with its own
//! caller and balance. Called directly it works on storage of its own, in which nobody is governor and
//! nothing is registered, so it refuses everything.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code)] // The macro's dispatch code.
mod control_house {
    use corridor_api::{Controls, LimitScope, TransferReceipt, Transfers};
    use corridor_core::{
        Charges, Currency, Error, Limited, Limits, ParticipantId, ReasonCode, Reference, Tariff, Tariffs,
        Terms, TransferReturn, Uetr,
    };
    use corridor_shell::{charged, controls, input, transfers::Ending, Root};
    use scale_codec::Encode;

    /// The same root cell as the hub's.
    #[ink(storage)]
    pub struct ControlHouse {
        root: Root,
    }

    impl ControlHouse {
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

        fn end(&self, uetr: Uetr, ending: Ending) -> Result<TransferReceipt, Error> {
            let caller = ending.caller(self.env().caller())?;
            charged::end(&self.root, caller.as_ref(), uetr, ending, self.now())
        }
    }

    /// The messages of a transfer's life, for those that tariffs or limits concern: the hub and the back
    /// office send them here.
    impl Transfers for ControlHouse {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            input::exactly::<(Uetr, Terms)>()?;
            charged::instruct(&self.root, self.env().caller(), uetr, &terms, self.now())
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            charged::accept(&self.root, self.env().caller(), uetr, self.now())
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

    impl Controls for ControlHouse {
        #[ink(message)]
        fn set_tariff(
            &mut self,
            debtor_agent: ParticipantId,
            creditor_agent: ParticipantId,
            currency: Currency,
            payee: ParticipantId,
            tariff: Tariff,
        ) -> Result<(), Error> {
            input::exactly::<(ParticipantId, ParticipantId, Currency, ParticipantId, Tariff)>()?;
            let scope = LimitScope {
                debtor_agent,
                creditor_agent: Some(creditor_agent),
                currency,
            };
            let now = self.now();
            controls::set_tariff(&mut self.root, scope, payee, tariff, now)
        }

        #[ink(message)]
        fn set_limits(&mut self, scope: LimitScope, limits: Option<Limits>) -> Result<(), Error> {
            input::exactly_bytes((&scope, &limits).encoded_size())?;
            let now = self.env().block_timestamp();
            controls::set_limits(&mut self.root, scope, limits, now)
        }

        #[ink(message)]
        fn tariffs(
            &self,
            debtor_agent: ParticipantId,
            creditor_agent: ParticipantId,
            currency: Currency,
        ) -> Option<Tariffs> {
            controls::corridor(debtor_agent, creditor_agent, currency)
                .ok()?
                .tariffs
        }

        #[ink(message)]
        fn limits(&self, scope: LimitScope) -> Limited {
            controls::limits(&scope).unwrap_or_default()
        }

        #[ink(message)]
        fn charges(&self, uetr: Uetr) -> Option<Charges> {
            controls::charges(uetr)
        }
    }
}

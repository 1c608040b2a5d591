//! The exchange: quotes, and transfers in two currencies, payment versus payment.
//!
//! The hub (`corridor-settlement`) executes this code by delegate call on its own storage, with its own
//! caller and balance. Called directly it works on storage of its own, in which nobody is governor and
//! nothing is registered, so it refuses everything.
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(missing_docs)] // The macro exports an alias of its own at the crate's root.

extern crate alloc;

#[ink::contract(env = corridor_api::CorridorEnvironment)]
#[allow(unsafe_code, clippy::large_enum_variant)] // The macro's dispatch code.
mod exchange_house {
    use corridor_api::{Exchange, QuoteReceipt, SignedQuote, TransferReceipt, Transfers};
    use corridor_core::{
        Error, FxTerms, FxTransfer, Quote, QuoteId, QuoteState, QuotedReturn, ReasonCode, Reference, Terms,
        TransferReturn, Uetr,
    };
    use corridor_shell::{exchange, input, storage, transfers::Ending, Root};

    /// The same root cell as the hub's.
    #[ink(storage)]
    pub struct ExchangeHouse {
        root: Root,
    }

    impl ExchangeHouse {
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
            exchange::end(&self.root, caller.as_ref(), uetr, ending, self.now())
        }
    }

    /// The messages of a transfer's life, for those in two currencies: the hub and the back office send them here.
    impl Transfers for ExchangeHouse {
        #[ink(message)]
        fn instruct(&mut self, uetr: Uetr, terms: Terms) -> Result<TransferReceipt, Error> {
            let (_, _) = (uetr, terms);
            Err(Error::UnknownAccount)
        }

        #[ink(message)]
        fn accept(&mut self, uetr: Uetr) -> Result<TransferReceipt, Error> {
            input::exactly::<Uetr>()?;
            exchange::accept(self.env().caller(), uetr, self.now())
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
            input::exactly::<(Reference, TransferReturn)>()?;
            exchange::return_transfer(self.env().caller(), reference, &command, self.now())
        }
    }

    impl Exchange for ExchangeHouse {
        #[ink(message)]
        fn publish_quote(&mut self, quote: Quote) -> Result<QuoteReceipt, Error> {
            input::exactly_bytes(quote.encoded_bytes())?;
            exchange::publish(&self.root, self.env().caller(), &quote, self.now())
        }

        #[ink(message)]
        fn withdraw_quote(&mut self, quote: Quote) -> Result<QuoteReceipt, Error> {
            input::exactly_bytes(quote.encoded_bytes())?;
            exchange::withdraw(self.env().caller(), &quote)
        }

        #[ink(message)]
        fn instruct_fx(
            &mut self,
            uetr: Uetr,
            terms: Terms,
            fx: FxTerms,
            signed: Option<SignedQuote>,
        ) -> Result<TransferReceipt, Error> {
            input::exactly_and::<(Uetr, Terms, FxTerms)>(SignedQuote::encoded_bytes(signed.as_ref()))?;
            let caller = self.env().caller();
            exchange::instruct(&self.root, caller, uetr, &terms, &fx, signed.as_ref(), self.now())
        }

        #[ink(message)]
        fn return_at_quote(
            &mut self,
            reference: Reference,
            command: QuotedReturn,
            signed: Option<SignedQuote>,
        ) -> Result<TransferReceipt, Error> {
            input::exactly_and::<(Reference, QuotedReturn)>(SignedQuote::encoded_bytes(signed.as_ref()))?;
            let caller = self.env().caller();
            exchange::return_at_quote(
                &self.root,
                caller,
                reference,
                &command,
                signed.as_ref(),
                self.now(),
            )
        }

        #[ink(message)]
        fn quote(&self, id: QuoteId) -> Option<QuoteState> {
            storage::quote(id).get().ok().flatten()
        }

        #[ink(message)]
        fn fx_transfer(&self, uetr: Uetr) -> Option<FxTransfer> {
            exchange::fx_transfer(uetr)
        }
    }
}

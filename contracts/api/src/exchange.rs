//! Payment versus payment: quotes, and transfers in two currencies that use them.

use corridor_core::quote::{Quote, QuoteId, QuoteState};
use corridor_core::{Error, FxTerms, FxTransfer, QuotedReturn, Reference, Terms, Uetr};
use scale_codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::TransferReceipt;

/// The answer to a quote message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct QuoteReceipt {
    /// What is recorded of the quote.
    pub state: QuoteState,
    /// The command had been carried out before; nothing was changed.
    pub repeated: bool,
}

/// A quote signed off chain, over [`Quote::signing_payload`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct SignedQuote {
    /// The quote.
    pub quote: Quote,
    /// The sr25519 public key of an account that is a quoter of its provider.
    pub public_key: [u8; 32],
    /// That key's signature.
    pub signature: [u8; 64],
}

impl SignedQuote {
    /// How many bytes the encoding of one, or of none, takes.
    #[must_use]
    pub fn encoded_bytes(signed: Option<&Self>) -> usize {
        // Whether there is one; its quote; key and signature.
        signed.map_or(1, |signed| signed.quote.encoded_bytes().saturating_add(97))
    }
}

/// Quotes, and transfers on them. Accept, reject, cancel, expire and return are the messages all transfers have
/// ([`Transfers`](crate::Transfers)); the amount of a return is in the currency the creditor agent was credited. Where
/// the terms say that returns go back at a new quote, they are [`return_at_quote`](Exchange::return_at_quote).
///
/// Errors: [`Error::UnknownAccount`], then those of the rule of the same name in `corridor_core::{quote,
/// fx_transfer, quoted_return}`.
#[ink::trait_definition]
pub trait Exchange {
    /// A quoter of the quote's provider: offers it. Also, before the quote itself is looked at,
    /// [`Error::UnknownCurrency`].
    #[ink(message)]
    fn publish_quote(&mut self, quote: Quote) -> Result<QuoteReceipt, Error>;

    /// A quoter or compliance of the quote's provider: no new transfer may use it, published or signed.
    #[ink(message)]
    fn withdraw_quote(&mut self, quote: Quote) -> Result<QuoteReceipt, Error>;

    /// Debtor agent's instructor: reserves both currencies and takes from the quote. `signed` is given where the quote
    /// is not published. Also [`Error::SignerMayNotQuote`] for a signature that is not good here, and those of
    /// limits: the debtor agent's, in the debited currency, then the provider's, in the credited one.
    #[ink(message)]
    fn instruct_fx(
        &mut self,
        uetr: Uetr,
        terms: Terms,
        fx: FxTerms,
        signed: Option<SignedQuote>,
    ) -> Result<TransferReceipt, Error>;

    /// Creditor agent's approver: sends back part or all of a settled transfer to the provider of a new quote, which
    /// pays the debtor agent. `signed` as for [`instruct_fx`](Exchange::instruct_fx). The same reference with the same
    /// command answers what was recorded, for ever. Also [`Error::UnknownTransfer`], [`Error::WrongMethod`] for a
    /// transfer in one currency, and those of the provider's limits, in the currency it pays.
    #[ink(message)]
    fn return_at_quote(
        &mut self,
        reference: Reference,
        command: QuotedReturn,
        signed: Option<SignedQuote>,
    ) -> Result<TransferReceipt, Error>;

    /// What is recorded of a quote: nothing of a signed one nobody has used.
    #[ink(message)]
    fn quote(&self, id: QuoteId) -> Option<QuoteState>;

    /// What is recorded of a transfer in two currencies.
    #[ink(message)]
    fn fx_transfer(&self, uetr: Uetr) -> Option<FxTransfer>;
}

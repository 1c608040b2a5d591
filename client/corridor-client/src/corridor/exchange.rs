//! Quotes, and transfers in two currencies that use them.

use super::{call::outcome, transfers::ResultStream};
use crate::{
    contract::{Answer, ContractError, Message, SettlementEvent},
    Corridor, Error, InstructFxRequest, Outcome, QuoteReceipt, QuotedReturnRequest, SignedQuote,
    TransferReceipt,
};
use corridor_core::{
    Address, Error as Refusal, FxTerms, FxTransfer, Money, Quote, QuoteId, QuoteState, QuotedReturn, Role,
    Uetr, Unwind,
};
use subxt_signer::sr25519;

/// What a quote gives for an amount, in the currency its provider sells.
///
/// # Errors
/// The contract's own: [`Refusal::QuoteMismatch`] for an amount in another currency than the one the provider
/// buys, [`Refusal::BelowQuoteMinimum`] when nothing is left to credit, and those of [`Quote::exchange`].
pub fn exchanged(quote: &Quote, amount: Money) -> Result<Money, Refusal> {
    if amount.currency != quote.provider_buys {
        return Err(Refusal::QuoteMismatch);
    }
    match quote.exchange(amount.minor_units)?.credited_minor_units {
        0 => Err(Refusal::BelowQuoteMinimum),
        minor_units => Ok(Money::new(quote.provider_sells, minor_units)),
    }
}

/// The terms of a transfer of `debited` that uses a quote, and whose returns go back at the original rate.
///
/// # Errors
/// As [`exchanged`].
pub fn fx_terms(quote: &Quote, debited: Money) -> Result<FxTerms, Refusal> {
    Ok(FxTerms {
        quote: quote.id,
        credited: exchanged(quote, debited)?,
        unwind: Unwind::OriginalRate,
    })
}

/// Whether a quote carries its public key's signature for this contract on this chain. Whether that key is a
/// quoter's is for the contract to say.
#[must_use]
pub fn verify_quote(signed: &SignedQuote, genesis_hash: &[u8; 32], settlement: Address) -> bool {
    let payload = signed.quote.signing_payload(genesis_hash, &settlement);
    sr25519::verify(
        &sr25519::Signature(signed.signature),
        payload,
        &sr25519::PublicKey(signed.public_key),
    )
}

impl Corridor {
    /// Offers a quote to whoever it is for. A quoter's key.
    ///
    /// The reference identifies the quote: the same one with the same terms has no second effect.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`]. So for every call here.
    pub async fn publish_quote(&self, quote: Quote) -> Result<Outcome<QuoteReceipt>, Error> {
        let message = self.contract()?.publish_quote(quote);
        self.change_quote("publish-quote", quote.id, message).await
    }

    /// Takes a quote back, published or signed: no new transfer may use it. A quoter's key, or compliance's.
    ///
    /// # Errors
    /// As [`Corridor::publish_quote`].
    pub async fn withdraw_quote(&self, quote: Quote) -> Result<Outcome<QuoteReceipt>, Error> {
        let message = self.contract()?.withdraw_quote(quote);
        self.change_quote("withdraw-quote", quote.id, message).await
    }

    async fn change_quote(
        &self,
        name: &str,
        id: QuoteId,
        message: Message<Result<QuoteReceipt, Refusal>>,
    ) -> Result<Outcome<QuoteReceipt>, Error> {
        let identity = format!("{name}:{}:{}", id.provider.0, hex::encode(id.reference.0));
        let landed = self.send(identity, &message, Answer::Quote).await?;
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Quote(quote) if quote.provider == id.provider && quote.reference == id.reference);
        let repeated = self.settlement_event(&landed, ours)?.is_none();
        let state = self.quote(id).await?;
        let state = state.ok_or(ContractError::Refused(Refusal::UnknownQuote))?;
        Ok(outcome(QuoteReceipt { state, repeated }, repeated, &landed))
    }

    /// Signs a quote off chain, for the settlement contract of this connection and no other. A quoter's key.
    ///
    /// Nothing is submitted: whoever gets the signed quote can use it until it expires or is withdrawn.
    ///
    /// # Errors
    /// The refusals a transfer on it would meet: those of [`Quote::validate`], and
    /// [`Refusal::SignerMayNotQuote`] for a key that is no quoter of the quote's provider; and those of
    /// [`Corridor::verify_deployment`].
    pub async fn sign_quote(&self, quote: Quote) -> Result<SignedQuote, Error> {
        let contract = self.contract()?;
        let submitter = self.submitter()?;
        quote.validate().map_err(ContractError::Refused)?;
        self.verify_deployment().await?;
        let caller = self.account_roles(submitter.account().address()).await?;
        let may_quote = caller
            .is_some_and(|caller| caller.participant == quote.id.provider && caller.roles.has(Role::Quoter));
        if !may_quote {
            return Err(ContractError::Refused(Refusal::SignerMayNotQuote).into());
        }
        let payload = quote.signing_payload(&self.chain_info().genesis, &contract.address());
        Ok(SignedQuote {
            quote,
            public_key: submitter.account().0,
            signature: submitter.sign(&payload).await?,
        })
    }

    /// Makes sure that the settlement contract takes itself to be on the chain this connection is on: otherwise
    /// no signed quote is good for it.
    ///
    /// # Errors
    /// [`Error::OtherChain`], and the layers'.
    pub async fn verify_deployment(&self) -> Result<(), Error> {
        let recorded = self.governance().await?.genesis_hash;
        let connected = self.chain_info().genesis;
        if recorded == connected {
            return Ok(());
        }
        Err(Error::OtherChain { recorded, connected })
    }

    /// Instructs a transfer in two currencies: reserves what the debtor agent pays and what the quote's provider
    /// pays, and takes the amount from the quote.
    ///
    /// The same UETR with the same request has no second effect, for ever.
    ///
    /// # Errors
    /// As [`Corridor::publish_quote`]; the contract refuses any method but payment versus payment.
    pub async fn instruct_fx(&self, request: InstructFxRequest) -> Result<Outcome<TransferReceipt>, Error> {
        let InstructFxRequest { transfer, fx, signed } = request;
        let contract = self.contract()?;
        self.instruct_with(transfer, |uetr, terms| {
            contract.instruct_fx(uetr, terms, fx, signed)
        })
        .await
    }

    /// [`Corridor::instruct_fx`] with a salt the caller chose and stored first, as for
    /// [`Corridor::instruct_salted`].
    ///
    /// # Errors
    /// As [`Corridor::instruct_fx`].
    pub async fn instruct_fx_salted(
        &self,
        request: InstructFxRequest,
        salt: [u8; 32],
    ) -> Result<Outcome<TransferReceipt>, Error> {
        let InstructFxRequest { transfer, fx, signed } = request;
        let contract = self.contract()?;
        self.instruct_salted_with(transfer, salt, |uetr, terms| {
            contract.instruct_fx(uetr, terms, fx, signed)
        })
        .await
    }

    /// Instructs many transfers in two currencies, up to `Config::max_in_flight` at a time.
    #[must_use]
    pub fn instruct_fx_all(&self, requests: Vec<InstructFxRequest>) -> ResultStream {
        let corridor = self.clone();
        self.many(requests, move |request| {
            let (corridor, uetr) = (corridor.clone(), request.transfer.uetr);
            async move { (uetr, corridor.instruct_fx(request).await) }
        })
    }

    /// Sends back part or all of a settled transfer in two currencies at a new quote, where its terms say so:
    /// the creditor agent pays the quote's provider, which pays the debtor agent. Creditor agent's approver.
    ///
    /// The same reference with the same request has no second effect, for ever.
    ///
    /// # Errors
    /// As [`Corridor::publish_quote`].
    pub async fn return_at_quote(
        &self,
        request: QuotedReturnRequest,
    ) -> Result<Outcome<TransferReceipt>, Error> {
        let QuotedReturnRequest {
            returned,
            quote,
            given_back,
            signed,
        } = request;
        let command = QuotedReturn {
            transfer_return: returned.into(),
            quote,
            given_back,
        };
        let message = self
            .contract()?
            .return_at_quote(returned.reference, command, signed);
        self.change_as(returned.identity(), returned.uetr, message).await
    }

    /// What is recorded of a quote: nothing of a signed one nobody has used or withdrawn.
    ///
    /// # Errors
    /// The layers'.
    pub async fn quote(&self, id: QuoteId) -> Result<Option<QuoteState>, Error> {
        self.query(self.contract()?.quote(id)).await
    }

    /// What is recorded of a transfer in two currencies.
    ///
    /// # Errors
    /// The layers'.
    pub async fn fx_transfer(&self, uetr: Uetr) -> Result<Option<FxTransfer>, Error> {
        self.query(self.contract()?.fx_transfer(uetr)).await
    }
}

//! Quotes, transfers in two currencies, tariffs, limits and queues.

use super::ChainBackend;
use crate::{
    operation::{
        AtQuote, InstructFx, NewLimits, NewQuote, NewTariff, OfQuote, Operation, QuoteChange,
        SignedQuoteFields,
    },
    text::Text,
    view::request::{OutcomeView, ReceiptView},
};
use corridor_client::{
    core::{AgentId, Error as Refusal, FxTerms, Money, ParticipantId, Quote, QuoteId, SettlementMethod},
    exchanged, fx_terms, ContractError, Corridor, Error, InstructFxRequest, LimitScope, QuotedReturnRequest,
    ReturnRequest, SetLimits, SetTariff, SignedQuote,
};

/// What was checked when the request was taken, and cannot fail any more.
fn unreadable<T>(refusal: Refusal) -> impl FnOnce(T) -> Error {
    move |_| ContractError::Refused(refusal).into()
}

impl ChainBackend {
    pub(super) async fn carry_out_exchange(
        &self,
        corridor: &Corridor,
        operation: &Operation,
    ) -> Result<OutcomeView, Error> {
        let done = |()| ReceiptView::Done;
        Ok(match operation {
            Operation::PublishQuote(new) => {
                let quote = self.new_quote(new).await?;
                OutcomeView::of(corridor.publish_quote(quote).await?, Into::into)
            }
            Operation::WithdrawQuote(change) => {
                let quote = self.recorded_quote(change).await?;
                OutcomeView::of(corridor.withdraw_quote(quote).await?, Into::into)
            }
            Operation::SignQuote(new) => self.sign_quote(corridor, new).await?,
            Operation::InstructFx(instruct) => {
                let request = self.instruct_fx(instruct).await?;
                let salt = instruct.transfer.salt.as_slice().try_into().unwrap_or_default();
                OutcomeView::of(corridor.instruct_fx_salted(request, salt).await?, Into::into)
            }
            Operation::ResolveQueue(of) => {
                let outcome = corridor.resolve_queue(of.currency.0).await?;
                OutcomeView::of(outcome, |report| ReceiptView::queue(of.currency.0, &report))
            }
            Operation::SetTariff(new) => {
                let request = self.tariff(new).await?;
                OutcomeView::of(corridor.set_tariff(request).await?, done)
            }
            Operation::SetLimits(new) => {
                let request = self.limits(new).await?;
                OutcomeView::of(corridor.set_limits(request).await?, done)
            }
            // The everyday ones and the other rare ones: carried out before this is asked.
            _ => return Err(Error::NoSettlement),
        })
    }

    async fn agent(&self, agent: &Text<AgentId>) -> Result<ParticipantId, Error> {
        self.resolve(std::slice::from_ref(&agent.0)).await
    }

    async fn maybe(&self, agent: Option<&Text<AgentId>>) -> Result<Option<ParticipantId>, Error> {
        match agent {
            Some(agent) => self.agent(agent).await.map(Some),
            None => Ok(None),
        }
    }

    async fn new_quote(&self, new: &NewQuote) -> Result<Quote, Error> {
        let counterparty = self.maybe(new.counterparty.as_ref()).await?;
        let quote = new.quote(self.own().await?, counterparty);
        quote.map_err(unreadable(Refusal::InvalidQuote))
    }

    /// Nothing is submitted: the block is the newest one when it was signed.
    async fn sign_quote(&self, corridor: &Corridor, new: &NewQuote) -> Result<OutcomeView, Error> {
        let quote = self.new_quote(new).await?;
        let signed = corridor.sign_quote(quote).await?;
        let settlement = corridor.settlement().ok_or(Error::NoSettlement)?;
        let genesis = &corridor.chain_info().genesis;
        Ok(OutcomeView {
            repeated: false,
            block: corridor.finalised_head().await?.into(),
            extrinsic: None,
            receipt: ReceiptView::SignedQuote {
                signed_quote: SignedQuoteFields::of(&signed, settlement, genesis),
            },
        })
    }

    /// The quote to withdraw: the one given, or what is recorded under this participant's reference.
    async fn recorded_quote(&self, change: &QuoteChange) -> Result<Quote, Error> {
        if let Some(fields) = &change.signed {
            return Ok(fields.quote());
        }
        let id = QuoteId {
            provider: self.own().await?,
            reference: change.reference.reference(),
        };
        self.quote(id).await
    }

    async fn quote(&self, id: QuoteId) -> Result<Quote, Error> {
        let state = self.reader.quote(id).await?;
        Ok(state.ok_or(ContractError::Refused(Refusal::UnknownQuote))?.quote)
    }

    async fn instruct_fx(&self, instruct: &InstructFx) -> Result<InstructFxRequest, Error> {
        let refused = |refusal| Error::from(ContractError::Refused(refusal));
        let mut transfer = self.instruct(&instruct.transfer).await?;
        transfer.settlement_method = SettlementMethod::PaymentVersusPayment;
        let (quote, signed) = self
            .quote_of(instruct.quote.as_ref(), instruct.signed.as_ref())
            .await?;
        let debited: Money = transfer.interbank_settlement_amount;
        let fx = FxTerms {
            unwind: instruct.unwind.into(),
            ..fx_terms(&quote, debited).map_err(refused)?
        };
        if instruct.credited.is_some_and(|wanted| wanted.0 != fx.credited) {
            return Err(refused(Refusal::QuoteMismatch));
        }
        Ok(InstructFxRequest { transfer, fx, signed })
    }

    /// The quote a request names, by its id or whole.
    async fn quote_of(
        &self,
        published: Option<&OfQuote>,
        signed: Option<&SignedQuoteFields>,
    ) -> Result<(Quote, Option<SignedQuote>), Error> {
        if let Some(fields) = signed {
            let signed = fields.signed().map_err(unreadable(Refusal::SignerMayNotQuote))?;
            return Ok((signed.quote, Some(signed)));
        }
        let of = published.ok_or(ContractError::Refused(Refusal::UnknownQuote))?;
        let id = QuoteId {
            provider: self.agent(&of.provider).await?,
            reference: of.reference.reference(),
        };
        Ok((self.quote(id).await?, None))
    }

    /// A return with what its quote gives.
    pub(super) async fn quoted_return(
        &self,
        returned: ReturnRequest,
        sent_back: Money,
        at: &AtQuote,
    ) -> Result<QuotedReturnRequest, Error> {
        let refused = |refusal| Error::from(ContractError::Refused(refusal));
        let (quote, signed) = self.quote_of(at.quote.as_ref(), at.signed.as_ref()).await?;
        let given_back = exchanged(&quote, sent_back).map_err(refused)?;
        if at.given_back.is_some_and(|wanted| wanted.0 != given_back) {
            return Err(refused(Refusal::QuoteMismatch));
        }
        Ok(QuotedReturnRequest {
            returned,
            quote: quote.id,
            given_back,
            signed,
        })
    }

    async fn tariff(&self, new: &NewTariff) -> Result<SetTariff, Error> {
        Ok(SetTariff {
            debtor_agent: self.agent(&new.debtor_agent).await?,
            creditor_agent: self.agent(&new.creditor_agent).await?,
            currency: new.currency.0,
            payee: self.agent(&new.payee).await?,
            tariff: new.tariff().map_err(unreadable(Refusal::InvalidTariff))?,
        })
    }

    async fn limits(&self, new: &NewLimits) -> Result<SetLimits, Error> {
        Ok(SetLimits {
            scope: LimitScope {
                debtor_agent: self.agent(&new.debtor_agent).await?,
                creditor_agent: self.maybe(new.creditor_agent.as_ref()).await?,
                currency: new.currency.0,
            },
            limits: new.limits().map_err(unreadable(Refusal::InvalidLimits))?,
        })
    }
}

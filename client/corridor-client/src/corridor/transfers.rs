//! The life of a transfer.

use super::call::outcome;
use crate::{
    commitment::Commitment,
    contract::{Answer, ContractError, Message, SettlementEvent},
    store::StoredTransfer,
    submitter::Landed,
    Corridor, EndRequest, Error, InstructRequest, Outcome, ReturnRequest, TransferReceipt,
};
use corridor_core::{Address, Terms, Uetr};
use futures::{stream::BoxStream, StreamExt};
use std::future::Future;
use tracing::Instrument;

/// The results of many transfers, in the order they become final.
pub type ResultStream = BoxStream<'static, (Uetr, Result<Outcome<TransferReceipt>, Error>)>;

pub(super) type Changed = Message<Result<TransferReceipt, corridor_core::Error>>;

impl Corridor {
    /// Instructs a transfer: reserves the amount.
    ///
    /// The same UETR with the same request has no second effect, for ever.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`]. So for every call here.
    pub async fn instruct(&self, request: InstructRequest) -> Result<Outcome<TransferReceipt>, Error> {
        let contract = self.contract()?;
        self.instruct_with(request, |uetr, terms| contract.instruct(uetr, terms))
            .await
    }

    /// Keeps the message's commitment, then instructs by the message that `command` makes of the terms.
    pub(super) async fn instruct_with(
        &self,
        request: InstructRequest,
        command: impl FnOnce(Uetr, Terms) -> Changed,
    ) -> Result<Outcome<TransferReceipt>, Error> {
        self.submitter()?;
        let kept = self.keep(self.contract()?.address(), &request).await?;
        let message = command(request.uetr, kept.terms);
        let outcome = self.change("instruct", kept.uetr, message).await?;
        if !outcome.repeated {
            // An earlier attempt under this UETR may have been refused with other terms.
            self.inner.store.replace_transfer(kept).await?;
        }
        Ok(outcome)
    }

    /// [`Corridor::instruct`] with a salt the caller chose and stored first: for one that may repeat the request from
    /// another process, whose store does not know the salt of the first. This store does not keep it again, nor the
    /// terms: [`Corridor::recorded_transfer`] has nothing of it.
    ///
    /// # Errors
    /// As [`Corridor::instruct`].
    pub async fn instruct_salted(
        &self,
        request: InstructRequest,
        salt: [u8; 32],
    ) -> Result<Outcome<TransferReceipt>, Error> {
        let contract = self.contract()?;
        self.instruct_salted_with(request, salt, |uetr, terms| contract.instruct(uetr, terms))
            .await
    }

    /// As [`Corridor::instruct_with`], with a salt the caller chose.
    pub(super) async fn instruct_salted_with(
        &self,
        request: InstructRequest,
        salt: [u8; 32],
        command: impl FnOnce(Uetr, Terms) -> Changed,
    ) -> Result<Outcome<TransferReceipt>, Error> {
        self.submitter()?;
        let commitment = Commitment::with_salt(salt, &request.message);
        let StoredTransfer { uetr, terms, .. } = stored(self.contract()?.address(), &request, commitment);
        self.change("instruct", uetr, command(uetr, terms)).await
    }

    /// Accepts a transfer: settles it, which is final.
    ///
    /// # Errors
    /// As [`Corridor::instruct`].
    pub async fn accept(&self, uetr: Uetr) -> Result<Outcome<TransferReceipt>, Error> {
        self.change("accept", uetr, self.contract()?.accept(uetr)).await
    }

    /// Rejects a pending transfer. Creditor agent's approver or compliance.
    ///
    /// # Errors
    /// As [`Corridor::instruct`].
    pub async fn reject(&self, request: EndRequest) -> Result<Outcome<TransferReceipt>, Error> {
        let message = self.contract()?.reject(request.uetr, request.reason);
        self.change("reject", request.uetr, message).await
    }

    /// Cancels a pending transfer. Debtor agent's instructor or compliance.
    ///
    /// # Errors
    /// As [`Corridor::instruct`].
    pub async fn cancel(&self, request: EndRequest) -> Result<Outcome<TransferReceipt>, Error> {
        let message = self.contract()?.cancel(request.uetr, request.reason);
        self.change("cancel", request.uetr, message).await
    }

    /// Expires a pending transfer whose time has passed. Anyone's key.
    ///
    /// # Errors
    /// As [`Corridor::instruct`].
    pub async fn expire(&self, uetr: Uetr) -> Result<Outcome<TransferReceipt>, Error> {
        self.change("expire", uetr, self.contract()?.expire(uetr)).await
    }

    /// Sends back part or all of a settled transfer. Creditor agent's approver.
    ///
    /// # Errors
    /// As [`Corridor::instruct`].
    pub async fn return_transfer(&self, request: ReturnRequest) -> Result<Outcome<TransferReceipt>, Error> {
        let message = self
            .contract()?
            .return_transfer(request.reference, request.into());
        self.change_as(request.identity(), request.uetr, message).await
    }

    /// Instructs many transfers, up to `Config::max_in_flight` at a time.
    #[must_use]
    pub fn instruct_all(&self, requests: Vec<InstructRequest>) -> ResultStream {
        let corridor = self.clone();
        self.many(requests, move |request| {
            let (corridor, uetr) = (corridor.clone(), request.uetr);
            async move { (uetr, corridor.instruct(request).await) }
        })
    }

    /// Accepts many transfers, up to `Config::max_in_flight` at a time.
    #[must_use]
    pub fn accept_all(&self, uetrs: Vec<Uetr>) -> ResultStream {
        let corridor = self.clone();
        self.many(uetrs, move |uetr| {
            let corridor = corridor.clone();
            async move { (uetr, corridor.accept(uetr).await) }
        })
    }

    pub(super) fn many<Request, Call, Calling>(&self, requests: Vec<Request>, call: Call) -> ResultStream
    where
        Request: Send + 'static,
        Call: FnMut(Request) -> Calling + Send + 'static,
        Calling: Future<Output = (Uetr, Result<Outcome<TransferReceipt>, Error>)> + Send + 'static,
    {
        let calls = futures::stream::iter(requests).map(call);
        calls.buffer_unordered(self.inner.settings.max_in_flight).boxed()
    }

    /// Keeps what the chain will not carry, before anything is sent: the salt above all, without which
    /// nobody could ever open the digest. A repeated call finds the salt of the first.
    async fn keep(&self, settlement: Address, request: &InstructRequest) -> Result<StoredTransfer, Error> {
        let new = stored(settlement, request, Commitment::new(&request.message));
        let kept = self.inner.store.keep_transfer(new).await?;
        let commitment = Commitment::with_salt(kept.salt, &request.message);
        Ok(stored(settlement, request, commitment))
    }

    async fn change(
        &self,
        name: &str,
        uetr: Uetr,
        message: Changed,
    ) -> Result<Outcome<TransferReceipt>, Error> {
        self.change_as(format!("{name}:{uetr}"), uetr, message).await
    }

    pub(super) async fn change_as(
        &self,
        identity: String,
        uetr: Uetr,
        message: Changed,
    ) -> Result<Outcome<TransferReceipt>, Error> {
        let span = tracing::info_span!("transfer", %uetr, operation = identity);
        async {
            let landed = self.send(identity, &message, Answer::Transfer).await?;
            self.receipt(uetr, &landed).await
        }
        .instrument(span)
        .await
    }

    /// Reads the receipt from the event or, where there is none because nothing was changed, from the
    /// contract.
    async fn receipt(&self, uetr: Uetr, landed: &Landed) -> Result<Outcome<TransferReceipt>, Error> {
        // The same messages serve transfers in one currency and in two, which have an event each.
        let status = |event: &SettlementEvent| match event {
            SettlementEvent::Transfer(change) if change.uetr == uetr => Some(change.status),
            SettlementEvent::Exchange(change) if change.uetr == uetr => Some(change.status),
            _ => None,
        };
        let event = self.settlement_event(landed, |event| status(event).is_some())?;
        if let Some(status) = event.as_ref().and_then(status) {
            let receipt = TransferReceipt {
                status,
                at: landed.block.time_ms / 1000,
                repeated: false,
            };
            return Ok(outcome(receipt, false, landed));
        }
        let transfer = self.query(self.contract()?.transfer(uetr)).await?;
        let transfer = transfer.ok_or(ContractError::Refused(corridor_core::Error::UnknownTransfer))?;
        Ok(outcome(TransferReceipt::of(&transfer, true), true, landed))
    }
}

fn stored(settlement: Address, request: &InstructRequest, commitment: Commitment) -> StoredTransfer {
    StoredTransfer {
        settlement,
        uetr: request.uetr,
        end_to_end_id: request.end_to_end_id.clone(),
        salt: commitment.salt,
        terms: Terms {
            debtor_agent: request.debtor_agent,
            creditor_agent: request.creditor_agent,
            interbank_settlement_amount: request.interbank_settlement_amount,
            interbank_settlement_date: request.interbank_settlement_date,
            charge_bearer: request.charge_bearer,
            settlement_method: request.settlement_method,
            expires_at: request.expires_at,
            message_digest: commitment.digest,
        },
    }
}

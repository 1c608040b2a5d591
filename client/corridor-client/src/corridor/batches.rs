//! Clearing batches.

use super::call::{calling, outcome};
use crate::{
    contract::{Answer, ContractError, Message, SettlementEvent},
    store::NewOperation,
    submitter::{Landed, SubmitError},
    AcceptBatch, BatchReceipt, Corridor, Error, Outcome, SubmitBatch,
};
use corridor_core::{batch::ItemFault, BatchChange, BatchRecord, ParticipantId, ReasonCode};
use futures::{stream::BoxStream, StreamExt};

type Answered = Message<Result<BatchReceipt, corridor_core::Error>>;

/// What became of batches, by number, in the order it becomes known.
pub type BatchStream = BoxStream<'static, (u32, Result<Outcome<BatchReceipt>, Error>)>;

/// How many batches are in flight at most: what two blocks take. Each is up to 128 KiB in the node's pool.
const MAX_BATCHES_IN_FLIGHT: usize = 56;

impl Corridor {
    /// Submits a batch: every item is checked, nothing moves before a creditor agent accepts.
    ///
    /// The number identifies the batch: the same one with the same content is answered with what was recorded.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`]. So for every call here.
    pub async fn submit_batch(&self, request: SubmitBatch) -> Result<Outcome<BatchReceipt>, Error> {
        let (id, number) = (request.header.debtor_agent, request.header.number);
        let message = self.contract()?.submit_batch(request.header, request.items);
        self.change_batch("submit-batch", id, number, message).await
    }

    /// Submits batches of one debtor agent, by rising number, without waiting for one to be final before the next
    /// is sent: up to 56 at a time, or `Config::max_in_flight` if that is less.
    ///
    /// The chain executes them in this order, so their numbers stay in order. Behind one that is refused, or whose
    /// fate is unknown, nothing more is sent, and the stream ends without those. Where the refusal comes only from
    /// the block, because something changed since its dry-run, later ones may have been recorded by then: its number
    /// has been passed, and its items need a new one.
    ///
    /// # Errors
    /// [`Error::NoKey`] and [`Error::NoSettlement`]; each batch's own are in the stream.
    pub fn submit_batches(&self, requests: Vec<SubmitBatch>) -> Result<BatchStream, Error> {
        let (submitter, contract) = (self.submitter()?.clone(), self.contract()?);
        let names: Vec<_> = requests
            .iter()
            .map(|request| (request.header.debtor_agent, request.header.number))
            .collect();
        let account = submitter.account();
        let operations = requests.into_iter().map(move |request| {
            let (id, number) = (request.header.debtor_agent, request.header.number);
            let message = contract.submit_batch(request.header, request.items);
            NewOperation {
                identity: identity("submit-batch", id, number, &message),
                signer: account,
                call: calling(&message),
                answer: Answer::Batch,
            }
        });
        let in_flight = self.batches_in_flight();
        let landed = submitter.submit_in_order(operations, in_flight);
        let corridor = self.clone();
        let outcomes = landed.filter_map(move |(place, landed)| {
            let name = names.get(place).copied();
            std::future::ready(name.map(|(id, number)| corridor.clone().submitted(id, number, landed)))
        });
        Ok(outcomes.buffer_unordered(in_flight).boxed())
    }

    async fn submitted(
        self,
        debtor_agent: ParticipantId,
        number: u32,
        landed: Result<Landed, SubmitError>,
    ) -> (u32, Result<Outcome<BatchReceipt>, Error>) {
        let outcome = match landed {
            Ok(landed) => self.batch_outcome(debtor_agent, number, &landed).await,
            Err(error) => Err(error.into()),
        };
        (number, outcome)
    }

    fn batches_in_flight(&self) -> usize {
        self.inner.settings.max_in_flight.min(MAX_BATCHES_IN_FLIGHT)
    }

    /// Accepts parts of many batches, in any order and at the same time: none of them concerns another.
    #[must_use]
    pub fn accept_batches(&self, requests: Vec<AcceptBatch>) -> BatchStream {
        let corridor = self.clone();
        let calls = futures::stream::iter(requests).map(move |request| {
            let (corridor, number) = (corridor.clone(), request.number);
            async move { (number, corridor.accept_batch(request).await) }
        });
        calls.buffer_unordered(self.batches_in_flight()).boxed()
    }

    /// Books the sum of the caller's items, less the exceptions, in the open window.
    ///
    /// # Errors
    /// As [`Corridor::submit_batch`].
    pub async fn accept_batch(&self, request: AcceptBatch) -> Result<Outcome<BatchReceipt>, Error> {
        let (id, number) = (request.debtor_agent, request.number);
        let message = self.contract()?.accept_batch(id, number, request.exceptions);
        self.change_batch("accept-batch", id, number, message).await
    }

    /// Refuses the caller's items of a batch.
    ///
    /// # Errors
    /// As [`Corridor::submit_batch`].
    pub async fn reject_batch(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
        reason: ReasonCode,
    ) -> Result<Outcome<BatchReceipt>, Error> {
        let message = self.contract()?.reject_batch(debtor_agent, number, reason);
        self.change_batch("reject-batch", debtor_agent, number, message)
            .await
    }

    /// Withdraws what no creditor agent has answered of one's own batch.
    ///
    /// # Errors
    /// As [`Corridor::submit_batch`].
    pub async fn cancel_batch(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
        reason: ReasonCode,
    ) -> Result<Outcome<BatchReceipt>, Error> {
        let message = self.contract()?.cancel_batch(number, reason);
        self.change_batch("cancel-batch", debtor_agent, number, message)
            .await
    }

    /// Ends what no creditor agent has answered of a batch that has expired. Anyone may.
    ///
    /// # Errors
    /// As [`Corridor::submit_batch`].
    pub async fn expire_batch(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
    ) -> Result<Outcome<BatchReceipt>, Error> {
        let message = self.contract()?.expire_batch(debtor_agent, number);
        self.change_batch("expire-batch", debtor_agent, number, message)
            .await
    }

    async fn change_batch(
        &self,
        name: &str,
        debtor_agent: ParticipantId,
        number: u32,
        message: Answered,
    ) -> Result<Outcome<BatchReceipt>, Error> {
        let identity = identity(name, debtor_agent, number, &message);
        let landed = self.send(identity, &message, Answer::Batch).await?;
        self.batch_outcome(debtor_agent, number, &landed).await
    }

    /// Reads what is recorded now, and from the event what was left out.
    async fn batch_outcome(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
        landed: &Landed,
    ) -> Result<Outcome<BatchReceipt>, Error> {
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Batch(batch) if batch.number == number && batch.debtor_agent == debtor_agent);
        let event = self.settlement_event(landed, ours)?;
        let record = self.batch(debtor_agent, number).await?;
        let record = record.ok_or(ContractError::Refused(corridor_core::Error::UnknownBatch))?;
        let repeated = event.is_none();
        let receipt = BatchReceipt {
            record,
            rejected: left_out(event),
            repeated,
        };
        Ok(outcome(receipt, repeated, landed))
    }

    /// What is recorded of a batch.
    ///
    /// # Errors
    /// The layers'.
    pub async fn batch(
        &self,
        debtor_agent: ParticipantId,
        number: u32,
    ) -> Result<Option<BatchRecord>, Error> {
        self.query(self.contract()?.batch(debtor_agent, number)).await
    }

    /// The number of a participant's last batch.
    ///
    /// # Errors
    /// The layers'.
    pub async fn last_batch(&self, debtor_agent: ParticipantId) -> Result<Option<u32>, Error> {
        self.query(self.contract()?.last_batch(debtor_agent)).await
    }
}

/// The call data is part of the identity: an acceptance with other exceptions is another command.
fn identity(name: &str, debtor_agent: ParticipantId, number: u32, message: &Answered) -> String {
    let digest = sp_crypto_hashing::keccak_256(message.data());
    format!("{name}:{}:{number}:{}", debtor_agent.0, hex::encode(&digest[..8]))
}

/// The items a submission left out.
fn left_out(event: Option<SettlementEvent>) -> Vec<(u16, ItemFault)> {
    match event {
        Some(SettlementEvent::Batch(batch)) => match batch.change {
            BatchChange::Submitted { rejected, .. } => rejected,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

//! Clearing batches.

use super::call::outcome;
use crate::{
    contract::{Answer, ContractError, Message, SettlementEvent},
    AcceptBatch, BatchReceipt, Corridor, Error, Outcome, SubmitBatch,
};
use corridor_core::{batch::ItemFault, BatchChange, BatchRecord, ParticipantId, ReasonCode};

type Answered = Message<Result<BatchReceipt, corridor_core::Error>>;

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

    async fn change_batch(
        &self,
        name: &str,
        debtor_agent: ParticipantId,
        number: u32,
        message: Answered,
    ) -> Result<Outcome<BatchReceipt>, Error> {
        // The call data is part of the identity: an acceptance with other exceptions is another command.
        let digest = sp_crypto_hashing::keccak_256(message.data());
        let identity = format!("{name}:{}:{number}:{}", debtor_agent.0, hex::encode(&digest[..8]));
        let landed = self.send(identity, &message, Answer::Batch).await?;
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Batch(batch) if batch.number == number && batch.debtor_agent == debtor_agent);
        let event = self.settlement_event(&landed, ours)?;
        let record = self.batch(debtor_agent, number).await?;
        let record = record.ok_or(ContractError::Refused(corridor_core::Error::UnknownBatch))?;
        let repeated = event.is_none();
        let receipt = BatchReceipt {
            record,
            rejected: left_out(event),
            repeated,
        };
        Ok(outcome(receipt, repeated, &landed))
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

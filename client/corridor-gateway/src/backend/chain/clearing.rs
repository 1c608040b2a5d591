//! Net settlement and batches.

use super::ChainBackend;
use crate::{
    operation::{AcceptedBatch, BatchExceptions, Content, NewBatch, Operation},
    view::request::{OutcomeView, ReceiptView},
};
use corridor_client::{
    core::{AgentId, Error as Refusal, ParticipantId, WindowId},
    AcceptBatch, ContractError, Corridor, Error, Exceptions, SetCap, SubmitBatch,
};
use std::slice::from_ref;

impl ChainBackend {
    pub(super) async fn carry_out_clearing(
        &self,
        corridor: &Corridor,
        operation: &Operation,
    ) -> Result<OutcomeView, Error> {
        let done = |()| ReceiptView::Done;
        Ok(match operation {
            Operation::CloseWindow(of) | Operation::AbortWindow(of) => {
                let (currency, window) = (of.currency.0, WindowId(of.window));
                let outcome = match operation {
                    Operation::CloseWindow(_) => corridor.close_window(currency, window).await?,
                    _ => corridor.abort_window(currency, window).await?,
                };
                OutcomeView::of(outcome, |receipt| ReceiptView::window(currency, &receipt))
            }
            Operation::SubmitBatch(batch) => {
                let own = self.own().await?;
                let (header, items) = self.content(own, batch).await?;
                let request = SubmitBatch { header, items };
                OutcomeView::of(corridor.submit_batch(request).await?, Into::into)
            }
            Operation::AcceptBatch(accepted) => {
                let request = self.acceptance(accepted).await?;
                OutcomeView::of(corridor.accept_batch(request).await?, Into::into)
            }
            Operation::RejectBatch(ended) | Operation::CancelBatch(ended) => {
                let debtor = self.resolve(from_ref(&ended.debtor_agent.0)).await?;
                let (number, reason) = (ended.number, ended.reason.0);
                let outcome = match operation {
                    Operation::RejectBatch(_) => corridor.reject_batch(debtor, number, reason).await?,
                    _ => corridor.cancel_batch(debtor, number, reason).await?,
                };
                OutcomeView::of(outcome, Into::into)
            }
            Operation::ExpireBatch(of) => {
                let debtor = self.resolve(from_ref(&of.debtor_agent.0)).await?;
                OutcomeView::of(corridor.expire_batch(debtor, of.number).await?, Into::into)
            }
            Operation::SetCap(cap) => {
                let too_large = |_| ContractError::Refused(Refusal::NetAmountTooLarge);
                let request = SetCap {
                    participant: self.resolve(from_ref(&cap.participant.0)).await?,
                    currency: cap.amount.0.currency,
                    minor_units: cap.amount.0.minor_units.try_into().map_err(too_large)?,
                };
                OutcomeView::of(corridor.set_cap(request).await?, done)
            }
            Operation::SetSchedule(new) => {
                // Checked when it was taken.
                let schedule = new
                    .schedule()
                    .map_err(|_| ContractError::Refused(Refusal::InvalidSchedule))?;
                OutcomeView::of(corridor.set_schedule(schedule).await?, done)
            }
            other => self.carry_out_administration(corridor, other).await?,
        })
    }

    async fn acceptance(&self, accepted: &AcceptedBatch) -> Result<AcceptBatch, Error> {
        let debtor_agent = self.resolve(from_ref(&accepted.debtor_agent.0)).await?;
        let exceptions = match &accepted.exceptions {
            Some(given) => Some(self.exceptions(debtor_agent, given).await?),
            None => None,
        };
        Ok(AcceptBatch {
            debtor_agent,
            number: accepted.number,
            exceptions,
        })
    }

    async fn exceptions(&self, debtor: ParticipantId, given: &BatchExceptions) -> Result<Exceptions, Error> {
        if let Some(batch) = &given.batch {
            self.meet(batch).await?;
        }
        let known = self.known();
        let find = |agent: &AgentId| known.resolve(from_ref(agent));
        Ok(given.exceptions(debtor, find).map_err(ContractError::Refused)?)
    }

    async fn content(&self, debtor: ParticipantId, batch: &NewBatch) -> Result<Content, Error> {
        self.meet(batch).await?;
        let known = self.known();
        let find = |agent: &AgentId| known.resolve(from_ref(agent));
        Ok(batch.content(debtor, find).map_err(ContractError::Refused)?)
    }

    /// Makes sure that every creditor agent of a batch is known from now on.
    async fn meet(&self, batch: &NewBatch) -> Result<(), Error> {
        for item in &batch.items {
            self.resolve(from_ref(&item.creditor_agent.0)).await?;
        }
        Ok(())
    }
}

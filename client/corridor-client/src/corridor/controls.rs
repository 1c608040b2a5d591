//! Tariffs, limits and the queue.

use super::call::{once, outcome};
use crate::{
    contract::{Answer, Message, SettlementEvent},
    Corridor, Error, LimitScope, Outcome, SetLimits, SetTariff,
};
use corridor_core::{
    queued::QueueReport, Charges, Currency, Error as Refusal, Limited, ParticipantId, Queued, Tariffs, Uetr,
};

impl Corridor {
    /// Adds a version of the tariff for transfers of one corridor in one currency. Governor's key.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`crate::ContractError::Refused`]. So for every call here.
    pub async fn set_tariff(&self, request: SetTariff) -> Result<Outcome<()>, Error> {
        let SetTariff {
            debtor_agent,
            creditor_agent,
            currency,
            payee,
            tariff,
        } = request;
        let contract = self.contract()?;
        let message = contract.set_tariff(debtor_agent, creditor_agent, currency, payee, tariff);
        self.set_controls("set-tariff", message).await
    }

    /// Sets or lifts limits. Governor's key.
    ///
    /// # Errors
    /// As [`Corridor::set_tariff`].
    pub async fn set_limits(&self, request: SetLimits) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.set_limits(request.scope, request.limits);
        self.set_controls("set-limits", message).await
    }

    async fn set_controls(
        &self,
        name: &str,
        message: Message<Result<(), Refusal>>,
    ) -> Result<Outcome<()>, Error> {
        let landed = self.send(once(name), &message, Answer::Unit).await?;
        let event = self.settlement_event(&landed, |event| matches!(event, SettlementEvent::Controls(_)))?;
        Ok(outcome((), event.is_none(), &landed))
    }

    /// Settles what of a currency's queue can be settled, alone or against each other. Any key.
    ///
    /// Where nothing can, nothing is submitted, and the outcome is a repeated one.
    ///
    /// # Errors
    /// As [`Corridor::set_tariff`].
    pub async fn resolve_queue(&self, currency: Currency) -> Result<Outcome<QueueReport>, Error> {
        let message = self.contract()?.resolve_queue(currency);
        let landed = self.send(once("resolve-queue"), &message, Answer::Queue).await?;
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Queue(resolved) if resolved.currency == currency);
        if let Some(SettlementEvent::Queue(resolved)) = self.settlement_event(&landed, ours)? {
            return Ok(outcome(resolved.report, false, &landed));
        }
        let waiting = self.queue(currency).await?.len();
        let report = QueueReport {
            waiting: u16::try_from(waiting).unwrap_or(u16::MAX),
            ..QueueReport::default()
        };
        Ok(outcome(report, true, &landed))
    }

    /// A corridor's tariff, if it has one.
    ///
    /// # Errors
    /// The layers'. So for every query here.
    pub async fn tariffs(
        &self,
        debtor_agent: ParticipantId,
        creditor_agent: ParticipantId,
        currency: Currency,
    ) -> Result<Option<Tariffs>, Error> {
        let contract = self.contract()?;
        self.query(contract.tariffs(debtor_agent, creditor_agent, currency))
            .await
    }

    /// Limits and what counts against them.
    ///
    /// # Errors
    /// As [`Corridor::tariffs`].
    pub async fn limits(&self, scope: LimitScope) -> Result<Limited, Error> {
        self.query(self.contract()?.limits(scope)).await
    }

    /// The fees of a transfer in one currency; those of one in two are in
    /// [`FxTransfer`](corridor_core::FxTransfer).
    ///
    /// # Errors
    /// As [`Corridor::tariffs`].
    pub async fn charges(&self, uetr: Uetr) -> Result<Option<Charges>, Error> {
        self.query(self.contract()?.charges(uetr)).await
    }

    /// What waits in a currency's queue, oldest first.
    ///
    /// # Errors
    /// As [`Corridor::tariffs`].
    pub async fn queue(&self, currency: Currency) -> Result<Vec<Queued>, Error> {
        self.query(self.contract()?.queue(currency)).await
    }
}

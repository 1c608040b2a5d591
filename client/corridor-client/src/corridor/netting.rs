//! Net settlement: schedule, cover, windows.

use super::call::{once, outcome};
use crate::{
    contract::{Answer, ContractError, Message, SettlementEvent},
    CollateralReceipt, CollateralRequest, Corridor, Error, NetPosition, Outcome, SetCap, WindowReceipt,
    WindowState,
};
use corridor_core::{Currency, NetChange, Operation, ParticipantId, Reference, Schedule, WindowId};

impl Corridor {
    /// Sets how time is cut into settlement windows. Governor's key.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`]. So for every call here.
    pub async fn set_schedule(&self, schedule: Schedule) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.set_schedule(schedule);
        self.register_unit("set-schedule", &message).await
    }

    /// Sets a participant's net debit cap. Governor's key.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn set_cap(&self, request: SetCap) -> Result<Outcome<()>, Error> {
        let message = self
            .contract()?
            .set_cap(request.participant, request.currency, request.minor_units);
        let landed = self.send(once("set-cap"), &message, Answer::Unit).await?;
        let event = self.settlement_event(&landed, |event| matches!(event, SettlementEvent::Netting(_)))?;
        Ok(outcome((), event.is_none(), &landed))
    }

    /// Moves money from available to collateral. Treasurer's key.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn pledge(&self, request: CollateralRequest) -> Result<Outcome<CollateralReceipt>, Error> {
        let message = self.contract()?.pledge(request.reference, request.amount);
        self.move_collateral("pledge", request.reference, message).await
    }

    /// Moves collateral that covers nothing back to available. Treasurer's key.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn release(&self, request: CollateralRequest) -> Result<Outcome<CollateralReceipt>, Error> {
        let message = self.contract()?.release(request.reference, request.amount);
        self.move_collateral("release", request.reference, message).await
    }

    async fn move_collateral(
        &self,
        name: &str,
        reference: Reference,
        message: Message<Result<CollateralReceipt, corridor_core::Error>>,
    ) -> Result<Outcome<CollateralReceipt>, Error> {
        let identity = format!("{name}:{}", hex::encode(reference.0));
        let landed = self.send(identity, &message, Answer::Collateral).await?;
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Netting(moved) if matches!(moved.change, NetChange::Collateral { .. }));
        let repeated = self.settlement_event(&landed, ours)?.is_none();
        let receipt = self.recorded_collateral(reference, repeated).await?;
        Ok(outcome(receipt, repeated, &landed))
    }

    /// What is recorded under the caller's participant's reference.
    async fn recorded_collateral(
        &self,
        reference: Reference,
        repeated: bool,
    ) -> Result<CollateralReceipt, Error> {
        let contract = self.contract()?;
        let account = self.submitter()?.account().address();
        let caller = self.query(contract.account(account)).await?;
        let caller = caller.ok_or(ContractError::Refused(corridor_core::Error::UnknownAccount))?;
        let recorded = self
            .query(contract.operation(caller.participant, reference))
            .await?;
        let movement = recorded.and_then(Operation::collateral);
        let movement = movement.ok_or(ContractError::Refused(corridor_core::Error::ReferenceConflict))?;
        Ok(CollateralReceipt { movement, repeated })
    }

    /// Pays all net positions of a window whose cut-off has passed. Any key.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn close_window(
        &self,
        currency: Currency,
        window: WindowId,
    ) -> Result<Outcome<WindowReceipt>, Error> {
        let message = self.contract()?.close_window(currency, window);
        self.end_window("close-window", currency, window, message).await
    }

    /// Carries the net positions of a window whose cut-off has passed over to the open one. Governor's key.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn abort_window(
        &self,
        currency: Currency,
        window: WindowId,
    ) -> Result<Outcome<WindowReceipt>, Error> {
        let message = self.contract()?.abort_window(currency, window);
        self.end_window("abort-window", currency, window, message).await
    }

    async fn end_window(
        &self,
        name: &str,
        currency: Currency,
        window: WindowId,
        message: Message<Result<WindowReceipt, corridor_core::Error>>,
    ) -> Result<Outcome<WindowReceipt>, Error> {
        let landed = self.send(once(name), &message, Answer::Window).await?;
        let ended = |event: &SettlementEvent| matches!(event, SettlementEvent::Netting(netting) if matches!(netting.change, NetChange::Ended(_)));
        let repeated = self.settlement_event(&landed, ended)?.is_none();
        let state = self.window(currency, Some(window)).await?;
        let record = state
            .record
            .ok_or(ContractError::Refused(corridor_core::Error::WindowOpen))?;
        let receipt = WindowReceipt { record, repeated };
        Ok(outcome(receipt, repeated, &landed))
    }

    /// The settlement schedule, once there is one.
    ///
    /// # Errors
    /// The layers'.
    pub async fn schedule(&self) -> Result<Option<Schedule>, Error> {
        self.query(self.contract()?.schedule()).await
    }

    /// A participant's net settlement in a currency.
    ///
    /// # Errors
    /// The layers'.
    pub async fn net_position(&self, id: ParticipantId, currency: Currency) -> Result<NetPosition, Error> {
        self.query(self.contract()?.net_position(id, currency)).await
    }

    /// Where a window stands; the open one by default.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn window(&self, currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error> {
        let answer = self.query(self.contract()?.window(currency, window)).await?;
        Ok(answer.map_err(ContractError::Refused)?)
    }
}

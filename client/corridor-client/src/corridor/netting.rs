//! Net settlement: schedule, cover, windows.

use super::call::{once, outcome};
use crate::{
    contract::{Answer, ContractError, Message, SettlementEvent},
    submitter::Landed,
    CollateralReceipt, CollateralRequest, Corridor, Error, NetPosition, Outcome, SetCap, WindowReceipt,
    WindowState,
};
use corridor_core::{
    BilateralPosition, Currency, NetChange, Operation, ParticipantId, Reference, Schedule, Seconds, Transfer,
    TransferStatus, WindowId, WindowRecord,
};

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
        let change = self.netting_change(&landed, |_| true)?;
        Ok(outcome((), change.is_none(), &landed))
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
        let change = self.netting_change(&landed, |change| matches!(change, NetChange::Collateral { .. }))?;
        let (movement, repeated) = match change {
            Some(NetChange::Collateral { movement, .. }) => (movement, false),
            _ => (
                self.recorded_operation(reference, Operation::collateral).await?,
                true,
            ),
        };
        let receipt = CollateralReceipt { movement, repeated };
        Ok(outcome(receipt, repeated, &landed))
    }

    /// The first change of net settlement that `wanted` holds for.
    fn netting_change(
        &self,
        landed: &Landed,
        wanted: impl Fn(&NetChange) -> bool,
    ) -> Result<Option<NetChange>, Error> {
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Netting(netting) if wanted(&netting.change));
        let event = self.settlement_event(landed, ours)?;
        Ok(event.and_then(|event| match event {
            SettlementEvent::Netting(netting) => Some(netting.change),
            _ => None,
        }))
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
        let (record, repeated) =
            match self.netting_change(&landed, |change| matches!(change, NetChange::Ended(_)))? {
                Some(NetChange::Ended(record)) => (record, false),
                _ => (self.ended_window(currency, window).await?, true),
            };
        let receipt = WindowReceipt { record, repeated };
        Ok(outcome(receipt, repeated, &landed))
    }

    /// What is recorded of a window that has ended.
    async fn ended_window(&self, currency: Currency, window: WindowId) -> Result<WindowRecord, Error> {
        let state = self.window(currency, Some(window)).await?;
        let record = state.record;
        Ok(record.ok_or(ContractError::Refused(corridor_core::Error::WindowOpen))?)
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

    /// What one participant is owed by another, less what it owes: an amount for each window that is not settled,
    /// at most two, none where they owe each other nothing.
    ///
    /// # Errors
    /// The layers'.
    pub async fn bilateral(
        &self,
        of: ParticipantId,
        with: ParticipantId,
        currency: Currency,
    ) -> Result<Vec<BilateralPosition>, Error> {
        self.query(self.contract()?.bilateral(of, with, currency)).await
    }

    /// Where a window stands; the open one by default.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn window(&self, currency: Currency, window: Option<WindowId>) -> Result<WindowState, Error> {
        let answer = self.query(self.contract()?.window(currency, window)).await?;
        Ok(answer.map_err(ContractError::Refused)?)
    }

    /// When a netted transfer was paid: its record stays netted, and the window's tells, or that of the window it was carried over to.
    /// `None` for one whose window has not been settled, and for any other transfer.
    ///
    /// # Errors
    /// As [`Corridor::set_schedule`].
    pub async fn paid_at(&self, transfer: &Transfer) -> Result<Option<Seconds>, Error> {
        let TransferStatus::Netted(mut window) = transfer.status else {
            return Ok(None);
        };
        loop {
            let state = self.window(transfer.terms.currency(), Some(window)).await?;
            let Some(record) = state.record else {
                return Ok(None);
            };
            match record.carried_over_to() {
                // Always a later one; a contract that says otherwise is not followed in circles.
                Some(later) if later > window => window = later,
                _ => return Ok(record.has_settled().then_some(record.closed_at)),
            }
        }
    }
}

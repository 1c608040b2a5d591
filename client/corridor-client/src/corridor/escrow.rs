//! Money into and out of escrow.

use super::call::outcome;
use crate::{
    contract::{Answer, Message, SettlementEvent},
    Corridor, Error, MovementReceipt, MovementRequest, Outcome,
};
use corridor_core::{Operation, Reference};

type Moved = Message<Result<MovementReceipt, corridor_core::Error>>;

impl Corridor {
    /// Pulls tokens from the caller's account into its participant's escrow; approve the settlement contract
    /// first.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`](crate::ContractError::Refused).
    pub async fn deposit(&self, request: MovementRequest) -> Result<Outcome<MovementReceipt>, Error> {
        let message = self.contract()?.deposit(request.reference, request.amount);
        self.move_escrow("deposit", request.reference, message).await
    }

    /// Pays tokens out of the participant's available escrow to the caller's account.
    ///
    /// # Errors
    /// As [`Corridor::deposit`].
    pub async fn withdraw(&self, request: MovementRequest) -> Result<Outcome<MovementReceipt>, Error> {
        let message = self.contract()?.withdraw(request.reference, request.amount);
        self.move_escrow("withdraw", request.reference, message).await
    }

    async fn move_escrow(
        &self,
        name: &str,
        reference: Reference,
        message: Moved,
    ) -> Result<Outcome<MovementReceipt>, Error> {
        let identity = format!("{name}:{}", hex::encode(reference.0));
        let landed = self.send(identity, &message, Answer::Movement).await?;
        let ours = |event: &SettlementEvent| matches!(event, SettlementEvent::Escrow(moved) if moved.reference == reference);
        let (movement, repeated) = match self.settlement_event(&landed, ours)? {
            Some(SettlementEvent::Escrow(moved)) => (moved.movement, false),
            _ => (
                self.recorded_operation(reference, Operation::movement).await?,
                true,
            ),
        };
        let receipt = MovementReceipt { movement, repeated };
        Ok(outcome(receipt, repeated, &landed))
    }
}

//! Money into and out of escrow.

use super::call::outcome;
use crate::{
    contract::{Answer, ContractError, Message, SettlementEvent},
    Corridor, Error, MovementReceipt, MovementRequest, Outcome,
};
use corridor_core::{Operation, Reference};

type Moved = Message<Result<MovementReceipt, corridor_core::Error>>;

impl Corridor {
    /// Pulls tokens from the caller's account into its participant's escrow; approve the settlement contract
    /// first.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`ContractError::Refused`].
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
        if let Some(SettlementEvent::Escrow(moved)) = self.settlement_event(&landed, ours)? {
            let receipt = MovementReceipt {
                movement: moved.movement,
                repeated: false,
            };
            return Ok(outcome(receipt, false, &landed));
        }
        let receipt = self.recorded_movement(reference).await?;
        Ok(outcome(receipt, true, &landed))
    }

    /// What is recorded under the caller's participant's reference.
    async fn recorded_movement(&self, reference: Reference) -> Result<MovementReceipt, Error> {
        let contract = self.contract()?;
        let account = self.submitter()?.account().address();
        let caller = self.query(contract.account(account)).await?;
        let caller = caller.ok_or(ContractError::Refused(corridor_core::Error::UnknownAccount))?;
        let recorded = self
            .query(contract.operation(caller.participant, reference))
            .await?;
        let movement = recorded.and_then(Operation::movement);
        let movement = movement.ok_or(ContractError::Refused(corridor_core::Error::ReferenceConflict))?;
        Ok(MovementReceipt {
            movement,
            repeated: true,
        })
    }
}

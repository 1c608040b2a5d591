//! How every call of the domain API goes through the layers below.

use super::outcome::{ExtrinsicRef, Outcome};
use crate::{
    chain::{Call, Hash},
    contract::{Answer, ContractError, Message, SettlementContract, SettlementEvent},
    store::NewOperation,
    submitter::{Landed, Submitter},
    AccountId, Corridor, Error,
};
use corridor_core::{Address, Operation, Reference};
use ink::{
    abi::{Ink, Sol},
    env::call::utils::DecodeMessageResult,
};

pub(super) use crate::store::once;

/// Queries need an origin; without a key it is the account nobody has.
const NOBODY: AccountId = AccountId([0; 32]);

impl Corridor {
    pub(super) fn submitter(&self) -> Result<&Submitter, Error> {
        self.inner.submitter.as_ref().ok_or(Error::NoKey)
    }

    pub(super) fn contract(&self) -> Result<SettlementContract, Error> {
        self.settlement
            .map(SettlementContract::at)
            .ok_or(Error::NoSettlement)
    }

    /// Asks the settlement contract at the finalised head.
    pub(super) async fn query<Returned>(&self, message: Message<Returned>) -> Result<Returned, Error>
    where
        Returned: DecodeMessageResult<Ink>,
    {
        let head = self.inner.chain.finalised_hash().await?;
        self.query_at(head, message).await
    }

    /// Asks the settlement contract at a block.
    pub(super) async fn query_at<Returned>(
        &self,
        at: Hash,
        message: Message<Returned>,
    ) -> Result<Returned, Error>
    where
        Returned: DecodeMessageResult<Ink>,
    {
        let origin = self.account().unwrap_or(NOBODY);
        let run = self
            .inner
            .chain
            .dry_run(origin, message.dest(), message.data(), Some(at))
            .await?;
        Ok(message.decode(&run.execution)?)
    }

    /// Asks a token at the finalised head.
    pub(super) async fn query_token<Returned>(
        &self,
        message: Message<Returned, Sol>,
    ) -> Result<Returned, Error>
    where
        Returned: DecodeMessageResult<Sol>,
    {
        let head = self.inner.chain.finalised_hash().await?;
        let origin = self.account().unwrap_or(NOBODY);
        let run = self
            .inner
            .chain
            .dry_run(origin, message.dest(), message.data(), Some(head))
            .await?;
        Ok(message.decode(&run.execution)?)
    }

    /// What is recorded under the caller's participant's reference: the one kind of operation that `of_kind` picks.
    pub(super) async fn recorded_operation<T>(
        &self,
        reference: Reference,
        of_kind: impl FnOnce(Operation) -> Option<T>,
    ) -> Result<T, Error> {
        let contract = self.contract()?;
        let account = self.submitter()?.account().address();
        let caller = self.query(contract.account(account)).await?;
        let caller = caller.ok_or(ContractError::Refused(corridor_core::Error::UnknownAccount))?;
        let recorded = self
            .query(contract.operation(caller.participant, reference))
            .await?;
        let found = recorded.and_then(of_kind);
        Ok(found.ok_or(ContractError::Refused(corridor_core::Error::ReferenceConflict))?)
    }

    /// Carries out a message under an identity of its own.
    pub(super) async fn send<Returned, Abi>(
        &self,
        identity: String,
        message: &Message<Returned, Abi>,
        answer: Answer,
    ) -> Result<Landed, Error> {
        self.submit(identity, calling(message), answer).await
    }

    pub(super) async fn submit(&self, identity: String, call: Call, answer: Answer) -> Result<Landed, Error> {
        let submitter = self.submitter()?;
        let operation = NewOperation {
            identity,
            signer: submitter.account(),
            call,
            answer,
        };
        Ok(submitter.submit(operation).await?)
    }

    /// Carries out a message of the registry. It repeats without effect, so it needs no identity: each call
    /// is an operation of its own.
    pub(super) async fn register<Returned>(
        &self,
        name: &str,
        message: &Message<Returned>,
        answer: Answer,
    ) -> Result<(Landed, Option<SettlementEvent>), Error> {
        let landed = self.send(once(name), message, answer).await?;
        let event = self.settlement_event(&landed, |event| matches!(event, SettlementEvent::Registry(_)))?;
        Ok((landed, event))
    }

    /// The same, of a message that answers nothing.
    pub(super) async fn register_unit(
        &self,
        name: &str,
        message: &Message<Result<(), corridor_core::Error>>,
    ) -> Result<Outcome<()>, Error> {
        let (landed, event) = self.register(name, message, Answer::Unit).await?;
        Ok(outcome((), event.is_none(), &landed))
    }

    /// The first event of the settlement contract that `wanted` holds for.
    pub(super) fn settlement_event(
        &self,
        landed: &Landed,
        wanted: impl Fn(&SettlementEvent) -> bool,
    ) -> Result<Option<SettlementEvent>, Error> {
        let contract = self.contract()?.address();
        let events = landed.extrinsic.iter().flat_map(|extrinsic| &extrinsic.events);
        for event in events.filter(|event| event.contract == contract) {
            if let Some(event) = SettlementEvent::decode(&event.topics, &event.data)?.filter(&wanted) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }
}

/// The call that carries a message.
pub(super) fn calling<Returned, Abi>(message: &Message<Returned, Abi>) -> Call {
    Call::Contract {
        dest: message.dest(),
        data: message.data().to_vec(),
    }
}

/// Whether a contract emitted anything.
pub(super) fn emitted(landed: &Landed, contract: Address) -> bool {
    let mut events = landed.extrinsic.iter().flat_map(|extrinsic| &extrinsic.events);
    events.any(|event| event.contract == contract)
}

/// An outcome as a finalised block shows it.
pub(super) fn outcome<Receipt>(receipt: Receipt, repeated: bool, landed: &Landed) -> Outcome<Receipt> {
    let extrinsic = landed.extrinsic.as_ref().map(|extrinsic| ExtrinsicRef {
        hash: extrinsic.hash,
        index: extrinsic.index,
        fee: extrinsic.fee,
        weight: extrinsic.weight,
    });
    Outcome {
        receipt,
        repeated,
        block: landed.block,
        extrinsic,
    }
}

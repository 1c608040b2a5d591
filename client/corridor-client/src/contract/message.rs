//! A message: its call data, and the type its answer has.

use super::ContractError;
use crate::chain::Execution;
use corridor_api::{cash::CashError, CorridorEnvironment};
use corridor_core::Address;
use ink::{
    abi::{Ink, Sol},
    env::call::{
        utils::{DecodeMessageResult, EncodeArgsWith, ReturnType, Set},
        Call, CallBuilder, ExecutionInput,
    },
    sol::SolErrorDecode,
};
use std::marker::PhantomData;

/// A call of one message: who is called, with which bytes, and what the answer means.
///
/// `Returned` is the message's return type as its trait declares it.
#[derive(Debug)]
pub struct Message<Returned, Abi = Ink> {
    dest: Address,
    data: Vec<u8>,
    returned: PhantomData<fn() -> (Returned, Abi)>,
}

/// What an ink! call builder is once a message was called on it.
pub(super) type Built<Arguments, Returned, Abi> = CallBuilder<
    CorridorEnvironment,
    Set<Call>,
    Set<ExecutionInput<Arguments, Abi>>,
    Set<ReturnType<Returned>>,
>;

impl<Returned, Abi> Message<Returned, Abi> {
    /// Takes the call data out of ink!'s call builder.
    pub(super) fn new<Arguments>(dest: Address, built: Built<Arguments, Returned, Abi>) -> Self
    where
        Arguments: EncodeArgsWith<Abi>,
    {
        Self {
            dest,
            data: built.params().exec_input().encode(),
            returned: PhantomData,
        }
    }

    /// The contract called.
    #[must_use]
    pub fn dest(&self) -> Address {
        self.dest
    }

    /// The call data.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

impl<Returned: DecodeMessageResult<Ink>> Message<Returned, Ink> {
    /// What the contract answered; a typed refusal is inside.
    ///
    /// # Errors
    /// [`ContractError::NoContract`], [`ContractError::Failed`], [`ContractError::Decode`].
    pub fn decode(&self, execution: &Execution) -> Result<Returned, ContractError> {
        let (reverted, data) = returned(execution)?;
        // Every answer of this ABI has at least its tag; an account without code answers nothing.
        if data.is_empty() {
            return Err(ContractError::NoContract(self.dest));
        }
        Returned::decode_output(data, reverted)
            .map_err(|error| ContractError::Decode(format!("{error:?}")))?
            .map_err(|error| ContractError::Decode(format!("{error:?}")))
    }
}

impl<Returned: DecodeMessageResult<Sol>> Message<Returned, Sol> {
    /// What the token answered.
    ///
    /// # Errors
    /// [`ContractError::Token`] where it refused, and those of the ink! ABI.
    pub fn decode(&self, execution: &Execution) -> Result<Returned, ContractError> {
        let (reverted, data) = returned(execution)?;
        if reverted {
            return Err(refusal(data));
        }
        Returned::decode_output(data, reverted)
            .map_err(|error| match data.is_empty() {
                true => ContractError::NoContract(self.dest),
                false => ContractError::Decode(format!("{error:?}")),
            })?
            .map_err(|error| ContractError::Decode(format!("{error:?}")))
    }
}

/// Flag and bytes of an execution that came to an answer.
pub(super) fn returned(execution: &Execution) -> Result<(bool, &[u8]), ContractError> {
    match execution {
        Execution::Returned { reverted, data, .. } => Ok((*reverted, data)),
        Execution::Failed(name) => Err(ContractError::Failed(name.clone())),
    }
}

/// A token's refusal in its own words, if they are known.
pub(super) fn refusal(data: &[u8]) -> ContractError {
    // An error of this ABI starts with its selector; the decoder takes it for granted that there is one.
    let known = data.get(..4).and_then(|_| CashError::decode(data).ok());
    ContractError::Token(match known {
        Some(error) => super::TokenError::Known(error),
        None => super::TokenError::Other(data.to_vec()),
    })
}

//! Commands as the contract's messages, answers as the contract gives them.

use super::BlobBackend;
use crate::backend::{Account, Command};
use crate::ledger::Done;
use corridor_client::chain::Execution;
use corridor_client::contract::Message;
use corridor_core::registry::CurrencyEntry;
use corridor_core::{Address, Error};
use corridor_devnet_runtime::testing::{CallOutcome, ChainError};
use ink::env::call::utils::DecodeMessageResult;
use ink::MessageResult;
use scale_codec::DecodeAll;

/// How a call of the settlement contract ended, whatever was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It answered; its work is kept.
    Answered(Vec<u8>),
    /// It refused with a numbered error; nothing is kept.
    Refused(Error),
    /// It reverted because the bytes are no message of its; nothing is kept.
    Undecodable,
    /// The chain stopped it, for this reason; nothing is kept.
    Stopped(String),
}

impl Ending {
    /// Reads an outcome.
    ///
    /// # Panics
    /// When a contract reverts with something that is no refusal.
    #[must_use]
    pub fn of(outcome: &Result<CallOutcome, ChainError>) -> Self {
        match outcome {
            Ok(outcome) if !outcome.reverted => Self::Answered(outcome.data.clone()),
            Ok(outcome) => match MessageResult::<Result<(), Error>>::decode_all(&mut &outcome.data[..]) {
                Ok(Ok(Err(error))) => Self::Refused(error),
                Ok(Err(_)) => Self::Undecodable,
                other => panic!("reverted with {} ({other:?})", hex::encode(&outcome.data)),
            },
            Err(ChainError::Dispatch { name, .. }) => Self::Stopped(name.clone()),
            Err(other) => panic!("{other}"),
        }
    }
}

/// The answer of a message, as the client reads it.
pub(super) fn read<T: DecodeMessageResult<ink::abi::Ink>>(message: &Message<T>, outcome: &CallOutcome) -> T {
    let execution = Execution::Returned {
        reverted: outcome.reverted,
        data: outcome.data.clone(),
        instantiated: None,
    };
    message
        .decode(&execution)
        .unwrap_or_else(|error| panic!("0x{}: {error}", hex::encode(&outcome.data)))
}

impl BlobBackend {
    /// Carries out any command.
    pub fn execute(&mut self, caller: Account, command: &Command) -> Result<Done, Error> {
        let data = self.call_data(command);
        let events = self.events.len();
        match self.send(caller, data) {
            Ending::Answered(_) if self.events.len() > events => {
                assert_eq!(
                    self.events.len(),
                    events + 1,
                    "one event for each change: {command:?}"
                );
                Ok(Done::Recorded)
            }
            Ending::Answered(_) => Ok(Done::Repeated),
            Ending::Refused(error) => Err(error),
            other => panic!("{} {command:?}: {other:?}", caller.0),
        }
    }

    /// The command's call data.
    #[must_use]
    pub fn call_data(&self, command: &Command) -> Vec<u8> {
        let hub = self.contract();
        let address = |account: Account| -> Address { self.address_of(account) };
        match command.clone() {
            Command::ProposeGovernor { successor } => {
                hub.propose_governor(address(successor)).data().to_vec()
            }
            Command::AcceptGovernor => hub.accept_governor().data().to_vec(),
            Command::SetPaused { paused } => hub.set_paused(paused).data().to_vec(),
            Command::RegisterCurrency {
                currency,
                exponent,
                token,
            } => {
                let token = self.token_address(token);
                let entry = CurrencyEntry {
                    currency,
                    exponent,
                    token,
                };
                hub.register_currency(entry).data().to_vec()
            }
            Command::RegisterParticipant { agents, admin } => {
                hub.register_participant(agents, address(admin)).data().to_vec()
            }
            Command::SetSuspended {
                participant,
                suspended,
            } => hub.set_suspended(participant, suspended).data().to_vec(),
            Command::ProposeAdmin {
                participant,
                successor,
            } => hub.propose_admin(participant, address(successor)).data().to_vec(),
            Command::AcceptAdmin { participant } => hub.accept_admin(participant).data().to_vec(),
            Command::GrantRole {
                participant,
                account,
                role,
            } => hub
                .grant_role(participant, address(account), role)
                .data()
                .to_vec(),
            Command::RevokeRole {
                participant,
                account,
                role,
            } => hub
                .revoke_role(participant, address(account), role)
                .data()
                .to_vec(),
            Command::Deposit { reference, amount } => hub.deposit(reference, amount).data().to_vec(),
            Command::Withdraw { reference, amount } => hub.withdraw(reference, amount).data().to_vec(),
            Command::Instruct { uetr, terms } => hub.instruct(uetr, terms).data().to_vec(),
            Command::Accept { uetr } => hub.accept(uetr).data().to_vec(),
            Command::Reject { uetr, reason } => hub.reject(uetr, reason).data().to_vec(),
            Command::Cancel { uetr, reason } => hub.cancel(uetr, reason).data().to_vec(),
            Command::Expire { uetr } => hub.expire(uetr).data().to_vec(),
            Command::ReturnTransfer { reference, command } => {
                hub.return_transfer(reference, command).data().to_vec()
            }
        }
    }
}

//! Commands as calls of the client.

use super::NodeBackend;
use crate::backend::{Account, Command};
use corridor_client::core::{Address, Terms, Uetr};
use corridor_client::{
    Corridor, EndRequest, Error, InstructRequest, MovementRequest, ProposeAdmin, RegisterCurrency,
    RegisterParticipant, ReturnRequest, RoleRequest, SetSuspended,
};

/// Carries out a command as whoever the connection signs for.
pub(super) async fn carry_out(
    backend: &NodeBackend,
    corridor: &Corridor,
    command: &Command,
) -> Result<(), Error> {
    let address = |account| address(backend, account);
    match command.clone() {
        Command::ProposeGovernor { successor } => {
            let successor = address(successor).await;
            corridor.propose_governor(successor).await.map(drop)
        }
        Command::AcceptGovernor => corridor.accept_governor().await.map(drop),
        Command::SetPaused { paused } => corridor.set_paused(paused).await.map(drop),
        Command::RegisterCurrency {
            currency,
            exponent,
            token,
        } => {
            let request = RegisterCurrency {
                currency,
                exponent,
                token: backend.token(token),
            };
            corridor.register_currency(request).await.map(drop)
        }
        Command::RegisterParticipant { agents, admin } => {
            let admin = address(admin).await;
            let request = RegisterParticipant { agents, admin };
            corridor.register_participant(request).await.map(drop)
        }
        Command::SetSuspended {
            participant,
            suspended,
        } => {
            let request = SetSuspended {
                participant,
                suspended,
            };
            corridor.set_suspended(request).await.map(drop)
        }
        Command::ProposeAdmin {
            participant,
            successor,
        } => {
            let request = ProposeAdmin {
                participant,
                successor: address(successor).await,
            };
            corridor.propose_admin(request).await.map(drop)
        }
        Command::AcceptAdmin { participant } => corridor.accept_admin(participant).await.map(drop),
        Command::GrantRole {
            participant,
            account,
            role,
        } => {
            let request = RoleRequest {
                participant,
                account: address(account).await,
                role,
            };
            corridor.grant_role(request).await.map(drop)
        }
        Command::RevokeRole {
            participant,
            account,
            role,
        } => {
            let request = RoleRequest {
                participant,
                account: address(account).await,
                role,
            };
            corridor.revoke_role(request).await.map(drop)
        }
        Command::Deposit { reference, amount } => {
            let request = MovementRequest { reference, amount };
            corridor.deposit(request).await.map(drop)
        }
        Command::Withdraw { reference, amount } => {
            let request = MovementRequest { reference, amount };
            corridor.withdraw(request).await.map(drop)
        }
        Command::Instruct { uetr, terms } => corridor.instruct(instruction(uetr, &terms)).await.map(drop),
        Command::Accept { uetr } => corridor.accept(uetr).await.map(drop),
        Command::Reject { uetr, reason } => corridor.reject(EndRequest { uetr, reason }).await.map(drop),
        Command::Cancel { uetr, reason } => corridor.cancel(EndRequest { uetr, reason }).await.map(drop),
        Command::Expire { uetr } => corridor.expire(uetr).await.map(drop),
        Command::ReturnTransfer { reference, command } => {
            let request = ReturnRequest {
                reference,
                uetr: command.uetr,
                minor_units: command.minor_units,
                reason: command.reason,
            };
            corridor.return_transfer(request).await.map(drop)
        }
    }
}

async fn address(backend: &NodeBackend, account: Account) -> Address {
    backend.node().member(account).await.address
}

/// The terms of an instruction as a bank gives them to the client. The client makes the digest; what the
/// scenario says is the digest serves as the message, so that other digests are other messages.
fn instruction(uetr: Uetr, terms: &Terms) -> InstructRequest {
    InstructRequest {
        uetr,
        end_to_end_id: format!("E2E-{uetr}"),
        debtor_agent: terms.debtor_agent,
        creditor_agent: terms.creditor_agent,
        interbank_settlement_amount: terms.interbank_settlement_amount,
        interbank_settlement_date: terms.interbank_settlement_date,
        charge_bearer: terms.charge_bearer,
        settlement_method: terms.settlement_method,
        expires_at: terms.expires_at,
        message: terms.message_digest.to_vec(),
    }
}

//! Participants, roles, currencies, and who governs.

use super::{plain, ChainBackend};
use crate::{
    auth::Scope,
    operation::Operation,
    view::request::{OutcomeView, ReceiptView},
};
use corridor_client::{
    core::{Address, Error as Refusal},
    ContractError, Corridor, Error, ProposeAdmin, RegisterCurrency, RegisterParticipant, RoleRequest,
    SetSuspended,
};
use std::slice::from_ref;

impl ChainBackend {
    pub(super) async fn carry_out_administration(
        &self,
        corridor: &Corridor,
        operation: &Operation,
    ) -> Result<OutcomeView, Error> {
        let done = |()| ReceiptView::Done;
        Ok(match operation {
            Operation::GrantRole(change) | Operation::RevokeRole(change) => {
                let request = RoleRequest {
                    participant: self.own().await?,
                    account: change.account.0 .0,
                    role: change.role.0,
                };
                let outcome = match operation {
                    Operation::GrantRole(_) => corridor.grant_role(request).await?,
                    _ => corridor.revoke_role(request).await?,
                };
                OutcomeView::of(outcome, done)
            }
            Operation::Leave(of) => {
                // Where there is one key it signs whatever is asked: it must not leave in another's place.
                let signing = corridor.account().map(|account| account.address());
                if signing != Some(of.account.0 .0) {
                    return Err(Error::NoKey);
                }
                OutcomeView::of(corridor.leave().await?, done)
            }
            Operation::RegisterParticipant(new) => {
                let request = RegisterParticipant {
                    agents: plain(&new.agents),
                    admin: new.admin.0 .0,
                };
                let outcome = corridor.register_participant(request).await?;
                OutcomeView::of(outcome, |id| ReceiptView::Participant { number: id.0 })
            }
            Operation::RegisterCurrency(new) => {
                let exponent = new.currency.0.exponent();
                let request = RegisterCurrency {
                    currency: new.currency.0,
                    exponent: exponent.ok_or(ContractError::Refused(Refusal::ExponentMismatch))?,
                    token: new.token.0 .0,
                };
                OutcomeView::of(corridor.register_currency(request).await?, done)
            }
            Operation::SetSuspended(suspension) => {
                let request = SetSuspended {
                    participant: self.resolve(from_ref(&suspension.participant.0)).await?,
                    suspended: suspension.suspended,
                };
                OutcomeView::of(corridor.set_suspended(request).await?, done)
            }
            Operation::SetPaused(pause) => OutcomeView::of(corridor.set_paused(pause.paused).await?, done),
            Operation::ProposeAdmin(successor) => {
                let request = ProposeAdmin {
                    participant: self.own().await?,
                    successor: successor.account.0 .0,
                };
                OutcomeView::of(corridor.propose_admin(request).await?, done)
            }
            Operation::AcceptAdmin => {
                let own = self.own().await?;
                OutcomeView::of(corridor.accept_admin(own).await?, done)
            }
            Operation::ProposeGovernor(successor) => {
                let successor = successor.account.0 .0;
                OutcomeView::of(corridor.propose_governor(successor).await?, done)
            }
            Operation::AcceptGovernor => OutcomeView::of(corridor.accept_governor().await?, done),
            other => self.carry_out_cash(corridor, other).await?,
        })
    }

    /// The only account that may sign: the admin or the governor, or whoever was named to take over; the one that leaves.
    pub(super) async fn authority(
        &self,
        role: Scope,
        operation: &Operation,
    ) -> Result<Option<Address>, Error> {
        Ok(match (role, operation) {
            (_, Operation::Leave(of)) => Some(of.account.0 .0),
            (Scope::Admin, operation) => {
                let own = self.own().await?;
                let entries = self.reader.participants().await?;
                let entry = entries.into_iter().find(|entry| entry.id == own);
                entry.and_then(|entry| match operation {
                    Operation::AcceptAdmin => entry.participant.proposed_admin,
                    _ => Some(entry.participant.admin),
                })
            }
            (Scope::Governor, Operation::AcceptGovernor) => {
                let state = self.reader.governance().await?;
                state.proposed_governor.map(|account| account.0)
            }
            (Scope::Governor, _) => Some(self.reader.governance().await?.governor.0),
            _ => None,
        })
    }
}

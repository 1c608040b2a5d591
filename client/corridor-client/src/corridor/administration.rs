//! A participant admin's calls, and an account's own.

use crate::{Corridor, Error, Outcome, ProposeAdmin, RoleRequest};
use corridor_core::ParticipantId;

impl Corridor {
    /// Gives an account a role.
    ///
    /// # Errors
    /// The layers'; the contract's refusal as [`crate::ContractError::Refused`]. So for every call here.
    pub async fn grant_role(&self, request: RoleRequest) -> Result<Outcome<()>, Error> {
        let RoleRequest {
            participant,
            account,
            role,
        } = request;
        let message = self.contract()?.grant_role(participant, account, role);
        self.register_unit("grant-role", &message).await
    }

    /// Takes a role from an account.
    ///
    /// # Errors
    /// As [`Corridor::grant_role`].
    pub async fn revoke_role(&self, request: RoleRequest) -> Result<Outcome<()>, Error> {
        let RoleRequest {
            participant,
            account,
            role,
        } = request;
        let message = self.contract()?.revoke_role(participant, account, role);
        self.register_unit("revoke-role", &message).await
    }

    /// Gives up all roles of the signing account, which then acts for nobody: any admin may grant it a role again.
    ///
    /// # Errors
    /// As [`Corridor::grant_role`].
    pub async fn leave(&self) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.leave();
        self.register_unit("leave", &message).await
    }

    /// Names the admin's successor.
    ///
    /// # Errors
    /// As [`Corridor::grant_role`].
    pub async fn propose_admin(&self, request: ProposeAdmin) -> Result<Outcome<()>, Error> {
        let message = self
            .contract()?
            .propose_admin(request.participant, request.successor);
        self.register_unit("propose-admin", &message).await
    }

    /// Takes over as admin. The successor's key.
    ///
    /// # Errors
    /// As [`Corridor::grant_role`].
    pub async fn accept_admin(&self, participant: ParticipantId) -> Result<Outcome<()>, Error> {
        let message = self.contract()?.accept_admin(participant);
        self.register_unit("accept-admin", &message).await
    }
}

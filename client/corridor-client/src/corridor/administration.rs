//! A participant admin's calls.

use crate::{Corridor, Error, Outcome, ProposeAdmin, RoleRequest};
use corridor_core::ParticipantId;

impl Corridor {
    /// Gives an account a role.
    pub async fn grant_role(&self, _request: RoleRequest) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Takes a role from an account.
    pub async fn revoke_role(&self, _request: RoleRequest) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Names the admin's successor.
    pub async fn propose_admin(&self, _request: ProposeAdmin) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Takes over as admin. The successor's key.
    pub async fn accept_admin(&self, _participant: ParticipantId) -> Result<Outcome<()>, Error> {
        todo!()
    }

}

//! Money into and out of escrow.

use crate::{Corridor, Error, MovementRequest, MovementReceipt, Outcome};

impl Corridor {
    /// Pulls tokens from the caller's account into its participant's escrow; approve the settlement contract first.
    pub async fn deposit(&self, _request: MovementRequest) -> Result<Outcome<MovementReceipt>, Error> {
        todo!()
    }

    /// Pays tokens out of the participant's available escrow to the caller's account.
    pub async fn withdraw(&self, _request: MovementRequest) -> Result<Outcome<MovementReceipt>, Error> {
        todo!()
    }

}

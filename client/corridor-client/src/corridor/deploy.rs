//! Deploying contracts.

use crate::{Corridor, DeployCash, DeploySettlement, Error, Outcome};
use corridor_core::Address;

impl Corridor {
    /// Deploys a settlement contract and answers its address. Continue with [`Corridor::with_settlement`].
    pub async fn deploy_settlement(&self, _request: DeploySettlement) -> Result<Outcome<Address>, Error> {
        todo!()
    }

    /// Deploys one currency's token and answers its address.
    pub async fn deploy_cash(&self, _request: DeployCash) -> Result<Outcome<Address>, Error> {
        todo!()
    }

    /// Registers the signing account with pallet-revive, where the chain does not do that by itself. Harmless to repeat.
    pub async fn map_account(&self) -> Result<Outcome<()>, Error> {
        todo!()
    }

}

//! Deploying contracts.

use super::call::{once, outcome};
use crate::{
    chain::Call,
    commitment::random,
    contract::{Answer, CashConstructor, SettlementContract},
    submitter::Landed,
    Corridor, DeployCash, DeploySettlement, Error, Outcome, SubmitError,
};
use corridor_core::Address;

impl Corridor {
    /// Deploys a settlement contract, its back office and clearing house first, and answers its address. Continue with [`Corridor::with_settlement`].
    ///
    /// Each call deploys another one.
    ///
    /// # Errors
    /// The layers'.
    pub async fn deploy_settlement(&self, request: DeploySettlement) -> Result<Outcome<Address>, Error> {
        let data = SettlementContract::office_constructor();
        let backoffice = self
            .deploy("deploy-backoffice", request.backoffice_code, data.clone())
            .await?;
        let clearing = self
            .deploy("deploy-clearing", request.clearing_code, data)
            .await?;
        let data = SettlementContract::constructor(backoffice.receipt, clearing.receipt, request.governor);
        self.deploy("deploy-settlement", request.code, data).await
    }

    /// Deploys one currency's token and answers its address. Each call deploys another one.
    ///
    /// # Errors
    /// The layers'; a currency that ISO 4217 gives no exponent is refused by the contract.
    pub async fn deploy_cash(&self, request: DeployCash) -> Result<Outcome<Address>, Error> {
        let constructor = CashConstructor {
            name: request.name,
            symbol: request.symbol,
            currency: request.currency,
            // More than any exponent: the contract then says what is wrong.
            decimals: request.currency.exponent().unwrap_or(u8::MAX),
            issuer: request.issuer,
            guardian: request.guardian,
        };
        self.deploy("deploy-cash", request.code, constructor.data()).await
    }

    async fn deploy(&self, name: &str, code: Vec<u8>, data: Vec<u8>) -> Result<Outcome<Address>, Error> {
        let identity = once(name);
        let call = Call::Instantiate {
            code,
            data,
            salt: Some(random()),
        };
        let landed = self.submit(identity.clone(), call, Answer::Deployment).await?;
        let address = instantiated(&landed).ok_or(SubmitError::Failed {
            operation: identity,
            block: landed.block.number,
            reason: "the chain reports no instantiation".into(),
        })?;
        Ok(outcome(address, false, &landed))
    }

    /// Registers the signing account with pallet-revive, where the chain does not do that by itself.
    ///
    /// # Errors
    /// The layers'.
    pub async fn map_account(&self) -> Result<Outcome<()>, Error> {
        let account = self.submitter()?.account();
        if self.inner.chain.is_mapped(account).await? {
            let block = self.inner.chain.finalised_head().await?;
            let known = Landed {
                block,
                extrinsic: None,
            };
            return Ok(outcome((), true, &known));
        }
        let landed = self
            .submit(once("map-account"), Call::MapAccount, Answer::Native)
            .await?;
        Ok(outcome((), false, &landed))
    }
}

fn instantiated(landed: &Landed) -> Option<Address> {
    landed.extrinsic.as_ref()?.instantiated
}

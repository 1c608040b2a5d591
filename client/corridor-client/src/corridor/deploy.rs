//! Deploying contracts.

use super::call::{once, outcome};
use crate::{
    chain::Call,
    commitment::random,
    contract::{Answer, CashConstructor, SettlementContract},
    submitter::Landed,
    Corridor, DeployCash, DeploySettlement, Error, Outcome, SettlementCode, SubmitError,
};
use corridor_api::Codes;
use corridor_core::Address;

impl Corridor {
    /// Deploys a settlement contract, the pieces of its code first, and answers its address. Continue with
    /// [`Corridor::with_settlement`].
    ///
    /// Each call deploys another one.
    ///
    /// # Errors
    /// The layers'.
    pub async fn deploy_settlement(&self, request: DeploySettlement) -> Result<Outcome<Address>, Error> {
        let SettlementCode {
            hub,
            backoffice,
            clearing,
            exchange,
            controls,
            treasury,
        } = request.code;
        let codes = Codes {
            backoffice: self.deploy_piece("deploy-backoffice", backoffice).await?,
            clearing: self.deploy_piece("deploy-clearing", clearing).await?,
            exchange: self.deploy_piece("deploy-exchange", exchange).await?,
            controls: self.deploy_piece("deploy-controls", controls).await?,
            treasury: self.deploy_piece("deploy-treasury", treasury).await?,
        };
        let genesis_hash = self.chain_info().genesis;
        let data = SettlementContract::constructor(codes, genesis_hash, request.governor);
        self.deploy("deploy-settlement", hub, data).await
    }

    async fn deploy_piece(&self, name: &str, code: Vec<u8>) -> Result<ink::Address, Error> {
        let deployed = self
            .deploy(name, code, SettlementContract::piece_constructor())
            .await?;
        Ok(ink::Address::from(deployed.receipt))
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

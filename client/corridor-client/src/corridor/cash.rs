//! Tokenised money: issue, approve, balances.

use super::call::{emitted, once, outcome};
use crate::{
    contract::{Answer, CashContract, ContractError, Message},
    ApproveRequest, Corridor, Error, FreezeRequest, IssueRequest, Outcome, TokenInfo,
};
use corridor_core::Address;
use ink::{abi::Sol, U256};

impl Corridor {
    /// Issues money to an account. Issuer's key.
    ///
    /// # Errors
    /// The layers'; the token's refusal as [`ContractError::Token`].
    pub async fn issue(&self, request: IssueRequest) -> Result<Outcome<()>, Error> {
        self.supply("issue", CashContract::issue, request).await
    }

    /// Redeems (destroys) money of an account. Issuer's key.
    ///
    /// # Errors
    /// As [`Corridor::issue`].
    pub async fn redeem(&self, request: IssueRequest) -> Result<Outcome<()>, Error> {
        self.supply("redeem", CashContract::redeem, request).await
    }

    /// Makes money more or less, under the request's identity.
    async fn supply(
        &self,
        name: &str,
        message: impl FnOnce(&CashContract, Address, u128, [u8; 32]) -> Message<(), Sol>,
        request: IssueRequest,
    ) -> Result<Outcome<()>, Error> {
        let IssueRequest {
            token,
            account,
            minor_units,
            request_id,
        } = request;
        let message = message(&CashContract::at(token), account, minor_units, request_id);
        let identity = format!("{name}:{}", hex::encode(request_id));
        self.send_token(identity, &message).await
    }

    /// Lets a contract pull tokens from the caller's account.
    ///
    /// # Errors
    /// As [`Corridor::issue`].
    pub async fn approve(&self, request: ApproveRequest) -> Result<Outcome<()>, Error> {
        let message = CashContract::at(request.token).approve(request.spender, request.minor_units);
        self.send_token(once("approve"), &message).await
    }

    /// Stops all movements of a token, or allows them again. Guardian's key.
    ///
    /// # Errors
    /// As [`Corridor::issue`].
    pub async fn set_token_paused(&self, token: Address, paused: bool) -> Result<Outcome<()>, Error> {
        let token = CashContract::at(token);
        let message = if paused { token.pause() } else { token.unpause() };
        self.send_token(once("set-token-paused"), &message).await
    }

    /// Freezes or thaws one account's money. Guardian's key.
    ///
    /// # Errors
    /// As [`Corridor::issue`].
    pub async fn set_frozen(&self, request: FreezeRequest) -> Result<Outcome<()>, Error> {
        let token = CashContract::at(request.token);
        let message = if request.frozen {
            token.freeze(request.account)
        } else {
            token.unfreeze(request.account)
        };
        self.send_token(once("set-frozen"), &message).await
    }

    /// A token reports each change it makes; without a report nothing was changed.
    async fn send_token<Returned>(
        &self,
        identity: String,
        message: &Message<Returned, Sol>,
    ) -> Result<Outcome<()>, Error> {
        let landed = self.send(identity, message, Answer::Token).await?;
        let repeated = !emitted(&landed, message.dest());
        Ok(outcome((), repeated, &landed))
    }

    /// What an account holds of a token, in minor units, at the finalised head.
    ///
    /// # Errors
    /// The chain and contract layers'.
    pub async fn token_balance(&self, token: Address, owner: Address) -> Result<u128, Error> {
        narrow(
            self.query_token(CashContract::at(token).balance_of(owner))
                .await?,
        )
    }

    /// What `spender` may still pull from `owner`, in minor units. A boundless approval reads as the largest number.
    ///
    /// # Errors
    /// The chain and contract layers'.
    pub async fn token_allowance(
        &self,
        token: Address,
        owner: Address,
        spender: Address,
    ) -> Result<u128, Error> {
        let allowance = self
            .query_token(CashContract::at(token).allowance(owner, spender))
            .await?;
        Ok(u128::try_from(allowance).unwrap_or(u128::MAX))
    }

    /// What a token says of itself.
    ///
    /// # Errors
    /// The chain and contract layers'.
    pub async fn token_info(&self, token: Address) -> Result<TokenInfo, Error> {
        let token = CashContract::at(token);
        let (name, symbol, decimals, supply, paused) = tokio::join!(
            self.query_token(token.name()),
            self.query_token(token.symbol()),
            self.query_token(token.decimals()),
            self.query_token(token.total_supply()),
            self.query_token(token.paused()),
        );
        Ok(TokenInfo {
            name: name?,
            symbol: symbol?,
            decimals: decimals?,
            total_supply: narrow(supply?)?,
            paused: paused?,
        })
    }
}

fn narrow(value: U256) -> Result<u128, Error> {
    u128::try_from(value)
        .map_err(|_| ContractError::Decode("more minor units than 128 bits hold".into()).into())
}

//! Tokenised money: issue, approve, balances.

use crate::{ApproveRequest, Corridor, Error, FreezeRequest, IssueRequest, Outcome, TokenInfo};
use corridor_core::Address;

impl Corridor {
    /// Issues money to an account. Issuer's key.
    pub async fn issue(&self, _request: IssueRequest) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Redeems (destroys) money of an account. Issuer's key.
    pub async fn redeem(&self, _request: IssueRequest) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Lets a contract pull tokens from the caller's account.
    pub async fn approve(&self, _request: ApproveRequest) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// What an account holds of a token, in minor units, at the finalised head.
    pub async fn token_balance(&self, _token: Address, _owner: Address) -> Result<u128, Error> {
        todo!()
    }

    /// What `spender` may still pull from `owner`.
    pub async fn token_allowance(&self, _token: Address, _owner: Address, _spender: Address) -> Result<u128, Error> {
        todo!()
    }

    /// What a token says of itself.
    pub async fn token_info(&self, _token: Address) -> Result<TokenInfo, Error> {
        todo!()
    }

    /// Stops all movements of a token, or allows them again. Guardian's key.
    pub async fn set_token_paused(&self, _token: Address, _paused: bool) -> Result<Outcome<()>, Error> {
        todo!()
    }

    /// Freezes or thaws one account's money. Guardian's key.
    pub async fn set_frozen(&self, _request: FreezeRequest) -> Result<Outcome<()>, Error> {
        todo!()
    }
}

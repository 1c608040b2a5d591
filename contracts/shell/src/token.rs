//! Calls to the ERC-20 contracts, which are not trusted.
//!
//! A token may refuse, lie about what it moved or try to call back. Refusals become errors, what moved is
//! measured by our own balance before and after, and calling back is refused by the chain (re-entrancy is
//! off unless a call allows it). Every error reverts the whole message.

use corridor_api::erc20::{Erc20, Erc20Ref};
use corridor_core::{Address, Error};
use ink::{env::call::FromAddr, U256};

type Token = Erc20Ref;

fn at(token: Address) -> Token {
    Token::from_addr(token.into())
}

/// The token's `decimals`; [`Error::NotAToken`] if it does not answer.
pub fn decimals(token: Address) -> Result<u8, Error> {
    use ink::codegen::TraitCallBuilder;
    // Calling ourselves would not come back: the chain ends a contract that enters one at work.
    if token == Address::from(ink::env::address()) {
        return Err(Error::NotAToken);
    }
    at(token)
        .call()
        .decimals()
        .try_invoke()
        .ok()
        .and_then(Result::ok)
        .ok_or(Error::NotAToken)
}

/// What this contract holds of the token; [`Error::NotAToken`] if it does not answer with 128 bits.
pub fn held(token: Address) -> Result<u128, Error> {
    use ink::codegen::TraitCallBuilder;
    let answer = at(token).call().balance_of(ink::env::address()).try_invoke();
    let balance = answer.ok().and_then(Result::ok).ok_or(Error::NotAToken)?;
    u128::try_from(balance).map_err(|_| Error::NotAToken)
}

/// Pulls exactly `minor_units` from `owner`; [`Error::TokenRefused`] or [`Error::TokenMismatch`].
pub fn pull(token: Address, owner: ink::Address, minor_units: u128) -> Result<(), Error> {
    use ink::codegen::TraitCallBuilder;
    let before = held(token)?;
    let mut token_ref = at(token);
    let call = token_ref
        .call_mut()
        .transfer_from(owner, ink::env::address(), U256::from(minor_units));
    granted(call.try_invoke().ok().and_then(Result::ok))?;
    expect(before.checked_add(minor_units), held(token)?)
}

/// Pays exactly `minor_units` to `owner`; [`Error::TokenRefused`] or [`Error::TokenMismatch`].
pub fn push(token: Address, owner: ink::Address, minor_units: u128) -> Result<(), Error> {
    use ink::codegen::TraitCallBuilder;
    let before = held(token)?;
    let mut token_ref = at(token);
    let call = token_ref.call_mut().transfer(owner, U256::from(minor_units));
    granted(call.try_invoke().ok().and_then(Result::ok))?;
    expect(before.checked_sub(minor_units), held(token)?)
}

fn granted(answer: Option<bool>) -> Result<(), Error> {
    if answer == Some(true) {
        Ok(())
    } else {
        Err(Error::TokenRefused)
    }
}

fn expect(balance: Option<u128>, found: u128) -> Result<(), Error> {
    if balance == Some(found) {
        Ok(())
    } else {
        Err(Error::TokenMismatch)
    }
}

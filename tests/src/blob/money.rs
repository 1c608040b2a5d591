//! The tokens a [`BlobBackend`] settles in.

use super::solidity::{call, number};
use super::{artefact, BlobBackend};
use crate::backend::Account;
use corridor_client::contract::{CashConstructor, CashContract};
use corridor_core::{Address, Currency};
use ink::sol::SolParamsEncode;
use ink::U256;

/// Which contract the tokens are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// `corridor-cash`, as deployed for a bank.
    Cash,
    /// The plain ERC-20 of the tests.
    Plain,
}

/// Who issues tokens, or holds all of them at first.
pub const MINT: Account = Account("mint");

impl Money {
    /// Deploys a token and returns its address.
    pub(super) fn deploy(self, system: &mut BlobBackend, label: &str, decimals: u8) -> Address {
        let (code, constructor) = match self {
            Self::Cash => {
                let issuer = system.address_of(MINT);
                let constructor = CashConstructor {
                    name: label.to_owned(),
                    symbol: label.to_owned(),
                    currency: Currency::new(*b"XTS").expect("a code"),
                    decimals,
                    issuer,
                    guardian: issuer,
                };
                (artefact::code("cash"), constructor.data())
            }
            Self::Plain => {
                let everything = U256::from(1) << 200;
                (
                    artefact::code("plain-erc20"),
                    SolParamsEncode::encode(&(everything, decimals)),
                )
            }
        };
        system.instantiate(MINT, code, constructor)
    }

    /// Gives tokens to an address.
    pub(super) fn give(self, system: &mut BlobBackend, token: Address, to: Address, minor_units: u128) {
        let data = match self {
            Self::Cash => {
                system.requests += 1;
                let mut id = [0; 32];
                id[..8].copy_from_slice(&system.requests.to_le_bytes());
                CashContract::at(token).issue(to, minor_units, id).data().to_vec()
            }
            Self::Plain => call(
                "transfer(address,uint256)",
                &(ink::Address::from(to), U256::from(minor_units)),
            ),
        };
        system.must(MINT, token, data);
    }
}

/// Raises what `spender` may pull.
pub(super) fn approve_more(
    system: &mut BlobBackend,
    owner: Account,
    token: Address,
    spender: Address,
    more: u128,
) {
    let money = CashContract::at(token);
    let asked = money.allowance(system.address_of(owner), spender);
    let before = number(&system.ask(token, asked.data().to_vec()));
    let approve = money.approve(spender, before.saturating_add(more));
    system.must(owner, token, approve.data().to_vec());
}

/// What an address holds.
pub(super) fn balance(system: &BlobBackend, token: Address, owner: Address) -> u128 {
    number(&system.ask(token, CashContract::at(token).balance_of(owner).data().to_vec()))
}

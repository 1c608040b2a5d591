//! An ERC-20 token in memory.

use corridor_core::{Address, Error};
use std::collections::BTreeMap;

/// Balances and allowances of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FakeToken {
    decimals: u8,
    balances: BTreeMap<Address, u128>,
    allowances: BTreeMap<(Address, Address), u128>,
}

impl FakeToken {
    /// A token nobody holds yet.
    #[must_use]
    pub fn new(decimals: u8) -> Self {
        Self {
            decimals,
            balances: BTreeMap::new(),
            allowances: BTreeMap::new(),
        }
    }

    /// ERC-20 `decimals`.
    #[must_use]
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// ERC-20 `balanceOf`.
    #[must_use]
    pub fn balance_of(&self, owner: Address) -> u128 {
        self.balances.get(&owner).copied().unwrap_or(0)
    }

    /// Makes tokens out of nothing.
    ///
    /// # Panics
    /// When the balance would not fit: a mistake of the test.
    pub fn mint(&mut self, owner: Address, minor_units: u128) {
        let balance = self.balances.entry(owner).or_insert(0);
        *balance = balance.checked_add(minor_units).expect("minted balance fits");
    }

    /// Raises what `spender` may pull from `owner`.
    pub fn approve_more(&mut self, owner: Address, spender: Address, minor_units: u128) {
        let allowance = self.allowances.entry((owner, spender)).or_insert(0);
        *allowance = allowance.saturating_add(minor_units);
    }

    /// ERC-20 `transfer` by `owner`; [`Error::TokenRefused`].
    pub fn transfer(&mut self, owner: Address, to: Address, minor_units: u128) -> Result<(), Error> {
        let left = self
            .balance_of(owner)
            .checked_sub(minor_units)
            .ok_or(Error::TokenRefused)?;
        self.balances.insert(owner, left);
        self.mint(to, minor_units);
        Ok(())
    }

    /// ERC-20 `transferFrom` by `spender`; [`Error::TokenRefused`].
    pub fn transfer_from(
        &mut self,
        spender: Address,
        owner: Address,
        to: Address,
        minor_units: u128,
    ) -> Result<(), Error> {
        let allowance = self.allowances.get(&(owner, spender)).copied().unwrap_or(0);
        let left = allowance.checked_sub(minor_units).ok_or(Error::TokenRefused)?;
        self.transfer(owner, to, minor_units)?;
        self.allowances.insert((owner, spender), left);
        Ok(())
    }
}
